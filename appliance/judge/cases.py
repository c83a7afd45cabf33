"""One case: an incident while it can still grow, by visits, their outcome, and who probably made them.

A case counts visits, not packets: the look-ups, hellos and answers of one page load are one visit.
"""

from __future__ import annotations

from datetime import tzinfo

from msgspec import Struct
from msgspec.structs import replace

from appliance.judge.intent import intent_weight, site_of
from appliance.judge.levels import Grounds, Weighed, higher, surer, weigh
from appliance.judge.opinions import Opinions
from appliance.judge.outcomes import Evidence, outweighs
from appliance.judge.sentences import write_sentence
from appliance.model import GUESSED, Confidence, Incident, Intent, Level, Outcome, Verdict

NAMES = 20  # distinct names kept per incident; the count goes on
ENTRIES = 64  # list entries whose last visit is remembered per incident
VISIT_SECONDS = 10.0  # requests for the same entry within this time of each other are one visit
SOUND_AGAIN_SECONDS = 3_600.0  # an acknowledged urgent incident that comes back after this must be seen again

Key = tuple[str, str, bool]  # device, category, exercise


class Hit(Struct, frozen=True, kw_only=True):
    """One flagged sighting: which device (its key and the name to show), which verdict, when.

    `intent` is the reading of the visit that it belongs to, which began at `visit`; None where nothing is to be read.
    """

    time: float
    mac: str
    device: str
    verdict: Verdict
    intent: Intent | None = None
    visit: float = 0.0

    @property
    def part_of_page(self) -> bool:
        """Whether it looks like part of another page or an app's doing, so that nobody may have asked for it."""
        return intent_weight(self.intent, self.verdict.category or "") < 0

    @property
    def entry(self) -> str:
        """What tells its visits from those to other sites."""
        return entry_of(self.verdict)

    @property
    def key(self) -> Key:
        """What it folds into."""
        return (self.mac, self.verdict.category or "", self.verdict.exercise)


def entry_of(verdict: Verdict) -> str:
    """What a visit is a visit to: the list's entry, and for a guess the site, since many sites have a word in their names."""
    return site_of(verdict.name) if verdict.guess else verdict.entry or verdict.name


