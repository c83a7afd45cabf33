"""What a rule would have changed, before anybody saves it: incidents that an allow rule would have left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from appliance.judge.categories import SERIOUS_CORE
from appliance.judge.policy import covers
from appliance.model import Incident
from appliance.school import Rule


def is_serious(category: str) -> bool:
    """Whether the category belongs to the serious core, which nobody in a school can switch off."""
    return category in SERIOUS_CORE


def left_out(rule: Rule, incidents: Iterable[Incident], group_of: Callable[[str], str]) -> list[Incident]:
    """The incidents of which nothing would be left; `group_of` gives the id of the group that a MAC is in."""
    if rule.kind != "allow":
        return []
    return [incident for incident in incidents if _is_left_out(rule, incident) and _is_meant(rule, incident.mac, group_of)]


def _is_left_out(rule: Rule, incident: Incident) -> bool:
    if is_serious(incident.category) or incident.exercise or (rule.category and rule.category != incident.category):
        return False
    return not rule.pattern or (bool(incident.names) and all(covers(rule.pattern, name) for name in incident.names))


def _is_meant(rule: Rule, mac: str, group_of: Callable[[str], str]) -> bool:
    if rule.scope == "school":
        return True
    return rule.target == (mac if rule.scope == "device" else group_of(mac))
