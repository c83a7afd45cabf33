"""What a device did around an incident, in ten-minute steps and plain groups: never a list of every name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from markupsafe import Markup
from msgspec import Struct

from appliance.model import RecentName
from web_ui.hostnames import show_site
from web_ui.wording import listed
from web_ui.wording.dates import say_time

STEP = 600
SHOWN = 5
# Second-level endings under which a third label names the owner; enough to group by, not to judge by.
SHARED = frozenset({"ac", "co", "com", "gov", "ltd", "me", "net", "nhs", "org", "plc", "police", "sch"})


class Step(Struct, frozen=True):
    """Ten minutes: when, the sites that came up in the incident, and the other sites, those most asked for by name."""

    when: str
    flagged: Markup
    sites: Markup


def group(rows: Iterable[RecentName], flagged: Iterable[str]) -> list[Step]:
    """The rows (oldest first) as steps."""
    known = frozenset(flagged)
    steps: dict[int, Counter[str]] = {}
    for row in rows:
        steps.setdefault(int(row.time // STEP), Counter())[row.name] += row.count
    return [_step(number, names, known) for number, names in sorted(steps.items())]


def _step(number: int, names: Counter[str], known: frozenset[str]) -> Step:
    owners: Counter[str] = Counter()
    for name, count in names.items():
        if name not in known:
            owners[owner(name)] += count
    sites = [show_site(name) for name, _count in owners.most_common()]
    flagged = [show_site(name) for name in sorted(names) if name in known][:SHOWN]
    return Step(
        f"{say_time(number * STEP)}–{say_time((number + 1) * STEP - 1)}", listed.join(flagged), listed.join_some(sites, SHOWN)
    )


def owner(name: str) -> str:
    """The part of a name that its owner registered, as far as a glance tells."""
    labels = name.rsplit(".", 3)
    keep = 3 if len(labels) > 2 and labels[-2] in SHARED and len(labels[-1]) == 2 else 2
    return ".".join(labels[-keep:])
