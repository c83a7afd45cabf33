"""Which days a device did what on: the small memory that tells a pattern from a single hit.

Only days are kept, by device and category, for two weeks; at most a thousand devices. Whoever owns the store keeps them through a
restart (`take_changes`, `restore`). What is doubtful, a test or a help line never gets in here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, tzinfo

from appliance.judge.categories import CATEGORIES, SERIOUS_CORE
from appliance.judge.levels import is_worrying
from appliance.school import PatternDay

DEVICES = 1_000
DAYS = 14  # kept for each device and category
WEEK = 7  # days that a pattern may span, today included


class Patterns:
    """Days by device and category. `evicted` counts devices that had to go for want of room, the one noted longest ago first."""

    def __init__(self, zone: tzinfo, *, limit: int = DEVICES) -> None:
        self._zone = zone
        self._limit = limit
        self._days: dict[str, dict[str, list[int]]] = {}
        self._changes: list[PatternDay] = []
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._days)

    def day_of(self, time: float) -> int:
        """The day of a moment in the school's own time zone, as a number that rises by one each day."""
        return datetime.fromtimestamp(time, self._zone).toordinal()

    def note(self, mac: str, category: str, time: float) -> None:
        """The device did something in this category."""
        if self._add(mac, category, self.day_of(time)):
            self._changes.append(PatternDay(mac, category, self.day_of(time)))
            del self._changes[: -self._limit * DAYS]

    def days(self, mac: str, category: str, time: float) -> int:
        """On how many days of the week up to this moment it did so, this day included."""
        day = self.day_of(time)
        return len({day, *self._within(mac, category, day)})

    def themes(self, mac: str, category: str, time: float) -> tuple[str, ...]:
        """The worrying categories of the week up to this moment with the one at hand, in the order of the table of categories."""
        day = self.day_of(time)
        return tuple(key for key in CATEGORIES if is_worrying(key) and (key == category or self._within(mac, key, day)))

    def met_serious(self, mac: str, time: float) -> tuple[str, int] | None:
        """The newest category of the serious core in the week up to this moment, with its day; None where there was none."""
        day = self.day_of(time)
        met = [(found[-1], key) for key in sorted(SERIOUS_CORE) if (found := self._within(mac, key, day))]
        return (max(met)[1], max(met)[0]) if met else None

    def restore(self, days: Iterable[PatternDay]) -> None:
        """Take over what the store holds, oldest first."""
        for row in sorted(days, key=lambda row: (row.day, row.mac, row.category)):
            self._add(row.mac, row.category, row.day)

    def take_changes(self) -> list[PatternDay]:
        """The days that are new since the last call."""
        changes, self._changes = self._changes, []
        return changes

    def _add(self, mac: str, category: str, day: int) -> bool:
        """Whether this was news."""
        if category not in CATEGORIES:
            return False
        known = self._days.pop(mac, None)
        if known is None:
            known = {}
            if len(self._days) >= self._limit:
                del self._days[next(iter(self._days))]
                self.evicted += 1
        self._days[mac] = known  # at the end: the one noted longest ago stands first
        days = known.setdefault(category, [])
        if day in days:
            return False
        days.append(day)
        del days[:-DAYS]
        return True

    def _within(self, mac: str, category: str, day: int) -> list[int]:
        """The days of the week up to `day`, in their order; a clock that was set back leaves days from the future out."""
        return sorted(known for known in self._days.get(mac, {}).get(category, ()) if day - WEEK < known <= day)
