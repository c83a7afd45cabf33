"""Tunnels: packets inside packets, to the EtherType and offset of what they carry.

As in `link`, 0 for the EtherType means "this is none after all", and the bytes are left to the other parsers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from struct import Struct
from typing import Final

from appliance.wire import link, wlan
from appliance.wire.envelope import Envelope
from appliance.wire.link import IPV4, IPV6, MPLS, NOTHING, TRANSPARENT_BRIDGING, Carried

_u16: Final = Struct("!H").unpack_from
_u16_pair: Final = Struct("!HH").unpack_from

_ERSPAN_2: Final = 0x88BE
_ERSPAN_3: Final = 0x22EB
_WCCP: Final = 0x883E
_ARUBA: Final = 0x8200  # and the next few, one for each kind of traffic
_MAX_HEADERS: Final = 16
_L2TP_LONGEST: Final = 12  # a cookie of eight bytes and a sublayer's word
_L2TP_CARRIES: Final = frozenset({IPV4, IPV6, link.TAG})


def open_gre(data: bytes, at: int, envelope: Envelope) -> Carried:
    """Generic routing encapsulation (RFC 2784, 2890), its version 1 of PPTP (RFC 2637), and ERSPAN I to III."""
    flags, protocol = _u16_pair(data, at)
    at += 4
    at += 4 * (bool(flags & 0xC000) + bool(flags & 0x2000) + bool(flags & 0x1000) + bool(flags & 0x0080 and flags & 7))
    if protocol == _ERSPAN_2:
        # Type I has no header at all, and no sequence number by which it is told from type II.
        return link.open_ethernet(data, at + (8 if flags & 0x1000 else 0), envelope)
    if protocol == _ERSPAN_3:
        return link.open_ethernet(data, at + (20 if data[at + 11] & 1 else 12), envelope)
    if protocol == _WCCP:
        return IPV4, at if data[at] >> 4 == 4 else at + 4
    if protocol & 0xFF00 == _ARUBA:
        return _open_wlan(data, at, envelope)
    return _open_carried(protocol, data, at, envelope)


def open_etherip(data: bytes, at: int, envelope: Envelope) -> Carried:
    """Ethernet in IP (RFC 3378): two bytes, of which the first four bits are 3."""
    return link.open_ethernet(data, at + 2, envelope) if data[at] >> 4 == 3 else (NOTHING, at)


def _open_ipv4(data: bytes, at: int, envelope: Envelope) -> Carried:
    return IPV4, at


def _open_ipv6(data: bytes, at: int, envelope: Envelope) -> Carried:
    return IPV6, at


def _open_mpls(data: bytes, at: int, envelope: Envelope) -> Carried:
    return MPLS, at


def _open_wlan(data: bytes, at: int, envelope: Envelope) -> Carried:
    start = wlan.open_data_frame(data, at, envelope) or wlan.open_data_frame(data, at, envelope, swapped=True)
    return link.open_ethertype(NOTHING, data, start, envelope) if start else (NOTHING, at)


def _open_carried(protocol: int, data: bytes, at: int, envelope: Envelope) -> Carried:
    if protocol == TRANSPARENT_BRIDGING:
        return link.open_ethernet(data, at, envelope)
    if protocol == link.PPP:
        return link.open_ppp(data, at, envelope)
    return link.open_ethertype(protocol, data, at, envelope)


def _open_vxlan(data: bytes, at: int, envelope: Envelope) -> Carried:
    """VXLAN (RFC 7348 section 5): the flag that the network id is valid, and zeros."""
    if data[at] & 0x08 == 0 or data[at + 7]:
        return NOTHING, at
    return link.open_ethernet(data, at + 8, envelope)


def _open_vxlan_gpe(data: bytes, at: int, envelope: Envelope) -> Carried:
    """VXLAN's generic protocol extension: the fourth byte says what is inside."""
    if data[at] & 0x0C != 0x0C:
        return _open_vxlan(data, at, envelope)
    if data[at + 3] == 3:
        return link.open_ethernet(data, at + 8, envelope)
    return {1: IPV4, 2: IPV6, 5: MPLS}.get(data[at + 3], NOTHING), at + 8


def _open_geneve(data: bytes, at: int, envelope: Envelope) -> Carried:
    """Geneve (RFC 8926 section 3.4): version 0, and options in words of four bytes."""
    if data[at] >> 6 or data[at + 1] & 0x3F:
        return NOTHING, at
    return _open_carried(_u16(data, at + 2)[0], data, at + 8 + (data[at] & 0x3F) * 4, envelope)


