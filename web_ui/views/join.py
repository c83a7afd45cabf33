"""Joining with the code on paper: whoever is invited chooses a passphrase of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from appliance.edge.store import Invitation
from web_ui import passwords, sessions
from web_ui.doors import doors, say_wait
from web_ui.records import now, store
from web_ui.views import forms
from web_ui.wording.texts import gettext as _

blueprint = Blueprint("join", __name__)


@blueprint.get("/join")
def show() -> str:
    """Ask for the code."""
    return _ask()


def _ask(fault: str = "", problem: str = "") -> str:
    return render_template("account/join.html", faults={"code": fault} if fault else {}, problem=problem)


@blueprint.post("/join")
def knock() -> AnyResponse:
    """Whether the code is good: then a passphrase is chosen."""
    return _with_invitation(lambda invitation: make_response(_choose(invitation, {})))


@blueprint.post("/join/passphrase")
def choose() -> AnyResponse:
    """Use the code up, and log in."""
    return _with_invitation(_accept)


def _with_invitation(then: Callable[[Invitation], AnyResponse]) -> AnyResponse:
    key = f"join {request.remote_addr}"
    wait = doors().throttle.wait(key, now())
    if wait:
        return make_response(_ask(problem=say_wait(wait)), 429)
    invitation = store().invitations.find(forms.line("code")[:40], now())
    if invitation is None:
        doors().throttle.note_wrong(key, now())
        return make_response(_ask(_("This code is not right, was used, or is older than a week. Ask for a new one")), 400)
    return then(invitation)


def _accept(invitation: Invitation) -> AnyResponse:
    fault = passwords.find_fault(
        forms.secret("passphrase"), forms.secret("again"), invitation.username, invitation.full_name, forms.line("code")
    )
    if fault:
        return make_response(_choose(invitation, {"passphrase": fault}), 400)
    hashed = doors().passphrases.hash(forms.secret("passphrase"))
    account = store().invitations.accept(forms.line("code"), hashed, now=now())
    if not sessions.may_enter(account):
        return redirect(url_for("account.log_in"))
    response = cast(Response, redirect(url_for("mine.show")))
    sessions.begin(response, account.username)
    return response


def _choose(invitation: Invitation, faults: forms.Faults) -> str:
    return render_template("account/choose.html", invitation=invitation, code=forms.line("code")[:40], faults=faults)
