"""That the week was watched, and what the filter did in it, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from appliance.model import Sight
from appliance.school import Hours
from appliance.witness import WitnessCount
from web_ui.wording.dates import local, monday, say_date, say_time
from web_ui.wording.sight import share, sum_up
from web_ui.wording.texts import format_number, ngettext
from web_ui.wording.texts import gettext as _

HOUR = 3600.0
USUAL = tuple(Hours(weekday=day, opens="09:00", closes="15:00") for day in range(5))
GAPS_SHOWN = 2


def say_week(sights: Sequence[Sight], hours: Sequence[Hours], now: float) -> tuple[str, ...]:
    """How many of this week's school hours the box heard the network, and when it did not; empty before it could hear any.

    `sights` are the school's own hours, as far back as they are kept: what lies before the first is no gap.
    """
    heard = {sight.hour for sight in sights if sight.heard}
    began = min(heard, default=now)
    wanted = [hour for hour in _school_hours(hours or USUAL, now) if hour >= began]
    gaps = [hour for hour in wanted if hour not in heard]
    if not wanted:
        return ()
    if not gaps:
        return (ngettext("one school hour, without a gap", "%(num)d school hours, without a gap", len(wanted)),)
    seen = ngettext(
        "%(seen)s of one school hour",
        "%(seen)s of %(num)d school hours",
        len(wanted),
        seen=format_number(len(wanted) - len(gaps)),
    )
    return (seen, *(_say_gap(first, last, now) for first, last in _join(gaps)[:GAPS_SHOWN]))


def _school_hours(hours: Sequence[Hours], now: float) -> list[float]:
    """When each whole hour of this week in which the school was open began; the one at hand is not over yet."""
    start = monday(now)
    found = [start + HOUR * number for number in range(int((now - start) // HOUR))]
    return [hour for hour in found if any(_is_in(hour, day) for day in hours)]


def _is_in(hour: float, day: Hours) -> bool:
    begins, ends = f"{local(hour):%H:%M}", f"{local(hour + HOUR - 1):%H:%M}"
    return local(hour).weekday() == day.weekday and day.opens <= ends and begins < day.closes


def _join(gaps: Sequence[float]) -> list[tuple[float, float]]:
    """Hours that follow each other as one gap: when it began and ended."""
    found: list[tuple[float, float]] = []
    for hour in gaps:
        if found and found[-1][1] == hour:
            found[-1] = (found[-1][0], hour + HOUR)
        else:
            found.append((hour, hour + HOUR))
    return found


def _say_gap(first: float, last: float, now: float) -> str:
    day, start, end = say_date(first, now), say_time(first), say_time(last)
    return _("nothing heard on %(day)s from %(start)s to %(end)s", day=day, start=start, end=end)


def say_stopped(counts: Iterable[WitnessCount]) -> str:
    """What became of tries of listed sites this week, as far as the box saw it."""
    rows = list(counts)
    stopped, reached = sum(row.stopped for row in rows), sum(row.reached for row in rows)
    if not stopped + reached:
        return _("none that we saw")
    return ngettext("%(stopped)s of one try", "%(stopped)s of %(num)d tries", stopped + reached, stopped=format_number(stopped))


def say_named(sights: Iterable[Sight]) -> str:
    """How much of what the school connected to this week the box could name, in one line; empty before there was anything."""
    total = sum_up(sights)
    told = share(total)
    if told is None:
        return ""
    return ngettext(
        "This week we could tell where %(share)d%% of one connection went.",
        "This week we could tell where %(share)d%% of %(count)s connections went.",
        total.seen,
        share=told,
        count=format_number(total.seen),
    )
