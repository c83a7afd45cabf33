"""Who sent a packet to whom: what the link and network layers found, for the parsers of its payload."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv6Address
from typing import Any

NOWHERE = b""


class Texts(dict[bytes, str]):
    """Packed addresses to text, made when first asked for (`texts[packed]`) and begun afresh at `limit` of them.

    A dictionary, because looking one up is what every sighting does three times.
    """

    __slots__ = ("_limit", "_make")

    def __init__(self, make: Callable[[bytes], str], limit: int) -> None:
        """`make` turns a packed address into text."""
        super().__init__()
        self._make = make
        self._limit = limit

    def __missing__(self, packed: bytes) -> str:
        """The text of an address that is not known yet; the empty text for no address."""
        if len(self) >= self._limit:
            self.clear()
        text = self[packed] = self._make(packed)
        return text


class Envelope:
    """The addresses of one packet, packed as on the wire. One object is refilled for every frame.

    MACs are those of the outermost Ethernet header, IP addresses those of the innermost IP header, so that a machine inside
    a tunnel is told from the tunnel's ends. `vlan` is the innermost tag of the outermost Ethernet header.
    """

    __slots__ = (
        "addresses",
        "following",
        "mac_from",
        "mac_to",
        "macs",
        "port",
        "sender",
        "sender_port",
        "target",
        "time",
        "vlan",
    )

    def __init__(self, texts: int = 16_384) -> None:
        """An envelope of nothing that remembers `texts` texts of addresses, and as many of MACs."""
        self.addresses = Texts(address_text, texts)
        self.macs = Texts(mac_text, texts)
        self.reset(0.0, None)

    def reset(self, time: float, vlan: int | None) -> None:
        """Empty it for a frame of `time` from which the kernel had taken the tag `vlan`."""
        self.time = time
        # A priority tag (IEEE 802.1Q, VLAN 0) is no VLAN.
        self.vlan = vlan or None
        self.mac_from = self.mac_to = self.sender = self.target = NOWHERE
        self.sender_port = self.port = 0
        self.following = 0  # where the next of several wireless frames in one begins

    def outward(self) -> dict[str, Any]:
        """The fields that all sightings share, where the sender is the client."""
        return {
            "time": self.time,
            "mac": self.macs[self.mac_from],
            "vlan": self.vlan,
            "client": self.addresses[self.sender],
            "server": self.addresses[self.target],
            "port": self.port,
        }

    def homeward(self) -> dict[str, Any]:
        """The same fields where the target is the client: in answers."""
        return {
            "time": self.time,
            "mac": self.macs[self.mac_to],
            "vlan": self.vlan,
            "client": self.addresses[self.target],
            "server": self.addresses[self.sender],
            "port": self.sender_port,
        }


def address_text(packed: bytes) -> str:
    """An IPv4 address of four bytes or an IPv6 address of sixteen as text (RFC 5952)."""
    if len(packed) == 4:
        return f"{packed[0]}.{packed[1]}.{packed[2]}.{packed[3]}"
    return str(IPv6Address(packed)) if len(packed) == 16 else ""


def mac_text(packed: bytes) -> str:
    """A MAC address of six bytes as `aa:bb:cc:dd:ee:ff`; other lengths as they are, in the same manner."""
    return packed.hex(":")
