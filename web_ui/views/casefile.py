"""All that is known of one incident, in words: for its page, and for the pack that is printed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import get_timezone
from msgspec import Struct

from appliance.model import Incident, Note, RecentName
from appliance.school import WORRY
from web_ui import cases, names
from web_ui.hostnames import clean, show_site
from web_ui.records import now, store
from web_ui.views.cards import Card, make_cards, name_now
from web_ui.wording import coverage, record, sight_falls, timeline
from web_ui.wording import incidents as wording
from web_ui.wording import register as register_wording
from web_ui.wording.dates import say_moment
from web_ui.wording.slips import MIRROR
from web_ui.wording.texts import gettext as _

NAMES_SHOWN = 12
AROUND = 1800.0


class Handed(Struct, frozen=True):
    """To whom it was passed last, by whom and when, and when they read it; empty while they have not."""

    to: str
    by: str
    when: str
    text: str
    read: str


def gather(incident: Incident, *, every_name: bool = False) -> dict[str, Any]:
    """The incident's facts, its record, what is linked with it, and what could be seen then."""
    notes = store().notes(incident.id)
    shown = len(incident.names) if every_name else NAMES_SHOWN
    return {
        "incident": incident,
        "worry": store().worries.of_incident(incident.id) if incident.category == WORRY else None,
        "fall": [str(MIRROR), *sight_falls.ask_it(incident)] if sight_falls.is_fall(incident) else None,
        "card": make_cards([incident])[0],
        "device": name_now(incident),
        "sites": [show_site(name) for name in incident.names[:shown]],
        "more_sites": max(0, len(incident.names) - shown),
        "outcome": (wording.outcome_title(incident), wording.explain_outcome(incident)),
        "intent_title": wording.intent_title(incident),
        "record": record.make_entries(notes, now(), _full_names().__getitem__, _may_see),
        "known": notes[-1].id if notes else 0,
        "handed": _handed(notes),
        "linked": _linked(incident),
        **_around(incident),
        **_seen_then(incident),
        **_holder(incident, notes),
    }


def colleagues(incident: Incident) -> dict[str, str]:
    """To whom it can be passed: others who decide, and from whom it is not hidden; full names by usernames."""
    return {
        account.username: clean(account.full_name, 80)
        for account in cases.others()
        if not store().ownership.hides(account.username, incident.id)
    }


class _Names(dict[str, str]):
    """Full names by usernames; whoever has no account any more keeps the username."""

    def __missing__(self, username: str) -> str:
        return username


def _full_names() -> _Names:
    return _Names({account.username: account.full_name for account in store().accounts()})


def _may_see(number: int) -> bool:
    username = cases.owner()
    return username is None or not store().ownership.hides(username, number)


def _handed(notes: Sequence[Note]) -> Handed | None:
    passed = next((note for note in reversed(notes) if note.kind == "passed"), None)
    if passed is None:
        return None
    read = next((note for note in notes if note.kind == "read" and note.one("passed") == str(passed.id)), None)
    return Handed(
        clean(_full_names()[passed.one("to")], 80),
        clean(passed.by, 80),
        say_moment(passed.time, now()),
        wording.clean_text(passed.text),
        say_moment(read.time, now()) if read else "",
    )


def _linked(incident: Incident) -> list[Card]:
    return make_cards([store().incident(number) for number in store().cases.links(incident.id) if _may_see(number)])


def _around(incident: Incident) -> dict[str, Any]:
    """The half hours before and after, as far as the box still remembers them."""
    rows: list[RecentName] = store().recent(
        incident.mac, since=incident.first_seen - AROUND, until=incident.last_seen + AROUND, limit=500
    )
    return {"timeline": timeline.group(rows, incident.names), "first": incident.first_seen, "last": incident.last_seen}


def _seen_then(incident: Incident) -> dict[str, Any]:
    sights = store().cases.sights(incident)
    was_set = store().cases.clock_was_set(incident.id)
    return {
        "coverage": coverage.say_then(sights),
        "unseen": coverage.say_unseen(sights),
        "clock": coverage.say_clock(was_set),
        "clock_wrong": was_set is False,
    }


def _holder(incident: Incident, notes: Sequence[Note]) -> dict[str, Any]:
    holder = store().who_had(incident.mac, incident.first_seen, get_timezone())
    veil = names.find_veil(notes)
    return {
        "holder": register_wording.say_had(holder, veiled=veil.state != "shown") or _("Nobody has written down who had it."),
        "veil": veil if register_wording.names_somebody(holder) else names.Veil("shown"),
        "asks": [(ask.id, clean(ask.by, 80), wording.clean_text(ask.text)) for ask in names.find_asks(notes)],
    }
