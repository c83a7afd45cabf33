"""Link types: from a frame's first byte to the network protocol in it, for every kind of capture.

As in `link`, everything is brought to `(ethertype, offset)`; frames without an EtherType of their own (PPP, NULL, raw IP, LLC)
are given the one that their own number stands for.
"""

from __future__ import annotations

from collections.abc import Mapping
from struct import Struct
from typing import Final

from appliance.wire import wlan
from appliance.wire.envelope import Envelope
from appliance.wire.link import ARP, IPV4, IPV6, NOTHING, Carried, Opener, open_ethernet, open_ethertype, open_ip, open_ppp
from appliance.wire.reader import Malformed

# Address family numbers differ between systems: 24, 28 and 30 are IPv6 on the BSDs and macOS, 10 on Linux, 23 on Windows.
_FAMILIES: Final = {2: IPV4, 10: IPV6, 23: IPV6, 24: IPV6, 28: IPV6, 30: IPV6}

_u16: Final = Struct("!H").unpack_from


class UnknownLinkType(Malformed):
    """A link type that nobody here can read."""


def open_frame(link: int, data: bytes, envelope: Envelope) -> Carried:
    """The EtherType and offset of what a frame of link type `link` carries; fills in MACs and VLAN.

    Raises `UnknownLinkType`, `Malformed`, IndexError or struct.error where the frame is cut off.
    """
    opener = _OPENERS.get(link)
    if opener is None:
        raise UnknownLinkType(str(link))
    return opener(data, 0, envelope)


def _open_wlan(data: bytes, at: int, envelope: Envelope) -> Carried:
    at = wlan.open_data_frame(data, at, envelope)
    return open_ethertype(NOTHING, data, at, envelope) if at else (NOTHING, 0)


def open_subframe(data: bytes, at: int, envelope: Envelope) -> Carried:
    """One more of several wireless frames that were sent as one."""
    return open_ethertype(NOTHING, data, wlan.open_subframe(data, at, envelope), envelope)


def _open_radiotap(data: bytes, at: int, envelope: Envelope) -> Carried:
    """Radiotap: version, pad, then the header's length, little-endian."""
    frame = at + data[at + 2] + 256 * data[at + 3]
    start = wlan.open_data_frame(data, frame, envelope, padded=_says_padded(data, at))
    return open_ethertype(NOTHING, data, start, envelope) if start else (NOTHING, 0)


def _says_padded(data: bytes, at: int) -> bool:
    """Whether radiotap's flags say that bytes stand between the frame's header and its content."""
    present, field = data[at + 4], at + 4
    while data[field + 3] & 0x80:  # more words of what is present
        field += 4
    field += 4
    if present & 1:  # a clock of eight bytes, at a multiple of eight
        field += 8 + (at - field) % 8
    return bool(present & 2 and data[field] & 0x20)


def _open_prism(data: bytes, at: int, envelope: Envelope) -> Carried:
    """The Prism header has 144 bytes, or the length that an AVS header states."""
    is_avs = data[at : at + 3] == b"\x80\x21\x10"
    length = int.from_bytes(data[at + 4 : at + 8], "big") if is_avs else 144
    return _open_wlan(data, at + length, envelope)


def _open_ppi(data: bytes, at: int, envelope: Envelope) -> Carried:
    """Per-packet information: its length and the link type of what follows, little-endian."""
    length = data[at + 2] + 256 * data[at + 3]
    inner = _OPENERS.get(data[at + 4])
    if inner is None or inner is _open_ppi:
        return NOTHING, at
    return inner(data, at + length, envelope)


def _open_null(data: bytes, at: int, envelope: Envelope) -> Carried:
    """BSD loopback: an address family in the byte order of the machine that captured."""
    family = data[at] or data[at + 3]
    if family in _FAMILIES:
        return _FAMILIES[family], at + 4
    return open_ip(data, at + 4, envelope)


def _open_cooked(data: bytes, at: int, envelope: Envelope) -> Carried:
    """Linux cooked capture, first version: the sender's address only."""
    if data[at + 5] == 6:
        envelope.mac_from = data[at + 6 : at + 12]
    return open_ethertype(_u16(data, at + 14)[0], data, at + 16, envelope)


def _open_cooked_v2(data: bytes, at: int, envelope: Envelope) -> Carried:
    """Linux cooked capture, second version."""
    if data[at + 11] == 6:
        envelope.mac_from = data[at + 12 : at + 18]
    return open_ethertype(_u16(data, at)[0], data, at + 20, envelope)


