"""What came up: the list, one incident, and what people decide about it."""

from __future__ import annotations

from typing import get_args

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from appliance.edge.store import AlreadyDecided, Wanted
from appliance.edge.store.search import STATES
from appliance.model import Decision, Incident
from web_ui import cases
from web_ui.records import afterwards, now, store
from web_ui.views import casefile, forms, inbox
from web_ui.views import fields as school_fields
from web_ui.views.cards import make_cards
from web_ui.views.mine import me
from web_ui.wording import categories, record
from web_ui.wording import incidents as wording
from web_ui.wording.sight_falls import is_fall
from web_ui.wording.steps import first_steps
from web_ui.wording.texts import gettext as _
from web_ui.wording.worry import is_worry

blueprint = Blueprint("incidents", __name__)
blueprint.before_request(cases.check_hidden)

PAGE = 25


@blueprint.get("/to-look-at", endpoint="inbox")
def list_incidents() -> AnyResponse:
    """What waits for somebody, oldest urgent first; or what fits a search, newest first."""
    asked, faults = inbox.read()
    wanted = inbox.wanted(asked)
    start = max(0, min(request.args.get("from", 0, type=int), 10_000_000))
    found = store().cases.find(wanted, PAGE + 1, start)
    # Only these say how many there are; the others have a year's incidents to count.
    counts = store().cases.count(wanted) if asked.view in ("open", "mine") or asked.typed else dict.fromkeys(STATES, 0)
    page = render_template(
        "incidents/inbox.html",
        asked=asked,
        faults=faults,
        cards=make_cards(found[:PAGE]),
        start=start,
        page=PAGE,
        more=len(found) > PAGE,
        total=sum(counts.values()),
        counts=counts,
        mine=store().cases.count(_passed_to_me()),
        states={state: wording.state_word(state) for state in counts},
        levels=wording.levels(),
        categories={category: categories.title(category) for category in categories.known()},
        hidden=cases.find_hidden(),
        health=store().health(),
    )
    return make_response(page, 400 if faults else 200)


def _passed_to_me() -> Wanted:
    return Wanted(states=inbox.OPEN, passed_to=me().username, hidden_from=cases.owner())


@blueprint.get("/to-look-at/<int:number>")
def show(number: int) -> str:
    """One incident; that somebody looked at it is kept."""
    incident, reader, moment = store().incident(number), me(), now()
    afterwards(lambda records: records.note_read(reader.full_name, str(number), now=moment))
    afterwards(lambda records: records.cases.see(number, reader.username, by=reader.full_name, now=moment))
    return render(incident, {}, {})


def render(incident: Incident, faults: forms.Faults, typed: dict[str, str], *, beaten: bool = False) -> str:
    """The incident's page, with what was typed; `beaten`: somebody else decided while this reader was writing."""
    return render_template(
        "incidents/show.html",
        steps=first_steps(incident, school_fields.phone_numbers()),
        near=[] if is_worry(incident) or is_fall(incident) else make_cards(store().cases.near(incident.id, cases.owner())),
        colleagues=casefile.colleagues(incident),
        decisions=wording.decisions(),
        actions=record.actions(),
        faults=faults,
        typed=typed,
        beaten=beaten,
        **casefile.gather(incident),
    )


@blueprint.post("/to-look-at/<int:number>/seen")
def acknowledge(number: int) -> AnyResponse:
    """Somebody looks at it: the buzzer stops."""
    store().acknowledge(number, by=me().full_name, now=now())
    flash("seen")
    return redirect(url_for("incidents.show", number=number))


@blueprint.post("/to-look-at/<int:number>/decision")
def decide(number: int) -> AnyResponse:
    """Close it with an outcome and with what was done; whoever comes second is told what the first decided."""
    incident, decision, text = store().incident(number), request.form.get("decision", ""), forms.text("text")
    chosen = next((known for known in get_args(Decision) if known == decision), None)
    faults = forms.fault_in_text(text)
    if chosen is None:
        faults["decision"] = _("Choose how this ends")
    typed = {"decision": decision, "closing": text} | forms.ticked(record.actions())
    if faults or chosen is None:
        return make_response(render(incident, faults, typed), 400)
    known = request.form.get("known", 0, type=int)
    done = tuple(forms.ticked(record.actions()))
    try:
        store().cases.decide(number, chosen, by=me().full_name, now=now(), text=text, actions=done, known=known)
    except AlreadyDecided:
        return make_response(render(store().incident(number), {}, typed, beaten=True), 409)
    flash("closed")
    return redirect(url_for("incidents.show", number=number))


@blueprint.post("/to-look-at/<int:number>/note")
def note(number: int) -> AnyResponse:
    """Add to the record."""
    incident, text, done = store().incident(number), forms.text("text"), forms.ticked(record.actions())
    faults = forms.fault_in_text(text)
    if not text and not done:
        faults["text"] = _("Write something, or tick what you did")
    if faults:
        return make_response(render(incident, {"note": faults["text"]}, {"note": text} | done), 400)
    store().cases.add_note(number, text, by=me().full_name, now=now(), actions=tuple(done))
    flash("noted")
    return redirect(url_for("incidents.show", number=number, _anchor="record"))


@blueprint.post("/to-look-at/<int:number>/again")
def reopen(number: int) -> AnyResponse:
    """Take the decision back; the record keeps both."""
    store().reopen(number, by=me().full_name, now=now())
    flash("reopened")
    return redirect(url_for("incidents.show", number=number))
