"""Numbers for governors: how much came up and what became of it, without a device, a site or a name."""

from __future__ import annotations

from flask import Blueprint, render_template

from appliance.model import Incident
from web_ui import cases
from web_ui.records import now, store
from web_ui.wording import numbers as wording

blueprint = Blueprint("numbers", __name__)

DAY = 86_400.0
SPANS = (7, 28, 91)
MOST = 20_000


@blueprint.get("/numbers")
def show() -> str:
    """Counts of the last week, four weeks and quarter; and kinds, where they are not so few that they point at a child."""
    found, hidden = store().incidents(since=now() - SPANS[-1] * DAY, limit=MOST), _hidden()
    return render_template(
        "numbers.html",
        spans=[wording.hide(_count(found, days)) for days in SPANS],
        kinds=wording.kinds([one for one in found if one.level != "note" and not one.exercise and one.id not in hidden]),
        asked=store().cases.count_name_asks(now() - SPANS[-1] * DAY),
        health=store().health(),
        full=len(found) == MOST,
    )


def _hidden() -> frozenset[int]:
    """What came up on the reader's own devices: the totals count it, the kinds do not give it away."""
    username = cases.owner()
    return store().ownership.hidden(username) if username else frozenset()


def _count(found: list[Incident], days: int) -> wording.Span:
    since = now() - days * DAY
    within = [one for one in found if one.last_seen >= since and one.level != "note" and not one.exercise]
    closed = sum(1 for one in within if one.decision)
    return wording.Span(
        days,
        sum(1 for one in within if one.level == "urgent"),
        sum(1 for one in within if one.level == "look"),
        closed,
        len(within) - closed,
        sum(1 for one in within if one.outcome == "stopped"),
    )
