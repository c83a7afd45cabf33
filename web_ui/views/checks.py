"""Checks: a fire drill with a harmless name, and the log of what was tested when, by whom, where, and what came of it."""

from __future__ import annotations

import hashlib
import math
from datetime import date, datetime
from typing import Any, Literal

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

import phrase_lists
from appliance.model import Incident
from appliance.school import CheckDone
from web_ui import access
from web_ui.records import now, store
from web_ui.views import forms
from web_ui.views.cards import name_now
from web_ui.views.mine import me
from web_ui.wording import checks as wording
from web_ui.wording.dates import local
from web_ui.wording.texts import gettext as _

blueprint = Blueprint("checks", __name__)

Result = Literal["worked", "partly", "failed"]

# The lamp turns amber for the first, red for the second.
DRILLS = ("gambling", "suicide")
SHOWN, LOOKED_AT, LIMIT = 100, 200, 300
GRID_LOOKED_AT = 2_000
QUARTER = 91 * 86_400.0
RESULTS: dict[str, Result] = {"worked": "worked", "partly": "partly", "failed": "failed"}
FIELDS = ("what", "device_type", "place", "user_group", "result", "action", "incident")


@blueprint.get("/checks")
def listed() -> str:
    """The drill, the log, and the grid."""
    return _page({}, {})


def _page(typed: dict[str, str], faults: forms.Faults) -> str:
    log = store().check_log(GRID_LOOKED_AT)
    return render_template(
        "checks/listed.html",
        drills=_drills(),
        log=[wording.say_check(check, now()) for check in log[:SHOWN]],
        grid=wording.grid(log, now()),
        **_due(log),
        witnessed=[wording.say_witnessed(check, now()) for check in store().checks(20)],
        tests=wording.tests(),
        results=wording.results(),
        typed=typed,
        faults=faults,
        reads=me().role in access.CASE_WORKERS,
    )


def _due(log: list[CheckDone]) -> dict[str, Any]:
    """What has not been tested since this term began."""
    name, since = _term()
    return {
        "since": wording.say_since(name),
        "untested": wording.untested(log, since),
        "missing_tests": wording.missing_tests(log, since),
    }


def _term() -> tuple[str, float]:
    """The term that runs, and when it began; without one, no name and three months ago."""
    today = local(now()).date().isoformat()
    running = [term for term in store().rulebook.terms() if not term.closed and term.first <= today <= term.last]
    if not running:
        return "", now() - QUARTER
    term = max(running, key=lambda term: term.first)
    began = datetime.combine(date.fromisoformat(term.first), datetime.min.time(), local(now()).tzinfo)
    return term.name, began.timestamp()


def _drills() -> dict[str, str]:
    """A harmless test name for each kind of drill."""
    names: dict[str, str] = {}
    for name, category in phrase_lists.rows("domains/triggers.tsv"):
        if category in DRILLS:
            names.setdefault(category, name)
    return {category: names[category] for category in DRILLS if category in names}


@blueprint.post("/checks")
def write() -> AnyResponse:
    """Write a check down."""
    typed = {field: forms.line(field) for field in FIELDS}
    faults = _faults_in(typed)
    result = RESULTS.get(typed["result"])
    if result is None:
        faults["result"] = _("Choose what came of it")
    if faults or result is None:
        return make_response(_page(typed, faults), 400)
    check = CheckDone(
        what=typed["what"],
        device_type=typed["device_type"],
        place=typed["place"],
        user_group=typed["user_group"],
        action=typed["action"],
        result=result,
        incident=_exercise(typed["incident"]),
    )
    store().log_check(check, by=me().full_name, now=now())
    flash("check-written")
    return redirect(url_for("checks.listed"))


def _faults_in(typed: dict[str, str]) -> forms.Faults:
    faults: forms.Faults = {}
    if typed["what"] not in wording.tests():
        faults["what"] = _("Choose what was tested")
    for field in ("device_type", "place", "user_group", "action"):
        if len(typed[field]) > LIMIT:
            faults[field] = _("Write 300 characters or fewer")
    return faults


def _exercise(number: str) -> int | None:
    """The number of an exercise that the box saw; None for anything else."""
    if not (number.isascii() and number.isdigit() and len(number) < 12):
        return None
    found = store().incidents(since=0.0, limit=LOOKED_AT)
    return next((incident.id for incident in found if incident.id == int(number) and incident.exercise), None)


@blueprint.post("/checks/drill")
def begin() -> AnyResponse:
    """Start a drill: from now on the box's answer is waited for."""
    name = _drills().get(request.form.get("drill", ""))
    if name is None:
        return make_response(_page({}, {"drill": _("Choose a drill")}), 400)
    return redirect(url_for("checks.drill", name=name, since=int(now())))


@blueprint.get("/checks/drill")
def drill() -> str:
    """What to open on which device, and whether it has come up yet."""
    return render_template("checks/drill.html", tests=wording.tests(), results=wording.results(), typed={}, faults={}, **_state())


@blueprint.get("/checks/drill/now")
def drill_part() -> Response:
    """The live part of a drill; 204 where the browser has it already."""
    state = _state()
    if request.args.get("seen") == state["seen"]:
        return Response(status=204)
    return Response(
        render_template("checks/drill_now.html", tests=wording.tests(), results=wording.results(), typed={}, faults={}, **state)
    )


def _state() -> dict[str, Any]:
    """How far the drill of this address has come."""
    name, since = request.args.get("name", ""), request.args.get("since", 0.0, type=float)
    if name not in _drills().values() or not math.isfinite(since):
        abort(404)
    found = _arrived(name, since)
    late = found is None and now() - since > wording.PATIENCE
    state = {
        "name": name,
        "since": int(since),
        "found": found,
        "arrived": wording.say_arrived(found, name_now(found), since) if found else "",
        "missing": wording.say_missing() if late else (),
    }
    seen = f"{name} {since} {found.id if found else 0} {late}"
    return state | {"seen": hashlib.sha256(seen.encode()).hexdigest()[:12]}


def _arrived(name: str, since: float) -> Incident | None:
    """The newest exercise with this name since the drill began. A second of grace: the address holds whole seconds."""
    found = store().incidents(since=since - 1, limit=LOOKED_AT)
    return next((incident for incident in found if incident.exercise and name in incident.names), None)
