"""The first packets of tunnels and remote control over UDP, told by their bytes, and a few hints that a name or a port gives.

Each protocol has a test that random bytes pass with a chance below one in four thousand million, so no port is needed;
ports are asked only where the bytes alone would not do.
"""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

from msgspec import Struct

Confidence: TypeAlias = Literal["high", "medium", "low"]

_TOR_NAME: Final = re.compile(r"www\.[a-z2-7]{4,25}\.(?:com|net)")
_DNSCRYPT_NAME: Final = "2.dnscrypt-cert."
_ZEROS: Final = b"\0" * 16
_WIREGUARD_INITIATION: Final = {148: "wireguard", 204: "tunnelbear"}
_WIREGUARD_RESPONSE: Final = {92: "wireguard", 100: "tunnelbear"}
_WARP_PORTS: Final = (500, 1701, 2408, 4500)
_OPENVPN_RESETS: Final = (0x38, 0x50)  # opcode 7 and 10 with key id 0: the client's first packet
# Where the 32-bit packet id stands after the session id: right there (tls-crypt), or after an HMAC (tls-auth) of MD5, SHA-1,
# SHA-256 or SHA-512. Together with the length this leaves nothing to chance.
_OPENVPN_AUTHENTICATED: Final = {38: (9, 25), 42: (9, 29), 54: (9, 41), 86: (9, 73)}
_TAILSCALE_DISCO: Final = b"TS\xf0\x9f\x92\xac"
_DNSCRYPT_ANSWER: Final = b"r6fnvWj8"
_NON_ESP: Final = b"\0\0\0\0"


class Handshake(Struct, frozen=True, gc=False):
    """A protocol that began; `answer` is True for the server's packet, which makes the client the other side."""

    protocol: str
    confidence: Confidence = "high"
    answer: bool = False


def udp_handshake(data: bytes, port: int) -> Handshake | None:
    """The tunnel whose handshake this UDP payload is; None for everything else."""
    if len(data) < 12:
        return None
    signature = _SIGNATURES.get(data[0])
    found = signature(data, port) if signature else None
    return found or _by_port(data, port)


def tor_shaped(name: str) -> bool:
    """Whether a server name has the form that Tor makes up: `www.` and base32 letters (proposal 369). Many real names do,
    so this counts only together with a name that the device never looked up."""
    return _TOR_NAME.fullmatch(name) is not None


def dnscrypt_name(name: str) -> bool:
    """Whether a DNS query asks a resolver for its DNSCrypt certificate."""
    return name.startswith(_DNSCRYPT_NAME)


def encrypted_dns(port: int, alpn: tuple[str, ...], transport: Literal["tcp", "udp"]) -> str:
    """`dot` or `doq` for a ClientHello to that port with those protocols, else empty (RFC 7858 and RFC 9250)."""
    if transport == "tcp":
        return "dot" if "dot" in alpn or (port == 853 and not _speaks_web(alpn)) else ""
    if any(protocol == "doq" or protocol.startswith("doq-") for protocol in alpn) or port == 853:
        return "doq"
    return ""


def _speaks_web(alpn: tuple[str, ...]) -> bool:
    return "h2" in alpn or "http/1.1" in alpn


def _wireguard_initiation(data: bytes, port: int) -> Handshake | None:
    """Message type 1 of a fixed length; its last 16 bytes are zero unless the server is under load (whitepaper section 5.4)."""
    protocol = _WIREGUARD_INITIATION.get(len(data))
    if protocol is None:
        return None
    if data[1:4] == b"\0\0\0":
        return Handshake(protocol, "high" if data[-16:] == _ZEROS else "medium")
    # Cloudflare's WARP keeps a client id in the reserved bytes.
    return Handshake("warp") if port in _WARP_PORTS and data[-16:] == _ZEROS else None


def _wireguard_response(data: bytes, port: int) -> Handshake | None:
    protocol = _WIREGUARD_RESPONSE.get(len(data))
    if protocol is None or data[1:4] != b"\0\0\0" or data[-16:] != _ZEROS:
        return None
    return Handshake(protocol, answer=True)