def _open_nflog(data: bytes, at: int, envelope: Envelope) -> Carried:
    """Linux netfilter log: type-length-values in host order (little-endian here); the packet is value 9."""
    family = data[at]
    at += 4
    for _ in range(32):
        length = data[at] + 256 * data[at + 1]
        if data[at + 2] == 9:
            return _FAMILIES.get(family, NOTHING), at + 4
        if length < 4:
            break
        at += (length + 3) & ~3
    return NOTHING, at


def _open_arcnet(data: bytes, at: int, envelope: Envelope) -> Carried:
    """ARCNET as Linux writes it: two addresses, two bytes of offset, then the protocol (RFC 1201, RFC 1051)."""
    kind = data[at + 4]
    if kind in (0xF0, 0xF1):  # RFC 1051 has no split flag and no sequence number
        return (IPV4 if kind == 0xF0 else ARP), at + 5
    return {0xD4: IPV4, 0xD5: ARP, 0xC4: IPV6}.get(kind, NOTHING), at + 8


def _open_frame_relay(data: bytes, at: int, envelope: Envelope) -> Carried:
    """Frame relay (RFC 2427): address, control, then a network layer identifier or SNAP."""
    at += 2 if data[at + 1] & 1 else 4
    at += 2 if data[at + 1] == 0 else 1  # control, and an optional pad
    if data[at] == 0x80:
        return open_ethertype(_u16(data, at + 4)[0], data, at + 6, envelope)
    return {0xCC: IPV4, 0x8E: IPV6}.get(data[at], NOTHING), at + 1


def _open_hdlc(data: bytes, at: int, envelope: Envelope) -> Carried:
    """Cisco HDLC: address and control, then an EtherType; PPP where the first byte says so."""
    if data[at] == 0xFF:
        return open_ppp(data, at, envelope)
    return open_ethertype(_u16(data, at + 2)[0], data, at + 4, envelope)


def _open_pktap(data: bytes, at: int, envelope: Envelope) -> Carried:
    """macOS's packet tap: the header's length, a type, and the link type of what follows, little-endian."""
    inner = _OPENERS.get(data[at + 8] + 256 * data[at + 9])
    if inner is None or inner is _open_pktap:
        return NOTHING, at
    return inner(data, at + data[at] + 256 * data[at + 1], envelope)


def _open_pflog(data: bytes, at: int, envelope: Envelope) -> Carried:
    """The log of BSD's packet filter: a header whose length is filled up to four bytes, then IP."""
    return open_ip(data, at + (data[at] + 3 & ~3), envelope)


def _open_ring(data: bytes, at: int, envelope: Envelope) -> Carried:
    """Token ring (IEEE 802.5): two bytes, the addresses, a route where the sender's first bit says so, then LLC."""
    routed = data[at + 8] & 0x80
    _note_addresses(data, at + 2, envelope)
    return open_ethertype(NOTHING, data, at + 14 + (data[at + 14] & 0x1F if routed else 0), envelope)


def _open_fddi(data: bytes, at: int, envelope: Envelope) -> Carried:
    """FDDI: one byte, the addresses, then LLC; other frames than those that carry LLC are the ring's own."""
    _note_addresses(data, at + 1, envelope)
    return open_ethertype(NOTHING, data, at + 13, envelope) if data[at] & 0x30 == 0x10 else (NOTHING, at)


def _note_addresses(data: bytes, at: int, envelope: Envelope) -> None:
    envelope.mac_to, envelope.mac_from = data[at : at + 6], data[at + 6 : at + 12]


def _open_ipv4(data: bytes, at: int, envelope: Envelope) -> Carried:
    return IPV4, at


def _open_ipv6(data: bytes, at: int, envelope: Envelope) -> Carried:
    return IPV6, at


def _open_pppoe(data: bytes, at: int, envelope: Envelope) -> Carried:
    return open_ppp(data, at + 6, envelope)


def _open_directed_ppp(data: bytes, at: int, envelope: Envelope) -> Carried:
    """PPP behind one byte that tells the direction."""
    return open_ppp(data, at + 1, envelope)


_OPENERS: Final[Mapping[int, Opener]] = {
    0: _open_null,
    1: open_ethernet,
    6: _open_ring,
    9: open_ppp,
    10: _open_fddi,
    12: open_ip,
    14: open_ip,
    50: open_ppp,
    51: _open_pppoe,
    101: open_ip,
    104: _open_hdlc,
    105: _open_wlan,
    107: _open_frame_relay,
    108: _open_null,
    113: _open_cooked,
    117: _open_pflog,
    119: _open_prism,
    127: _open_radiotap,
    129: _open_arcnet,
    163: _open_prism,
    166: open_ppp,
    192: _open_ppi,
    204: _open_directed_ppp,
    228: _open_ipv4,
    229: _open_ipv6,
    239: _open_nflog,
    258: _open_pktap,
    276: _open_cooked_v2,
}
