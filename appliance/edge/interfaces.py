"""The machine's network interfaces as the kernel shows them: which there are, which has a cable, which has an address."""

from __future__ import annotations

import fcntl
import socket
import struct
from pathlib import Path

from msgspec import Struct

SYSFS = Path("/sys/class/net")
IPV6_TABLE = Path("/proc/net/if_inet6")
SIOCGIFADDR = 0x8915  # netdevice(7)
IPV6_LINK_SCOPE = "20"  # an address that every interface gives itself
CAP_NET_RAW = 13  # capabilities(7)


class Interface(Struct, frozen=True):
    """One interface. `real` means hardware (or a virtual machine's), not a bridge, tunnel or loopback."""

    name: str
    real: bool = True
    up: bool = True
    cable: bool = True
    address: bool = False


def list_interfaces(sysfs: Path = SYSFS) -> list[Interface]:
    """Every interface by name; empty where the machine shows none."""
    if not sysfs.is_dir():
        return []
    return [_describe(folder) for folder in sorted(sysfs.iterdir()) if folder.is_dir()]


def choose_interface(interfaces: list[Interface]) -> Interface | None:
    """The one to listen on: real hardware without an address, with a cable before one without. None where there is none."""
    candidates = [interface for interface in interfaces if interface.real and not interface.address]
    return min(candidates, key=lambda one: (not one.cable, one.name), default=None)


def may_listen() -> bool:
    """Whether this process may open a packet socket (CAP_NET_RAW)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapEff:"):
            return bool(int(line.split()[1], 16) >> CAP_NET_RAW & 1)
    return False


def _describe(folder: Path) -> Interface:
    return Interface(
        name=folder.name,
        real=(folder / "device").exists(),
        up=_read(folder / "operstate") not in ("down", ""),
        cable=_read(folder / "carrier") == "1",
        address=_has_address(folder.name),
    )


def _read(file: Path) -> str:
    try:
        return file.read_text().strip()
    except OSError:  # carrier of an interface that is switched off
        return ""


def _has_address(name: str) -> bool:
    return _has_ipv4(name) or _has_ipv6(name)


def _has_ipv4(name: str) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            fcntl.ioctl(sock, SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
        except OSError:
            return False
    return True


def _has_ipv6(name: str) -> bool:
    """Whether it has an address beyond its own link."""
    rows = [line.split() for line in _read(IPV6_TABLE).splitlines()]
    return any(len(row) == 6 and row[5] == name and row[3] != IPV6_LINK_SCOPE for row in rows)
