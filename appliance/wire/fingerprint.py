"""A client's TLS fingerprint in the manner of JA4: what it offers, whatever order it shuffles its extensions into."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

_VERSIONS: Final = {0x0304: "13", 0x0303: "12", 0x0302: "11", 0x0301: "10", 0x0300: "s3"}
_SERVER_NAME: Final = 0
_ALPN: Final = 16


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
    ciphers = _words(shape.ciphers)
    extensions = [f"{kind:04x}" for kind in shape.extensions if not _is_grease(kind)]
    hashed = sorted(f"{kind:04x}" for kind in shape.extensions if kind not in (_SERVER_NAME, _ALPN) and not _is_grease(kind))
    signatures = _words(shape.signatures[2:])
    tail = ",".join(hashed) + ("_" + ",".join(signatures) if signatures else "")
    first = alpn[0] if alpn else ""
    protocol = first[0] + first[-1] if first and first[0].isalnum() and first[-1].isalnum() else "00"
    counts = f"{min(len(ciphers), 99):02d}{min(len(extensions), 99):02d}"
    head = f"{transport}{_version(shape)}{'d' if named else 'i'}{counts}{protocol}"
    return f"{head}_{_digest(','.join(sorted(ciphers)))}_{_digest(tail if hashed else '')}"


def _version(shape: HelloShape) -> str:
    """The highest version offered, from supported_versions where there is that extension."""
    raw = shape.versions[1:]
    offered = [raw[i] << 8 | raw[i + 1] for i in range(0, len(raw) - 1, 2)]
    known = [version for version in offered if not _is_grease(version)]
    return _VERSIONS.get(max(known) if known else shape.version, "00")


def _is_grease(value: int) -> bool:
    """Values that clients throw in to keep servers honest (RFC 8701)."""
    return value & 0x0F0F == 0x0A0A and value >> 8 == value & 0xFF


def _words(raw: bytes) -> list[str]:
    """Two-byte values as hexadecimal, without GREASE."""
    text = raw.hex()
    words = [text[i : i + 4] for i in range(0, len(text) - 3, 4)]
    return [word for word in words if not (word[1] == "a" and word[3] == "a" and word[:2] == word[2:])]


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12] if text else "000000000000"
