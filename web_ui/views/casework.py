"""Working on an incident together: correcting an entry, passing it on, linking what belongs together, the pack to print."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from appliance.edge.store import NotFound
from appliance.model import Incident
from web_ui import cases
from web_ui.records import afterwards, now, store
from web_ui.views import casefile, forms, incidents
from web_ui.views.mine import me
from web_ui.wording import as_text, record
from web_ui.wording.dates import say_moment
from web_ui.wording.texts import gettext as _

blueprint = Blueprint("casework", __name__)
blueprint.before_request(cases.check_hidden)


@blueprint.get("/to-look-at/<int:number>/entry/<int:entry>")
def correct(number: int, entry: int) -> str:
    """The form that puts an entry right."""
    return _correction(store().incident(number), entry, {}, "")


def _correction(incident: Incident, entry: int, faults: forms.Faults, typed: str) -> str:
    return render_template(
        "incidents/correct.html", incident=incident, entry=_find_entry(incident, entry), faults=faults, typed=typed
    )


def _find_entry(incident: Incident, entry: int) -> record.Entry:
    found: list[record.Entry] = casefile.gather(incident)["record"]
    for known in found:
        if known.id == entry and known.may_correct:
            return known
    raise NotFound(f"There is no entry {entry} to correct in the record of incident {incident.id}.")


@blueprint.post("/to-look-at/<int:number>/entry/<int:entry>")
def save_correction(number: int, entry: int) -> AnyResponse:
    """Add the correction to the record, where the wrong entry stays."""
    incident, text = store().incident(number), forms.text("text")
    _find_entry(incident, entry)
    faults = forms.fault_in_text(text)
    if not text:
        faults["text"] = _("Write what is right")
    if faults:
        return make_response(_correction(incident, entry, faults, text), 400)
    store().cases.correct(number, entry, text, by=me().full_name, now=now())
    flash("corrected")
    return redirect(url_for("incidents.show", number=number, _anchor="record"))


@blueprint.post("/to-look-at/<int:number>/pass")
def pass_on(number: int) -> AnyResponse:
    """Ask a colleague to take it on."""
    incident, to, text = store().incident(number), request.form.get("to_whom", ""), forms.text("text")
    faults = {f"passing-{field}": fault for field, fault in forms.fault_in_text(text).items()}
    if to not in casefile.colleagues(incident):
        faults["to_whom"] = _("Choose whom to pass it to")
    if faults:
        return make_response(incidents.render(incident, faults, {"passing": text, "to_whom": to}), 400)
    store().cases.pass_on(number, to, text, by=me().full_name, now=now())
    flash("passed")
    return redirect(url_for("incidents.show", number=number))


@blueprint.post("/to-look-at/<int:number>/link")
def link(number: int) -> AnyResponse:
    """Say that another incident belongs to this one."""
    other = request.form.get("other", 0, type=int)
    try:
        cases.find(other)
        found = other != number
    except NotFound:
        found = False
    if not found:
        fault = {"other": _("Enter the number of another incident, as it stands on its page")}
        return make_response(incidents.render(store().incident(number), fault, {"other": request.form.get("other", "")}), 400)
    store().cases.link(number, other, by=me().full_name, now=now())
    flash("linked")
    return redirect(url_for("incidents.show", number=number, _anchor="linked"))


@blueprint.post("/to-look-at/<int:number>/unlink/<int:other>")
def unlink(number: int, other: int) -> AnyResponse:
    """They do not belong together after all."""
    cases.find(other)
    store().cases.unlink(number, other, by=me().full_name, now=now())
    flash("unlinked")
    return redirect(url_for("incidents.show", number=number, _anchor="linked"))


@blueprint.get("/to-look-at/<int:number>/pack")
def pack(number: int) -> str:
    """Everything about one incident, to print for the child's file; that it was made is kept."""
    incident = store().incident(number)
    who, moment = me().full_name, now()
    afterwards(lambda records: records.note_deed(who, "incident printed", str(number), now=moment))
    return render_template(
        "incidents/pack.html", **casefile.gather(incident, every_name=True), box=store().box_id(), lists=_lists(incident)
    )


@blueprint.get("/to-look-at/<int:number>/text")
def text(number: int) -> Response:
    """The same as plain text, to be pasted into another program; that it was made is kept."""
    incident, reader, moment = store().incident(number), me(), now()
    afterwards(lambda records: records.note_deed(reader.full_name, "incident copied", str(number), now=moment))
    frame = {
        "school": store().setting("school_name") or str(current_app.config["SCHOOL_NAME"]),
        "who": reader.full_name,
        "time": say_moment(moment, moment),
        "box": store().box_id(),
        "code": store().chain_head().code,
    }
    told = as_text.write(casefile.gather(incident, every_name=True), frame, moment)
    made = Response(told, content_type="text/plain; charset=utf-8")
    made.headers["Content-Disposition"] = f'inline; filename="incident-{number}.txt"'
    return made


def _lists(incident: Incident) -> list[tuple[str, str, int]]:
    """The lists of its kind that are in force now: name, version, and how many names."""
    return [(status.name, status.version, status.entries) for status in store().lists() if status.category == incident.category]
