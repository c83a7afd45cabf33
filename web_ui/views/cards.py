"""Incidents as cards of a list, in words: the same on the first screen, in the inbox and beside an incident."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup
from msgspec import Struct

from appliance.edge.store import NotFound
from appliance.model import Incident
from web_ui.hostnames import clean
from web_ui.records import now, store
from web_ui.wording import incidents as wording
from web_ui.wording import shapes


class Card(Struct, frozen=True):
    """An incident in a list, in words. `worker` has it in hand, empty where nobody has."""

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
    worker: str = ""


def make_cards(incidents: Sequence[Incident]) -> list[Card]:
    """Incidents as cards, with the names that devices have now."""
    workers = store().cases.workers([incident.id for incident in incidents if incident.acknowledged and not incident.decision])
    return [_card(incident, clean(workers.get(incident.id, ""), 80)) for incident in incidents]


def name_now(incident: Incident) -> str:
    """The school's present name of an incident's device; without one, the name that it had then."""
    try:
        return store().device(incident.mac).label or incident.device
    except NotFound:
        return incident.device


def _card(incident: Incident, worker: str) -> Card:
    state = wording.state_of(incident)
    return Card(
        incident.id,
        incident.level,
        wording.level_word(incident),
        wording.say(incident, name_now(incident), now()),
        wording.say_outcome(incident),
        wording.say_confidence(incident),
        wording.say_intent(incident),
        state,
        wording.state_word(state),
        incident.exercise,
        shapes.find(incident.source) is not None,
        worker,
    )
