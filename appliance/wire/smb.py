"""Messages of Windows file sharing, as far as it takes to find log-ons in them ([MS-SMB2] 2.1, [MS-CIFS] 2.2.3.1)."""

from __future__ import annotations

from typing import Final

PORTS: Final = frozenset({139, 445})

_MARKS: Final = (b"\xfeSMB", b"\xffSMB")


def is_smb(data: bytes, at: int) -> bool:
    """Whether the bytes at `at` are an SMB message behind its four bytes of length."""
    return data[at + 4 : at + 8] in _MARKS
