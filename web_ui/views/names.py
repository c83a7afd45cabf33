"""Asking for a person's name, with a reason; answering as the second person; and how many keys a name has in this school."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from appliance.model import Incident
from web_ui import cases, names
from web_ui.records import now, store
from web_ui.views import forms
from web_ui.views.cards import make_cards
from web_ui.views.mine import me
from web_ui.wording import names as wording
from web_ui.wording.texts import gettext as _

blueprint = Blueprint("names", __name__)
blueprint.before_request(cases.check_hidden)

REASON_LIMIT = 500


@blueprint.get("/to-look-at/<int:number>/name")
def ask(number: int) -> AnyResponse | str:
    """The form that asks for a reason; back to the incident where no name is hidden."""
    incident = store().incident(number)
    return _back(number) if names.keys_for(incident) == "off" else _ask_page(incident, {}, "")


def _back(number: int) -> AnyResponse:
    return redirect(url_for("incidents.show", number=number, _anchor="known"))


def _ask_page(incident: Incident, faults: forms.Faults, typed: str) -> str:
    return render_template(
        "incidents/ask_name.html",
        incident=incident,
        card=make_cards([incident])[0],
        keys=names.keys_for(incident),
        spared=names.keys_for(incident) != names.keys(),
        alone=not cases.others(),
        faults=faults,
        typed=typed,
    )


@blueprint.post("/to-look-at/<int:number>/name")
def ask_try(number: int) -> AnyResponse:
    """Keep who asked and why; with one key the name is shown, with two somebody else has to agree."""
    incident, reason = store().incident(number), forms.text("text")
    keys = names.keys_for(incident)
    if keys == "off":
        return _back(number)
    faults: forms.Faults = {}
    if not reason:
        faults["text"] = _("Write why you need to know")
    elif len(reason) > REASON_LIMIT:
        faults["text"] = _("Write a reason of 500 characters or fewer")
    if faults:
        return make_response(_ask_page(incident, faults, reason), 400)
    store().cases.ask_name(number, me().username, reason, 2 if keys == "two" else 1, by=me().full_name, now=now())
    flash("name-asked" if keys == "two" else "name-shown")
    return _back(number)


@blueprint.post("/to-look-at/<int:number>/name/<int:asked>")
def answer(number: int, asked: int) -> AnyResponse:
    """The second key."""
    store().incident(number)
    agreed = request.form.get("answer") == "agree"
    store().cases.answer_name(number, asked, me().username, agreed, by=me().full_name, now=now())
    flash("name-agreed" if agreed else "name-refused")
    return redirect(url_for("incidents.show", number=number))


@blueprint.get("/settings/names")
def choose() -> str:
    """How many keys a person's name has."""
    return render_template(
        "settings/names.html", keys=names.keys(), choices=wording.choices(), alone=not cases.others(), faults={}
    )


@blueprint.post("/settings/names")
def save() -> AnyResponse:
    """Keep the choice."""
    chosen = request.form.get("keys", "")
    if chosen not in wording.choices():
        faults = {"keys": _("Choose one")}
        page = render_template("settings/names.html", keys="", choices=wording.choices(), alone=not cases.others(), faults=faults)
        return make_response(page, 400)
    store().set_setting(names.SETTING, chosen, by=me().full_name, now=now())
    flash("settings")
    return redirect(url_for("settings.show"))
