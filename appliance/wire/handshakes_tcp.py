"""The first bytes that a client sends on TCP when it opens a tunnel, a proxy or a remote control session."""

from __future__ import annotations

from typing import Final

from appliance.wire.handshakes import Handshake, openvpn_reset

LONGEST: Final = 320  # bytes that any of these needs to be told

_PPTP_START: Final = b"\0\x01\x1a\x2b\x3c\x4d\0\x01"  # control message, magic cookie, Start-Control-Connection (RFC 2637)
_SOCKS5_METHODS: Final = frozenset((0, 1, 2, 3, 5, 6, 7, 8, 9))  # registered; 0x80 and above are private
_RDP_COOKIE: Final = b"Cookie: "
_TEAMVIEWER_PORT: Final = 5938


def tcp_handshake(data: bytes, port: int) -> Handshake | None:
    """The tunnel or proxy that these first bytes of a client's stream begin; None for everything else."""
    if len(data) < 3:
        return None
    first = data[0]
    if first == 0x53:
        return Handshake("ssh") if data[:6] in (b"SSH-2.", b"SSH-1.") else None
    if first == 0x05:
        return _socks5(data)
    if first == 0x04:
        return _socks4(data)
    if first == 0x03:
        return _rdp(data)
    if first == 0x17:
        return Handshake("teamviewer") if data[1] == 0x24 and port == _TEAMVIEWER_PORT else None
    return _framed(data)


def _framed(data: bytes) -> Handshake | None:
    """Protocols whose messages begin with their length in two bytes."""
    length = data[0] << 8 | data[1]
    if data[2:10] == _PPTP_START:
        return Handshake("pptp") if length == 156 else None
    return Handshake("openvpn") if length <= len(data) - 2 and openvpn_reset(data[2 : 2 + length]) else None


def _socks5(data: bytes) -> Handshake | None:
    """Version, number of methods, methods, and nothing after them: the server speaks next (RFC 1928 section 3)."""
    methods = data[2:]
    if not methods or len(methods) != data[1] or len(set(methods)) != len(methods):
        return None
    return Handshake("socks") if all(method in _SOCKS5_METHODS or method >= 0x80 for method in methods) else None


def _socks4(data: bytes) -> Handshake | None:
    """Version, command, port, address, user name ended by a zero; then, in version 4a, a host name likewise."""
    if len(data) < 9 or data[1] not in (1, 2) or data[-1] or data[2:4] == b"\0\0":
        return None
    texts = data[8:-1].split(b"\0")
    named = data[4:7] == b"\0\0\0" and data[7] != 0
    shown = all(text.isascii() and (not text or text.decode("ascii").isprintable()) for text in texts)
    return Handshake("socks") if len(texts) == (2 if named else 1) and shown else None


def _rdp(data: bytes) -> Handshake | None:
    """TPKT and an X.224 connection request with a cookie or a negotiation request ([MS-RDPBCGR] section 2.2.1.1)."""
    if len(data) < 11 or data[1] or data[2] << 8 | data[3] != len(data) or data[5] != 0xE0:
        return None
    return Handshake("rdp") if data[11:19] == _RDP_COOKIE or data[11:15] == b"\x01\0\x08\0" else None
