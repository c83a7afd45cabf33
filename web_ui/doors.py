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
from web_ui.wording.texts import ngettext

# Wrong tries on one account from anywhere, before browsers that never logged in to it have to wait.
ACCOUNT_TRIES = 30


class Doors(Struct, frozen=True):
    """The hasher, and the throttle of wrong tries per account and source."""

    passphrases: Passphrases
    throttle: Throttle


def doors() -> Doors:
    """The doors of this page."""
    return cast(Doors, current_app.extensions["doors"])


def key_of(username: str) -> str:
    """What the throttle counts by: this name from this address."""
    return f"{username} {request.remote_addr}"


def find_wait(username: str, account: Account | None) -> float:
    """Seconds until this name may be tried again from here; 0 where it may now."""
    return doors().throttle.wait(key_of(username), now()) or _wait_for_account(account)


def note_try(account: Account, right: bool) -> None:
    """Keep a try on an account; a right one clears the wrong ones before it."""
    store().note_login(account.username, right, now=now(), source=request.remote_addr or "")
    if right:
        doors().throttle.forget(key_of(account.username.casefold()))


def _wait_for_account(account: Account | None) -> float:
    """Browsers that have logged in before never wait for others' wrong tries: nobody can lock the head out."""
    if account is None or sessions.is_known(account.username):
        return 0.0
    return 60.0 if store().failed_logins(account.username, now() - WINDOW) >= ACCOUNT_TRIES else 0.0


def say_wait(seconds: float) -> str:
    """How long to wait, in whole minutes."""
    minutes = max(1, round(seconds / 60))
    return ngettext(
        "There were too many wrong tries. Wait one minute, then try again. The box goes on watching.",
        "There were too many wrong tries. Wait %(num)d minutes, then try again. The box goes on watching.",
        minutes,
    )
