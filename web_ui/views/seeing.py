"""Can we see? How much of what devices did was in sight, hour by hour, why not the rest; and what the filter was seen to do."""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import Any

from flask import Blueprint, render_template, request

from appliance.model import Device, Sight
from web_ui.records import now, store
from web_ui.wording import filter_seen
from web_ui.wording import sight as wording
from web_ui.wording.dates import local
from web_ui.wording.devices import say_name

blueprint = Blueprint("seeing", __name__)

PAGE = 20
HOURS = 12
QUIET_SHOWN = 12
FILTER_DAYS = 30


@blueprint.get("/can-we-see")
def show() -> str:
    """The last twelve hours, the devices that hid most first."""
    start = max(0, request.args.get("from", 0, type=int))
    whole = store().sight(since=_first_hour(), mac="")
    school = wording.sum_up(whole)
    names = {device.mac: _name(device) for device in store().devices()}
    # Thousands of hours stay in the store: they are added up there, and only those on this page are fetched.
    hidden = {mac: told for mac, told in store().hidden(_first_hour()).items() if mac in names}
    worst = sorted(hidden, key=lambda mac: (-hidden[mac][0], names[mac].casefold(), mac))
    shown = worst[start : start + PAGE]
    by_device = _by_device(store().sight_of(shown, _first_hour()))
    hours = sorted({row.hour for row in itertools.chain(whole, *by_device.values())})
    return render_template(
        "seeing/show.html",
        school=school,
        share=wording.share(school),
        figure=wording.say_figure(school),
        reasons=wording.say_reasons(school),
        asks=wording.ask_it_support(school),
        hours=wording.say_hours(hours),
        strips=[wording.make_strip(mac, names[mac], by_device[mac], hours) for mac in shown],
        total=len(worst),
        start=start,
        page=PAGE,
        width=len(hours) * wording.STEP,
        high=wording.HIGH,
        **_quiet([mac for mac, (_, told) in hidden.items() if not told], names),
        **_filter(),
    )


def _filter() -> dict[str, Any]:
    """What the box saw of the school's filter and of safe search."""
    since = local(now() - FILTER_DAYS * 86_400.0).date().isoformat()
    counts = store().witness(since)
    return {
        "filter_words": filter_seen.say_filter(counts),
        "kinds": filter_seen.kinds(counts),
        "engines": filter_seen.engines(store().safesearch(), now()),
    }


def _first_hour() -> float:
    """When the oldest of the twelve hours began."""
    return now() // wording.HOUR * wording.HOUR - (HOURS - 1) * wording.HOUR


def _name(device: Device) -> str:
    return say_name(device.name)


def _by_device(rows: list[Sight]) -> dict[str, list[Sight]]:
    """The hours of each device."""
    found: dict[str, list[Sight]] = defaultdict(list)
    for row in rows:
        found[row.mac].append(row)
    return found


def _quiet(macs: list[str], names: dict[str, str]) -> dict[str, Any]:
    """Devices that were heard, and in all these hours never said where they went."""
    quiet = sorted(macs, key=lambda mac: names[mac].casefold())
    return {
        "quiet": [(mac, names[mac]) for mac in quiet[:QUIET_SHOWN]],
        "more_quiet": max(0, len(quiet) - QUIET_SHOWN),
        "quiet_words": wording.say_quiet(quiet) if quiet else "",
    }
