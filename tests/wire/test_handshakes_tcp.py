from __future__ import annotations

import pytest

from appliance.wire.handshakes import Handshake
from appliance.wire.handshakes_tcp import tcp_handshake
from tests.wire.rubbish import survives
from tests.wire.test_handshakes import RESET, TLS_AUTH

PPTP = b"\0\x9c\0\x01\x1a\x2b\x3c\x4d\0\x01\0\0" + b"\0" * 144
RDP_COOKIE = b"\x03\0\0\x2a\x25\xe0\0\0\0\0\0Cookie: mstshash=jsmith\r\n".ljust(42, b"\0")
RDP_NEGOTIATION = b"\x03\0\0\x13\x0e\xe0\0\0\0\0\0\x01\0\x08\0\x0b\0\0\0"
SOCKS4A = b"\x04\x01\x01\xbb\0\0\0\x01user\0www.example.org\0"


@pytest.mark.parametrize(
    ("data", "port", "expected"),
    [
        (b"SSH-2.0-OpenSSH_9.6\r\n", 443, "ssh"),
        (b"\x05\x01\0", 1080, "socks"),
        (b"\x05\x02\0\x01", 9050, "socks"),
        (b"\x04\x01\x01\xbb\xc0\0\x02\x01\0", 1080, "socks"),
        (SOCKS4A, 1080, "socks"),
        (PPTP, 1723, "pptp"),
        (RDP_COOKIE, 3389, "rdp"),
        (RDP_NEGOTIATION, 3389, "rdp"),
        (b"\x17\x24\x0a\x20", 5938, "teamviewer"),
        (b"\0\x0e" + RESET, 443, "openvpn"),
        (b"\0\x2a" + TLS_AUTH, 1194, "openvpn"),
    ],
)
def test_first_bytes_are_told(data: bytes, port: int, expected: str) -> None:
    assert tcp_handshake(data, port) == Handshake(expected)


@pytest.mark.parametrize(
    ("data", "port"),
    [
        (b"", 22),
        (b"SSH-9.0", 22),
        (b"\x05\x02\0", 1080),
        (b"\x05\x02\0\0", 1080),
        (b"\x05\x01\x42", 1080),
        (b"\x04\x03\x01\xbb\xc0\0\x02\x01\0", 1080),
        (b"\x04\x01\x01\xbb\xc0\0\x02\x01\xff\0", 1080),
        (SOCKS4A[:-1], 1080),
        (PPTP[:2] + b"\0\x01\x1a\x2b\x3c\x4e" + PPTP[8:], 1723),
        (RDP_COOKIE + b"x", 3389),
        (b"\x17\x24\x0a\x20", 443),
        (b"\0\x0f" + RESET, 443),
        (b"GET / HTTP/1.1\r\n", 80),
        (b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", 443),
    ],
)
def test_what_only_begins_like_one_is_not(data: bytes, port: int) -> None:
    assert tcp_handshake(data, port) is None


def test_any_bytes_are_a_handshake_or_nothing() -> None:
    survives(lambda data: tcp_handshake(data, 5938), PPTP, RDP_COOKIE, SOCKS4A, b"\0\x2a" + TLS_AUTH, b"\x05\x02\0\x01")
