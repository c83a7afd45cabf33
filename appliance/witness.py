"""What the box witnesses of the school's filter: rows of the store, shared by whoever judges and whoever shows them.

None of it is about a device's conduct: counts of tries, how search engines are answered, and tests that somebody ran.
Days are `2026-11-24` in the school's own time zone.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

SIGHT = "sight"  # the category of an incident that is a fall of what the box sees; in place of a MAC it has "sight:CAUSE"

# active: the list seems to be in force; not active: the test page answered; asked: somebody ran it, and nothing more was seen
CheckResult = Literal["active", "not active", "asked"]


class WitnessCount(Struct, frozen=True, kw_only=True):
    """Tries of listed names in one category on one day, by what became of them."""

    day: str
    category: str
    stopped: int = 0
    reached: int = 0
    unclear: int = 0

    @property
    def tries(self) -> int:
        """All of them."""
        return self.stopped + self.reached + self.unclear


class SafeSearch(Struct, frozen=True, kw_only=True):
    """One search engine on one day: devices whose last answer led to its strict side, and devices whose answer did not.

    `unseen` is what the DNS did not do; it never means that safe search was off.
    """

    day: str
    engine: str
    seen: int = 0
    unseen: int = 0
    last: float = 0.0


class FilterCheck(Struct, frozen=True, kw_only=True):
    """A public test of the filter that somebody ran on a device: which list it asks about and what the box saw happen."""

    time: float
    mac: str
    device: str
    test: str
    result: CheckResult = "asked"
    seen: str = ""  # one sentence
