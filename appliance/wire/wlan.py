"""IEEE 802.11 data frames in the clear: to the LLC header that they carry."""

from __future__ import annotations

from typing import Final

from appliance.wire.envelope import Envelope

_TO_DS: Final = 0x01
_FROM_DS: Final = 0x02
_PROTECTED: Final = 0x40
_ORDER: Final = 0x80
_QOS: Final = 0x8
_AGGREGATED: Final = 0x80
_SUBFRAME_HEADER: Final = 14  # receiver, sender, length


def open_data_frame(data: bytes, at: int, envelope: Envelope, *, swapped: bool = False, padded: bool = False) -> int:
    """The offset of a data frame's LLC header, or 0 where it carries none or is encrypted (IEEE 802.11-2020 section 9.3.2).

    `swapped` is for CAPWAP, where some controllers send the two bytes of frame control the other way round; `padded` for cards
    that fill the header up to a multiple of four bytes.
    """
    control, flags = (data[at + 1], data[at]) if swapped else (data[at], data[at + 1])
    subtype = control >> 4
    # Version 0, type 2; subtypes with 4 in them carry nothing.
    if control & 0x0F != 0x08 or subtype & 0x4 or flags & _PROTECTED:
        return 0
    length = 30 if flags & _TO_DS and flags & _FROM_DS else 24
    if not envelope.mac_from:
        _fill_addresses(data, at, flags, envelope)
    aggregated = subtype & _QOS and data[at + length] & _AGGREGATED
    if subtype & _QOS:
        length += 6 if flags & _ORDER else 2
    start = at + (length + 3 & ~3 if padded else length)
    return open_subframe(data, start, envelope) if aggregated else start


def open_subframe(data: bytes, at: int, envelope: Envelope) -> int:
    """The offset of the LLC header in one of several frames sent as one (A-MSDU, section 9.3.2.2).

    Its addresses are the true ones; where the next begins is noted in the envelope, 0 for the last.
    """
    envelope.mac_to, envelope.mac_from = data[at : at + 6], data[at + 6 : at + 12]
    size = _SUBFRAME_HEADER + (data[at + 12] << 8 | data[at + 13])
    following = at + (size + 3 & ~3)
    envelope.following = following if following + _SUBFRAME_HEADER < len(data) else 0
    return at + _SUBFRAME_HEADER


def _fill_addresses(data: bytes, at: int, flags: int, envelope: Envelope) -> None:
    """Which of the four addresses is the sender's and which the receiver's depends on the direction."""
    one, two, three = data[at + 4 : at + 10], data[at + 10 : at + 16], data[at + 16 : at + 22]
    envelope.mac_to = three if flags & _TO_DS else one
    if flags & _FROM_DS:
        envelope.mac_from = data[at + 24 : at + 30] if flags & _TO_DS else three
    else:
        envelope.mac_from = two
