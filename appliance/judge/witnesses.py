"""What the box witnesses of the school's filter, together: tries and their ends, safe search, tests that somebody ran.

    flagged name, answer, hello -> FilterWitness      any answer -> SafeSearchWatch      a test's name -> FilterChecks

None of it makes an incident or says anything of a device's conduct.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo

from msgspec import Struct

from appliance.judge.filter_checks import FilterChecks, is_check
from appliance.judge.filter_witness import FilterWitness
from appliance.judge.safesearch import SafeSearchWatch
from appliance.model import DnsAnswer, HelloAnswered, Seen
from appliance.witness import FilterCheck, SafeSearch, WitnessCount

DAYS_WAITING = 1_000  # rows of each kind kept while nobody can take them


class Witnessed(Struct):
    """What is to be kept: counts to add, days of safe search to replace, checks to write down."""

    counts: list[WitnessCount]
    safesearch: list[SafeSearch]
    checks: list[FilterCheck]

    def __bool__(self) -> bool:
        return bool(self.counts or self.safesearch or self.checks)

    def extend(self, later: Witnessed) -> None:
        """Add what came later, within bounds."""
        self.counts = [*self.counts, *later.counts][-DAYS_WAITING:]
        self.safesearch = [*self.safesearch, *later.safesearch][-DAYS_WAITING:]
        self.checks = [*self.checks, *later.checks][-DAYS_WAITING:]


class Witnesses:
    """The three witnesses of one box."""

    def __init__(self, zone: tzinfo) -> None:
        self.filter = FilterWitness(zone)
        self.safesearch = SafeSearchWatch(zone)
        self.checks = FilterChecks()

    def check(self, device: str, seen: Seen, name: str) -> bool:
        """Whether a sighting is part of a test of the filter; it is taken in, and nobody else may judge it."""
        if not is_check(name):
            return False
        if isinstance(seen, DnsAnswer):
            self.checks.answered(device, seen)
        elif isinstance(seen, HelloAnswered):
            self.checks.hello_answered(device, seen)
        else:
            self.checks.asked(device, seen.time, name)
        return True

    def settle(self, now: float, name_of: Callable[[str], str]) -> None:
        """Time has come to `now`: what is over is counted and written down."""
        self.filter.settle(now)
        self.checks.settle(now, name_of)

    def take(self) -> Witnessed:
        """Everything since the last call."""
        return Witnessed(self.filter.take_counts(), self.safesearch.take_changes(), self.checks.take_done())

    def bounds(self) -> dict[str, int]:
        """How often each bound was hit."""
        return {
            "tries-evicted": self.filter.evicted,
            "safesearch-full": self.safesearch.full,
            "filter-checks-full": self.checks.full,
        }
