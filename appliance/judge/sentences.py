"""One sentence for each incident, as a head can read it aloud. Whole-sentence templates: a translator never meets a fragment.

Every template is the whole sentence with places for the device, what it is about, and when; which one is taken depends on what
happened, how often, and whether it was an exercise.
"""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Literal

from appliance.judge.categories import CATEGORIES
from appliance.judge.intent import site_of
from appliance.judge.shapes import Shape, shape_of
from appliance.model import Incident, Outcome
from appliance.school import WORRY
from appliance.witness import SIGHT

# "at-once": all of it within one minute, so that one time says it.
Times = Literal["once", "twice", "often", "twice-at-once", "often-at-once"]
Deed = Literal["opened", "used"]

# Services run on their own: a device uses them, nobody "opens" them.
_SERVICES = frozenset(key for key, category in CATEGORIES.items() if " service" in category.phrase)

_REACHED: dict[tuple[Deed, Times], str] = {
    ("opened", "once"): "{device} opened {what} at {first}.",
    ("opened", "twice"): "{device} opened {what} twice, at {first} and {last}.",
    ("opened", "often"): "{device} opened {what} {count} times between {first} and {last}.",
    ("used", "once"): "{device} used {what} at {first}.",
    ("used", "twice"): "{device} used {what} twice, at {first} and {last}.",
    ("used", "often"): "{device} used {what} {count} times between {first} and {last}.",
    ("opened", "twice-at-once"): "{device} opened {what} twice at {first}.",
    ("opened", "often-at-once"): "{device} opened {what} {count} times at {first}.",
    ("used", "twice-at-once"): "{device} used {what} twice at {first}.",
    ("used", "often-at-once"): "{device} used {what} {count} times at {first}.",
}
_TRIED: dict[tuple[Deed, Times], str] = {
    ("opened", "once"): "{device} tried to open {what} at {first}. We can't tell whether it opened.",
    ("opened", "twice"): "{device} tried to open {what} twice, at {first} and {last}. We can't tell whether it opened.",
    ("opened", "often"): (
        "{device} tried to open {what} {count} times between {first} and {last}. We can't tell whether it opened."
    ),
    ("used", "once"): "{device} looked for {what} at {first}. We can't tell whether it was used.",
    ("used", "twice"): "{device} looked for {what} twice, at {first} and {last}. We can't tell whether it was used.",
    ("used", "often"): "{device} looked for {what} {count} times between {first} and {last}. We can't tell whether it was used.",
    ("opened", "twice-at-once"): "{device} tried to open {what} twice at {first}. We can't tell whether it opened.",
    ("opened", "often-at-once"): "{device} tried to open {what} {count} times at {first}. We can't tell whether it opened.",
    ("used", "twice-at-once"): "{device} looked for {what} twice at {first}. We can't tell whether it was used.",
    ("used", "often-at-once"): "{device} looked for {what} {count} times at {first}. We can't tell whether it was used.",
}
_STOPPED: dict[tuple[Deed, Times], str] = {
    ("opened", "once"): "{device} tried {what} at {first}. The school's filter seems to have stopped it.",
    ("opened", "twice"): "{device} tried {what} twice, at {first} and {last}. The school's filter seems to have stopped it.",
    ("opened", "often"): (
        "{device} tried {what} {count} times between {first} and {last}. The school's filter seems to have stopped it."
    ),
    ("used", "once"): "{device} looked for {what} at {first}. The school's filter seems to have stopped it.",
    ("used", "twice"): "{device} looked for {what} twice, at {first} and {last}. The school's filter seems to have stopped it.",
    ("used", "often"): (
        "{device} looked for {what} {count} times between {first} and {last}. The school's filter seems to have stopped it."
    ),
    ("opened", "twice-at-once"): "{device} tried {what} twice at {first}. The school's filter seems to have stopped it.",
    ("opened", "often-at-once"): "{device} tried {what} {count} times at {first}. The school's filter seems to have stopped it.",
    ("used", "twice-at-once"): "{device} looked for {what} twice at {first}. The school's filter seems to have stopped it.",
    (
        "used",
        "often-at-once",
    ): "{device} looked for {what} {count} times at {first}. The school's filter seems to have stopped it.",
}
_EXERCISE: dict[Times, str] = {
    "once": "This was a test: {device} asked for a harmless name for {what}, at {first}.",
    "twice": "This was a test: {device} asked twice for a harmless name for {what}, at {first} and {last}.",
    "often": "This was a test: {device} asked {count} times for a harmless name for {what}, between {first} and {last}.",
    "twice-at-once": "This was a test: {device} asked twice for a harmless name for {what}, at {first}.",
    "often-at-once": "This was a test: {device} asked {count} times for a harmless name for {what}, at {first}.",
}
# What no list names but looks like something: "looks like" is part of what it is called.
_STARTED: dict[Times, str] = {
    "once": "{device} started {what} at {first}.",
    "twice": "{device} started {what} twice, at {first} and {last}.",
    "often": "{device} started {what} {count} times between {first} and {last}.",
    "twice-at-once": "{device} started {what} twice at {first}.",
    "often-at-once": "{device} started {what} {count} times at {first}.",
}
_WORRY = "Somebody reported a worry at {first}."
_SIGHT_FELL: dict[str, str] = {
    "silent": "The box hears nothing of the school's devices. It began at {first} and was last so at {last}.",
    "drops": "The box can't keep up with what it hears. It began at {first} and was last so at {last}.",
    "one-way": "The box hears only one direction of the traffic. It began at {first} and was last so at {last}.",
    "lookups": "The box sees far fewer look-ups than usual. It began at {first} and was last so at {last}.",
    "fell": "The box can name far less than usual. It began at {first} and was last so at {last}.",
    "quiet": "More devices than usual say nothing of where they go. It began at {first} and was last so at {last}.",
}
# No list knows the site: what it is about is a guess, and the sentence says no more than that.
_GUESSED: dict[Times, str] = {
    "once": "{device} opened a site at {first} whose name alone suggests {what}.",
    "twice": "{device} opened a site twice, at {first} and {last}, whose name alone suggests {what}.",
    "often": "{device} opened a site {count} times between {first} and {last} whose name alone suggests {what}.",
    "twice-at-once": "{device} opened a site twice at {first} whose name alone suggests {what}.",
    "often-at-once": "{device} opened a site {count} times at {first} whose name alone suggests {what}.",
}
_GUESSED_SITES: dict[Times, str] = {
    "once": "{device} opened sites at {first} whose names alone suggest {what}.",
    "twice": "{device} opened two sites, at {first} and {last}, whose names alone suggest {what}.",
    "often": "{device} opened sites {count} times between {first} and {last} whose names alone suggest {what}.",
    "twice-at-once": "{device} opened two sites at {first} whose names alone suggest {what}.",
    "often-at-once": "{device} opened sites {count} times at {first} whose names alone suggest {what}.",
}
_GUESSED_TRIED: dict[Times, str] = {
    "once": "{device} tried a site at {first} whose name alone suggests {what}.",
    "twice": "{device} tried a site twice, at {first} and {last}, whose name alone suggests {what}.",
    "often": "{device} tried a site {count} times between {first} and {last} whose name alone suggests {what}.",
    "twice-at-once": "{device} tried a site twice at {first} whose name alone suggests {what}.",
    "often-at-once": "{device} tried a site {count} times at {first} whose name alone suggests {what}.",
}
# Devices do things, not children: what nobody chose is told as what a page or an app did.
_BY_PAGE: dict[Times, str] = {
    "once": "Something from {what} loaded inside another page on {device} at {first}. Nobody seems to have gone there.",
    "twice": (
        "Something from {what} loaded inside another page on {device} twice, at {first} and {last}. "
        "Nobody seems to have gone there."
    ),
    "often": (
        "Something from {what} loaded inside other pages on {device} {count} times between {first} and {last}. "
        "Nobody seems to have gone there."
    ),
    "twice-at-once": (
        "Something from {what} loaded inside another page on {device} twice at {first}. Nobody seems to have gone there."
    ),
    "often-at-once": (
        "Something from {what} loaded inside other pages on {device} {count} times at {first}. Nobody seems to have gone there."
    ),
}
_NAMED_BY_PAGE: dict[Times, str] = {
    "once": "Another page on {device} named {what} at {first}. Nobody seems to have gone there.",
    "twice": "Another page on {device} named {what} twice, at {first} and {last}. Nobody seems to have gone there.",
    "often": "Other pages on {device} named {what} {count} times between {first} and {last}. Nobody seems to have gone there.",
    "twice-at-once": "Another page on {device} named {what} twice at {first}. Nobody seems to have gone there.",
    "often-at-once": "Other pages on {device} named {what} {count} times at {first}. Nobody seems to have gone there.",
}
_BY_ITSELF: dict[Times, str] = {
    "once": "{device} asked for {what} by itself at {first}. It was probably an app in the background.",
    "twice": "{device} asked for {what} by itself twice, at {first} and {last}. It was probably an app in the background.",
    "often": (
        "{device} asked for {what} by itself {count} times between {first} and {last}. It was probably an app in the background."
    ),
    "twice-at-once": "{device} asked for {what} by itself twice at {first}. It was probably an app in the background.",
    "often-at-once": "{device} asked for {what} by itself {count} times at {first}. It was probably an app in the background.",
}
_NO_PART = "It does not look like part of another page."
_BY_OUTCOME: dict[Outcome, dict[tuple[Deed, Times], str]] = {
    "reached": _REACHED,
    "tried": _TRIED,
    "stopped": _STOPPED,
    "unknown": _TRIED,
}


