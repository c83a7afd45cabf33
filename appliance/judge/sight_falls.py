"""A fall of what the box sees, as an incident for IT: as loud as anything else to look at, and about no device and no child.

One incident at a time for each cause. It comes up when a cause has held for minutes while classes are going on, grows while it
lasts, and after a decision comes again only once it had been well, or after a week.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import tzinfo
from typing import Literal, get_args

from msgspec import Struct
from msgspec.structs import replace

from appliance.judge.sentences import write_sentence
from appliance.judge.sight import Trouble
from appliance.model import Incident, Sight
from appliance.witness import SIGHT

Cause = Literal["silent", "drops", "one-way", "lookups", "fell", "quiet"]
CAUSES: tuple[Cause, ...] = get_args(Cause)

HOLD = 300.0  # seconds that a cause must have held, short pauses left out
STEP = 60.0  # the most that one look counts for
PAUSE = 1_800.0  # so long without it, and a cause that never came to an incident begins anew
WELL = 7_200.0  # so long without it in class, and the next time is another fall
AGAIN = 7 * 86_400.0  # after a decision, where it never was well
SAVE = 600.0  # between writes of an incident that lasts
WATCHER = "The box"  # what such an incident calls itself where others name a device
SOURCE = "Safespan: how much is in sight"

# With one of these the box hears nothing of the school.
_SILENT = frozenset(("no-sensor", "interface-down", "no-packets", "no-mirror"))
_SILENT_WHY = "The cable, the switch or its mirror setting may have been changed, or the box has stopped listening."
_DROPS_WHY = "More came than the box could read, so some of what devices asked for was missed."
_ONE_WAY_WHY = "It heard {asked} look-ups and {answered} answers in an hour."
_LOOKUPS_WHY = (
    "Devices connect as before, but are seen to look up far less. "
    "Hidden look-ups do that, and so does a mirror that misses the machine that looks names up."
)
_FELL_WHY = "It could tell of {share} in 100 connections where they went, and of {ordinary} in a usual hour."
_QUIET_WHY = (
    "{count} devices were heard that named nothing, far more than usual. Part of the network may be missing from the mirror."
)
_MOSTLY: dict[str, str] = {
    "relay": "Most of the others went through Apple's Private Relay.",
    "vpn": "Most of the others went into something that looks like a VPN or a proxy.",
    "encrypted-dns": "Most of the others had no name, and the look-ups before them were hidden.",
    "ech": "Most of the others showed only a cover name.",
    "no-sni": "Most of the others gave no name.",
    "lost": "Most of the others did not reach the box whole.",
}


def find_causes(sight: Sight, trouble: Trouble, problems: Collection[str]) -> dict[Cause, str]:
    """What is wrong with the box's sight now, and for each cause why the box thinks so."""
    mostly = _MOSTLY.get(trouble.why, "")
    found: dict[Cause, str | None] = {
        "silent": _SILENT_WHY if _SILENT.intersection(problems) else None,
        "drops": _DROPS_WHY if "drops" in problems else None,
        "one-way": _ONE_WAY_WHY.format(asked=sight.asked, answered=sight.answered) if trouble.one_way else None,
        "lookups": _LOOKUPS_WHY if trouble.unasked or "no-lookups" in problems else None,
        "fell": f"{_FELL_WHY.format(share=trouble.share, ordinary=trouble.ordinary)} {mostly}".strip() if trouble.fell else None,
        "quiet": _QUIET_WHY.format(count=trouble.quiet) if trouble.quiet else None,
    }
    return {cause: why for cause, why in found.items() if why is not None}


class _State(Struct):
    """What is known of one cause. `fresh`: it was well before, so a decided incident is no answer to it."""

    began: float = 0.0
    first: float = 0.0
    last: float = 0.0
    held: float = 0.0
    well: float = WELL
    count: int = 1
    number: int = 0
    saved_at: float = float("-inf")
    decided_at: float | None = None
    fresh: bool = True
    why: str = ""

    def see(self, now: float, step: float, why: str) -> bool:
        """The cause is there; whether an incident is to be saved."""
        if self.well >= WELL or (self.well >= PAUSE and not self.number and self.decided_at is None):
            self.began, self.held, self.fresh = now, 0.0, True
            self.count += bool(self.number)
            self.decided_at = None
        elif self.decided_at is not None and abs(now - self.decided_at) > AGAIN:
            self.began, self.held, self.decided_at = now, 0.0, None
        if not self.number:
            self.first = self.began
        self.well, self.held, self.why = 0.0, self.held + step, why
        self.last = max(now, self.first)
        return self.held >= HOLD and self.decided_at is None and abs(now - self.saved_at) >= SAVE


class SightFalls:
    """Follows every cause over time. Hand it what is found now; it hands back incidents to be saved."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._states: dict[Cause, _State] = {cause: _State() for cause in CAUSES}
        self._at: float | None = None

    def resume(self, newest: Iterable[Incident]) -> None:
        """Go on from what the store holds: the newest incident of each cause."""
        for incident in newest:
            cause = cause_of(incident)
            if cause is None:
                continue
            state = self._states[cause] = _State(well=0.0, count=incident.count, fresh=False, why=incident.reason)
            state.began, state.first, state.last = incident.first_seen, incident.first_seen, incident.last_seen
            if incident.decision is None:
                state.number, state.held = incident.id, HOLD
            else:
                state.decided_at = incident.last_seen

    def observe(self, now: float, found: Mapping[Cause, str]) -> list[Incident]:
        """What is wrong at this moment of class time; incidents that have come up or must be brought up to date."""
        step = min(STEP, max(0.0, now - self._at)) if self._at is not None else 0.0
        self._at = now
        due = []
        for cause, state in self._states.items():
            if cause not in found:
                state.well += step
            elif state.see(now, step, found[cause]):
                due.append(self._incident(cause, state))
        return due

    def settle(self, stored: Incident) -> None:
        """The store's answer to a save. What was decided is over, unless this fall began after it was well."""
        cause = cause_of(stored)
        if cause is None:
            return
        state = self._states[cause]
        if stored.decision is None:
            state.number, state.saved_at, state.fresh = stored.id, state.last, False
            return
        state.number, state.count = 0, 1
        state.decided_at = None if state.fresh else state.last

    def _incident(self, cause: Cause, state: _State) -> Incident:
        incident = Incident(
            id=state.number,
            category=SIGHT,
            level="look",
            device=WATCHER,
            mac=f"{SIGHT}:{cause}",
            first_seen=state.first,
            last_seen=state.last,
            count=state.count,
            names=(),
            reason=state.why,
            source=SOURCE,
        )
        return replace(incident, sentence=write_sentence(incident, state.last, self._zone))


def cause_of(incident: Incident) -> Cause | None:
    """The cause of such an incident, None for any other."""
    told = incident.mac.removeprefix(f"{SIGHT}:")
    return next((cause for cause in CAUSES if cause == told), None) if incident.category == SIGHT else None
