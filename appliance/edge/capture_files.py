"""Capture files as a source: libpcap with our filter inside it for plain pcap, our own reader for all else.

libpcap comes through scapy's bindings. It runs the filter in C over what the file holds, so that only the two per cent that may
name something become Python objects. Where libpcap is absent, and for pcapng and gzip, our reader gives the frames.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from appliance.edge.files import PCAP_MAGICS, CaptureError, link_type, read_frames
from appliance.edge.source import BATCH, Source
from appliance.model import Frame


class FileSource:
    """Batches of frames from an iterator of frames that may end in a CaptureError, which becomes `problem`."""

    live = False

    def __init__(self, name: str, frames: Iterator[Frame], keep: Callable[[Frame], bool] | None = None) -> None:
        self._frames = frames
        self._keep = keep
        self._ended = False
        self.name = name
        self.packets = self.bytes = self.dropped = 0
        self.offered: int | None = 0
        self.problem = ""

    def read(self) -> list[Frame] | None:
        """The next frames that pass the filter; None at the end, with `problem` set where the file is damaged."""
        if self._ended:
            return None
        batch: list[Frame] = []
        try:
            for frame in self._frames:
                if self._keep is None or self._keep(frame):
                    batch.append(frame)
                if self._count() % BATCH == 0:
                    return self._counted(batch)
        except CaptureError as error:
            self.problem = str(error)
        self._ended = True
        return self._counted(batch)

    def close(self) -> None:
        """Nothing is held open once the frames are read or forgotten."""
        self._frames = iter(())
        self._ended = True

    def _count(self) -> int:
        """One more frame before the filter."""
        self.offered = (self.offered or 0) + 1
        return self.offered

    def _counted(self, batch: list[Frame]) -> list[Frame]:
        """The batch, after counting it."""
        self.packets += len(batch)
        self.bytes += sum(len(frame.data) for frame in batch)
        return batch


class PcapLibrary:
    """The few calls of libpcap that reading a file takes. Raises OSError or ImportError where there is no libpcap."""

    def __init__(self) -> None:
        from scapy.libs import winpcapy

        self.api: Any = winpcapy
        self.stamp = struct.Struct("qqII" if ctypes.sizeof(winpcapy.timeval) == 16 else "iiII")


class PcapSource:
    """A plain pcap file read by libpcap, its filter inside. Nobody counts the frames before the filter: `offered` is None."""

    live = False

    def __init__(self, path: Path, library: PcapLibrary) -> None:
        self.name = str(path)
        self.packets = self.bytes = self.dropped = 0
        self.offered: int | None = None
        self.problem = ""
        self._library = library
        errors = ctypes.create_string_buffer(256)
        self._pcap = library.api.pcap_open_offline(os.fsencode(path), errors)
        if not self._pcap:
            raise CaptureError(f"{path} can't be read: {errors.value.decode(errors='replace')}.")
        self.link = link_type(library.api.pcap_datalink(self._pcap))

    def read(self) -> list[Frame] | None:
        """The next frames that pass the filter; None at the end, with `problem` set where the file is damaged."""
        if not self._pcap:
            return None
        batch = self._next_frames()
        if len(batch) < BATCH:
            self.close()
        self.packets += len(batch)
        return batch

    def close(self) -> None:
        """Close the file."""
        if self._pcap:
            self._library.api.pcap_close(self._pcap)
            self._pcap = None

    def _next_frames(self) -> list[Frame]:
        """A batch; shorter than BATCH only at the end of the file."""
        api, pcap, link = self._library.api, self._pcap, self.link
        header, data = ctypes.POINTER(api.pcap_pkthdr)(), ctypes.POINTER(ctypes.c_ubyte)()
        header_ref, data_ref = ctypes.byref(header), ctypes.byref(data)
        # The same two pointers seen as plain numbers: reading a structure field by field costs three times as much.
        header_at, data_at = ctypes.c_void_p.from_buffer(header), ctypes.c_void_p.from_buffer(data)
        next_packet, unpack, size = api.pcap_next_ex, self._library.stamp.unpack, self._library.stamp.size
        bytes_at = ctypes.string_at
        batch: list[Frame] = []
        volume = 0
        while len(batch) < BATCH:
            status = next_packet(pcap, header_ref, data_ref)
            if status != 1:
                self.problem = self._ending(status)
                break
            seconds, micros, captured, _length = unpack(bytes_at(header_at.value or 0, size))
            volume += captured
            batch.append(Frame(seconds + micros / 1_000_000, bytes_at(data_at.value or 0, captured), link))
        self.bytes += volume
        return batch

    def _ending(self, status: int) -> str:
        """What stopped the reading: nothing to say at the end of the file (-2), libpcap's words for an error."""
        if status == -2:
            return ""
        words = self._library.api.pcap_geterr(self._pcap)
        return f"{self.name} is damaged: {words.decode(errors='replace') if words else 'libpcap gives up'}."


def open_capture(path: Path) -> Source:
    """Open a capture file by the quickest way that reads it. Raises CaptureError where it can't be opened."""
    if _first_bytes(path) in PCAP_MAGICS and (library := _library()) is not None:
        return PcapSource(path, library)
    return FileSource(str(path), read_frames(path))


def _first_bytes(path: Path) -> bytes:
    """The first four bytes as they lie on the disk, which say who reads the file."""
    try:
        with path.open("rb") as stream:
            return stream.read(4)
    except OSError as error:
        raise CaptureError(f"{path} can't be read: {error.strerror or error}.") from error


def _library() -> PcapLibrary | None:
    """libpcap where this machine has it."""
    try:
        return PcapLibrary()
    except (ImportError, OSError):
        return None