def write_sentence(incident: Incident, now: float, zone: tzinfo) -> str:
    """The sentence for an incident as somebody reads it at `now`: a time of another day carries its day."""
    category = CATEGORIES.get(incident.category)
    first, last = speak_time(incident.first_seen, now, zone), speak_time(incident.last_seen, now, zone)
    shape = shape_of(incident.source)
    thing = shape or category
    said = _template(incident, shape, at_once=first == last).format(
        device=incident.device,
        what=thing.phrase if thing else "a site on one of the box's lists",
        count=incident.count,
        first=first,
        last=last,
    )
    # Whoever has to act at once wants to know at once; else the reading stands on its own card.
    pressing = incident.level == "urgent" and not incident.exercise
    return f"{said} {_NO_PART}" if pressing and incident.intent == "person" and incident.outcome == "reached" else said


def speak_time(time: float, now: float, zone: tzinfo) -> str:
    """A time as people say it: `10:42`, or `10:42 on Tuesday 24 November`; the year too where it is another one."""
    then, today = datetime.fromtimestamp(time, zone), datetime.fromtimestamp(now, zone)
    clock = f"{then.hour}:{then.minute:02}"
    if then.date() == today.date():
        return clock
    day = f"{clock} on {then:%A} {then.day} {then:%B}"
    return day if then.year == today.year else f"{day} {then.year}"


