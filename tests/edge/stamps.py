"""DNS stamps by hand."""

from __future__ import annotations

import base64


def stamp(protocol: int, address: str | None, hashes: list[bytes] | None, *texts: str) -> str:
    """A stamp of these fields in their order; None leaves a field out."""
    data = bytes([protocol]) + bytes(8)
    if address is not None:
        data += _text(address.encode())
    if hashes is not None:
        more = [0x80] * (len(hashes) - 1) + [0]
        data += b"".join(bytes([len(member) | flag]) + member for member, flag in zip(hashes, more, strict=True))
    data += b"".join(_text(text.encode()) for text in texts)
    return "sdns://" + base64.urlsafe_b64encode(data).decode().rstrip("=")


def _text(text: bytes) -> bytes:
    return bytes([len(text)]) + text
