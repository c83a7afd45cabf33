"""Hits folded into incidents: one for what one device did in one category, until it is decided or a day has been quiet.

    hit -> Case (grows) -> Incident (saved by whoever owns the store) -> decided: the next hit begins a new case

What a case is stands in `appliance.judge.cases`; here is which case a hit belongs to, and how many there may be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import tzinfo

from appliance.judge.cases import Case, Hit, Key, entry_of, resume
from appliance.judge.intent import intent_weight
from appliance.judge.outcomes import Evidence
from appliance.judge.policy import Policy
from appliance.judge.scales import Scales
from appliance.judge.sentences import write_sentence
from appliance.model import Incident, Intent, Verdict

QUIET_SECONDS = 86_400.0  # after such a day a new hit is a new incident
CASES = 5_000  # open at once; 1,000 devices in five categories each
NEW_PER_HOUR = 500  # new incidents; more than that is an attack on the box, or a list gone wrong


class Folder:
    """All open cases. `capped` counts hits that found no room; `scales` say what the level of each hit stands on."""

    def __init__(
        self, zone: tzinfo, *, limit: int = CASES, new_per_hour: int = NEW_PER_HOUR, scales: Scales | None = None
    ) -> None:
        self._zone = zone
        self.scales = scales or Scales(Policy(zone=zone))
        self._limit = limit
        self._new_per_hour = new_per_hour
        self._cases: dict[Key, Case] = {}
        self._dirty: dict[int, Case] = {}  # by the case's serial: a case of yesterday may wait beside today's
        self._serial = 0
        self._hour = 0
        self._new_this_hour = 0
        self.capped = 0

    def __len__(self) -> int:
        return len(self._cases)

    def hit(self, hit: Hit) -> Case | None:
        """Fold one hit in; None where the school allows it, or too many new incidents have come up in this hour."""
        settled = hit.intent is None
        grounds = self.scales.lay(hit.mac, hit.time, hit.verdict, part_of_page=hit.part_of_page, settled=settled)
        if grounds is None:
            return None
        case = self._cases.get(hit.key)
        if case is not None and abs(hit.time - case.last) > QUIET_SECONDS:
            del self._cases[hit.key]
            case = None
        if case is None:
            case = self._begin(hit)
        if case is not None:
            case.add(hit, grounds)
            self._dirty[case.serial] = case
        return case

    def learn(self, mac: str, verdict: Verdict, evidence: Evidence) -> None:
        """Take in what happened to an attempt that is still open."""
        case = self._cases.get((mac, verdict.category or "", verdict.exercise))
        if case is not None and verdict.name in case.names:
            case.learn(evidence)
            if case.dirty:
                self._dirty[case.serial] = case

    def amend(self, mac: str, verdict: Verdict, visit: float, intent: Intent) -> None:
        """The reading of a visit that began at `visit`, now that its moment is over; ignored where the case has closed."""
        self.scales.settle(mac, visit, verdict, part_of_page=intent_weight(intent, verdict.category or "") < 0)
        case = self._cases.get((mac, verdict.category or "", verdict.exercise))
        if case is not None and case.amend(entry_of(verdict), visit, intent):
            self._dirty[case.serial] = case

    def rename(self, names: Mapping[str, str]) -> None:
        """Devices are called otherwise now, by key: their open incidents say so too."""
        for case in self._cases.values():
            name = names.get(case.key[0])
            if name is not None and name != case.device:
                case.device, case.dirty = name, True
                self._dirty[case.serial] = case

    def due(self) -> Iterator[Case]:
        """Cases to be saved, in the order in which they came up. Saving tells the case through `settle`."""
        yield from list(self._dirty.values())

    @property
    def pressing(self) -> bool:
        """Whether something waits that must be saved at once."""
        return any(case.pressing for case in self._dirty.values())

    def unsaved_urgent(self) -> int:
        """Urgent cases that the store has not taken: the lamp must show them all the same."""
        return sum(case.level == "urgent" and (not case.id or case.sounds) for case in self._dirty.values())

    def incident(self, case: Case, now: float) -> Incident:
        """The incident of a case, with its sentence as read at `now`."""
        return case.incident(now, self._zone)

    def reword(self, incident: Incident, now: float) -> str:
        """An incident's sentence as read at `now`."""
        return write_sentence(incident, now, self._zone)

    def settle(self, case: Case, stored: Incident) -> None:
        """The store's answer to a save. Where somebody has decided in between, what came since begins a new case."""
        self._dirty.pop(case.serial, None)
        # What came before somebody decided belongs to what was decided, saved by then or not.
        hits = [hit for hit in case.since_saved if hit.time > stored.decided_at]
        known = case.id
        case.saved(stored.id)
        case.acknowledged = stored.acknowledged
        if stored.decision is None:
            return
        if self._cases.get(case.key) is case:
            del self._cases[case.key]
        for hit in hits if known else ():
            self.hit(hit)

    def follow(self, open_incidents: Iterable[Incident]) -> None:
        """What the store holds open now: drop what was decided, take in what was reopened or is from before a restart."""
        held = {incident.id: incident for incident in open_incidents}
        for key, case in list(self._cases.items()):
            if case.id and case.id not in held and not case.dirty:
                del self._cases[key]
        for incident in held.values():
            self._take_over(incident)

    def forget_quiet(self, now: float) -> None:
        """Close cases that a whole day has been quiet on."""
        for key, case in list(self._cases.items()):
            if abs(now - case.last) > QUIET_SECONDS:
                del self._cases[key]

    def _take_over(self, incident: Incident) -> None:
        key = (incident.mac, incident.category, incident.exercise)
        case = self._cases.get(key)
        if case is None and len(self._cases) < self._limit:
            self._serial += 1
            case = self._cases[key] = resume(incident, self._serial)
        if case is not None and case.id == incident.id:
            case.acknowledged = incident.acknowledged

    def _begin(self, hit: Hit) -> Case | None:
        hour = int(hit.time // 3600)
        if hour != self._hour:
            self._hour, self._new_this_hour = hour, 0
        if self._new_this_hour >= self._new_per_hour or not self._has_room():
            self.capped += 1
            return None
        self._new_this_hour += 1
        self._serial += 1
        case = self._cases[hit.key] = Case(hit, self._serial)
        return case

    def _has_room(self) -> bool:
        """Whether another case fits; the one quiet longest makes room where the store already has it."""
        if len(self._cases) < self._limit:
            return True
        resting = [case for case in self._cases.values() if not case.dirty]
        if not resting:
            return False
        del self._cases[min(resting, key=lambda case: case.last).key]
        return True
