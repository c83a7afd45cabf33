"""What would a rule have done? Laid against recent incidents and names before it is made, so that nobody has to guess."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

from appliance.judge.categories import SERIOUS_CORE
from appliance.judge.policy import Policy, covers, group_of
from appliance.model import Incident, RecentName
from appliance.school import Rule

SHOWN = 200  # names told; the counts go on

_HIDDEN = (
    "None of these incidents would have been hidden.",
    "One incident would have been hidden.",
    "{n} incidents would have been hidden.",
)
_THINNED = ("", "One more would have named fewer sites.", "{n} more would have named fewer sites.")
_STAYING = (
    "",
    "One stays, because nobody can switch off the serious core.",
    "{n} stay, because nobody can switch off the serious core.",
)
_SHOWN = (
    "Nothing that was asked for in these hours would have been shown.",
    "One name on one device would have been shown.",
    "{n} names on {devices} would have been shown.",
)
_DEVICES = ("no device", "one device", "{n} devices")


class Shown(Struct, frozen=True, kw_only=True):
    """A name on one device that a deny rule would have reported, with how often and when."""

    name: str
    mac: str
    count: int
    first: float
    last: float


class Preview(Struct, frozen=True, kw_only=True):
    """What a rule would have done. `thinned` incidents stay, with fewer names; `staying` ones are of the serious core."""

    sentence: str
    hidden: tuple[Incident, ...] = ()
    thinned: tuple[Incident, ...] = ()
    staying: tuple[Incident, ...] = ()
    shown: tuple[Shown, ...] = ()


def preview_rule(
    rule: Rule,
    incidents: Iterable[Incident],
    names: Iterable[RecentName],
    policy: Policy,
    vlan_of: Callable[[str], int | None] = lambda _mac: None,
) -> Preview:
    """What the rule would have hidden of recent incidents (allow), or shown of recent names (deny)."""

    def meant(mac: str) -> bool:
        group = group_of(policy, mac, vlan_of(mac)).id
        return rule.scope == "school" or rule.target == (mac if rule.scope == "device" else group)

    if rule.kind == "deny":
        return _denied(rule, [name for name in names if meant(name.mac) and covers(rule.pattern, name.name)])
    return _allowed(rule, [incident for incident in incidents if meant(incident.mac) and not incident.exercise])


def _allowed(rule: Rule, incidents: Iterable[Incident]) -> Preview:
    hidden: list[Incident] = []
    thinned: list[Incident] = []
    staying: list[Incident] = []
    for incident in incidents:
        fitting = _fitting(rule, incident)
        if not fitting:
            continue
        if incident.category in SERIOUS_CORE:
            staying.append(incident)
        else:
            (hidden if fitting == len(incident.names) else thinned).append(incident)
    told = (_counted(_HIDDEN, len(hidden)), _counted(_THINNED, len(thinned)), _counted(_STAYING, len(staying)))
    sentence = " ".join(part for part in told if part)
    return Preview(sentence=sentence, hidden=tuple(hidden), thinned=tuple(thinned), staying=tuple(staying))


def _fitting(rule: Rule, incident: Incident) -> int:
    """How many of an incident's names the rule is about."""
    if rule.category and rule.category != incident.category:
        return 0
    if not rule.pattern:
        return len(incident.names)
    return sum(covers(rule.pattern, name) for name in incident.names)


def _denied(rule: Rule, names: Iterable[RecentName]) -> Preview:
    found: dict[tuple[str, str], Shown] = {}
    for seen in names:
        known = found.get((seen.name, seen.mac))
        found[seen.name, seen.mac] = Shown(
            name=seen.name,
            mac=seen.mac,
            count=seen.count + (known.count if known else 0),
            first=min(seen.time, known.first) if known else seen.time,
            last=max(seen.time, known.last) if known else seen.time,
        )
    shown = sorted(found.values(), key=lambda one: (-one.count, one.name, one.mac))
    devices = _counted(_DEVICES, len({one.mac for one in shown}))
    return Preview(sentence=_counted(_SHOWN, len(shown)).replace("{devices}", devices), shown=tuple(shown[:SHOWN]))


def _counted(forms: tuple[str, str, str], n: int) -> str:
    return forms[min(n, 2)].replace("{n}", str(n))
