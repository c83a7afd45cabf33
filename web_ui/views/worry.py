"""Report a worry: where the school wants it, a public page on which a child or a grown-up writes to those who help."""

from __future__ import annotations

import hashlib
import hmac
from typing import cast

from flask import Blueprint, abort, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from appliance.edge.store import StoreError, TooManyWorries
from appliance.model import Account
from appliance.school import Worry
from web_ui import access
from web_ui.records import now, store
from web_ui.throttle import Throttle
from web_ui.views import fields, forms
from web_ui.wording import worry as wording
from web_ui.wording.texts import gettext as _
from web_ui.wording.texts import ngettext

blueprint = Blueprint("worry", __name__)

TEXT_LIMIT = 10_000
TRIES = 3  # from one address within the throttle's quarter of an hour
NOBODY = "no"


def is_open() -> bool:
    """Whether the school uses this page, and somebody is there to read what is written on it."""
    return store().setting(fields.WORRY_SETTING) == "on" and bool(_readers())


def _readers() -> list[Account]:
    return [account for account in store().accounts() if account.active and account.role in access.CASE_WORKERS]


def _choices() -> dict[str, Account]:
    """Whom a worry may be about without their reading it: a reader, as long as another one is left. Keys tell nothing."""
    readers = _readers()
    return {_key(reader): reader for reader in readers} if len(readers) > 1 else {}


def _key(account: Account) -> str:
    secret = str(current_app.secret_key).encode()
    return hmac.new(secret, account.username.encode(), hashlib.sha256).hexdigest()[:12]


@blueprint.get("/worry")
def show() -> str:
    """The form; where the school does not use it, whom to turn to instead."""
    return _page({}, {}) if is_open() else render_template("worry/closed.html")


def _page(typed: dict[str, str], faults: forms.Faults, problem: str = "") -> str:
    choices = {key: wording.say_about(reader) for key, reader in _choices().items()}
    return render_template(
        "worry/form.html",
        typed=typed,
        faults=faults,
        problem=problem,
        choices=choices,
        nobody=NOBODY,
        read=wording.say_read(fields.open_hours()),
    )


@blueprint.get("/worry/sent")
def sent() -> str:
    """Thanks, the same for every worry: what the box made of it is for those who read it."""
    return render_template("worry/sent.html", read=wording.say_read(fields.open_hours()))


@blueprint.post("/worry")
def send() -> AnyResponse:
    """Take a worry; where that fails the words stay in the form, and the page says whom to turn to now."""
    if not is_open():
        abort(404)
    typed = {"text": forms.text("text"), "name": forms.line("name"), "today": forms.line("today"), "about": forms.line("about")}
    choices = _choices()
    faults = _faults_in(typed, set(choices))
    if faults:
        return make_response(_page(typed, faults), 400)
    source = request.remote_addr or ""
    if _throttle().wait(source, now()):
        return make_response(_page(typed, {}, wording.say_too_many()), 429)
    about = choices.get(typed["about"])
    worry = Worry(text=typed["text"], name=typed["name"], about=about.username if about else "", today=typed["today"] == "yes")
    try:
        store().worries.add(worry, now=now())
    except TooManyWorries:
        return make_response(_page(typed, {}, wording.say_too_many()), 429)
    except StoreError:
        return make_response(_page(typed, {}, wording.say_not_saved()), 503)
    _throttle().note_wrong(source, now())
    return redirect(url_for("worry.sent"))


def _throttle() -> Throttle:
    return cast(Throttle, current_app.extensions["worry_throttle"])


def make_throttle() -> Throttle:
    """Counts worries per address, in memory only: which device one came from is never written down."""
    return Throttle(TRIES)


def _faults_in(typed: dict[str, str], choices: set[str]) -> forms.Faults:
    faults: forms.Faults = {}
    over = len(typed["text"]) - TEXT_LIMIT
    if not typed["text"]:
        faults["text"] = _("Write what worries you. A few words are enough")
    elif over > 0:
        faults["text"] = ngettext(
            "This is too long by one letter: shorten it, or send it in two parts",
            "This is too long by %(num)d letters: shorten it, or send it in two parts",
            over,
        )
    if len(typed["name"]) > forms.LINE_LIMIT:
        faults["name"] = _("Write your name in 80 letters or fewer")
    if choices and typed["about"] not in choices | {NOBODY}:
        faults["about"] = _("Choose whether it is about one of them")
    return faults
