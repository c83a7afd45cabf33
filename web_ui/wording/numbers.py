"""Counts in words: small ones are not said, for in a small school they point at a child."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from appliance.model import Incident
from web_ui.hostnames import clean
from web_ui.wording import categories
from web_ui.wording.texts import gettext as _

FEW = 5


def say_count(count: int) -> str:
    """The count, or that there were fewer than five."""
    if count == 0:
        return _("none")
    return str(count) if count >= FEW else _("fewer than five")


def kinds(incidents: Iterable[Incident]) -> list[tuple[str, str]]:
    """How often each kind came up, the most frequent first."""
    counts = Counter(incident.category for incident in incidents)
    return [(clean(categories.title(category), 80), say_count(count)) for category, count in counts.most_common()]
