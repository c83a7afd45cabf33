"""What guards every door of the page: the hasher of passphrases, and the throttle of wrong tries."""

from __future__ import annotations

from typing import cast

from flask import current_app, request
from msgspec import Struct

from appliance.model import Account
from web_ui import sessions
from web_ui.passwords import Passphrases
from web_ui.records import now, store
from web_ui.throttle import WINDOW, Throttle
from web_ui.unwritten import ACCOUNT_TRIES, unwritten, write_or_keep
from web_ui.wording.texts import ngettext


class Doors(Struct, frozen=True):
    """The hasher, and the throttle of wrong tries per account and source."""

    passphrases: Passphrases
    throttle: Throttle


def doors() -> Doors:
    """The doors of this page."""
    return cast(Doors, current_app.extensions["doors"])


def key_of(name: str) -> str:
    """What the throttle counts strangers by: this name from this address."""
    return f"{name} {request.remote_addr}"


def find_wait(username: str, account: Account | None) -> float:
    """Seconds until this name may be tried again from here; 0 where it may now."""
    return doors().throttle.wait(_key(username, account), now()) or _wait_for_account(account)


def note_wrong(username: str, account: Account | None) -> None:
    """A try did not fit; `account` is None where nobody has this name."""
    if account is not None:
        _note(account.username, False)
        if unwritten().count:
            unwritten().failures.note_wrong(account.username, now())
    doors().throttle.note_wrong(_key(username, account), now())


def note_right(account: Account) -> None:
    """Somebody proved who they are at the door: what was wrong before is forgotten."""
    _note(account.username, True)
    unwritten().failures.forget(account.username)
    forget_wrong(account)


def _note(username: str, right: bool) -> None:
    """Keep that somebody tried; the door does not hang on whether the card can be written."""
    moment, source = now(), request.remote_addr or ""
    write_or_keep(store(), lambda records: records.note_login(username, right, now=moment, source=source))


def forget_wrong(account: Account) -> None:
    """The passphrase was right once more."""
    doors().throttle.forget(_key(account.username, account))


def _key(username: str, account: Account | None) -> str:
    """A browser that has logged in before is counted on its own, whoever else guesses from its address."""
    name = username.casefold()
    return f"{name} known" if account is not None and sessions.is_known(account) else key_of(name)


def _wait_for_account(account: Account | None) -> float:
    """Browsers that have logged in before never wait for others' wrong tries: nobody can lock the head out."""
    if account is None or sessions.is_known(account):
        return 0.0
    if unwritten().failures.wait(account.username, now()):
        return 60.0
    return 60.0 if store().failed_logins(account.username, now() - WINDOW) >= ACCOUNT_TRIES else 0.0


def say_wait(seconds: float) -> str:
    """How long to wait, in whole minutes."""
    minutes = max(1, round(seconds / 60))
    return ngettext(
        "There were too many wrong tries. Wait one minute, then try again. The box goes on watching.",
        "There were too many wrong tries. Wait %(num)d minutes, then try again. The box goes on watching.",
        minutes,
    )
