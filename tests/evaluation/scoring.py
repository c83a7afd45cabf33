"""Right answers against what came up: precision and recall by level, false alarms per device-day, the same per category, misses.

One item is one category on one device on one day. An item may have one right level or several; what no row speaks of may come up
as a `note` at most, and counts there as a note that nobody asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct, field

from appliance.judge.categories import CATEGORIES
from appliance.model import Incident, IntentKind

from .answers import RANKS, Act, Answer, Deed
from .judging import JudgedDay
from .school import Item

LEVELS: Final = ("urgent", "look", "note")

_BY_DEED: Final[dict[Deed, IntentKind]] = {
    "types": "person", "follows": "person", "busy": "person", "http": "person", "embedded": "page", "prefetched": "page",
    "app": "background",
}  # fmt: skip


class Wrong(Struct, frozen=True):
    """One item at a wrong level: what it should have been, what it was, and what the box said."""

    item: Item
    answer: Answer
    level: str
    sentence: str
    reasons: tuple[str, ...]
    deeds: tuple[str, ...] = ()

    @property
    def gravity(self) -> tuple[int, int]:
        """The worst first: urgent ones missed, urgent false alarms, then by how far off."""
        got = RANKS.index(self.level)
        return max(got, self.answer.low), max(got - self.answer.high, self.answer.low - got)


class Row(Struct):
    """Counts of one level: items at it rightly or not (`right`, `false`); items that had to reach it and did or not."""

    right: int = 0
    false: int = 0
    found: int = 0
    missed: int = 0

    @property
    def precision(self) -> float | None:
        """Of what came up at this level, the share that should have; None where nothing did."""
        return self.right / (self.right + self.false) if self.right + self.false else None

    @property
    def recall(self) -> float | None:
        """Of what had to come up at this level or above, the share that did; None where nothing had to."""
        return self.found / (self.found + self.missed) if self.found + self.missed else None


class Score(Struct):
    """All counts of a run."""

    days: int = 0
    device_days: int = 0
    sightings: int = 0
    levels: dict[str, Row] = field(default_factory=lambda: {level: Row() for level in LEVELS})
    categories: dict[str, dict[str, Row]] = field(default_factory=dict)
    readings: Counter[tuple[str, str]] = field(default_factory=Counter)
    deeds: Counter[tuple[str, str]] = field(default_factory=Counter)  # (kind of deed, right, too low or too high)
    wrong: list[Wrong] = field(default_factory=list)
    falls: list[str] = field(default_factory=list)  # of sight: none is simulated, so each is a false alarm

    def add(self, judged: JudgedDay) -> None:
        """Take one day in."""
        day = judged.day
        self.days += 1
        self.device_days += day.devices
        self.sightings += len(day.sightings)
        for item in sorted({*day.answers, *judged.incidents}, key=lambda item: (item.who, item.category)):
            self._weigh(item, day.answers.get(item, Answer(category="")), judged)
        for meant, read in readings_of(judged):
            self.readings[meant, read] += 1
        self._weigh_deeds(judged)
        self.falls += [f"{fall.sentence} {fall.reason}" for fall in judged.falls]

    def merge(self, other: Score) -> None:
        """Take another run's counts in."""
        self.days, self.device_days = self.days + other.days, self.device_days + other.device_days
        self.sightings += other.sightings
        for level, row in other.levels.items():
            _join(self.levels[level], row)
        for category, rows in other.categories.items():
            mine = self.categories.setdefault(category, {level: Row() for level in LEVELS})
            for level, row in rows.items():
                _join(mine[level], row)
        self.readings += other.readings
        self.deeds += other.deeds
        self.wrong += other.wrong
        self.falls += other.falls

    def per_device_day(self, level: str) -> float:
        """False alarms of a level for one device on one day."""
        return self.levels[level].false / self.device_days if self.device_days else 0.0

    def _weigh_deeds(self, judged: JudgedDay) -> None:
        """How each kind of deed came off. One that may not come up at all is looked for by its name, in any category."""
        for one in judged.day.played:
            act = one.act
            kind = f"{act.deed} {act.what if act.what.startswith('@') else ''}".strip()
            found = [
                (item, incident)
                for item, incident in judged.incidents.items()
                if item.who == act.who and (_concerns(act, item) or one.name in incident.names)
            ]
            answer = max(
                (judged.day.answers.get(item, act.answer) for item, _ in found), key=lambda one: one.high, default=act.answer
            )
            got = max((RANKS.index(incident.level) for _, incident in found), default=0)
            self.deeds[kind, "too high" if got > answer.high else "too low" if got < answer.low else "right"] += 1

    def _weigh(self, item: Item, answer: Answer, judged: JudgedDay) -> None:
        incident = judged.incidents.get(item)
        got = RANKS.index(incident.level) if incident else 0
        rows = (self.levels, self.categories.setdefault(item.category, {level: Row() for level in LEVELS}))
        if got and answer.low <= got <= answer.high:
            _count(rows, RANKS[got], "right")
        elif got > answer.high:
            _count(rows, RANKS[got], "false")
        if answer.low:
            _count(rows, RANKS[answer.low], "missed" if got < answer.low else "found")
        if got < answer.low or got > answer.high:
            deeds = tuple(f"{one.act.deed} {one.name} {one.act.fate}" for one in judged.day.played if _concerns(one.act, item))
            self.wrong.append(_wrong(item, answer, incident, deeds))


def readings_of(judged: JudgedDay) -> Iterator[tuple[str, str]]:
    """Who did it, and what the box read, for items with one deed behind them that tells."""
    deeds: dict[Item, set[str]] = {}
    for one in judged.day.played:
        act = one.act
        if act.answer.category:
            item = next((item for item in judged.incidents if _concerns(act, item)), None)
            if item is not None:
                deeds.setdefault(item, set()).add(_BY_DEED.get(act.deed, ""))
    for item, kinds in deeds.items():
        intent = judged.incidents[item].intent
        if len(kinds) == 1 and "" not in kinds and intent is not None:
            yield kinds.pop(), intent


def _concerns(act: Act, item: Item) -> bool:
    return act.who == item.who and act.answer.category == item.category


def _wrong(item: Item, answer: Answer, incident: Incident | None, deeds: tuple[str, ...]) -> Wrong:
    if incident is None:
        return Wrong(item, answer, "nothing", "", (), deeds)
    told = (f"{incident.intent}: " + " ".join(incident.intent_reasons),) if incident.intent else ()
    return Wrong(item, answer, incident.level, incident.sentence, (*incident.reasons, *told, ", ".join(incident.names)), deeds)


def _count(rows: Iterable[dict[str, Row]], level: str, what: str) -> None:
    for table in rows:
        row = table[level]
        setattr(row, what, getattr(row, what) + 1)


def _join(row: Row, other: Row) -> None:
    for what in row.__struct_fields__:
        setattr(row, what, getattr(row, what) + getattr(other, what))


def order_of(category: str) -> int:
    """The place of a category in the table of categories."""
    return list(CATEGORIES).index(category)
