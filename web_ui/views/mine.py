"""My account: the second step, where I am logged in, and which devices are my own."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from msgspec import Struct
from werkzeug.wrappers import Response as AnyResponse

from appliance.edge.store import NotFound
from appliance.model import Account, Session
from web_ui import access, passwords, sessions
from web_ui.doors import doors
from web_ui.hostnames import clean
from web_ui.records import now, store
from web_ui.sessions import find_account
from web_ui.unwritten import unwritten
from web_ui.views import forms
from web_ui.wording.dates import say_ago, say_moment
from web_ui.wording.devices import say_name

blueprint = Blueprint("mine", __name__)


class Browser(Struct, frozen=True):
    """A browser that is logged in, in words."""

    here: bool
    source: str
    began: str
    used: str


class Own(Struct, frozen=True):
    """A device of one's own."""

    mac: str
    name: str


def me() -> Account:
    """Whoever reads this page; the guard lets nobody in who is not logged in."""
    account = find_account()
    assert account is not None
    return account


@blueprint.get("/my-account")
def show() -> str:
    """My account."""
    return _page({})


def _page(faults: forms.Faults) -> str:
    account = me()
    return render_template(
        "account/mine.html",
        account=account,
        browsers=[_browser(row) for row in store().sessions(account.username, now()) if now() - row.seen <= sessions.IDLE],
        factor=store().factors.find(account.username),
        codes=store().factors.count_codes(account.username),
        owns=[Own(mac, _name(mac)) for mac in store().ownership.devices(account.username)],
        sees=account.role in access.CASE_WORKERS,
        faults=faults,
    )


def _browser(row: Session) -> Browser:
    here = row.token_hash == sessions.own_hash()
    return Browser(here, clean(row.source, 60), say_moment(row.created, now()), say_ago(row.seen, now()))


def _name(mac: str) -> str:
    try:
        return say_name(store().device(mac).name)
    except NotFound:
        return clean(mac, 80)


@blueprint.post("/my-account/passphrase")
def change_passphrase() -> AnyResponse:
    """Choose another passphrase: every other browser is logged out."""
    account = me()
    fault = passwords.find_fault(forms.secret("passphrase"), forms.secret("again"), account.username, account.full_name)
    if fault:
        return make_response(_page({"passphrase": fault}), 400)
    store().set_password(account.username, doors().passphrases.hash(forms.secret("passphrase")), by=account.full_name, now=now())
    response = cast(Response, redirect(url_for("mine.show")))
    sessions.begin(response, account.username)
    flash("passphrase")
    return response


@blueprint.post("/my-account/log-out-everywhere")
def log_out_everywhere() -> AnyResponse:
    """End every session of mine but this one."""
    store().end_sessions(me().username, sessions.own_hash())
    unwritten().end_all(me().username, sessions.own_hash())
    flash("logged-out-elsewhere")
    return redirect(url_for("mine.show"))
