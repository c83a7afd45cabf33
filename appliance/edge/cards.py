"""The network cards themselves: whether there is a carrier, what they count and lose, and that they merge no packets."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import socket
import struct
from pathlib import Path

from msgspec import Struct

SYSFS = Path("/sys/class/net")
IFF_UP = 0x1
SIOCGIFFLAGS, SIOCSIFFLAGS, SIOCETHTOOL = 0x8913, 0x8914, 0x8946
ETHTOOL_GFLAGS, ETHTOOL_SFLAGS, ETHTOOL_GGRO, ETHTOOL_SGRO = 0x25, 0x26, 0x2B, 0x2C
ETH_FLAG_LRO = 1 << 15


class Card(Struct, frozen=True):
    """What an interface has counted, before any filter: packets in, lost for want of room, and damaged on the way."""

    packets: int = 0
    missed: int = 0
    damaged: int = 0

    def since(self, earlier: Card) -> Card:
        """What has been counted since; nothing below zero where the interface was reset."""
        return Card(
            max(0, self.packets - earlier.packets), max(0, self.missed - earlier.missed), max(0, self.damaged - earlier.damaged)
        )


def is_up(name: str, sysfs: Path = SYSFS) -> bool:
    """Whether an interface is there, switched on, and has a carrier."""
    return bool(_number(sysfs / name / "flags", base=16) & IFF_UP) and _number(sysfs / name / "carrier") == 1


def counted(name: str, sysfs: Path = SYSFS) -> Card:
    """The interface's own counters; noughts where it is gone."""
    folder = sysfs / name / "statistics"
    missed = _number(folder / "rx_missed_errors") + _number(folder / "rx_fifo_errors") + _number(folder / "rx_over_errors")
    damaged = _number(folder / "rx_crc_errors") + _number(folder / "rx_frame_errors") + _number(folder / "rx_length_errors")
    return Card(_number(folder / "rx_packets"), missed, damaged)


def own_macs(sysfs: Path = SYSFS) -> frozenset[bytes]:
    """The MACs of this machine itself."""
    macs = set()
    for folder in sysfs.iterdir() if sysfs.is_dir() else ():
        with contextlib.suppress(OSError, ValueError):
            macs.add(bytes.fromhex((folder / "address").read_text().strip().replace(":", "")))
    return frozenset(macs)


def switch_on(name: str) -> None:
    """Raise a port that is off, as a mirror port without an address may be; nothing happens where that isn't allowed."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock, contextlib.suppress(OSError):
        answer = fcntl.ioctl(sock, SIOCGIFFLAGS, struct.pack("@16sH22x", name.encode()[:15], 0))
        flags = struct.unpack_from("@16sH", answer)[1]
        if not flags & IFF_UP:
            fcntl.ioctl(sock, SIOCSIFFLAGS, struct.pack("@16sH22x", name.encode()[:15], flags | IFF_UP))


def switch_off_merging(name: str) -> bool:
    """Stop the card and kernel from merging packets (GRO, LRO), which hides where datagrams end.

    Whether merging is off afterwards; that it can't be asked (a virtual card) counts as off. Needs CAP_NET_ADMIN to change.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        merged = _turn_off(sock, name, ETHTOOL_GGRO, ETHTOOL_SGRO, 0xFFFFFFFF)
        return not _turn_off(sock, name, ETHTOOL_GFLAGS, ETHTOOL_SFLAGS, ETH_FLAG_LRO) and not merged


def _turn_off(sock: socket.socket, name: str, ask: int, change: int, bits: int) -> bool:
    """Clear bits of one setting of the card; whether any is still set."""
    with contextlib.suppress(OSError):
        value = _ethtool(sock, name, ask, 0)
        if value & bits:
            with contextlib.suppress(OSError):
                _ethtool(sock, name, change, value & ~bits)
            return bool(_ethtool(sock, name, ask, 0) & bits)
    return False


def _ethtool(sock: socket.socket, name: str, command: int, value: int) -> int:
    """One question or change by the SIOCETHTOOL ioctl (`struct ethtool_value`). Raises OSError where the card can't."""
    request = bytearray(struct.pack("=II", command, value & 0xFFFFFFFF))
    address, keep = _address_of(request)
    fcntl.ioctl(sock, SIOCETHTOOL, struct.pack("@16sP16x", name.encode()[:15], address))
    del keep
    return int(struct.unpack("=II", request)[1])


def _address_of(buffer: bytearray) -> tuple[int, object]:
    """Where a buffer lies in memory, and what keeps it there."""
    view = (ctypes.c_char * len(buffer)).from_buffer(buffer)
    return ctypes.addressof(view), view


def _number(file: Path, base: int = 10) -> int:
    """A number from a file of one; 0 where it can't be read (a card that is off has no carrier to tell of)."""
    try:
        return int(file.read_text().strip(), base)
    except (OSError, ValueError):
        return 0
