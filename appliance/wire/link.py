"""Link layers: from a frame's first byte to the network protocol in it.

Everything is brought to one currency, the EtherType: `(ethertype, offset)` of what the frame carries. Frames without an
EtherType of their own (PPP, NULL, raw IP, LLC) are given the one that their own number stands for; 0 means "nothing for us".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from struct import Struct
from typing import Final, TypeAlias

from appliance.wire import wlan
from appliance.wire.envelope import Envelope
from appliance.wire.reader import Malformed

ARP: Final = 0x0806
TAG: Final = 0x8100
IPV4: Final = 0x0800
IPV6: Final = 0x86DD
MPLS: Final = 0x8847
MPLS_MULTICAST: Final = 0x8848
PPPOE: Final = 0x8864
PPP: Final = 0x880B
NSH: Final = 0x894F
TRILL: Final = 0x22F3
MACSEC: Final = 0x88E5
TRANSPARENT_BRIDGING: Final = 0x6558
NOTHING: Final = 0

_PLAIN: Final = frozenset({IPV4, IPV6, ARP})
_VLAN_SIZE: Final = 2
# Tags by EtherType: how many bytes stand before the EtherType of what follows.
_TAGS: Final = {
    **dict.fromkeys((0x8100, 0x88A8, 0x9100, 0x9200, 0x9300), _VLAN_SIZE),
    0x88E7: 16,  # provider backbone bridges: service tag, then a whole Ethernet header
    0x8903: 14,  # Cisco's FabricPath: a tag, then a whole Ethernet header
    0x8909: 6,  # Cisco's security group tag
    0x8926: 4,  # VN-Tag
    0x892F: 4,  # seamless redundancy (IEC 62439-3)
    0x893F: 6,  # bridge port extension (IEEE 802.1BR)
}
_PPP_PROTOCOLS: Final = {0x0021: IPV4, 0x0057: IPV6, 0x0281: MPLS, 0x0283: MPLS_MULTICAST}
# Address family numbers differ between systems: 24, 28 and 30 are IPv6 on the BSDs and macOS, 10 on Linux, 23 on Windows.
_FAMILIES: Final = {2: IPV4, 10: IPV6, 23: IPV6, 24: IPV6, 28: IPV6, 30: IPV6}
_MAX_TAGS: Final = 8

_u16: Final = Struct("!H").unpack_from
_u16_pair: Final = Struct("!HH").unpack_from


class UnknownLinkType(Malformed):
    """A link type that nobody here can read."""


Carried: TypeAlias = tuple[int, int]
Opener: TypeAlias = Callable[[bytes, int, Envelope], Carried]


def open_frame(link: int, data: bytes, envelope: Envelope) -> Carried:
    """The EtherType and offset of what a frame of link type `link` carries; fills in MACs and VLAN.

    Raises `UnknownLinkType`, `Malformed`, IndexError or struct.error where the frame is cut off.
    """
    opener = _OPENERS.get(link)
    if opener is None:
        raise UnknownLinkType(str(link))
    return opener(data, 0, envelope)


def open_ethernet(data: bytes, at: int, envelope: Envelope) -> Carried:
    """An Ethernet II or IEEE 802.3 frame."""
    if not envelope.mac_from:
        envelope.mac_to = data[at : at + 6]
        envelope.mac_from = data[at + 6 : at + 12]
    ethertype = _u16(data, at + 12)[0]
    if ethertype in _PLAIN:
        return ethertype, at + 14
    return open_ethertype(ethertype, data, at + 14, envelope)


def open_ethertype(ethertype: int, data: bytes, at: int, envelope: Envelope) -> Carried:
    """Steps over VLAN tags, LLC, PPPoE and what else may stand between, to what they carry."""
    for _ in range(_MAX_TAGS):
        size = _TAGS.get(ethertype)
        if size is not None:
            if size == _VLAN_SIZE:
                _note_vlan(_u16(data, at)[0] & 0xFFF, envelope)
            ethertype = _u16(data, at + size)[0]
            at += size + 2
        elif ethertype in _CHAINED:
            ethertype, at = _CHAINED[ethertype](data, at)
        elif ethertype < 0x0600:
            ethertype, at = _open_llc(data, at)
            if ethertype < 0x0600:
                return NOTHING, at
        else:
            return open_ppp(data, at + 6, envelope) if ethertype == PPPOE else (ethertype, at)
    raise Malformed("too many tags")


def _note_vlan(number: int, envelope: Envelope) -> None:
    """A priority tag (VLAN 0) is no VLAN; and inside a tunnel a tag is another network's."""
    if number and not envelope.sender:
        envelope.vlan = number


def _open_llc(data: bytes, at: int) -> Carried:
    """IEEE 802.2 with SNAP (RFC 1042), or IP straight on its own service access point."""
    if data[at] == 0xAA and data[at + 1] == 0xAA:
        return _u16(data, at + 6)[0], at + 8
    return (IPV4, at + 3) if data[at] == 0x06 else (NOTHING, at)


def _open_nsh(data: bytes, at: int) -> Carried:
    """A service chain's header (RFC 8300 section 2.2): its length in words of four bytes, then what follows."""
    inside = at + (data[at + 1] & 0x3F) * 4
    if data[at + 3] == 3:
        return _u16(data, inside + 12)[0], inside + 14
    return {1: IPV4, 2: IPV6, 5: MPLS}.get(data[at + 3], NOTHING), inside


def _open_trill(data: bytes, at: int) -> Carried:
    """TRILL (RFC 6325 section 3): six bytes and options in words of four bytes, then an Ethernet header."""
    inside = at + 6 + (_u16(data, at)[0] >> 6 & 0x1F) * 4
    return _u16(data, inside + 12)[0], inside + 14


def _open_macsec(data: bytes, at: int) -> Carried:
    """MACsec (IEEE 802.1AE section 9.3) where it only guards: what is encrypted or changed is nothing for us."""
    if data[at] & 0x0C:
        return NOTHING, at
    inside = at + (14 if data[at] & 0x20 else 6)
    return _u16(data, inside)[0], inside + 2


_CHAINED: Final[Mapping[int, Callable[[bytes, int], Carried]]] = {NSH: _open_nsh, TRILL: _open_trill, MACSEC: _open_macsec}


def open_ppp(data: bytes, at: int, envelope: Envelope) -> Carried:
    """A PPP frame (RFC 1661 section 2), with or without HDLC's address and control bytes."""
    if data[at] == 0xFF and data[at + 1] == 0x03:
        at += 2
    if data[at] & 1:  # protocol field compression, RFC 1661 section 6.5
        return _PPP_PROTOCOLS.get(data[at], NOTHING), at + 1
    return _PPP_PROTOCOLS.get(_u16(data, at)[0], NOTHING), at + 2


def open_ip(data: bytes, at: int, envelope: Envelope) -> Carried:
    """Bare IP: the version is in the first four bits."""
    return {4: IPV4, 6: IPV6}.get(data[at] >> 4, NOTHING), at


def open_mpls(data: bytes, at: int, envelope: Envelope) -> Carried:
    """An MPLS label stack (RFC 3032), and what it most likely carries: IP, or Ethernet behind a control word (RFC 4385)."""
    for _ in range(_MAX_TAGS):
        bottom = data[at + 2] & 1
        at += 4
        if bottom:
            break
    else:
        raise Malformed("label stack without bottom")
    ethertype, at = open_ip(data, at, envelope)
    if ethertype:
        return ethertype, at
    return open_ethernet(data, at + (4 if data[at] == 0 else 0), envelope)


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
