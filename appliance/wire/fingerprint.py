"""A client's TLS fingerprint in the manner of JA4: what it offers, whatever order it shuffles its extensions into."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from struct import pack, unpack
from typing import Final

_VERSIONS: Final = {0x0304: "13", 0x0303: "12", 0x0302: "11", 0x0301: "10", 0x0300: "s3"}
# Values that clients throw in to keep servers honest (RFC 8701).
_GREASE: Final = frozenset(0x0A0A + 0x1010 * step for step in range(16))
_REMEMBERED: Final = 512
_LARGEST: Final = 2_048  # bytes of lists; browsers have about 400
_NOT_HASHED: Final = frozenset({0, 16})  # the server's name and the protocols change from site to site


class HelloShape:
    """The parts of a ClientHello that a fingerprint is made of, as they stand on the wire; `extensions` are their types."""

    __slots__ = ("ciphers", "extensions", "signatures", "version", "versions")

    def __init__(self) -> None:
        """A hello of which nothing is known."""
        self.version = 0
        self.versions = b""
        self.ciphers = b""
        self.signatures = b""
        self.extensions: list[int] = []


def fingerprint(shape: HelloShape, transport: str, named: bool, alpn: tuple[str, ...]) -> str:
    """The fingerprint, e.g. `t13d1516h2_8daaf6152771_e5627efa2ab1` (FoxIO's JA4 specification, BSD licence)."""
    kinds = frozenset(shape.extensions) - _GREASE
    first = alpn[0] if alpn else ""
    # What nobody's browser sends isn't remembered: a flood of hellos that are all lists would fill the memory.
    size = len(shape.ciphers) + len(shape.signatures) + len(shape.versions) + len(kinds) * 16
    make = _fingerprint if size <= _LARGEST else _fingerprint.__wrapped__
    return make(transport, shape.version, shape.versions, named, shape.ciphers, kinds, shape.signatures, first)


# A network's clients offer the same few lists again and again: what is remembered here is looked up 19 times out of 20.
@lru_cache(maxsize=_REMEMBERED)
def _fingerprint(
    transport: str, fixed: int, versions: bytes, named: bool, suites: bytes, kinds: frozenset[int], signatures: bytes, first: str
) -> str:
    """The fingerprint of these parts; `kinds` are the extensions' types, `first` is the protocol that is preferred."""
    ciphers, cipher_digest = _cipher_part(suites)
    protocol = first[0] + first[-1] if first and first[0].isalnum() and first[-1].isalnum() else "00"
    version = _version(versions, fixed)
    head = f"{transport}{version}{'d' if named else 'i'}{min(ciphers, 99):02d}{min(len(kinds), 99):02d}{protocol}"
    return f"{head}_{cipher_digest}_{_extension_digest(kinds - _NOT_HASHED, signatures)}"


def _cipher_part(raw: bytes) -> tuple[int, str]:
    """How many cipher suites are offered, and their digest."""
    ciphers = _words(raw)
    return len(ciphers), _digest(_text(sorted(ciphers)))


def _extension_digest(kinds: frozenset[int], signatures: bytes) -> str:
    """The digest of extension types in order, and of the signature algorithms as they were offered."""
    algorithms = _text(_words(signatures[2:]))
    text = _text(sorted(kinds))
    return _digest(f"{text}_{algorithms}" if algorithms else text)


def _version(offered: bytes, fixed: int) -> str:
    """The highest version offered, from supported_versions where there is that extension."""
    versions = _words(offered[1:])
    return _VERSIONS.get(max(versions) if versions else fixed, "00")


def _words(raw: bytes) -> list[int]:
    """Two-byte values without GREASE."""
    return [value for value in unpack(f"!{len(raw) // 2}H", raw[: len(raw) & ~1]) if value not in _GREASE]


def _text(values: Sequence[int]) -> str:
    """The values as hexadecimal with commas between them."""
    return pack(f"!{len(values)}H", *values).hex(",", 2)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12] if text else "000000000000"
