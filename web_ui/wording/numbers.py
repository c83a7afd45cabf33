"""Counts in words: small ones are not said, for in a small school they point at a child."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from appliance.model import Tally
from web_ui.hostnames import clean
from web_ui.wording import categories
from web_ui.wording.texts import gettext as _

FEW = 5


class Span(Struct, frozen=True):
    """What came up within some days."""

    days: int
    urgent: int
    look: int
    closed: int
    waiting: int
    stopped: int


class SpanWords(Struct, frozen=True):
    """The same with small numbers unsaid."""

    days: int
    urgent: str
    look: str
    closed: str
    waiting: str
    stopped: str


def hide(span: Span) -> SpanWords:
    """The counts in words; those that are small are not said."""
    counts = (span.urgent, span.look, span.closed, span.waiting, span.stopped)
    return SpanWords(span.days, *(say_count(count) for count in counts))


def say_count(count: int) -> str:
    """The count, or that there were fewer than five."""
    if count == 0:
        return _("none")
    return str(count) if count >= FEW else _("fewer than five")


def kinds(tallies: Iterable[Tally]) -> list[tuple[str, str]]:
    """How often each kind came up, the most frequent first."""
    counts: Counter[str] = Counter()
    for tally in tallies:
        counts[tally.category] += tally.count
    return [(clean(categories.title(category), 80), say_count(count)) for category, count in counts.most_common()]
