"""The keys of QUIC Initial packets, which anyone who sees the client's first packet can derive (RFC 9001 section 5.2).

They protect against accidents on the path, not against readers: the salts are public and differ by version only.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from msgspec import Struct

SAMPLE: Final = 16  # bytes of ciphertext that key the header protection (RFC 9001 section 5.4.2)

_IPAD: Final = bytes(byte ^ 0x36 for byte in range(256))
_OPAD: Final = bytes(byte ^ 0x5C for byte in range(256))
_ECB: Final = ECB()  # noqa: S305 - header protection is one AES block by definition (RFC 9001 section 5.4.3)


def _label(text: str, length: int) -> bytes:
    """HkdfLabel of TLS 1.3 with an empty context, and the counter byte of HKDF-Expand's only round (RFC 8446 section 7.1)."""
    label = b"tls13 " + text.encode()
    return length.to_bytes(2, "big") + bytes((len(label),)) + label + b"\0\x01"


_CLIENT_IN: Final = _label("client in", 32)
_SERVER_IN: Final = _label("server in", 32)


class Version(Struct, frozen=True):
    """How one version of QUIC protects and marks its Initial packets. `google` versions number their frames differently."""

    salt: bytes
    key: bytes
    iv: bytes
    hp: bytes
    initial_type: int = 0
    google: bool = False


def _version(salt: str, *, prefix: str = "quic", initial_type: int = 0, google: bool = False) -> Version:
    labels = (_label(f"{prefix} key", 16), _label(f"{prefix} iv", 12), _label(f"{prefix} hp", 16))
    return Version(bytes.fromhex(salt), *labels, initial_type=initial_type, google=google)


_V1: Final = _version("38762cf7f55934b34d179ae6a4c80cadccbb7f0a")  # RFC 9001 section 5.2
_V2: Final = _version("0dede3def700a6db819381be6e269dcbf9bd2ed9", prefix="quicv2", initial_type=1)  # RFC 9369 section 3.3
_DRAFT_29: Final = _version("afbfec289993d24c9e9786f19c6111e04390a899")  # draft-ietf-quic-tls-29 to -32
_DRAFT_23: Final = _version("c3eef712c72ebb5a11a7d2432bb46365bef9f502")  # draft-ietf-quic-tls-23 to -28
_DRAFT_22: Final = _version("7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a")
_Q050: Final = _version("504574efd066fe2f9d945cfcdbd3a7f0d3b56b45", google=True)
_T050: Final = _version("7ff579e5acd072915580304c43a2367c60488310", google=True)
_T051: Final = _version("7a4edef4e7ccee5fa4506c19124fc8ccda6e033d", google=True)

VERSIONS: Final[dict[int, Version]] = {
    0x00000001: _V1,
    0x6B3343CF: _V2,
    0xFF000016: _DRAFT_22,
    **dict.fromkeys(range(0xFF000017, 0xFF00001D), _DRAFT_23),
    **dict.fromkeys(range(0xFF00001D, 0xFF000021), _DRAFT_29),
    0xFF000021: _V1,
    0xFF000022: _V1,
    # Facebook's mvfst: its own version numbers over the drafts' keys.
    0xFACEB001: _DRAFT_22,
    **dict.fromkeys((0xFACEB002, *range(0xFACEB00D, 0xFACEB016)), _DRAFT_23),
    0xFACEB003: _V1,
    0xFACEB004: _V1,
    # Google's versions from before the standard, from the first that encrypted its Initial packets ("Q050", "T050", "T051").
    0x51303530: _Q050,
    0x54303530: _T050,
    0x54303531: _T051,
}


class InitialKeys:
    """One side's Initial keys: takes header protection off and opens packets (RFC 9001 sections 5.3 and 5.4)."""

    __slots__ = ("_aead", "_block", "_iv")

    def __init__(self, key: bytes, iv: bytes, hp: bytes) -> None:
        """`key` and `hp` are of 16 bytes, `iv` of 12."""
        self._aead = AESGCM(key)
        self._iv = int.from_bytes(iv, "big")
        self._block = Cipher(AES(hp), _ECB).encryptor().update

    def open(self, data: bytes, start: int, number_at: int, end: int) -> bytes | None:
        """The frames of the packet `data[start:end]` whose packet number is at `number_at`; None where its tag is wrong.

        `end - number_at` has to be at least 20, as in every packet that can be sampled (RFC 9001 section 5.4.2).
        """
        mask = self._block(data[number_at + 4 : number_at + 4 + SAMPLE])
        first = data[start] ^ mask[0] & 0x0F
        size = (first & 3) + 1
        # Initial packets are the first few of their number space: the truncated packet number is the whole one.
        number = int.from_bytes(data[number_at : number_at + size], "big") ^ int.from_bytes(mask[1 : 1 + size], "big")
        header = b"%c%b%b" % (first, data[start + 1 : number_at], number.to_bytes(size, "big"))
        nonce = (self._iv ^ number).to_bytes(12, "big")
        try:
            return self._aead.decrypt(nonce, data[number_at + size : end], header)
        except InvalidTag:
            return None


def client_keys(version: Version, connection: bytes) -> InitialKeys:
    """The keys of the client's Initial packets from the destination connection id of its first one."""
    return _keys(version, connection, _CLIENT_IN)


def server_keys(version: Version, connection: bytes) -> InitialKeys:
    """The keys of the server's Initial packets, from the same connection id."""
    return _keys(version, connection, _SERVER_IN)


def _keys(version: Version, connection: bytes, side: bytes) -> InitialKeys:
    secret = _hmac(_hmac(version.salt, connection), side)
    return InitialKeys(_hmac(secret, version.key)[:16], _hmac(secret, version.iv)[:12], _hmac(secret, version.hp)[:16])


# HMAC-SHA256 (RFC 2104) for keys of at most one block. Five of them open a connection; the standard library's costs three
# times as much as the two hashes that it consists of, and a Pi has no AES or time to spare.
def _hmac(key: bytes, message: bytes) -> bytes:
    block = key.ljust(64, b"\0")
    return sha256(block.translate(_OPAD) + sha256(block.translate(_IPAD) + message).digest()).digest()
