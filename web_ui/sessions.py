"""Who is logged in: a random token in the browser, its hash and its times in the store."""

from __future__ import annotations

import hashlib
import logging
import secrets

from flask import Response, g, request, session
from itsdangerous import BadSignature, URLSafeSerializer
from msgspec.structs import replace

from appliance.edge.store import Store, StoreError
from appliance.model import Account, Session
from web_ui.records import afterwards, now, store
from web_ui.unwritten import unwritten, write_or_keep

log = logging.getLogger(__name__)

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
    row = _find_row(records, _hash(token)) if token else None
    if row is None or now() - row.seen > IDLE:
        return None
    account = records.account(row.username)
    if account is None or not may_enter(account) or not unwritten().fits(row.token_hash, account.password_hash):
        return None
    g.session_row = row
    return account


def _find_row(records: Store, token_hash: str) -> Session | None:
    """The session, in the store or in memory."""
    if unwritten().has_ended(token_hash):
        return None
    return unwritten().session(token_hash, now()) or records.session(token_hash, now())


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
    if row is not None and not unwritten().touch(row.token_hash, now(), proved=True):
        _prove(row)


def _prove(row: Session) -> None:
    """Keep the proof, in memory where the store can't."""
    try:
        store().prove_session(row.token_hash, now())
    except StoreError:
        account = find_account()
        unwritten().begin(replace(row, proved=now(), seen=now()), account.password_hash if account else "")


def own_hash() -> str:
    """The token's hash of the session of this request, empty where there is none."""
    find_account()
    row = g.get("session_row")
    return row.token_hash if row is not None else ""


def touch() -> None:
    """Note that somebody is still there; the store writes this at most once a minute, and no page waits for it or fails by it."""
    row = g.get("session_row")
    if row is not None and not unwritten().touch(row.token_hash, now()):
        moment = now()
        afterwards(lambda records: records.touch_session(row.token_hash, moment), keep=False)


def begin(response: Response, username: str) -> None:
    """Log somebody in: a new token, and a fresh form token with it. Where nothing can be written, they may read all the same."""
    session.clear()
    token = secrets.token_urlsafe(32)
    _keep(_hash(token), username)
    _set(response, "session", token, None)
    account = store().account(username)
    if account is not None:
        _set(response, "known", _signer(account).dumps(username), KNOWN)


def _keep(token_hash: str, username: str) -> None:
    moment, source = now(), request.remote_addr or ""
    try:
        store().add_session(token_hash, username, moment, moment + ABSOLUTE, source)
    except StoreError as error:
        log.warning("a log-in is kept in memory only: %s", error)
        account = store().account(username)
        times = {"created": moment, "seen": moment, "proved": moment, "expires": moment + ABSOLUTE}
        made = Session(token_hash=token_hash, username=username, source=source, **times)
        unwritten().begin(made, account.password_hash if account else "")


def end(response: Response) -> None:
    """Log out: the row goes, and the cookie with it."""
    token = request.cookies.get(cookie_name("session", request.is_secure))
    if token:
        token_hash = _hash(token)
        unwritten().end(token_hash)
        write_or_keep(store(), lambda records: records.end_session(token_hash))
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
