"""Capture files as a source: libpcap with our filter inside it for plain pcap, our own reader for all else.

libpcap comes through scapy's bindings. It runs the filter in C over what the file holds, so that only the two per cent that may
name something become Python objects. Where libpcap is absent, and for pcapng and gzip, our reader gives the frames.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from appliance.edge.bpf import Program, pack
from appliance.edge.bpf_machine import keeps
from appliance.edge.files import PCAP_MAGICS, CaptureError, link_type, read_frames
from appliance.edge.filter import program
from appliance.edge.source import BATCH, Source
from appliance.model import Frame

# Old variants of pcap with longer records, in either byte order, and IXIA's: libpcap alone knows how these go on.
LIBPCAP_ONLY = (
    b"\x34\xcd\xb2\xa1",
    b"\xa1\xb2\xcd\x34",
    b"\xac\x01\x00\x1c",
    b"\x1c\x00\x01\xac",
    b"\xab\x01\x00\x1c",
    b"\x1c\x00\x01\xab",
)


class FileSource(Source):
    """Batches of frames from an iterator of frames that may end in a CaptureError, which becomes `problem`."""

    def __init__(self, name: str, frames: Iterator[Frame], keep: Callable[[Frame], bool] | None = None) -> None:
        super().__init__(name)
        self._frames = frames
        self._keep = keep
        self._ended = False
        self.offered = 0

    def read(self) -> list[Frame] | None:
        """The next frames that pass the filter; None at the end, with `problem` set where the file is damaged."""
        if self._ended:
            return None
        batch: list[Frame] = []
        try:
            for frame in self._frames:
                if self._keep is None or self._keep(frame):
                    batch.append(frame)
                if self._offer() % BATCH == 0:
                    return self.count(batch)
        except CaptureError as error:
            self.problem = str(error)
        self._ended = True
        return self.count(batch)

    def close(self) -> None:
        """Nothing is held open once the frames are read or forgotten."""
        self._frames = iter(())
        self._ended = True

    def _offer(self) -> int:
        """One more frame before the filter."""
        self.offered = (self.offered or 0) + 1
        return self.offered


class PcapLibrary:
    """The few calls of libpcap that reading a file takes. Raises OSError or ImportError where there is no libpcap."""

    def __init__(self) -> None:
        from scapy.libs import winpcapy

        self.api: Any = winpcapy
        self.stamp = struct.Struct("qqII" if ctypes.sizeof(winpcapy.timeval) == 16 else "iiII")

    def filter_of(self, program: Program) -> Any:
        """The program as libpcap takes it (`struct bpf_program`); the result keeps its instructions alive."""
        rows = (self.api.bpf_program._fields_[1][1]._type_ * len(program))()
        ctypes.memmove(rows, pack(program), ctypes.sizeof(rows))
        return self.api.bpf_program(len(program), rows)

    def predicate(self, program: Program) -> Callable[[bytes], bool]:
        """Whether the program keeps a packet, asked of libpcap packet by packet."""
        compiled = self.filter_of(program)
        header = self.api.pcap_pkthdr()
        ask, program_ref, header_ref = self.offline_filter(), ctypes.byref(compiled), ctypes.byref(header)

        def keeps(data: bytes, _alive: object = compiled) -> bool:
            header.len = header.caplen = len(data)
            return bool(ask(program_ref, header_ref, data) > 0)

        return keeps

    def offline_filter(self) -> Any:
        """pcap_offline_filter(3), which scapy declares on Windows only."""
        call = self.api._lib.pcap_offline_filter
        call.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p]
        call.restype = ctypes.c_int
        return call


class PcapSource(Source):
    """A plain pcap file read by libpcap, its filter inside. Nobody counts the frames before the filter: `offered` is None."""

    def __init__(self, path: Path, library: PcapLibrary, *, filtered: bool = True) -> None:
        super().__init__(str(path))
        self._library = library
        errors = ctypes.create_string_buffer(256)
        self._pcap = library.api.pcap_open_offline(os.fsencode(path), errors)
        if not self._pcap:
            raise CaptureError(f"{path} can't be read: {errors.value.decode(errors='replace')}.")
        self.link = link_type(library.api.pcap_datalink(self._pcap))
        if filtered and (code := program(self.link)) is not None:
            self._install(library.filter_of(code))

    def read(self) -> list[Frame] | None:
        """The next frames that pass the filter; None at the end, with `problem` set where the file is damaged."""
        if not self._pcap:
            return None
        batch = self._next_frames()
        if len(batch) < BATCH:
            self.close()
        return self.count(batch)

    def close(self) -> None:
        """Close the file."""
        if self._pcap:
            self._library.api.pcap_close(self._pcap)
            self._pcap = None

    def _install(self, compiled: Any) -> None:
        """Give libpcap the filter; it makes its own copy."""
        if self._library.api.pcap_setfilter(self._pcap, ctypes.byref(compiled)):
            words = self._library.api.pcap_geterr(self._pcap)
            raise CaptureError(f"libpcap refuses our filter: {words.decode(errors='replace')}.")

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
        while len(batch) < BATCH:
            status = next_packet(pcap, header_ref, data_ref)
            if status != 1:
                self.problem = self._ending(status)
                break
            seconds, micros, captured, _length = unpack(bytes_at(header_at.value or 0, size))
            batch.append(Frame(seconds + micros / 1_000_000, bytes_at(data_at.value or 0, captured), link))
        return batch

    def _ending(self, status: int) -> str:
        """What stopped the reading: nothing to say at the end of the file (-2), libpcap's words for an error."""
        if status == -2:
            return ""
        words = self._library.api.pcap_geterr(self._pcap)
        return f"{self.name} is damaged: {words.decode(errors='replace') if words else 'libpcap gives up'}."


def open_capture(path: Path, *, filtered: bool = True) -> Source:
    """Open a capture file by the quickest way that reads it. Raises CaptureError where it can't be opened."""
    library = _library()
    if library is not None and _first_bytes(path) in (*PCAP_MAGICS, *LIBPCAP_ONLY):
        return PcapSource(path, library, filtered=filtered)
    return FileSource(str(path), read_frames(path), KeepByLink(library) if filtered else None)


class KeepByLink:
    """The filter for frames of any link type, each type's program made when it first occurs."""

    def __init__(self, library: PcapLibrary | None) -> None:
        self._library = library
        self._predicates: dict[int, Callable[[bytes], bool]] = {}

    def __call__(self, frame: Frame) -> bool:
        """Whether a frame is handed on."""
        predicate = self._predicates.get(frame.link)
        if predicate is None:
            # Link types are 16 bits and a capture has few; none is ever forgotten.
            predicate = self._predicates[frame.link] = self._make(frame.link)
        return predicate(frame.data)

    def _make(self, link: int) -> Callable[[bytes], bool]:
        """The predicate for a link type: libpcap's where there is one, else our own machine's."""
        code = program(link)
        if code is None:
            return lambda data: True
        return self._library.predicate(code) if self._library is not None else partial(keeps, code)


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
