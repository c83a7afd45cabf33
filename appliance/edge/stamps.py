"""DNS stamps (`sdns://...`): one encrypted resolver each, as lists of resolvers give them; only what it is called is read.

A stamp is base64url without padding of: a protocol byte, eight bytes of properties (none for a DNSCrypt relay), then texts and
sets with their lengths before them. https://dnscrypt.info/stamps-specifications
"""

from __future__ import annotations

import base64
import binascii

# protocol -> what stands before the host name, after the properties: a text, a set of hashes. DNSCrypt stamps hold no host.
_BEFORE_HOST = {2: "ts", 3: "ts", 4: "ts", 5: "", 0x85: "ts"}
_NO_HOST = (0, 1, 0x81)
_MORE = 0x80  # in a length of a set: another member follows
LONGEST = 2_048


def host_of(stamp: str) -> str | None:
    """The host name of a stamp's resolver, without its port; empty where it has none, None for what is no stamp."""
    text = stamp.removeprefix("sdns://")
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(text) == len(stamp) or not 1 < len(data) <= LONGEST:
        return None
    if data[0] in _NO_HOST:
        return ""
    return _host(data) if data[0] in _BEFORE_HOST else None


def _host(data: bytes) -> str | None:
    at = 9
    try:
        for kind in _BEFORE_HOST[data[0]]:
            at = _after_set(data, at) if kind == "s" else at + 1 + data[at]
        host = data[at + 1 : at + 1 + data[at]]
    except IndexError:
        return None
    name, colon, port = host.decode("latin-1").partition(":")
    return name if len(host) == data[at] and (not colon or port.isdecimal()) else None


def _after_set(data: bytes, at: int) -> int:
    while data[at] & _MORE:
        at += 1 + (data[at] & ~_MORE)
    return at + 1 + data[at]
