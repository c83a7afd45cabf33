"""How the box is: its lists, what is in sight, its health, its lamp, and the names of the last hours."""

from __future__ import annotations

from msgspec import Struct

from appliance.model.kinds import LampColour


class ListStatus(Struct, frozen=True, kw_only=True):
    """One list in force: how many entries it gave, how many lines were refused, and how old it is."""

    name: str
    category: str
    entries: int
    refused: int = 0
    version: str = ""
    updated: float = 0.0
    licence: str = ""
    problem: str = ""
    checked: float = 0.0  # when a fetched list was last known to be its maker's newest; 0 for all others


class Sight(Struct, frozen=True, kw_only=True):
    """How much of what one device did in one hour was in sight. `mac` is empty for the whole school.

    `reasons` count connections without a name by why they have none; "silent" ones never got as far as a name and are not in
    `seen`.
    """

    hour: float  # when it began
    mac: str = ""
    heard: int = 0  # sightings of any kind
    asked: int = 0  # look-ups in sight
    answered: int = 0
    seen: int = 0  # connections
    named: int = 0  # of these, how many the box can say where they went
    quiet: int = 0  # of the school: devices that were heard and named nothing
    reasons: dict[str, int] = {}


class Health(Struct, frozen=True, kw_only=True):
    """Whether the box works and what it cannot see. Written by the guardian once a second."""

    time: float
    started: float
    source: str = ""
    demonstration: bool = False
    live: bool = False
    interface_up: bool = True
    packets: int = 0
    bytes: int = 0
    dropped: int = 0
    foreign_unicast: int = 0
    last_packet: float = 0.0
    devices: int = 0
    sightings: int = 0
    queries: int = 0
    answers: int = 0
    hellos: int = 0
    named: int = 0  # connections that gave a name
    unnamed: int = 0  # connections that gave none
    lists: tuple[ListStatus, ...] = ()
    clock_synced: bool | None = None
    reasons: dict[str, int] = {}
    sight: Sight | None = None  # the school in the hour at hand
    sight_sentence: str = ""  # the same in one sentence
    problems: tuple[str, ...] = ()  # ids of what is wrong: "no-packets", "no-mirror", "drops", "no-lists", ...


class Lamp(Struct, frozen=True, kw_only=True):
    """The one lamp: its colour, whether the buzzer sounds, and the sentence that goes with it."""

    colour: LampColour
    sentence: str
    buzzer: bool = False
    time: float = 0.0
    urgent: int = 0  # open urgent incidents
    look: int = 0  # open incidents to look at
    blind: bool = False  # amber because the box cannot see


class RecentName(Struct, frozen=True, kw_only=True):
    """A name in the memory of the last hours (tmpfs only): the hour around an incident."""

    time: float
    mac: str
    kind: str
    name: str
    count: int = 1
