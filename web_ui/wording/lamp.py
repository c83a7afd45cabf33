"""The lamp in words: the heading of the first screen, and the one sentence beneath it."""

from __future__ import annotations

from msgspec import Struct

from appliance.model import Health, Lamp
from web_ui.wording.dates import local, say_ago, say_time, say_when
from web_ui.wording.texts import gettext as _
from web_ui.wording.texts import ngettext

# After this long without a word from the guardian the page says that it has lost touch.
STALE = 120.0


class LampWords(Struct, frozen=True):
    """How the lamp looks (`state` also names its shape), its word, and what the first screen says."""

    state: str  # "well", "look", "urgent", "blind", "lost"
    word: str
    heading: str
    sentence: str
    fresh: str


def say_lamp(lamp: Lamp, health: Health | None, now: float, sounding: int = 0) -> LampWords:
    """The lamp's words. The store has turned `lamp` grey where it is too old; `sounding` are urgent and not yet seen."""
    state = _state(lamp, health, now)
    return LampWords(
        state, lamp_word(state), _heading(state, lamp, sounding), _sentence(state, lamp, health, now), say_fresh(health, now)
    )


def _state(lamp: Lamp, health: Health | None, now: float) -> str:
    if lamp.colour == "red":
        return "urgent"
    if lamp.colour == "grey" or health is None or now - health.time > STALE:
        return "lost"
    if lamp.colour == "amber":
        return "look" if lamp.look or lamp.urgent else "blind"
    return "well"


def lamp_word(state: str) -> str:
    """The one word beside the lamp."""
    return {
        "urgent": _("Urgent"),
        "look": _("Look today"),
        "well": _("All well"),
        "blind": _("Can’t see"),
    }.get(state, _("Lost touch"))


def _heading(state: str, lamp: Lamp, sounding: int) -> str:
    if state == "urgent":
        return ngettext("One urgent thing needs you now", "%(num)d urgent things need you now", max(sounding, 1))
    if state == "look":
        things = max(lamp.look + lamp.urgent, 1)
        return ngettext("One thing to look at today", "%(num)d things to look at today", things)
    if state == "well":
        return _("Nothing needs you")
    if state == "blind":
        return _("We can’t see enough")
    return _("We have lost touch with the box")


def _sentence(state: str, lamp: Lamp, health: Health | None, now: float) -> str:
    if state == "lost" or health is None:
        return _("What you see here may be old. Check that the box has power and that its lamp is lit.")
    if state == "blind":
        return _("Nothing has come up, but something keeps us from watching properly. See what to check below.")
    watched = say_watched(health, now)
    if state == "urgent":
        return _("Open what is urgent below and follow the first steps. The box goes quiet once you say you are looking at it.")
    if state == "look" and lamp.urgent:
        return _("Somebody is already looking at what is urgent. %(watched)s", watched=watched)
    if state == "look":
        return _("Nothing is urgent. %(watched)s", watched=watched)
    return watched


def say_watched(health: Health, now: float) -> str:
    """That we were watching, and how well: never "nothing came up" without it."""
    since = say_since(health.started, now)
    share = named_share(health)
    if share is None:
        return ngettext(
            "We have been watching one device %(since)s.",
            "We have been watching %(num)d devices %(since)s.",
            health.devices,
            since=since,
        )
    return ngettext(
        "We have been watching one device %(since)s and could name %(share)d%% of what it connected to.",
        "We have been watching %(num)d devices %(since)s and could name %(share)d%% of what they connected to.",
        health.devices,
        since=since,
        share=share,
    )


def say_since(time: float, now: float) -> str:
    """Since when, inside a sentence."""
    if local(time).date() == local(now).date():
        return _("since %(time)s", time=say_time(time))
    # The same phrase as in other sentences, so "yesterday at 10:42" stays one thing to translate.
    return _("since the box started %(when)s", when=say_when(time, now))


def named_share(health: Health) -> int | None:
    """The share of connections that gave a name, in whole per cent, rounded down; None before there were any."""
    total = health.named + health.unnamed
    return health.named * 100 // total if total else None


def say_fresh(health: Health | None, now: float) -> str:
    """When the box last heard from the network."""
    if health is None:
        return _("The box has not said anything yet.")
    if now - health.time > STALE:
        return _("The box last spoke to this page %(ago)s.", ago=say_ago(health.time, now))
    if not health.last_packet:
        return _("The box has not heard anything from the network yet.")
    return _("Last heard from the network %(ago)s.", ago=say_ago(health.last_packet, now))