def _openvpn(data: bytes, port: int) -> Handshake | None:
    return Handshake("openvpn") if openvpn_reset(data) else None


def openvpn_reset(data: bytes) -> bool:
    """Whether a packet is an OpenVPN client's first: reset opcode, session id, no acknowledgements, packet id 0 or 1."""
    length = len(data)
    if length < 14 or data[0] not in _OPENVPN_RESETS or data[1:9] == _ZEROS[:8]:
        return False
    if length == 14:
        return data[9:] == b"\0\0\0\0\0"
    # tls-crypt-v2 appends the client's wrapped key, whose length ends the packet.
    if data[0] == 0x50:
        return length > 60 and _first_packet(data, 9) and int.from_bytes(data[-2:], "big") <= length - 54
    return any(_first_packet(data, at) for at in _OPENVPN_AUTHENTICATED.get(length, ()))


def _first_packet(data: bytes, at: int) -> bool:
    """Packet id 1 (or 0x0f000001, which asks for early negotiation) and a time of this century at that offset."""
    return data[at : at + 4] in (b"\0\0\0\x01", b"\x0f\0\0\x01") and data[at + 4] in range(0x38, 0xFF)


def _tailscale(data: bytes, port: int) -> Handshake | None:
    return Handshake("tailscale") if data.startswith(_TAILSCALE_DISCO) else None


def _dnscrypt(data: bytes, port: int) -> Handshake | None:
    return Handshake("dnscrypt", answer=True) if data.startswith(_DNSCRYPT_ANSWER) else None


def _l2tp(data: bytes, port: int) -> Handshake | None:
    """A control message to tunnel 0 whose first attribute says SCCRQ (RFC 2661 sections 3.1 and 6.1)."""
    if data[1] != 2 or int.from_bytes(data[2:4], "big") != len(data) or data[4:8] != _NON_ESP or len(data) < 20:
        return None
    return Handshake("l2tp") if data[14:20] == b"\0\0\0\0\0\x01" else None


def _by_port(data: bytes, port: int) -> Handshake | None:
    if port in (500, 4500):
        return _ike(data[4:] if port == 4500 and data[:4] == _NON_ESP else data)
    if port == 3544:
        return _teredo(data)
    if port == 5938 and data[0] == 0 and data[11:13] == b"\x17\x24":
        return Handshake("teamviewer")
    return None


def _ike(data: bytes) -> Handshake | None:
    """The initiator's first message: no responder SPI yet, and a length that is the payload's (RFC 7296 section 3.1)."""
    if len(data) < 28 or data[:8] == _ZEROS[:8] or data[8:16] != _ZEROS[:8] or int.from_bytes(data[24:28], "big") != len(data):
        return None
    if data[17] == 0x20 and data[18] == 34:
        return Handshake("ikev2")
    return Handshake("ikev1") if data[17] == 0x10 and data[18] in (2, 4) else None


def _teredo(data: bytes) -> Handshake | None:
    """An IPv6 packet from the Teredo prefix or a link-local address, after optional indications (RFC 4380 section 5.1.1)."""
    at = 0
    if data[:2] == b"\0\x01":  # authentication: identifier and value of stated lengths, nonce, confirmation
        at = 13 + data[2] + data[3]
    if data[at : at + 2] == b"\0\0":  # origin
        at += 8
    packet = data[at : at + 40]
    if len(packet) < 40 or packet[0] >> 4 != 6 or len(data) - at - 40 != int.from_bytes(packet[4:6], "big"):
        return None
    return Handshake("teredo") if packet[8:12] == b"\x20\x01\0\0" or packet[8:10] == b"\xfe\x80" else None


_SIGNATURES: Final = {
    0x01: _wireguard_initiation,
    0x02: _wireguard_response,
    0x38: _openvpn,
    0x50: _openvpn,
    0x54: _tailscale,
    0x72: _dnscrypt,
    0xC8: _l2tp,
}
