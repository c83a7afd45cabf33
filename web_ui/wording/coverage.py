"""What the box could and could not see when something came up: the claim stands beside its limits."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.model import Sight
from web_ui.wording import sight as wording
from web_ui.wording.dates import say_time
from web_ui.wording.texts import format_number, ngettext
from web_ui.wording.texts import gettext as _


def say_then(sights: Sequence[Sight]) -> str:
    """How much of what the device did in those hours could be named, in one sentence."""
    if not sights:
        return _("The box no longer knows how much of what this device did then it could see.")
    total = wording.sum_up(sights)
    start, end = say_time(sights[0].hour), say_time(sights[-1].hour + wording.HOUR)
    share = wording.share(total)
    if share is None:
        return _("Between %(start)s and %(end)s the box saw no other connection of this device.", start=start, end=end)
    if share == 100:
        return ngettext(
            "Between %(start)s and %(end)s the box could tell where the device’s one connection went.",
            "Between %(start)s and %(end)s the box could tell where all %(count)s connections of this device went.",
            total.seen,
            start=start,
            end=end,
            count=format_number(total.seen),
        )
    return ngettext(
        "Between %(start)s and %(end)s the box could tell where %(share)d%% of the device’s one connection went.",
        "Between %(start)s and %(end)s the box could tell where %(share)d%% of this device’s %(count)s connections went.",
        total.seen,
        start=start,
        end=end,
        share=share,
        count=format_number(total.seen),
    )


def say_unseen(sights: Sequence[Sight]) -> list[str]:
    """Why the others have no name, a sentence each."""
    return wording.say_reasons(wording.sum_up(sights)) if sights else []


def say_clock(was_set: bool | None) -> str:
    """Whether the times can be relied upon."""
    if was_set is None:
        return _("The box could not tell whether its clock was right.")
    if was_set:
        return _("The box’s clock was set by the network’s time, so the times are right.")
    return _("The box’s clock had not been set by the network’s time. The times may be wrong by minutes or more.")
