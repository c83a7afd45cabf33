"""Numbers for governors: how much came up and what became of it, without a device, a site or a name."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, render_template

from appliance.model import Tally
from web_ui import cases
from web_ui.records import now, store
from web_ui.wording import numbers as wording

blueprint = Blueprint("numbers", __name__)

DAY = 86_400.0
SPANS = (7, 28, 91)


@blueprint.get("/numbers")
def show() -> str:
    """Counts of the last week, four weeks and quarter; and kinds, where they are not so few that they point at a child."""
    quarter = now() - SPANS[-1] * DAY
    return render_template(
        "numbers.html",
        spans=[wording.hide(_count(store().tallies(now() - days * DAY), days)) for days in SPANS],
        # What came up on the reader's own devices: the totals count it, the kinds do not give it away.
        kinds=wording.kinds(store().tallies(quarter, hidden_from=cases.owner())),
        asked=store().cases.count_name_asks(quarter),
        health=store().health(),
    )


def _count(tallies: list[Tally], days: int) -> wording.Span:
    def among(fits: Callable[[Tally], bool]) -> int:
        return sum(tally.count for tally in tallies if fits(tally))

    return wording.Span(
        days,
        urgent=among(lambda tally: tally.level == "urgent"),
        look=among(lambda tally: tally.level == "look"),
        closed=among(lambda tally: tally.closed),
        waiting=among(lambda tally: not tally.closed),
        stopped=among(lambda tally: tally.outcome == "stopped"),
    )
