"""Domain names as DNS messages carry them: labels, compression pointers, and their text (RFC 1035 section 4.1.4)."""

from __future__ import annotations

from typing import Final

from appliance.wire.reader import Malformed

MAX_HOPS: Final = 16  # pointers followed for one name; real encoders need two or three
MAX_NAME: Final = 255  # bytes of a name on the wire, with its length bytes (RFC 1035 section 2.3.4)

_LABEL_KIND: Final = 0xC0  # the top two bits of a length byte: 00 a label, 11 a pointer, the rest never came into use
# Captures disagree on odd bytes; these are the peers' spellings, so that a name reads the same here and in tshark.
_CONTROL: Final = {10: "\\\\n", 13: "\\\\r", 9: "\\\\t"}


def read_name(data: bytes, at: int, *, fold: bool = True) -> tuple[str, int]:
    """The name at offset `at` as text, and the offset after it; raises `Malformed`. Without `fold` it keeps its case.

    Pointers lead only backwards and at most `MAX_HOPS` are followed, so that no name can loop (RFC 1035 section 4.1.4).
    """
    labels: list[bytes] = []
    after = -1
    start = at
    hops = 0
    room = MAX_NAME
    try:
        while length := data[at]:
            if length < 64:
                at += 1
                labels.append(data[at : at + length])
                at += length
                room -= length + 1
                if room < 1:
                    raise Malformed("name over 255 bytes")
                continue
            target = _pointer(data, at, length)
            hops += 1
            if target >= start or hops > MAX_HOPS:
                raise Malformed("pointer that does not lead backwards")
            if after < 0:
                after = at + 2
            at = start = target
    except IndexError:
        raise Malformed("name cut short") from None
    return text_of(b".".join(labels), fold=fold), at + 1 if after < 0 else after


def skip_name(data: bytes, at: int) -> int:
    """The offset after the name at `at`, without following pointers; raises `Malformed`."""
    try:
        while length := data[at]:
            if length >= _LABEL_KIND:
                return at + 2
            if length > 63:
                raise Malformed("label type that does not exist")
            at += length + 1
    except IndexError:
        raise Malformed("name cut short") from None
    return at + 1


def text_of(raw: bytes, *, fold: bool = True) -> str:
    """The labels joined by dots as lower-case text, safe to show: control and invisible characters are spelt out.

    Valid UTF-8 stays (DNS-SD names, RFC 6763 section 4.1.1); bytes that are not become U+FFFD. Without `fold` the case stays:
    for the names that machines give themselves, which people will read.
    """
    text = raw.decode("utf-8", "replace")
    if fold:
        text = text.lower()
    return text if text.isprintable() else "".join(map(_visible, text))


def _pointer(data: bytes, at: int, length: int) -> int:
    if length < _LABEL_KIND:
        raise Malformed("label type that does not exist")
    return (length & 0x3F) << 8 | data[at + 1]


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x80:
        return _CONTROL.get(code) or f"\\\\{code:03o}"
    return f"\\\\u{code:04x}"
