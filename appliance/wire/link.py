"""Ethernet and what may stand between it and the network protocol: tags, LLC, PPP, MPLS and the like.

Everything is brought to one currency, the EtherType: `(ethertype, offset)` of what the frame carries. Frames without an
EtherType of their own (PPP, NULL, raw IP, LLC) are given the one that their own number stands for; 0 means "nothing for us".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from struct import Struct
from typing import Final, TypeAlias

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
_MAX_TAGS: Final = 8

_u16: Final = Struct("!H").unpack_from
_u16_pair: Final = Struct("!HH").unpack_from


Carried: TypeAlias = tuple[int, int]
Opener: TypeAlias = Callable[[bytes, int, Envelope], Carried]


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
