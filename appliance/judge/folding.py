"""Hits folded into incidents: one for what one device did in one category, until it is decided or a day has been quiet.

    hit -> Case (grows) -> Incident (saved by whoever owns the store) -> decided: the next hit begins a new case

A case counts visits, not packets: the look-ups, hellos and answers of one page load are one visit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import tzinfo

from msgspec import Struct
from msgspec.structs import replace

from appliance.judge.levels import Grounds, Weighed, higher, surer, weigh
from appliance.judge.outcomes import Evidence, outweighs
from appliance.judge.policy import Policy
from appliance.judge.scales import Scales
from appliance.judge.sentences import write_sentence
from appliance.model import Confidence, Incident, Level, Outcome, Verdict

NAMES = 20  # distinct names kept per incident; the count goes on
ENTRIES = 64  # list entries whose last visit is remembered per incident
VISIT_SECONDS = 10.0  # requests for the same entry within this time of each other are one visit
QUIET_SECONDS = 86_400.0  # after such a day a new hit is a new incident
SOUND_AGAIN_SECONDS = 3_600.0  # an acknowledged urgent incident that comes back after this must be seen again
CASES = 5_000  # open at once; 1,000 devices in five categories each
NEW_PER_HOUR = 500  # new incidents; more than that is an attack on the box, or a list gone wrong

Key = tuple[str, str, bool]  # device, category, exercise


class Hit(Struct, frozen=True, kw_only=True):
    """One flagged sighting: which device (its key and the name to show), which verdict, when; `intent` is a sentence.

    `part_of_page`: it looks like part of another page, so that nobody may have asked for it.
    """

    time: float
    mac: str
    device: str
    verdict: Verdict
    intent: str = ""
    part_of_page: bool = False

    @property
    def key(self) -> Key:
        """What it folds into."""
        return (self.mac, self.verdict.category or "", self.verdict.exercise)


class Case:
    """An incident while it can still grow. `dirty`: to be saved; `pressing`: at once; `sounds`: the lamp must be red again."""

    __slots__ = (
        "acknowledged",
        "confidence",
        "count",
        "device",
        "dirty",
        "evidence",
        "first",
        "grounds",
        "id",
        "kept",
        "key",
        "last",
        "level",
        "names",
        "outcome",
        "pressing",
        "reason",
        "reasons",
        "serial",
        "since_saved",
        "sounds",
        "source",
        "visits",
    )

    def __init__(self, hit: Hit, serial: int) -> None:
        self.serial = serial
        self.id = 0
        self.key = hit.key
        self.device = hit.device
        # What the level stands on: the gravest visit, or what the store held before a restart.
        self.grounds: Grounds | None = None
        self.kept: Weighed | None = None
        self.level: Level = "note"
        self.reasons: tuple[str, ...] = ()
        self.first = self.last = hit.time
        self.count = 0
        self.names: list[str] = []
        self.outcome: Outcome = "tried"
        self.evidence = ""
        self.confidence: Confidence = hit.verdict.confidence
        # Of the first visit; an exercise needs no reading of minds.
        self.reason = hit.verdict.reason if hit.verdict.exercise else f"{hit.verdict.reason} {hit.intent}".strip()
        self.source = hit.verdict.source
        self.visits: dict[str, float] = {}
        self.acknowledged = self.sounds = False
        self.dirty = self.pressing = True
        # What came in since the last save: if somebody decides in between, this begins the next incident.
        self.since_saved: list[Hit] = []

    def add(self, hit: Hit, grounds: Grounds) -> None:
        """Take one hit in, with what its level stands on."""
        verdict = hit.verdict
        if self._is_new_visit(verdict.entry or verdict.name, hit.time):
            self.count += 1
        if verdict.name not in self.names and len(self.names) < NAMES:
            self.names.append(verdict.name)
        if self.acknowledged and self.level == "urgent" and hit.time - self.last > SOUND_AGAIN_SECONDS:
            self.acknowledged, self.sounds, self.pressing = False, True, True
        self.confidence = surer(verdict.confidence, self.confidence)
        self._stand_on(grounds)
        self.device, self.dirty = hit.device, True
        self.first, self.last = min(self.first, hit.time), max(self.last, hit.time)
        if len(self.since_saved) < ENTRIES:
            self.since_saved.append(hit)

    def learn(self, evidence: Evidence) -> None:
        """Take in what happened to an attempt; the weightier evidence stays."""
        if outweighs(evidence.outcome, self.outcome):
            self.outcome, self.evidence, self.dirty = evidence.outcome, evidence.reason, True
            self._weigh()

    def incident(self, now: float, zone: tzinfo) -> Incident:
        """The incident as it stands, with its sentence as read at `now`."""
        mac, category, exercise = self.key
        incident = Incident(
            id=self.id,
            category=category,
            level=self.level,
            device=self.device,
            mac=mac,
            first_seen=self.first,
            last_seen=self.last,
            count=self.count,
            names=tuple(self.names),
            outcome=self.outcome,
            confidence=self.confidence,
            reason=f"{self.reason} {self.evidence}".strip(),
            reasons=self.reasons,
            source=self.source,
            exercise=exercise,
        )
        return _with_sentence(incident, now, zone)

    def saved(self, number: int) -> None:
        """The store has it, under this id."""
        self.id = number
        self.dirty = self.pressing = self.sounds = False
        self.since_saved.clear()

    def _stand_on(self, grounds: Grounds) -> None:
        """The gravest visit counts: a doubtful one after a sure one lowers nothing."""
        known = weigh(self.grounds, self.outcome) if self.grounds else None
        new = weigh(grounds, self.outcome)
        if known is None or higher(new.level, known.level) != known.level:
            self.grounds = grounds
        self._weigh()

    def _weigh(self) -> None:
        """The level and its reasons, by all that is known now. A level that rises must be seen again."""
        weighed = weigh(self.grounds, self.outcome) if self.grounds else None
        if weighed is None or (self.kept is not None and higher(self.kept.level, weighed.level) == self.kept.level):
            weighed = self.kept
        if weighed is None:
            return
        if higher(weighed.level, self.level) != self.level:
            self.pressing, self.acknowledged = True, False
        self.level, self.reasons = weighed.level, weighed.reasons

    def _is_new_visit(self, entry: str, time: float) -> bool:
        """Whether the last request for this entry was long enough ago. The wire may bring packets a little out of order."""
        before = self.visits.pop(entry, None)
        self.visits[entry] = time if before is None else max(time, before)
        if len(self.visits) > ENTRIES:
            del self.visits[next(iter(self.visits))]
        return before is None or abs(time - before) > VISIT_SECONDS


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
        grounds = self.scales.lay(hit.mac, hit.time, hit.verdict, part_of_page=hit.part_of_page)
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
        hits = list(case.since_saved)
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
            if case.id and case.id not in held:
                # What came before somebody decided belongs to what was decided, saved or not.
                case.since_saved.clear()
                if not case.dirty:
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
            case = self._cases[key] = _case_of(incident, self._serial)
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


def _with_sentence(incident: Incident, now: float, zone: tzinfo) -> Incident:
    return replace(incident, sentence=write_sentence(incident, now, zone))


def _case_of(incident: Incident, serial: int) -> Case:
    """A case that goes on from what the store holds."""
    verdict = Verdict(name="", category=incident.category, level=incident.level, exercise=incident.exercise)
    case = Case(Hit(time=incident.first_seen, mac=incident.mac, device=incident.device, verdict=verdict), serial)
    case.saved(incident.id)
    case.last, case.count, case.names = incident.last_seen, incident.count, list(incident.names)
    case.outcome, case.confidence, case.acknowledged = incident.outcome, incident.confidence, incident.acknowledged
    case.reason, case.source = incident.reason, incident.source
    case.level, case.reasons = incident.level, incident.reasons
    case.kept = Weighed(incident.level, incident.reasons)
    return case
