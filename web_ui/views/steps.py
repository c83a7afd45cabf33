"""Setting the box up, step by step: each can be left and taken up again, in any order, with or without scripts."""

from __future__ import annotations

import hashlib
from typing import Any, cast

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from msgspec import Struct
from werkzeug.wrappers import Response as AnyResponse

from web_ui import access, languages
from web_ui.records import now, store
from web_ui.views import fields, forms, people, vlans
from web_ui.views.mine import me
from web_ui.wording import mirror, phones
from web_ui.wording import people as people_wording
from web_ui.wording import steps_taken as wording
from web_ui.wording.devices import say_name

blueprint = Blueprint("steps", __name__)

STEPS = ("language", "school", "people", "mirror", "devices", "hours", "terms", "numbers", "recovery", "answers")
SHOWN = 30


class Step(Struct, frozen=True):
    """One step in the list."""

    key: str
    title: str
    hint: str
    done: bool


def is_finished() -> bool:
    """Whether somebody has gone through the set-up to its end, or the box is older than the steps."""
    return bool(store().setting(access.SET_UP)) or store().setting("set_up_begun") is None


def _is_done(key: str) -> bool:
    return bool(store().setting(f"set_up_{key}"))


def _note_done(key: str) -> None:
    if not _is_done(key):
        store().set_setting(f"set_up_{key}", str(now()), by=me().full_name, now=now())


def _listed() -> list[Step]:
    return [Step(key, *wording.titles()[key], _is_done(key)) for key in STEPS]


def _following(key: str) -> str:
    """The next step that is not done yet; the last one where all are."""
    later = [*STEPS[STEPS.index(key) + 1 :], *STEPS]
    return next((step for step in later if not _is_done(step)), STEPS[-1])


@blueprint.get("/set-up/steps")
def show() -> str:
    """Every step, and which are done."""
    steps = _listed()
    return render_template(
        "steps/list.html", steps=steps, done=sum(step.done for step in steps), next=next((s.key for s in steps if not s.done), "")
    )


@blueprint.get("/set-up/steps/<key>")
def step(key: str) -> str:
    """One step."""
    return _page(key, {}, None)


@blueprint.get("/set-up/steps/mirror/now")
def mirror_part() -> Response:
    """The live part of the mirror test; 204 where the browser has it already."""
    values = _mirror()
    if request.args.get("seen") == values["seen"]:
        return Response(status=204)
    return Response(render_template("steps/mirror_now.html", **values))


def _page(key: str, faults: forms.Faults, given: fields.Typed | None) -> str:
    if key not in STEPS:
        abort(404)
    title, hint = wording.titles()[key]
    common = {"key": key, "title": title, "hint": hint, "faults": faults, "number": STEPS.index(key) + 1, "steps": len(STEPS)}
    return render_template(f"steps/{key}.html", **common, **_values(key, given))


def _values(key: str, given: fields.Typed | None) -> dict[str, Any]:
    """What the step's own page shows."""
    if key in fields.SECTIONS:
        typed = fields.kept(key) if given is None else given
        return {"typed": typed, **fields.choices()}
    makers = {
        "people": _people,
        "mirror": lambda _typed: _mirror(),
        "devices": _devices,
        "recovery": _recovery,
        "answers": _answers,
    }
    return makers[key](given)


def _people(given: fields.Typed | None) -> dict[str, Any]:
    roles = {role: words for role, words in people_wording.roles().items() if role != "supplier"}
    return {
        "typed": given or {"role": "deputy"},
        "roles": roles,
        "deputy": people.has_deputy(),
        "waiting": store().invitations.waiting(now()),
    }


def _mirror() -> dict[str, Any]:
    tests = mirror.tests(store().health(), store().devices(), now(), vlans.names())
    return {
        "tests": tests,
        "wrong": [test for test in tests if test.state in ("wrong", "look")],
        "notes": list(dict.fromkeys(test.note for test in tests if test.note)),
        "seen": hashlib.sha256(repr(tests).encode()).hexdigest()[:12],
    }


def _devices(_given: fields.Typed | None) -> dict[str, Any]:
    found = store().devices()
    return {"devices": [(device.mac, say_name(device.name)) for device in found[:SHOWN]], "count": len(found)}


def _recovery(_given: fields.Typed | None) -> dict[str, Any]:
    return {
        "factor": store().factors.find(me().username),
        "address": request.host_url,
        "username": me().username,
        "box": store().box_id(),
    }


def _answers(_given: fields.Typed | None) -> dict[str, Any]:
    hours = [(fields.days()[span.weekday].name, span.opens, span.closes) for span in store().rulebook.hours()]
    numbers = [(label, fields.phone_numbers()[key]) for key, (label, _hint) in phones.labels().items()]
    undone = [step for step in _listed() if not step.done and step.key != "answers"]
    waiting = [invitation.full_name for invitation in store().invitations.waiting(now())]
    school = fields.kept("school")
    return {
        "school": school,
        "tongue": (languages.schools(), languages.LANGUAGES[languages.schools()]),
        "hours": hours,
        "terms": store().rulebook.terms(),
        "own": [(label, number) for label, number in numbers if number],
        "people": [account.full_name for account in store().accounts() if account.active],
        "waiting": waiting,
        "undone": undone,
        "factor": store().factors.find(me().username),
        "wrong": _mirror()["wrong"],
        "devices": len(store().devices()),
    }


@blueprint.post("/set-up/steps/<key>")
def save(key: str) -> AnyResponse:
    """Keep the step's answers and go on to the next."""
    if key not in STEPS:
        abort(404)
    if key == "answers":
        return _finish()
    if key == "people" and forms.line("full_name"):
        return _invite()
    if key in fields.SECTIONS:
        given = fields.typed(key)
        faults = fields.find_faults(key, given)
        if faults:
            return make_response(_page(key, faults, given), 400)
        fields.save(key, given)
    _note_done(key)
    response = cast(Response, redirect(url_for("steps.step", key=_following(key))))
    if key == "language":
        # Whoever sets the box up reads on in the language that they chose for the school.
        languages.keep(response, fields.kept(key)[key])
    return response


def _invite() -> AnyResponse:
    """The second person: their sheet of paper is shown once."""
    given = {name: forms.line(name) for name in ("full_name", "login_name", "role")}
    faults = people.find_faults(given)
    chosen = next((role for role in people_wording.roles() if role == given["role"]), None)
    if faults or chosen is None:
        return make_response(_page("people", faults, given), 400)
    _note_done("people")
    sheet = people.print_invitation(
        given["login_name"].casefold(), given["full_name"], chosen, url_for("steps.step", key=_following("people"))
    )
    return make_response(sheet)


def _finish() -> AnyResponse:
    _note_done("answers")
    store().set_setting(access.SET_UP, str(now()), by=me().full_name, now=now())
    flash("set-up")
    return redirect(url_for("today.show"))
