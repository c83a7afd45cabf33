"""A list that learns a name looks back: which of the last hours' names would have been flagged had it known them then.

Nobody could have acted at the time, so what is found this way is to be looked at and no alarm, except in the serious core.
"""

from __future__ import annotations

from datetime import datetime, tzinfo

from msgspec.structs import replace

from appliance.judge.categories import SERIOUS_CORE
from appliance.judge.domains import DomainLists
from appliance.judge.names import normalise
from appliance.judge.verdicts import judge_match
from appliance.model import Verdict

MOST_FOUND = 200  # devices with a category; a list that finds more has gone wrong, or is a new kind of list: no flood either way


def learnt(name: str, old: DomainLists, new: DomainLists) -> Verdict | None:
    """What the new lists say of a name that the old ones did not say; None where they say nothing new."""
    clean = normalise(name)
    match = new.match(clean) if clean else None
    if clean is None or match is None or match.kind != "block":
        return None
    before = old.match(clean)
    if before is not None and (before.kind != "block" or before.category == match.category):
        return None
    verdict = judge_match(clean, match)
    if verdict.level == "urgent" and verdict.category not in SERIOUS_CORE:
        return replace(verdict, level="look")
    return verdict


def say_when(device: str, time: float, now: float, zone: tzinfo) -> str:
    """That a device went there before anybody here knew the name."""
    then, today = datetime.fromtimestamp(time, zone), datetime.fromtimestamp(now, zone)
    when = "earlier today" if then.date() == today.date() else f"on {then:%A}"
    return f"{device} went there {when}, before the name was known: no list held it yet."
