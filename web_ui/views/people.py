"""People who may log in: the head invites them on paper, renews, closes, and opens the supplier's door for a while."""

from __future__ import annotations

from typing import get_args

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from msgspec import Struct
from werkzeug.wrappers import Response as AnyResponse

from appliance.edge.store import NotFound
from appliance.model import Account, Role
from web_ui import access, sessions
from web_ui.records import now, store
from web_ui.sessions import find_account
from web_ui.views import forms
from web_ui.wording import people as wording
from web_ui.wording.dates import say_moment
from web_ui.wording.texts import gettext as _

blueprint = Blueprint("people", __name__)

# How long the supplier's door may stay open, in hours.
DOOR_HOURS = (1, 4, 24)


class Person(Struct, frozen=True):
    """An account or an invitation, in words."""

    username: str
    full_name: str
    role: str
    state: str
    active: bool
    waits: bool
    me: bool
    last: bool  # the last head, who can't be closed


@blueprint.get("/people")
def show() -> str:
    """Everybody who may log in, or is invited to."""
    return _page({}, {})


def _page(faults: forms.Faults, typed: dict[str, str]) -> str:
    accounts = store().accounts()
    return render_template(
        "people/show.html",
        people=[_person(account, accounts) for account in accounts] + _invited({account.username for account in accounts}),
        roles=wording.roles(),
        deputy=any(account.active and account.role == "deputy" for account in accounts),
        door=sessions.door_until() if sessions.door_until() > now() else 0.0,
        hours=DOOR_HOURS,
        faults=faults,
        typed=typed,
    )


def _person(account: Account, accounts: list[Account]) -> Person:
    mine = find_account()
    heads = [other for other in accounts if other.role == "head" and other.active]
    waits = account.username in {invitation.username for invitation in store().invitations.waiting(now())}
    factor = store().factors.find(account.username) is not None
    return Person(
        account.username,
        account.full_name,
        wording.role_title(account.role),
        wording.say_state(account, factor, waits),
        account.active,
        waits,
        mine is not None and mine.username == account.username,
        heads == [account],
    )


def _invited(known: set[str]) -> list[Person]:
    return [
        Person(
            invitation.username,
            invitation.full_name,
            wording.role_title(invitation.role),
            _("Invited. The code on paper works until %(moment)s.", moment=say_moment(invitation.expires, now())),
            True,
            True,
            False,
            False,
        )
        for invitation in store().invitations.waiting(now())
        if invitation.username not in known
    ]


@blueprint.post("/people")
def invite() -> AnyResponse:
    """Invite somebody: the code is shown once, to be printed."""
    typed = {name: forms.line(name) for name in ("full_name", "login_name", "role")}
    faults = find_faults(typed)
    role = next((known for known in get_args(Role) if known == typed["role"]), None)
    if faults or role is None:
        return make_response(_page(faults, typed), 400)
    return make_response(print_invitation(typed["login_name"].casefold(), typed["full_name"], role))


def find_faults(typed: dict[str, str]) -> forms.Faults:
    """What is wrong with the name, the log-in name or the role of somebody new."""
    faults = {}
    accounts = store().accounts()
    if not typed["full_name"] or len(typed["full_name"]) > forms.LINE_LIMIT:
        faults["full_name"] = _("Enter their name, in 80 characters or fewer")
    elif typed["full_name"].casefold() in {account.full_name.casefold() for account in accounts}:
        # The record tells people apart by these names.
        faults["full_name"] = _("Somebody here has this name already: add a first name")
    if not typed["login_name"] or len(typed["login_name"]) > forms.LINE_LIMIT:
        faults["login_name"] = _("Enter a name to log in with, such as their first name")
    elif typed["login_name"].casefold() in {account.username.casefold() for account in accounts}:
        faults["login_name"] = _("Somebody logs in with this name already: choose another")
    if typed["role"] not in get_args(Role):
        faults["role"] = _("Choose what they may see")
    return faults


def print_invitation(username: str, full_name: str, role: Role, back: str = "") -> str:
    """The invitation as a sheet of paper; `back` is where to go when it is printed."""
    code = store().invitations.invite(username, full_name, role, by=_me(), now=now())
    return render_template(
        "people/invitation.html",
        code=code,
        full_name=full_name,
        username=username,
        role=wording.roles()[role],
        address=url_for("join.show", _external=True),
        back=back or url_for("people.show"),
    )


@blueprint.post("/people/renew/<username>")
def renew(username: str) -> AnyResponse:
    """Whoever lost their passphrase or phone: a new code on paper; what they had opens nothing any more."""
    account = _one(username)
    if account.username == _my_username():
        return redirect(url_for("mine.show"))
    store().set_password(username, "", by=_me(), now=now())
    store().factors.switch_off(username, by=_me(), now=now())
    return make_response(print_invitation(username, account.full_name, account.role))


@blueprint.post("/people/close/<username>")
def close(username: str) -> AnyResponse:
    """Whoever left: they can't log in any more. What they wrote stays."""
    account = _one(username)
    if account.username != _my_username():
        store().invitations.withdraw(username, by=_me(), now=now())
        store().set_active(username, False, by=_me(), now=now())
        flash("person-closed")
    return redirect(url_for("people.show"))


@blueprint.post("/people/withdraw/<username>")
def withdraw(username: str) -> AnyResponse:
    """An invitation that is not wanted any more."""
    store().invitations.withdraw(username, by=_me(), now=now())
    flash("withdrawn")
    return redirect(url_for("people.show"))


@blueprint.post("/people/supplier")
def open_door() -> AnyResponse:
    """Let the supplier in for some hours, or shut the door now."""
    hours = request.form.get("hours", 0, type=int)
    until = now() + hours * 3600.0 if hours in DOOR_HOURS else 0.0
    store().set_setting(sessions.DOOR, str(until), by=_me(), now=now())
    if not until:
        for account in store().accounts():
            if account.role == "supplier":
                store().end_sessions(account.username)
    flash("door-open" if until else "door-shut")
    return redirect(url_for("people.show"))


def _one(username: str) -> Account:
    account = store().account(username)
    if account is None:
        raise NotFound(f"There is no account called {username}.")
    return account


def _me() -> str:
    account = find_account()
    return account.full_name if account else ""


def _my_username() -> str:
    account = find_account()
    return account.username if account else ""


def has_deputy() -> bool:
    """Whether a second person reads incidents."""
    return sum(1 for account in store().accounts() if account.active and account.role in access.CASE_WORKERS) > 1
