"""A fall of what the box sees, in plain words: what fell, since when, and what IT support should look at."""

from __future__ import annotations

from appliance.model import Incident, Sight
from appliance.witness import SIGHT
from web_ui.wording.dates import say_when
from web_ui.wording.sight import ask_it_support
from web_ui.wording.texts import gettext as _

_HIDING = Sight(hour=0.0, reasons=dict.fromkeys(("relay", "vpn", "encrypted-dns", "ech"), 1))


def is_fall(incident: Incident) -> bool:
    """Whether an incident is about the box's own sight, and about no device."""
    return incident.category == SIGHT


def say(incident: Incident, now: float) -> str:
    """What fell and since when, as two sentences."""
    when = {"first": say_when(incident.first_seen, now), "last": say_when(incident.last_seen, now)}
    said = {
        "silent": _("The box hears nothing of the school’s devices. It began %(first)s and was last so %(last)s.", **when),
        "drops": _("The box can’t keep up with what it hears. It began %(first)s and was last so %(last)s.", **when),
        "one-way": _("The box hears only one direction of the traffic. It began %(first)s and was last so %(last)s.", **when),
        "lookups": _("The box sees far fewer look-ups than usual. It began %(first)s and was last so %(last)s.", **when),
        "quiet": _("More devices than usual say nothing of where they go. It began %(first)s and was last so %(last)s.", **when),
    }
    return said.get(_cause(incident)) or _(
        "The box can name far less than usual. It began %(first)s and was last so %(last)s.", **when
    )


def say_outcome() -> str:
    """What it means, as a sentence."""
    return _("Until this is put right, the box may miss what matters.")


def say_confidence() -> str:
    """How sure it is, as a sentence."""
    return _("The box has measured this itself. It is about no child and no device.")


def first_steps() -> tuple[str, ...]:
    """What to do first."""
    return (
        _("Print this page and give it to IT support today."),
        _("Ask what was changed around that time: the switch, the Wi-Fi, the filter, or settings of the devices."),
        _("Until it is put right, do not take a quiet box for a quiet school."),
    )


def ask_it(incident: Incident) -> list[str]:
    """What to look at beside the mirror, in the words of IT support's trade."""
    return ask_it_support(_HIDING) if _cause(incident) in ("fell", "lookups") else []


def _cause(incident: Incident) -> str:
    return incident.mac.removeprefix(f"{SIGHT}:")
