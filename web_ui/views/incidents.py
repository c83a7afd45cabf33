"""What came up: the list, one incident, and what people decide about it."""

from __future__ import annotations

from typing import Any, get_args

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from msgspec import Struct
from werkzeug.wrappers import Response as AnyResponse

from appliance.edge.store import NotFound
from appliance.model import Decision, Incident, Level, Note, RecentName
from appliance.school import WORRY
from web_ui import cases
from web_ui.hostnames import clean, show_site
from web_ui.records import afterwards, now, store
from web_ui.sessions import find_account
from web_ui.views import fields, forms
from web_ui.wording import incidents as wording
from web_ui.wording import shapes, timeline
from web_ui.wording.dates import say_moment
from web_ui.wording.steps import first_steps
from web_ui.wording.texts import gettext as _
from web_ui.wording.texts import ngettext

blueprint = Blueprint("incidents", __name__)

PAGE = 25
NAMES_SHOWN = 12
AROUND = 1800.0


class Card(Struct, frozen=True):
    """An incident in a list, in words."""

    id: int
    level: str
    tag: str
    sentence: Markup
    outcome: str
    confidence: str
    intent: str
    state: str
    state_word: str
    exercise: bool
    shape: bool  # it stands on no list: it looks like something


class Entry(Struct, frozen=True):
    """One entry of the record."""

    when: str
    by: str
    what: str
    text: str


def make_cards(incidents: list[Incident]) -> list[Card]:
    """Incidents as cards, with the names that devices have now."""
    return [_card(incident, name_now(incident)) for incident in incidents]


def name_now(incident: Incident) -> str:
    """The school's present name of an incident's device; without one, the name that it had then."""
    try:
        return store().device(incident.mac).label or incident.device
    except NotFound:
        return incident.device


def _card(incident: Incident, device: str) -> Card:
    state = wording.state_of(incident)
    return Card(
        incident.id,
        incident.level,
        wording.level_word(incident),
        wording.say(incident, device, now()),
        wording.say_outcome(incident),
        wording.say_confidence(incident),
        wording.say_intent(incident),
        state,
        wording.state_word(state),
        incident.exercise,
        shapes.find(incident.source) is not None,
    )


@blueprint.get("/to-look-at")
def inbox() -> str:
    """What waits for somebody, oldest urgent first; or everything, newest first; or the notes."""
    view = request.args.get("view", "open")
    start = max(0, request.args.get("from", 0, type=int))
    counts = store().count_open(cases.owner())
    found = _listed(view, start, counts)
    return render_template(
        "incidents/inbox.html",
        cards=make_cards(found[:PAGE]),
        view=view if view in ("all", "notes") else "open",
        start=start,
        page=PAGE,
        more=len(found) > PAGE,
        waiting=counts["urgent"] + counts["look"],
        counts=counts,
        hidden=cases.find_hidden(),
        health=store().health(),
    )


def _listed(view: str, start: int, counts: dict[Level, int]) -> list[Incident]:
    """One more than fits on the page, so that the page knows whether there is another."""
    if view == "all":
        return store().incidents(limit=PAGE + 1, offset=start, hidden_from=cases.owner())
    if view == "notes":
        return store().incidents(open_only=True, level="note", limit=PAGE + 1, offset=start, hidden_from=cases.owner())
    left = counts["urgent"] + counts["look"] - start
    if left <= 0:
        return []
    return store().incidents(open_only=True, limit=min(PAGE + 1, left), offset=start, hidden_from=cases.owner())


@blueprint.before_request
def check_hidden() -> None:
    """What came up on somebody's own device is not there for them, whatever they ask for."""
    number = (request.view_args or {}).get("number")
    if number is not None:
        cases.find(number)


@blueprint.get("/to-look-at/<int:number>")
def show(number: int) -> str:
    """One incident; that somebody looked at it is kept."""
    incident = store().incident(number)
    who, moment = _me(), now()
    afterwards(lambda records: records.note_read(who, str(number), now=moment))
    return _page(incident, {}, {})


def _page(incident: Incident, faults: forms.Faults, typed: dict[str, str]) -> str:
    notes = store().notes(incident.id)
    return render_template(
        "incidents/show.html",
        incident=incident,
        worry=store().worries.of_incident(incident.id) if incident.category == WORRY else None,
        card=make_cards([incident])[0],
        device=name_now(incident),
        steps=first_steps(incident, fields.phone_numbers()),
        sites=[show_site(name) for name in incident.names[:NAMES_SHOWN]],
        more_sites=max(0, len(incident.names) - NAMES_SHOWN),
        record=[_entry(note) for note in notes],
        decisions=wording.decisions(),
        faults=faults,
        typed=typed,
        **_around(incident),
    )


def _entry(note: Note) -> Entry:
    what, text = wording.say_note(note)
    return Entry(say_moment(note.time, now()), clean(note.by, 80), what, text)


def _around(incident: Incident) -> dict[str, Any]:
    """The half hours before and after, as far as the box still remembers them."""
    rows: list[RecentName] = store().recent(
        incident.mac, since=incident.first_seen - AROUND, until=incident.last_seen + AROUND, limit=500
    )
    return {"timeline": timeline.group(rows, incident.names), "first": incident.first_seen, "last": incident.last_seen}


@blueprint.post("/to-look-at/<int:number>/seen")
def acknowledge(number: int) -> AnyResponse:
    """Somebody looks at it: the buzzer stops."""
    store().acknowledge(number, by=_me(), now=now())
    flash("seen")
    return redirect(url_for("incidents.show", number=number))


@blueprint.post("/to-look-at/<int:number>/decision")
def decide(number: int) -> AnyResponse:
    """Close it with an outcome."""
    incident, decision, text = store().incident(number), request.form.get("decision", ""), forms.text("text")
    chosen = next((known for known in get_args(Decision) if known == decision), None)
    faults = _fault_in_text(text)
    if chosen is None:
        faults["decision"] = _("Choose how this ends")
    if faults or chosen is None:
        return make_response(_page(incident, faults, {"decision": decision, "closing": text}), 400)
    store().decide(number, chosen, by=_me(), now=now(), note=text)
    flash("closed")
    return redirect(url_for("incidents.show", number=number))


@blueprint.post("/to-look-at/<int:number>/note")
def note(number: int) -> AnyResponse:
    """Add to the record."""
    incident, text = store().incident(number), forms.text("text")
    faults = _fault_in_text(text)
    if not text:
        faults["text"] = _("Write something first")
    if faults:
        return make_response(_page(incident, {"note": faults["text"]}, {"note": text}), 400)
    store().add_note(number, text, by=_me(), now=now())
    flash("noted")
    return redirect(url_for("incidents.show", number=number, _anchor="record"))


@blueprint.post("/to-look-at/<int:number>/again")
def reopen(number: int) -> AnyResponse:
    """Take the decision back; the record keeps both."""
    store().reopen(number, by=_me(), now=now())
    flash("reopened")
    return redirect(url_for("incidents.show", number=number))


def _fault_in_text(text: str) -> forms.Faults:
    if len(text) <= forms.NOTE_LIMIT:
        return {}
    over = len(text) - forms.NOTE_LIMIT
    return {
        "text": ngettext(
            "This is too long by one character: shorten it, or save it in two parts",
            "This is too long by %(num)d characters: shorten it, or save it in two parts",
            over,
        )
    }


def _me() -> str:
    account = find_account()
    return account.full_name if account else ""
