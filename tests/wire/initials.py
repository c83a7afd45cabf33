"""A QUIC client of our own making: seals Initial packets in any shape, so that tests can choose what a real one would not do."""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from appliance.wire.quic_crypto import VERSIONS

V1, V2, DRAFT_29, T051, Q050 = 1, 0x6B3343CF, 0xFF00001D, 0x54303531, 0x51303530

# The ClientHello of RFC 9001 appendix A.2 ("example.com"), in its CRYPTO frame.
RFC_CRYPTO_FRAME = bytes.fromhex(
    "060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c00000413011302010000c000000010000e0000"
    "0b6578616d706c652e636f6dff01000100000a00080006001d0017001800100007000504616c706e000500050100000000003300260024001d00209370"
    "b2c9caa47fbabaf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b0003020304000d0010000e040305030603020308040805080600"
    "2d00020101001c00024001003900320408ffffffffffffffff05048000ffff07048000ffff0801100104800075300901100f088394c8f03e515708"
    "06048000ffff"
)
HELLO = RFC_CRYPTO_FRAME[4:]


def varint(value: int) -> bytes:
    """A number of up to 62 bits (RFC 9000 section 16)."""
    for size, mark in ((1, 0), (2, 1), (4, 2), (8, 3)):
        if value < 1 << (8 * size - 2):
            return (value | mark << (8 * size - 2)).to_bytes(size, "big")
    raise ValueError(value)


def crypto(data: bytes, offset: int = 0, *, kind: int = 6) -> bytes:
    """A CRYPTO frame."""
    return varint(kind) + varint(offset) + varint(len(data)) + data


def expand(secret: bytes, label: str, size: int) -> bytes:
    """HKDF-Expand-Label by another implementation than the one under test."""
    name = b"tls13 " + label.encode()
    info = size.to_bytes(2, "big") + bytes((len(name),)) + name + b"\0"
    return HKDFExpand(SHA256(), size, info).derive(secret)


def seal(
    frames: bytes,
    connection: bytes,
    *,
    version: int = V1,
    keyed_by: bytes | None = None,
    source: bytes = b"",
    token: bytes = b"",
    number: int = 0,
    number_size: int = 4,
    pad_to: int = 1200,
    kind: int | None = None,
    side: str = "client in",
) -> bytes:
    """An Initial packet with these frames, padded; `keyed_by` is the first connection id where it is not `connection`."""
    style = VERSIONS[version]
    initial = HMAC(style.salt, SHA256())
    initial.update(keyed_by if keyed_by is not None else connection)
    secret = expand(initial.finalize(), side, 32)
    prefix = "quicv2" if version == V2 else "quic"
    key, iv, hp = (expand(secret, f"{prefix} {what}", size) for what, size in (("key", 16), ("iv", 12), ("hp", 16)))
    head = version.to_bytes(4, "big") + bytes((len(connection),)) + connection + bytes((len(source),)) + source
    head += varint(len(token)) + token
    frames = frames.ljust(pad_to - len(head) - 1 - 2 - number_size - 16, b"\0")
    first = 0xC0 | (style.initial_type if kind is None else kind) << 4 | number_size - 1
    size = number_size + len(frames) + 16
    header = bytes((first,)) + head + (size | 0x4000).to_bytes(2, "big") + number.to_bytes(number_size, "big")
    nonce = (int.from_bytes(iv, "big") ^ number).to_bytes(12, "big")
    body = AESGCM(key).encrypt(nonce, frames, header)
    return protect(header, body, hp, number_size)


def protect(header: bytes, body: bytes, hp: bytes, number_size: int) -> bytes:
    """Put header protection on (RFC 9001 section 5.4)."""
    encryptor = Cipher(AES(hp), ECB()).encryptor()
    mask = encryptor.update(body[4 - number_size : 20 - number_size])
    number = bytes(a ^ b for a, b in zip(header[-number_size:], mask[1:], strict=False))
    return bytes((header[0] ^ mask[0] & 0x0F,)) + header[1:-number_size] + number + body
