"""The common case in one step: Ethernet straight to IPv4 without options or to IPv6 without extensions.

More than nine frames in ten are like that. What is not, or is not for sure, takes the long way through `link` and `ip`, which
alone say what is malformed; both ways lead to the same envelope and the same segment.
"""

from __future__ import annotations

from struct import Struct
from typing import Final

from appliance.wire.envelope import Envelope
from appliance.wire.ip import TCP, UDP, Segment

ETHERNET: Final = 1

_IPV4: Final = b"\x08\x00"
_IPV6: Final = b"\x86\xdd"
_NO_OPTIONS: Final = 0x45  # version 4, a header of five words
_FRAGMENT_BITS: Final = 0x3FFF
_TRANSPORTS: Final = frozenset({TCP, UDP})

# MACs, type; version and length of the header, length of the packet, fragment, protocol, addresses.
_v4: Final = Struct("!6s6s2xBxHxxHxBxx4s4s").unpack_from
# MACs, type; version, length of the content, next header, addresses.
_v6: Final = Struct("!6s6s2xB3xHBx16s16s").unpack_from
_V4_END: Final = 34
_V6_END: Final = 54


def open_plain(data: bytes, envelope: Envelope) -> Segment | None:
    """The TCP or UDP segment of a frame of the common form, its addresses in `envelope`; None, and nothing said, for others."""
    kind = data[12:14]
    if kind == _IPV4:
        return _open_v4(data, envelope) if len(data) >= _V4_END else None
    return _open_v6(data, envelope) if kind == _IPV6 and len(data) >= _V6_END else None


def _open_v4(data: bytes, envelope: Envelope) -> Segment | None:
    mac_to, mac_from, first, total, where, protocol, sender, target = _v4(data)
    if first != _NO_OPTIONS or where & _FRAGMENT_BITS or total < 20 or protocol not in _TRANSPORTS:
        return None
    envelope.mac_to, envelope.mac_from, envelope.sender, envelope.target = mac_to, mac_from, sender, target
    end = 14 + total
    return protocol, _V4_END, end if end < len(data) else len(data)


def _open_v6(data: bytes, envelope: Envelope) -> Segment | None:
    mac_to, mac_from, first, length, protocol, sender, target = _v6(data)
    if first >> 4 != 6 or not length or protocol not in _TRANSPORTS:
        return None
    envelope.mac_to, envelope.mac_from, envelope.sender, envelope.target = mac_to, mac_from, sender, target
    end = _V6_END + length
    return protocol, _V6_END, end if end < len(data) else len(data)
