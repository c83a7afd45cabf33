"""The second step of logging in: six digits from a phone (TOTP, RFC 6238), or a one-time code from paper."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct
from urllib.parse import quote, urlencode

from appliance.edge.store import Store, StoreError
from appliance.edge.store.factors import Factor
from web_ui.unwritten import Unwritten

STEP = 30  # seconds, RFC 6238 section 4.1
DIGITS = 6
DRIFT = 2  # steps either way: the box's clock may be a minute off
KEY_BYTES = 20  # as long as the hash, RFC 4226 section 4
CODES = 10
CODE_LENGTH = 10  # 30^10: 49 bits
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no two signs that look alike


def make_key() -> str:
    """A new key in base 32, 32 signs."""
    return base64.b32encode(secrets.token_bytes(KEY_BYTES)).decode()


def make_codes() -> list[str]:
    """Ten one-time codes, as they are printed."""
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)) for _ in range(CODES)]
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def digits_at(key: str, step: int) -> str:
    """The digits of one time step (RFC 4226 section 5.3)."""
    mac = hmac.digest(base64.b32decode(key), struct.pack(">Q", step), hashlib.sha1)
    start = mac[-1] & 15
    number = int.from_bytes(mac[start : start + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def find_step(key: str, typed: str, now: float) -> int | None:
    """The time step that these digits belong to, near `now`; None where there is none. Every step is compared."""
    digits = "".join(sign for sign in typed if sign.isascii() and sign.isdigit())
    present = int(now) // STEP
    near = range(max(0, present - DRIFT), present + DRIFT + 1)
    fitting = [step for step in near if hmac.compare_digest(digits_at(key, step), digits)]
    return fitting[0] if fitting else None


def check(store: Store, memory: Unwritten, username: str, typed: str, now: float) -> bool:
    """Whether these are the account's digits of now, or one of its codes; each is used up by this.

    Digits are used up in `memory` where the store can't be written; a code on paper then raises StoreError.
    """
    factor = store.factors.find(username)
    if factor is None:
        return False
    step = find_step(factor.key, typed, now)
    if step is not None:
        return _use_up(store, memory, factor, step)
    code = "".join(sign for sign in typed.upper() if sign in ALPHABET)
    return len(code) == CODE_LENGTH and store.factors.use_code(username, f"{code[:5]}-{code[5:]}", now=now)


def _use_up(store: Store, memory: Unwritten, factor: Factor, step: int) -> bool:
    if memory.was_used(factor.username, step):
        return False
    try:
        return store.factors.use_step(factor.username, step)
    except StoreError:
        return memory.use_step(factor.username, step, factor.last_step)


def address(key: str, username: str) -> str:
    """What a phone reads from the square code (the key URI format that all apps know)."""
    return f"otpauth://totp/Safespan:{quote(username[:60])}?{urlencode({'secret': key, 'issuer': 'Safespan'})}"


def in_groups(key: str) -> str:
    """The key in groups of four, to be typed by hand."""
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4))
