"""Capture files read without a library: pcap and pcapng, of either byte order, also gzipped.

Enters a path; leave frames, one by one, with the time, the link type and the bytes. Whatever is wrong with the file raises
`CaptureError`, after the frames before that place have gone out: a capture that was cut short still counts up to there.
"""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from appliance.model import Frame

PCAP_MAGICS = {  # magic as read -> (byte order, ticks per second)
    b"\xd4\xc3\xb2\xa1": ("<", 1_000_000),
    b"\xa1\xb2\xc3\xd4": (">", 1_000_000),
    b"\x4d\x3c\xb2\xa1": ("<", 1_000_000_000),
    b"\xa1\xb2\x3c\x4d": (">", 1_000_000_000),
}
PCAPNG_MAGIC = b"\x0a\x0d\x0d\x0a"  # the section header's block type, the same in either byte order
GZIP_MAGIC = b"\x1f\x8b"

# libpcap's own ceiling for one packet; a length above it is a broken file, not a packet.
MAX_FRAME = 262_144
# Blocks other than packets (name resolution, decryption secrets, statistics) may be larger; beyond this it is no pcapng.
MAX_BLOCK = 16 * 1024 * 1024
MAX_INTERFACES = 1024

# What libpcap calls DLT_RAW on this system; files say LINKTYPE_RAW.
RAW_AS_DLT = (12, 14)
LINKTYPE_RAW = 101


class CaptureError(ValueError):
    """A capture that can't be read, or not to its end; the message is one sentence for a person."""


class Interface(Struct, frozen=True):
    """One interface of a pcapng section: link type, ticks per second, and what is added to every time."""

    link: int
    ticks: int = 1_000_000
    offset: int = 0


def link_type(number: int) -> int:
    """A file's link-type field without its check-sum flags, raw IP always by its one number in files."""
    number &= 0xFFFF
    return LINKTYPE_RAW if number in RAW_AS_DLT else number


def open_stream(path: Path) -> BinaryIO:
    """Open a capture for reading, unpacking gzip on the way. Raises CaptureError where the system refuses."""
    try:
        stream = path.open("rb")
        if stream.peek(2)[:2] == GZIP_MAGIC:
            return gzip.open(stream)  # type: ignore[return-value]  # GzipFile reads like any binary stream
    except OSError as error:
        raise CaptureError(f"{path} can't be read: {error.strerror or error}.") from error
    return stream


def read_frames(path: Path) -> Iterator[Frame]:
    """Every frame of a capture file, in its order. Raises CaptureError (also half-way, after the frames before the break)."""
    with open_stream(path) as stream:
        try:
            yield from _frames(stream, str(path))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise CaptureError(f"{path} is damaged in its compression: {error}.") from error
        except OSError as error:
            raise CaptureError(f"{path} can't be read: {error.strerror or error}.") from error


def _frames(stream: BinaryIO, where: str) -> Iterator[Frame]:
    """The frames of an open stream, by what its first four bytes say it is."""
    magic = stream.read(4)
    if magic in PCAP_MAGICS:
        order, ticks = PCAP_MAGICS[magic]
        return _pcap(stream, where, order, ticks)
    if magic == PCAPNG_MAGIC:
        return _pcapng(stream, where)
    raise CaptureError(f"{where} is not a capture: {'it is empty' if not magic else 'neither pcap nor pcapng'}.")


def _pcap(stream: BinaryIO, where: str, order: str, ticks: int) -> Iterator[Frame]:
    """The records of a pcap file (draft-ietf-opsawg-pcap section 5), after its magic."""
    head = stream.read(20)
    if len(head) < 20:
        raise CaptureError(f"{where} is cut short in its first {4 + len(head)} bytes.")
    link = link_type(struct.unpack(order + "I", head[16:])[0])
    unpack = struct.Struct(order + "IIII").unpack
    read = stream.read
    number = 0
    while len(record := read(16)) == 16:
        seconds, fraction, captured, _length = unpack(record)
        number += 1
        if captured > MAX_FRAME:
            raise CaptureError(f"{where} is broken at packet {number}: it says it has {captured} bytes.")
        data = read(captured)
        if len(data) < captured:
            raise CaptureError(f"{where} is cut short in packet {number}.")
        yield Frame(seconds + fraction / ticks, data, link)
    if record:
        raise CaptureError(f"{where} is cut short after packet {number}.")


