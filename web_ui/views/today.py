"""Today: do I need to do anything? And the two small pieces of it that the page asks for by itself."""

from __future__ import annotations

import hashlib
from typing import Any, cast

from flask import Blueprint, Response, current_app, render_template, request
from flask_babel import get_locale
from markupsafe import Markup
from msgspec import Struct

from appliance.model import Health, Incident, Lamp
from web_ui import cases, names
from web_ui.hostnames import clean
from web_ui.latest import Latest
from web_ui.records import now, store
from web_ui.sessions import find_account
from web_ui.views import steps
from web_ui.views.cards import Card, make_cards, name_now
from web_ui.wording import health as health_wording
from web_ui.wording import watching as wording
from web_ui.wording.dates import local, monday
from web_ui.wording.lamp import STALE, LampWords, say_lamp
from web_ui.wording.repairs import Check
from web_ui.wording.sight import say_hiding

blueprint = Blueprint("today", __name__)

SHOWN = 5
WEEK_LIMIT = 1_000
HIDING = frozenset({"encrypted_dns"})


class Ask(Struct, frozen=True):
    """Somebody waits for the reader to agree that they see who had a device."""

    number: int
    who: str
    why: str


class Now(Struct, frozen=True):
    """What the live part of the first screen shows."""

    lamp: LampWords
    cards: list[Card]
    more: int
    wrong: list[Check]
    hidden: cases.Hidden
    asks: list[Ask]


class Week(Struct, frozen=True):
    """The school week in numbers and sentences."""

    urgent: int
    look: int
    closed: int
    stopped: str
    watched: tuple[str, ...]
    full: bool
    hiding: Markup  # a sentence about the devices that hid what they visited; empty where none did
    named: str


@blueprint.get("/")
def show() -> str:
    """The first screen."""
    # Made anew, and kept for the live part that soon asks what has changed since.
    _latest().forget()
    account = find_account()
    unfinished = account is not None and account.role == "head" and not steps.is_finished()
    return render_template("today.html", week=_week(), health=store().health(), unfinished=unfinished, **_newest())


@blueprint.get("/today/now")
def now_part() -> Response:
    """The live part of the first screen; 204 where the browser has it already."""
    return _unless_seen("today_now.html", _newest())


@blueprint.get("/today/strip")
def strip() -> Response:
    """The lamp in the head of every other page; 204 where the browser has it already."""
    lamp, health = _read()
    return _unless_seen("strip.html", {"lamp": say_lamp(lamp, health, now()), "counts": store().count_open(cases.owner())})


def _latest() -> Latest[dict[str, Any]]:
    return cast(Latest[dict[str, Any]], current_app.extensions["latest"])


def _newest() -> dict[str, Any]:
    # Whoever owns a device here, or asked for a name, has an answer of their own.
    account = find_account()
    asked = any(True for _ in store().cases.open_asks(now() - names.LASTS))
    return _latest().get((str(get_locale()), cases.owner(), account.username if asked and account else ""), _live)


def _read() -> tuple[Lamp, Health | None]:
    return store().lamp_now(now(), STALE), store().health()


def _live() -> dict[str, Any]:
    lamp, health = _read()
    owner = cases.owner()
    counts = store().count_open(owner)
    waiting = counts["urgent"] + counts["look"]
    shown = store().incidents(open_only=True, limit=min(SHOWN, waiting), hidden_from=owner) if waiting else []
    wrong = health_wording.blinding(health_wording.checks(health, now()))
    words = say_lamp(lamp, health, now(), store().count_sounding())
    part = Now(words, make_cards(shown), waiting - len(shown), wrong, cases.find_hidden(), _asks(owner))
    return {"part": part, "lamp": part.lamp, "counts": counts, "seen": _version(part)}


def _asks(owner: str | None) -> list[Ask]:
    """Who waits for the reader's key."""
    account = find_account()
    found = store().cases.open_asks(now() - names.LASTS, owner)
    return [
        Ask(number, clean(note.by, 80), clean(note.text, 200))
        for number, note in found
        if account and note.one("who") != account.username
    ]


def _version(part: Now) -> str:
    """Changes whenever a word of the live part does."""
    return hashlib.sha256(repr(part).encode()).hexdigest()[:12]


def _unless_seen(template: str, values: dict[str, Any]) -> Response:
    version = str(values.get("seen") or hashlib.sha256(repr(values).encode()).hexdigest()[:12])
    if request.args.get("seen") == version:
        return Response(status=204)
    response = Response(render_template(template, **{**values, "seen": version}))
    response.set_etag(version)
    response.headers["Cache-Control"] = "no-cache, private"
    response.make_conditional(request)
    return response


def _week() -> Week:
    start = monday(now())
    incidents = store().incidents(since=start, limit=WEEK_LIMIT, hidden_from=cases.owner())
    came_up = [incident for incident in incidents if incident.level != "note"]
    return Week(
        sum(1 for incident in came_up if incident.level == "urgent"),
        sum(1 for incident in came_up if incident.level == "look"),
        sum(1 for incident in came_up if incident.decision),
        wording.say_stopped(store().witness(local(start).date().isoformat())),
        wording.say_week(store().sight(mac=""), store().rulebook.hours(), now()),
        len(incidents) == WEEK_LIMIT,
        _hiding(incidents),
        wording.say_named(store().sight(since=start, mac="")),
    )


def _hiding(incidents: list[Incident]) -> Markup:
    """The devices that hid what they visited this week, by their names, in a sentence."""
    hiding = [incident for incident in incidents if incident.category in HIDING and incident.outcome != "stopped"]
    return say_hiding(list({incident.mac: name_now(incident) for incident in hiding}.values()))