def _template(incident: Incident, shape: Shape | None, *, at_once: bool) -> str:
    if incident.category == WORRY:
        return _WORRY
    if incident.category == SIGHT:
        return _SIGHT_FELL.get(incident.mac.removeprefix(f"{SIGHT}:"), _SIGHT_FELL["fell"])
    times = _times(incident.count, at_once=at_once)
    if shape is not None:
        return _STARTED[times] if shape.deed == "started" else _REACHED["used", times]
    if incident.exercise:
        return _EXERCISE[times]
    if incident.level == "note" and incident.outcome != "stopped":
        # What counts for more says so itself, whoever it was.
        if incident.intent == "background":
            return _BY_ITSELF[times]
        if incident.intent == "page":
            return (_BY_PAGE if incident.outcome == "reached" else _NAMED_BY_PAGE)[times]
    if incident.guess:
        if incident.outcome != "reached":
            return _GUESSED_TRIED[times]
        return (_GUESSED if len(set(map(site_of, incident.names))) == 1 else _GUESSED_SITES)[times]
    deed: Deed = "used" if incident.category in _SERVICES else "opened"
    return _BY_OUTCOME[incident.outcome][deed, times]


def _times(count: int, *, at_once: bool) -> Times:
    if count <= 1:
        return "once"
    if count == 2:
        return "twice-at-once" if at_once else "twice"
    return "often-at-once" if at_once else "often"
