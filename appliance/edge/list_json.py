"""Lists in JSON: texts in arrays, and texts under keys that speak of domains or hosts, whatever stands around them.

So are Little Snitch's rules (`denied-remote-domains`), CERT Polska's list (`DomainAddress`) and plain arrays. Unlike other lists
such a file is held whole, so its size is bounded.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from typing import IO, Any

import msgspec

MOST_BYTES = 64 << 20
DEEPEST = 8

_KEYS = ("domain", "host")


class JsonError(ValueError):
    """A document that can't be read; the message ends a sentence."""


def looks_like_json(start: bytes) -> bool:
    """Whether a file that begins like this is JSON; `[Adblock Plus]` is not."""
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    return text[:1] == b"{" or (text[:1] == b"[" and text[1:].lstrip()[:1] in (b'"', b"{", b"["))


def words_of(stream: IO[bytes] | gzip.GzipFile) -> Iterator[str]:
    """The texts that may be names. Raises JsonError."""
    data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise JsonError(f"it is larger than a list in JSON may be ({MOST_BYTES >> 20} MB)")
    try:
        document = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise JsonError("it is no JSON, or was cut short") from error
    yield from _words(document, DEEPEST)


def _words(value: Any, depth: int) -> Iterator[str]:
    if depth and isinstance(value, list):
        for member in value:
            if isinstance(member, str):
                yield member
            else:
                yield from _words(member, depth - 1)
    elif depth and isinstance(value, dict):
        for key, member in value.items():
            if isinstance(member, str) and any(part in key.lower() for part in _KEYS):
                yield member
            else:
                yield from _words(member, depth - 1)