class _Standing(Struct):
    """What the level of the visits to one entry stands on, and what that came to."""

    grounds: Grounds
    weighed: Weighed


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
        "id",
        "kept",
        "key",
        "last",
        "level",
        "names",
        "opinions",
        "outcome",
        "pressing",
        "reason",
        "reasons",
        "serial",
        "since_saved",
        "sounds",
        "source",
        "standings",
        "visits",
    )

    def __init__(self, hit: Hit, serial: int) -> None:
        self.serial = serial
        self.id = 0
        self.key = hit.key
        self.device = hit.device
        # What the level stands on: the gravest of these, or what the store held before a restart.
        self.standings: dict[str, _Standing] = {}
        self.opinions = Opinions()
        self.kept: Weighed | None = None
        self.level: Level = "note"
        self.reasons: tuple[str, ...] = ()
        self.first = self.last = hit.time
        self.count = 0
        self.names: list[str] = []
        self.outcome: Outcome = "tried"
        self.evidence = ""
        self.confidence: Confidence = hit.verdict.confidence
        self.reason = hit.verdict.reason  # of the first visit
        self.source = hit.verdict.source
        self.visits: dict[str, float] = {}
        self.acknowledged = self.sounds = False
        self.dirty = self.pressing = True
        # What came in since the last save: if somebody decides in between, this begins the next incident.
        self.since_saved: list[Hit] = []

    def add(self, hit: Hit, grounds: Grounds) -> None:
        """Take one hit in, with what its level stands on."""
        verdict = hit.verdict
        if self._is_new_visit(hit.entry, hit.time):
            self.count += 1
        if verdict.name not in self.names and len(self.names) < NAMES:
            self.names.append(verdict.name)
        if self.acknowledged and self.level == "urgent" and hit.time - self.last > SOUND_AGAIN_SECONDS:
            self.acknowledged, self.sounds, self.pressing = False, True, True
        if self.source.startswith(GUESSED) and not verdict.guess:
            # A site that a list knows says more of the device than one that was guessed at.
            self.reason, self.source = verdict.reason, verdict.source
        self.confidence = surer(verdict.confidence, self.confidence)
        if hit.intent is not None:
            self.opinions.note(hit.entry, hit.visit, hit.intent)
        self._stand_on(hit.entry, grounds)
        self.device, self.dirty = hit.device, True
        self.first, self.last = min(self.first, hit.time), max(self.last, hit.time)
        if len(self.since_saved) < ENTRIES:
            self.since_saved.append(hit)

    def learn(self, evidence: Evidence) -> None:
        """Take in what happened to an attempt; the weightier evidence stays."""
        if outweighs(evidence.outcome, self.outcome):
            self.outcome, self.evidence, self.dirty = evidence.outcome, evidence.reason, True
            for entry in self.standings:
                self._weigh_again(entry)
            self._settle_level()

    def amend(self, entry: str, visit: float, intent: Intent) -> bool:
        """The visit has been read again, with what followed it; whether that changes anything.

        What has once stood as urgent stays so: the lamp has been red, and somebody may be on the way.
        """
        if not self.opinions.amend(entry, visit, intent):
            return False
        if self.level == "urgent":
            self.kept = Weighed(self.level, self.reasons)
        if entry in self.standings:
            self._weigh_again(entry)
        self._settle_level()
        self.dirty = True
        return True

    def incident(self, now: float, zone: tzinfo) -> Incident:
        """The incident as it stands, with its sentence as read at `now`."""
        mac, category, exercise = self.key
        intent = self.opinions.overall
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
            intent=intent.kind if intent else None,
            intent_reasons=intent.reasons if intent else (),
        )
        return _with_sentence(incident, now, zone)

    def saved(self, number: int) -> None:
        """The store has it, under this id."""
        self.id = number
        self.dirty = self.pressing = self.sounds = False
        self.since_saved.clear()

    def _stand_on(self, entry: str, grounds: Grounds) -> None:
        """The gravest visit to an entry counts: a doubtful one after a sure one lowers nothing."""
        known = self.standings.get(entry)
        if known is not None and higher(weigh(grounds, self.outcome).level, known.weighed.level) == known.weighed.level:
            grounds = known.grounds
        if known is not None or len(self.standings) < ENTRIES:
            self.standings[entry] = _Standing(grounds, weigh(grounds, self.outcome))
            self._weigh_again(entry)
        elif higher(weigh(grounds, self.outcome).level, self.level) != self.level:
            self.kept = weigh(grounds, self.outcome)
        self._settle_level()

    def _weigh_again(self, entry: str) -> None:
        """Weigh one entry's visits by the outcome and the reading as they are now."""
        standing, intent = self.standings[entry], self.opinions.of(entry)
        if intent is not None:
            weight = intent_weight(intent, self.key[1])
            standing.grounds = replace(standing.grounds, part_of_page=weight < 0, by_person=weight > 0)
        standing.weighed = weigh(standing.grounds, self.outcome)
        if standing.grounds.guess:
            self._count_guesses()

    def _count_guesses(self) -> None:
        """Names of one category that no list knows and a person chose bear each other out."""
        chosen = [one for one in self.standings.values() if one.grounds.guess and one.grounds.by_person]
        for standing in chosen:
            if standing.grounds.sites != len(chosen):
                standing.grounds = replace(standing.grounds, sites=len(chosen))
                standing.weighed = weigh(standing.grounds, self.outcome)

    def _settle_level(self) -> None:
        """The level and its reasons, by all that is known now. A level that rises must be seen again."""
        weighed = self.kept
        for standing in self.standings.values():
            if weighed is None or higher(standing.weighed.level, weighed.level) != weighed.level:
                weighed = standing.weighed
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


def _with_sentence(incident: Incident, now: float, zone: tzinfo) -> Incident:
    return replace(incident, sentence=write_sentence(incident, now, zone))


def resume(incident: Incident, serial: int) -> Case:
    """A case that goes on from what the store holds."""
    verdict = Verdict(name="", category=incident.category, level=incident.level, exercise=incident.exercise)
    case = Case(Hit(time=incident.first_seen, mac=incident.mac, device=incident.device, verdict=verdict), serial)
    case.saved(incident.id)
    case.last, case.count, case.names = incident.last_seen, incident.count, list(incident.names)
    case.outcome, case.confidence, case.acknowledged = incident.outcome, incident.confidence, incident.acknowledged
    case.reason, case.source = incident.reason, incident.source
    case.level, case.reasons = incident.level, incident.reasons
    case.kept = Weighed(incident.level, incident.reasons)
    if incident.intent is not None:
        case.opinions.kept = Intent(incident.intent, "low", incident.intent_reasons)
    return case
