"""The passphrase once more, before what matters most: an unlocked screen is not yet the person."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from web_ui import sessions
from web_ui.doors import doors, find_wait, forget_wrong, note_wrong, say_wait
from web_ui.passwords import TooBusyError
from web_ui.sessions import find_account
from web_ui.views import account as accounts
from web_ui.views import forms
from web_ui.wording.texts import gettext as _

blueprint = Blueprint("proof", __name__)


@blueprint.get("/prove")
def show() -> str:
    """Ask for the passphrase."""
    return _page()


def ask() -> AnyResponse:
    """Ask, and keep what was typed into the form that has to wait."""
    return make_response(_page(to=request.path), 401)


@blueprint.post("/prove")
def give() -> AnyResponse:
    """Go on where the passphrase is right."""
    account = find_account()
    assert account is not None, "the guard lets nobody in who is not logged in"
    wait = find_wait(account.username, account)
    if wait:
        return make_response(_page(problem=say_wait(wait)), 429)
    try:
        right = doors().passphrases.check(forms.secret("passphrase"), account.password_hash)
    except TooBusyError:
        return make_response(_page(problem=_("Many people are logging in just now. Wait ten seconds and try again.")), 429)
    if not right:
        note_wrong(account.username, account)
        return make_response(_page(fault=_("The passphrase is not right. Check it and try again")), 400)
    forget_wrong(account)
    sessions.prove()
    return _go_on()


def _go_on() -> AnyResponse:
    target = accounts.find_target()
    if accounts.find_carried() and accounts.accepts(target, "POST"):
        return make_response(accounts.again(target))
    return redirect(target if accounts.accepts(target, "GET") else url_for("mine.show"))


def _page(fault: str = "", problem: str = "", to: str = "") -> str:
    return render_template(
        "account/prove.html",
        faults={"passphrase": fault} if fault else {},
        problem=problem,
        to=accounts.find_target(to),
        carried=accounts.find_carried(),
    )