def _open_gtp(data: bytes, at: int, envelope: Envelope) -> Carried:
    """GTP-U version 1 (3GPP TS 29.281 section 5.1): user packets are message type 255."""
    flags = data[at]
    if flags >> 4 != 3 or data[at + 1] != 0xFF:
        return NOTHING, at
    at += 8
    if flags & 7:
        following = data[at + 3]
        at += 4
        for _ in range(_MAX_HEADERS):
            if not following or not data[at]:
                break
            at += data[at] * 4
            following = data[at - 1]
    return link.open_ip(data, at, envelope)


def open_teredo(data: bytes, at: int, envelope: Envelope) -> Carried:
    """Teredo (RFC 4380 section 5.1.1): authentication and origin indications, then IPv6."""
    if data[at : at + 2] == b"\x00\x01":
        at += 13 + data[at + 2] + data[at + 3]
    if data[at : at + 2] == b"\x00\x00":
        at += 8
    return (IPV6, at) if data[at] >> 4 == 6 else (NOTHING, at)


def _open_capwap(data: bytes, at: int, envelope: Envelope) -> Carried:
    """CAPWAP data (RFC 5415 section 4.3): an Ethernet or an 802.11 frame behind a header in words of four bytes."""
    flags = int.from_bytes(data[at + 1 : at + 4], "big")
    header = (flags >> 19) * 4
    if data[at] or header < 8 or flags & 0x80:  # another version, or encrypted; or a fragment
        return NOTHING, at
    at += header
    if not flags & 0x100:
        return link.open_ethernet(data, at, envelope)
    return _open_wlan(data, at, envelope)


def open_l2tp3(data: bytes, at: int, envelope: Envelope) -> Carried:
    """L2TP version 3 from its session id on, where it carries Ethernet or IP (RFC 3931 section 4.1, RFC 4719).

    How long its cookie is and whether a word stands behind that only the two ends know: the first place counts where a frame or
    packet with a plausible header begins.
    """
    for start in range(at + 4, at + 4 + _L2TP_LONGEST + 1, 4):
        kind = int.from_bytes(data[start + 12 : start + 14], "big")
        if kind in _L2TP_CARRIES and (kind == link.TAG or link.open_ip(data, start + 14, envelope)[0] == kind):
            return link.open_ethernet(data, start, envelope)
        if data[start : start + 1] == b"\x45" and int.from_bytes(data[start + 2 : start + 4], "big") == len(data) - start:
            return IPV4, start
    return NOTHING, at


def _open_l2tp(data: bytes, at: int, envelope: Envelope) -> Carried:
    """L2TP data: of version 2 (RFC 2661 section 3.1), which carries PPP, or of version 3 (RFC 3931 section 4.1.2)."""
    flags = _u16(data, at)[0]
    if flags & 0x8000:
        return NOTHING, at
    if flags & 0x000F == 3:
        return open_l2tp3(data, at + 4, envelope)
    if flags & 0x000F != 2:
        return NOTHING, at
    at += 6 + (2 if flags & 0x4000 else 0) + (4 if flags & 0x0800 else 0)
    if flags & 0x0200:
        at += 2 + _u16(data, at)[0]
    return link.open_ppp(data, at, envelope)


def _open_ayiya(data: bytes, at: int, envelope: Envelope) -> Carried:
    """AYIYA, by which IPv6 tunnel brokers reach machines behind NAT: identity and signature of stated lengths, then IPv6."""
    if data[at + 2] & 0x0F != 1 or data[at + 3] != 41:
        return NOTHING, at
    return IPV6, at + 8 + (1 << (data[at] >> 4)) + (data[at + 1] >> 4) * 4


def _open_tzsp(data: bytes, at: int, envelope: Envelope) -> Carried:
    """TZSP, by which MikroTik routers mirror: version 1, the protocol inside, tags up to an end tag."""
    if data[at] != 1 or _u16(data, at + 2)[0] != 1:
        return NOTHING, at
    at += 4
    for _ in range(_MAX_HEADERS):
        if data[at] == 1:
            return link.open_ethernet(data, at + 1, envelope)
        at += 1 if data[at] == 0 else 2 + data[at + 1]
    return NOTHING, at


BY_PROTOCOL: Final[Mapping[int, Callable[[bytes, int, Envelope], Carried]]] = {
    4: _open_ipv4,
    41: _open_ipv6,
    47: open_gre,
    94: _open_ipv4,
    97: open_etherip,
    115: open_l2tp3,
    137: _open_mpls,
}
"""Openers by the number of the protocol in the IP header."""

BY_PORT: Final[Mapping[int, Callable[[bytes, int, Envelope], Carried]]] = {
    1701: _open_l2tp,
    2152: _open_gtp,
    3544: open_teredo,
    4754: open_gre,
    4789: _open_vxlan,
    4790: _open_vxlan_gpe,
    5072: _open_ayiya,
    5247: _open_capwap,
    6081: _open_geneve,
    6635: _open_mpls,
    8472: _open_vxlan,
    37008: _open_tzsp,
}
"""Openers by UDP port; every one of them checks that the bytes are its own."""
