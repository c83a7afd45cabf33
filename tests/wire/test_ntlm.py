from __future__ import annotations

from base64 import b64encode

import pytest

from appliance.wire.ntlm import NtlmUser, find_user
from appliance.wire.reader import Malformed
from tests.wire.rubbish import survives


def authenticate(user: str, domain: str = "SCHOOL", station: str = "PC-07", *, encoding: str = "utf-16-le") -> bytes:
    """An AUTHENTICATE message ([MS-NLMP] section 2.2.1.3)."""
    texts = [b"l" * 24, b"n" * 24, domain.encode(encoding), user.encode(encoding), station.encode(encoding), b""]
    at, fields = 72, b""
    for text in texts:
        fields += len(text).to_bytes(2, "little") * 2 + at.to_bytes(4, "little")
        at += len(text)
    flags = 1 if encoding == "utf-16-le" else 2
    return b"NTLMSSP\0\x03\0\0\0" + fields + flags.to_bytes(4, "little") + b"\0" * 8 + b"".join(texts)


SMITH = NtlmUser("j.smith", "school", "pc-07")


def test_user_inside_an_smb_message() -> None:
    assert find_user(b"\0\0\x01\x90\xfeSMB" + b"x" * 90 + authenticate("J.Smith") + b"rest") == SMITH


def test_user_inside_an_http_header() -> None:
    header = b"GET / HTTP/1.1\r\nAuthorization: NTLM " + b64encode(authenticate("J.Smith")) + b"\r\nHost: intranet\r\n\r\n"
    assert find_user(header) == SMITH


def test_code_page_text_is_read_too() -> None:
    assert find_user(authenticate("J.Smith", encoding="latin-1")) == SMITH


def test_anonymous_log_ons_and_other_messages_are_none() -> None:
    assert find_user(authenticate("", "", "")) is None
    assert find_user(b"NTLMSSP\0\x01\0\0\0" + b"x" * 60) is None
    assert find_user(b"Authorization: NTLM TlRMTVNTUAABAAAA") is None


def test_fields_outside_of_the_message_and_broken_base64_are_malformed() -> None:
    for data in (authenticate("J.Smith")[:-20], authenticate("J.Smith")[:40], b"NTLM TlRMTVNTUAAD=AAA\r\n"):
        with pytest.raises(Malformed):
            find_user(data)


def test_any_bytes_are_a_user_or_malformed() -> None:
    survives(find_user, authenticate("J.Smith"), b"NTLM " + b64encode(authenticate("J.Smith")) + b"\r\n")