def _pcapng(stream: BinaryIO, where: str) -> Iterator[Frame]:
    """The packets of a pcapng file (draft-ietf-opsawg-pcapng section 4), after its first block type."""
    order = "<"
    interfaces: list[Interface] = []
    kind = PCAPNG_MAGIC
    while len(kind) == 4:
        if kind == PCAPNG_MAGIC:
            head = stream.read(8)
            order = _byte_order(head, where)
            interfaces = []
        else:
            head = stream.read(4)
        body = _block_body(stream, head, order, where)
        number = struct.unpack(order + "I", kind)[0]
        if number == 1 and len(interfaces) < MAX_INTERFACES:
            interfaces.append(_interface(body, order, where))
        elif number in _PACKETS and (frame := _PACKETS[number](body, order, interfaces)) is not None:
            yield frame
        kind = stream.read(4)
    if kind:
        raise CaptureError(f"{where} is cut short in its last block.")


def _byte_order(head: bytes, where: str) -> str:
    """The byte order of a section, from its magic after the length."""
    if head[4:] == b"\x4d\x3c\x2b\x1a":
        return "<"
    if head[4:] == b"\x1a\x2b\x3c\x4d":
        return ">"
    raise CaptureError(f"{where} is not a capture: its pcapng header is {'cut short' if len(head) < 8 else 'broken'}.")


def _block_body(stream: BinaryIO, head: bytes, order: str, where: str) -> bytes:
    """The rest of a block without its closing length; `head` is what was read: the length, in a section header also the magic."""
    if len(head) < 4:
        raise CaptureError(f"{where} is cut short in its last block.")
    total = int(struct.unpack(order + "I", head[:4])[0])
    if total < 8 + len(head) or total > MAX_BLOCK:
        raise CaptureError(f"{where} is broken: a block says it has {total} bytes.")
    # Lengths are padded to four bytes; some writers forget to count the padding.
    rest = -(-total // 4) * 4 - 4 - len(head)
    body = stream.read(rest)
    if len(body) < rest:
        raise CaptureError(f"{where} is cut short in its last block.")
    return body[:-4]


def _interface(body: bytes, order: str, where: str) -> Interface:
    """An interface description block (section 4.2) with its time options."""
    if len(body) < 8:
        raise CaptureError(f"{where} is broken: an interface description of {len(body)} bytes.")
    link = link_type(struct.unpack_from(order + "H", body)[0])
    ticks, offset = 1_000_000, 0
    for code, value in _options(body[8:], order):
        if code == 9 and len(value) >= 1:
            # The top bit says whether the rest is a power of two or of ten.
            ticks = 1 << min(value[0] & 0x7F, 63) if value[0] & 0x80 else 10 ** min(value[0], 19)
        elif code == 14 and len(value) >= 8:
            offset = struct.unpack_from(order + "q", value)[0]
    return Interface(link, ticks, offset)


def _options(data: bytes, order: str) -> Iterator[tuple[int, bytes]]:
    """The (code, value) pairs of a block's options (section 3.5); stops quietly at the first that doesn't fit."""
    at = 0
    while at + 4 <= len(data):
        code, length = struct.unpack_from(order + "HH", data, at)
        if code == 0 or at + 4 + length > len(data):
            return
        yield code, data[at + 4 : at + 4 + length]
        at += 4 + -(-length // 4) * 4


def _enhanced(body: bytes, order: str, interfaces: list[Interface]) -> Frame | None:
    """An enhanced packet block (section 4.3); None where it is too short or names no interface."""
    return _timed(body, order, interfaces, "IIIII")


def _obsolete(body: bytes, order: str, interfaces: list[Interface]) -> Frame | None:
    """The packet block of old writers (section 4.9, obsolete): the interface has two bytes, then a drop count."""
    return _timed(body, order, interfaces, "HxxIIII")


def _timed(body: bytes, order: str, interfaces: list[Interface], layout: str) -> Frame | None:
    """A packet with interface, time and lengths before its bytes, in the given layout."""
    if len(body) < 20:
        return None
    number, high, low, captured, _length = struct.unpack_from(order + layout, body)
    if number >= len(interfaces) or captured > len(body) - 20:
        return None
    interface = interfaces[number]
    whole, part = divmod((high << 32) + low, interface.ticks)
    return Frame(whole + interface.offset + part / interface.ticks, body[20 : 20 + captured], interface.link)


def _simple(body: bytes, order: str, interfaces: list[Interface]) -> Frame | None:
    """A simple packet block (section 4.4): no time, the first interface, as many bytes as its length says and it holds."""
    if len(body) < 4 or not interfaces:
        return None
    length = struct.unpack_from(order + "I", body)[0]
    return Frame(0.0, body[4 : 4 + length], interfaces[0].link)


_PACKETS = {2: _obsolete, 3: _simple, 6: _enhanced}
