"""The filter's witness: of the listed names that were tried, how many were stopped and how many got through, by day and category.

The box is not the filter, so it can count what the filter does. Counts only: no device and no name is in here once a try is over.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, tzinfo

from msgspec import Struct

from appliance.judge.categories import CATEGORIES
from appliance.judge.intent import site_of
from appliance.judge.outcomes import Evidence, outweighs
from appliance.model import Outcome, Verdict
from appliance.witness import WitnessCount

SECONDS = 15.0  # after the last request of a try: what happens to it has happened by then
JITTER = 1.0  # seconds by which the wire may bring packets out of order
TRIES = 5_000  # open at once
WAITING = 1_000  # (day, category) counted and not taken yet

_Key = tuple[str, str, str]  # device, site, category


class _Try(Struct):
    last: float
    outcome: Outcome = "tried"
    sure: bool = True


class FilterWitness:
    """Tries while they are open, and counts until they are taken. `evicted` counts tries that were closed for want of room."""

    def __init__(self, zone: tzinfo, *, tries: int = TRIES) -> None:
        self._zone = zone
        self._limit = tries
        self._tries: dict[_Key, _Try] = {}
        self._counts: dict[tuple[str, str], WitnessCount] = {}
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._tries) + len(self._counts)

    def note_try(self, device: str, time: float, verdict: Verdict) -> None:
        """A device asked for a listed name or connected to it. Exercises and guesses from words are no test of a filter."""
        if verdict.exercise or verdict.confidence == "low" or not verdict.category:
            return
        key = (device, site_of(verdict.name), verdict.category)
        known = self._tries.pop(key, None)
        if known is not None and abs(time - known.last) > SECONDS:
            self._count(key, known)
            known = None
        known = known or _Try(time)
        known.last = max(known.last, time)
        self._tries[key] = known
        while len(self._tries) > self._limit:
            oldest = next(iter(self._tries))
            self._count(oldest, self._tries.pop(oldest))
            self.evicted += 1

    def learn(self, device: str, time: float, verdict: Verdict, evidence: Evidence) -> None:
        """What happened to a try that is still open."""
        known = self._tries.get((device, site_of(verdict.name), verdict.category or ""))
        if known is None or not -JITTER <= time - known.last <= SECONDS:
            return
        if outweighs(evidence.outcome, known.outcome):
            known.outcome, known.sure = evidence.outcome, evidence.sure
        elif evidence.outcome == known.outcome:
            known.sure = known.sure or evidence.sure

    def settle(self, now: float) -> None:
        """Count the tries that are over."""
        for key, known in list(self._due(now)):
            del self._tries[key]
            self._count(key, known)

    def take_counts(self) -> list[WitnessCount]:
        """What was counted since the last call, to be added to what is kept."""
        counts, self._counts = self._counts, {}
        return list(counts.values())

    def _due(self, now: float) -> Iterable[tuple[_Key, _Try]]:
        for key, known in self._tries.items():
            if abs(now - known.last) <= SECONDS:
                return
            yield key, known

    def _count(self, key: _Key, known: _Try) -> None:
        day = datetime.fromtimestamp(known.last, self._zone).date().isoformat()
        row = (day, key[2])
        if row not in self._counts and len(self._counts) >= WAITING:
            self.evicted += 1
            return
        before = self._counts.get(row) or WitnessCount(day=day, category=key[2])
        stopped = known.outcome == "stopped" and known.sure
        reached = known.outcome == "reached"
        self._counts[row] = WitnessCount(
            day=day,
            category=key[2],
            stopped=before.stopped + stopped,
            reached=before.reached + reached,
            unclear=before.unclear + (not stopped and not reached),
        )


def say_witness(rows: Iterable[WitnessCount]) -> list[str]:
    """What the filter did, in sentences: first in all, then the categories in which something got through, the most first."""
    by_category: dict[str, list[int]] = {}
    for row in rows:
        sums = by_category.setdefault(row.category, [0, 0, 0])
        for place, number in enumerate((row.stopped, row.reached, row.unclear)):
            sums[place] += number
    if not by_category:
        return ["No listed name was tried, so there is nothing to say of the filter."]
    stopped, reached, unclear = (sum(sums[place] for sums in by_category.values()) for place in range(3))
    leaky = sorted((item for item in by_category.items() if item[1][1]), key=lambda item: (-item[1][1], item[0]))
    return [
        _say_sums("Tries of listed names", stopped, reached, unclear),
        *(_say_sums(CATEGORIES[key].title if key in CATEGORIES else key, *sums) for key, sums in leaky),
    ]


def _say_sums(what: str, stopped: int, reached: int, unclear: int) -> str:
    told = f"{what}: {stopped + reached + unclear:,}; the filter stopped {stopped:,}, {reached:,} got through"
    return f"{told}, and of {unclear:,} we can't tell." if unclear else f"{told}."
