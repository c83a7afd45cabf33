"""Who is logged in: a random token in the browser, its hash and its times in the store."""

from __future__ import annotations

import hashlib
import secrets

from flask import Response, g, request, session
from itsdangerous import BadSignature, URLSafeSerializer

from appliance.edge.store import Store
from appliance.model import Account
from web_ui.records import afterwards, now, store

IDLE = 20 * 60.0
ABSOLUTE = 8 * 3600.0
KNOWN = 180 * 24 * 3600
FRESH = 10 * 60.0
DOOR = "supplier_door"  # the setting that says until when the school lets its supplier in


def cookie_name(word: str, secure: bool) -> str:
    """The cookie's name; over HTTPS one that no other host can set (RFC 6265bis section 4.1.3)."""
    return f"__Host-safespan-{word}" if secure else f"safespan-{word}"


def find_account() -> Account | None:
    """Whoever this request comes from, or None; the answer is kept for the rest of the request."""
    if "account" not in g:
        g.account = _look_up(store())
    account: Account | None = g.account
    return account


def _look_up(records: Store) -> Account | None:
    token = request.cookies.get(cookie_name("session", request.is_secure))
    row = records.session(_hash(token), now()) if token else None
    if row is None or now() - row.seen > IDLE:
        return None
    account = records.account(row.username)
    if account is None or not may_enter(account):
        return None
    g.session_row = row
    return account


def may_enter(account: Account) -> bool:
    """Whether this account is open; a supplier's only while the school holds its door open."""
    return account.active and (account.role != "supplier" or now() < door_until())


def door_until() -> float:
    """Until when the supplier may come in, 0 where the door is shut."""
    try:
        return float(store().setting(DOOR) or 0)
    except ValueError:
        return 0.0


def is_fresh() -> bool:
    """Whether this session's passphrase was typed within the last minutes."""
    row = g.get("session_row")
    return row is not None and now() - row.proved <= FRESH


def prove() -> None:
    """The passphrase was typed again just now."""
    row = g.get("session_row")
    if row is not None:
        store().prove_session(row.token_hash, now())


def own_hash() -> str:
    """The token's hash of the session of this request, empty where there is none."""
    find_account()
    row = g.get("session_row")
    return row.token_hash if row is not None else ""


def touch() -> None:
    """Note that somebody is still there; the store writes this at most once a minute, and no page waits for it or fails by it."""
    row = g.get("session_row")
    if row is not None:
        moment = now()
        afterwards(lambda records: records.touch_session(row.token_hash, moment))


def begin(response: Response, username: str) -> None:
    """Log somebody in: a new token, and a fresh form token with it."""
    session.clear()
    token = secrets.token_urlsafe(32)
    store().add_session(_hash(token), username, now(), now() + ABSOLUTE, request.remote_addr or "")
    _set(response, "session", token, None)
    account = store().account(username)
    if account is not None:
        _set(response, "known", _signer(account).dumps(username), KNOWN)


def end(response: Response) -> None:
    """Log out: the row goes, and the cookie with it."""
    token = request.cookies.get(cookie_name("session", request.is_secure))
    if token:
        store().end_session(_hash(token))
    session.clear()
    response.delete_cookie(cookie_name("session", request.is_secure), secure=request.is_secure, httponly=True, samesite="Strict")


def is_known(account: Account) -> bool:
    """Whether this browser has logged in to the account before: others' wrong tries must not keep it out."""
    value = request.cookies.get(cookie_name("known", request.is_secure), "")
    try:
        return bool(_signer(account).loads(value) == account.username)
    except BadSignature:
        return False


def _signer(account: Account) -> URLSafeSerializer:
    """Signs with what only the store knows of the account: good until the passphrase changes, and after a restart as well."""
    return URLSafeSerializer(account.password_hash, salt="known")


def _set(response: Response, word: str, value: str, age: int | None) -> None:
    secure = request.is_secure
    response.set_cookie(cookie_name(word, secure), value, max_age=age, secure=secure, httponly=True, samesite="Strict")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
