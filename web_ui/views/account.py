"""The first account, logging in and logging out."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from msgspec import Struct
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as AnyResponse

from appliance.model import Account
from web_ui import passwords, sessions
from web_ui.passwords import Passphrases, TooBusyError
from web_ui.records import now, store
from web_ui.throttle import WINDOW, Throttle
from web_ui.views import forms
from web_ui.wording.texts import gettext as _
from web_ui.wording.texts import ngettext

blueprint = Blueprint("account", __name__)

# Wrong tries on one account from anywhere, before browsers that never logged in to it have to wait.
ACCOUNT_TRIES = 30
# What may be typed into a form that turns out to have been sent too late, and what each is called.
CARRIED = ("text", "decision", "label", "back")


class Doors(Struct, frozen=True):
    """What guards the log-in: the hasher and the throttle of wrong tries per account and source."""

    passphrases: Passphrases
    throttle: Throttle


def _doors() -> Doors:
    return cast(Doors, current_app.extensions["doors"])


@blueprint.get("/set-up")
def set_up() -> str:
    """The first page of a new box."""
    return render_template("account/set_up.html", typed={}, faults={}, school=_school())


@blueprint.post("/set-up")
def set_up_try() -> AnyResponse:
    """Make the head's account, if the code is right."""
    source = f"code {request.remote_addr}"
    wait = _doors().throttle.wait(source, now())
    if wait:
        return _refill(_say_wait(wait))
    typed = _typed_set_up()
    faults = _find_faults(typed)
    if not store().check_first_run_code(typed["code"]):
        if typed["code"]:
            _doors().throttle.note_wrong(source, now())
        fault = (
            _("That is not the code of this box: check it and type it again") if typed["code"] else _("Enter the code of the box")
        )
        faults = {"code": fault} | faults
    if faults:
        return _refill("", typed, faults)
    return _make_head(typed)


def _typed_set_up() -> dict[str, str]:
    return {name: forms.line(name) for name in ("code", "school", "full_name", "username")}


def _find_faults(typed: dict[str, str]) -> forms.Faults:
    faults = {}
    if not typed["full_name"] or len(typed["full_name"]) > forms.LINE_LIMIT:
        faults["full_name"] = _("Enter your name, in 80 characters or fewer")
    if not typed["username"] or len(typed["username"]) > forms.LINE_LIMIT:
        faults["username"] = _("Enter a name to log in with, such as your first name")
    if len(typed["school"]) > forms.LINE_LIMIT:
        faults["school"] = _("Enter the school’s name in 80 characters or fewer")
    fault = passwords.find_fault(
        forms.secret("passphrase"), forms.secret("again"), typed["username"], typed["full_name"], typed["code"]
    )
    return faults | ({"passphrase": fault} if fault else {})


def _refill(problem: str, typed: dict[str, str] | None = None, faults: forms.Faults | None = None) -> AnyResponse:
    page = render_template(
        "account/set_up.html", typed=typed or _typed_set_up(), faults=faults or {}, problem=problem, school=_school()
    )
    return make_response(page, 429 if problem else 400)


def _make_head(typed: dict[str, str]) -> AnyResponse:
    username = typed["username"].casefold()
    store().add_account(username, typed["full_name"], "head", _doors().passphrases.hash(forms.secret("passphrase")), now=now())
    if typed["school"]:
        store().set_setting("school_name", typed["school"], by=typed["full_name"], now=now())
    response = cast(Response, redirect(url_for("today.show")))
    sessions.begin(response, username)
    return response


def _school() -> str:
    return store().setting("school_name") or str(current_app.config["SCHOOL_NAME"])


@blueprint.get("/log-in")
def log_in() -> AnyResponse:
    """The door."""
    if not store().accounts():
        return redirect(url_for("account.set_up"))
    if sessions.find_account():
        return redirect(url_for("today.show"))
    return make_response(_door())


@blueprint.post("/log-in")
def log_in_try() -> AnyResponse:
    """Let somebody in, or say how long to wait, or that it did not fit; never which of the two was wrong."""
    username = forms.line("username").casefold()[: forms.LINE_LIMIT]
    key = f"{username} {request.remote_addr}"
    account = next((account for account in store().accounts() if account.username.casefold() == username), None)
    wait = _doors().throttle.wait(key, now()) or _wait_for_account(account)
    if wait:
        return make_response(_door(_say_wait(wait)), 429)
    try:
        right = _doors().passphrases.check(forms.secret("passphrase"), account.password_hash if account else None)
    except TooBusyError:
        return make_response(_door(_("Many people are logging in just now. Wait ten seconds and try again.")), 429)
    if account:
        store().note_login(account.username, right, now=now(), source=request.remote_addr or "")
    if account is None or not right:
        _doors().throttle.note_wrong(key, now())
        return make_response(_door(fault=_("The name or the passphrase is not right. Check both and try again")), 400)
    _doors().throttle.forget(key)
    return _let_in(account.username)


def _wait_for_account(account: Account | None) -> float:
    """Browsers that have logged in before never wait for others' wrong tries: nobody can lock the head out."""
    if account is None or sessions.is_known(account.username):
        return 0.0
    return 60.0 if store().failed_logins(account.username, now() - WINDOW) >= ACCOUNT_TRIES else 0.0


def _let_in(username: str) -> AnyResponse:
    carried = _carried()
    target = request.form.get("to", "")
    if not carried or not _accepts(target, "POST"):
        response = cast(Response, redirect(target if _accepts(target, "GET") else url_for("today.show")))
        sessions.begin(response, username)
        return response
    response = make_response("")
    # First the new session, then the page: its form must carry the new token.
    sessions.begin(response, username)
    response.set_data(render_template("account/carried.html", to=target, carried=carried))
    return response


@blueprint.post("/log-out")
def log_out() -> AnyResponse:
    """Leave."""
    response = cast(Response, redirect(url_for("account.log_in", left="yes")))
    sessions.end(response)
    return response


def ask_again() -> AnyResponse:
    """The door for a form that was sent after the session ended: what was typed stays on the page."""
    page = _door(
        _("You were logged out because nobody had used the page for a while. What you typed is still here."), to=request.path
    )
    return make_response(page, 401)


def show_carried() -> AnyResponse:
    """The form again, with what was typed, where its token was too old."""
    return make_response(render_template("account/carried.html", to=request.path, carried=_carried()), 400)


def _door(problem: str = "", fault: str = "", to: str = "") -> str:
    target = to or request.values.get("to", "")
    return render_template(
        "account/log_in.html",
        problem=problem,
        faults={"username": fault} if fault else {},
        username=forms.line("username"),
        to=target if _accepts(target, "GET") or _accepts(target, "POST") else "",
        carried=_carried(),
        left=request.args.get("left") == "yes",
    )


def _carried() -> dict[str, str]:
    return {name: request.form[name][: forms.NOTE_LIMIT * 2] for name in CARRIED if request.form.get(name)}


def _accepts(target: str, method: str) -> bool:
    """Whether a path is one of our own pages: nobody is ever sent elsewhere after logging in."""
    if not target.startswith("/") or target.startswith(("//", "/\\", "/log-", "/set-up")):
        return False
    try:
        current_app.url_map.bind("").match(target, method)
    except (NotFound, MethodNotAllowed, RequestRedirect):
        return False
    return True


def _say_wait(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    return ngettext(
        "There were too many wrong tries. Wait one minute, then try again. The box goes on watching.",
        "There were too many wrong tries. Wait %(num)d minutes, then try again. The box goes on watching.",
        minutes,
    )
