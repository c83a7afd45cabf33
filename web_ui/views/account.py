"""The first account, logging in and logging out."""

from __future__ import annotations

from itertools import islice
from typing import cast
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as AnyResponse

from appliance.edge.store import StoreError
from appliance.model import Account
from web_ui import passwords, second_factor, sessions
from web_ui.doors import doors, find_wait, note_right, note_wrong, say_wait
from web_ui.passwords import TooBusyError
from web_ui.records import now, store
from web_ui.unwritten import unwritten
from web_ui.views import forms
from web_ui.wording.texts import gettext as _

blueprint = Blueprint("account", __name__)

# What a form that comes too late keeps in the page until it can be sent again: all that was typed, but for these.
NOT_CARRIED = frozenset({"csrf_token", "to", "username", "passphrase", "again", "code", "half", "key"})
CARRIED = 100  # fields; no form of ours has as many
HALF_LIFE = 300.0


@blueprint.get("/set-up")
def set_up() -> str:
    """The first page of a new box."""
    return render_template("account/set_up.html", typed={}, faults={}, school=_school())


@blueprint.post("/set-up")
def set_up_try() -> AnyResponse:
    """Make the head's account, if the code is right."""
    source = f"code {request.remote_addr}"
    wait = doors().throttle.wait(source, now())
    if wait:
        return _refill(say_wait(wait))
    typed = _typed_set_up()
    faults = _find_faults(typed)
    if not store().check_first_run_code(typed["code"]):
        if typed["code"]:
            doors().throttle.note_wrong(source, now())
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
    store().add_account(username, typed["full_name"], "head", doors().passphrases.hash(forms.secret("passphrase")), now=now())
    if typed["school"]:
        store().set_setting("school_name", typed["school"], by=typed["full_name"], now=now())
    store().set_setting("set_up_begun", str(now()), by=typed["full_name"], now=now())
    response = cast(Response, redirect(url_for("steps.show")))
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
    account = next((account for account in store().accounts() if account.username.casefold() == username), None)
    wait = find_wait(username, account)
    if wait:
        return make_response(_door(say_wait(wait)), 429)
    try:
        right = doors().passphrases.check(forms.secret("passphrase"), account.password_hash if account else None)
    except TooBusyError:
        return make_response(_door(_("Many people are logging in just now. Wait ten seconds and try again.")), 429)
    if account is None or not right:
        return _refuse(username, account)
    if not sessions.may_enter(account):
        return make_response(_door(_say_shut(account)), 403)
    if store().factors.find(account.username):
        return make_response(_ask_second(account.username))
    note_right(account)
    return _let_in(account.username)


def _refuse(username: str, account: Account | None) -> AnyResponse:
    note_wrong(username, account)
    return make_response(_door(fault=_("The name or the passphrase is not right. Check both and try again")), 400)


def _say_shut(account: Account) -> str:
    if account.active:
        return _("The school has not opened its door to you just now. Ask the head teacher to open it under People.")
    return _("Your account is closed. Ask the head teacher if you need it again.")


@blueprint.post("/log-in/code")
def second_try() -> AnyResponse:
    """The second step: six digits from a phone, or a code from the recovery sheet."""
    account = _half_way()
    if account is None:
        return make_response(_door(_("That took too long. Log in again.")), 400)
    wait = find_wait(account.username, account)
    if wait:
        return make_response(_ask_second(account.username, problem=say_wait(wait)), 429)
    try:
        right = second_factor.check(store(), unwritten(), account.username, forms.line("code")[:40], now())
    except StoreError:
        fault = _("The box can’t write just now, so it can’t use up a code from paper. Type the six digits that your phone shows")
        return make_response(_ask_second(account.username, fault=fault), 503)
    if not right:
        note_wrong(account.username, account)
        fault = _("That is not right. Type the six digits that your phone shows now, or a code from your recovery sheet")
        return make_response(_ask_second(account.username, fault=fault), 400)
    note_right(account)
    return _let_in(account.username)


def _ask_second(username: str, fault: str = "", problem: str = "") -> str:
    half = _half_signer().dumps([username, now()])
    return render_template(
        "account/second.html",
        half=half,
        to=find_target(),
        carried=find_carried(),
        faults={"code": fault} if fault else {},
        problem=problem,
    )


def _half_way() -> Account | None:
    """The account whose passphrase was right a few minutes ago, as this form proves; None where it proves nothing."""
    try:
        username, when = _half_signer().loads(request.form.get("half", ""))
    except (BadSignature, ValueError, TypeError):
        return None
    account = store().account(str(username))
    return account if account and sessions.may_enter(account) and now() - float(when) <= HALF_LIFE else None


def _half_signer() -> URLSafeSerializer:
    return URLSafeSerializer(cast(bytes, current_app.secret_key), salt="half")


def _let_in(username: str) -> AnyResponse:
    carried = find_carried()
    target = request.form.get("to", "")
    if not carried or not accepts(target, "POST"):
        response = cast(Response, redirect(target if accepts(target, "GET") else url_for("today.show")))
        sessions.begin(response, username)
        return response
    response = make_response("")
    # First the new session, then the page: its form must carry the new token.
    sessions.begin(response, username)
    response.set_data(again(target))
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
    return make_response(again(request.path), 400)


def again(to: str) -> str:
    """What was typed, to be sent once more."""
    return render_template("account/carried.html", to=to, carried=find_carried())


def _door(problem: str = "", fault: str = "", to: str = "") -> str:
    return render_template(
        "account/log_in.html",
        problem=problem,
        faults={"username": fault} if fault else {},
        username=forms.line("username"),
        to=find_target(to),
        carried=find_carried(),
        left=request.args.get("left") == "yes",
    )


def find_target(to: str = "") -> str:
    """Where to go afterwards, if that is a page of ours."""
    target = to or request.values.get("to", "")
    return target if accepts(target, "GET") or accepts(target, "POST") else ""


def find_carried() -> dict[str, str]:
    """What was typed into the form that has to wait, by its fields' names."""
    fields = ((name, value) for name, value in islice(request.form.items(), CARRIED) if name not in NOT_CARRIED)
    return {name[:80]: value[: forms.CARRIED_LIMIT] for name, value in fields if value}


def accepts(target: str, method: str) -> bool:
    """Whether a path is a page of ours to go to after logging in."""
    return not target.startswith("/log-") and target.rstrip("/") != "/set-up" and is_ours(target, method)


def is_ours(target: str, method: str) -> bool:
    """Whether a path is one of our own pages: nobody is ever sent elsewhere."""
    if not target.startswith("/") or target.startswith(("//", "/\\")):
        return False
    try:
        current_app.url_map.bind("").match(urlsplit(target).path, method)
    except (NotFound, MethodNotAllowed, RequestRedirect):
        return False
    return True
