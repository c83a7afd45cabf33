"""The readings of one case's visits, put together: who probably made them, by list entry and in all.

The visit made last by an entry may still be amended; of the earlier ones only the reading that speaks most for a person is kept.
"""

from __future__ import annotations

from msgspec import Struct

from appliance.judge.intent import graver
from appliance.model import Intent

ENTRIES = 64  # told apart; what comes beyond is left out of the reading


class _Opinion(Struct):
    """`earlier` sums up the visits before the last one, which began at `visit`."""

    visit: float
    last: Intent
    earlier: Intent | None = None

    def summed(self) -> Intent:
        """What all visits together say. Once an app's clock is found, the visits that could not be told before were its own."""
        if self.earlier is None:
            return self.last
        by_clock = self.last.kind == "background" and self.last.confidence != "low"
        if by_clock and (self.earlier.kind, self.earlier.confidence) != ("person", "high"):
            return self.last
        return graver(self.earlier, self.last)


class Opinions:
    """All readings of one case. `kept` is what the store held before a restart."""

    __slots__ = ("_entries", "kept")

    def __init__(self) -> None:
        self._entries: dict[str, _Opinion] = {}
        self.kept: Intent | None = None

    def __len__(self) -> int:
        return len(self._entries)

    def note(self, entry: str, visit: float, intent: Intent) -> None:
        """A visit was read for the first time, or is still going on."""
        known = self._entries.get(entry)
        if known is None:
            if len(self._entries) < ENTRIES:
                self._entries[entry] = _Opinion(visit, intent)
        elif known.visit == visit:
            known.last = intent
        else:
            known.earlier = known.summed()
            known.visit, known.last = visit, intent

    def amend(self, entry: str, visit: float, intent: Intent) -> bool:
        """The visit has been read again; whether that changes anything."""
        known = self._entries.get(entry)
        if known is None or known.visit != visit or known.last == intent:
            return False
        known.last = intent
        return True

    def of(self, entry: str) -> Intent | None:
        """What the visits to one entry say; None where they were not read."""
        known = self._entries.get(entry)
        return known.summed() if known else None

    @property
    def overall(self) -> Intent | None:
        """The reading that speaks most for a person, among all entries; None where nothing was read."""
        found = self.kept
        for opinion in self._entries.values():
            summed = opinion.summed()
            found = summed if found is None else graver(found, summed)
        return found
