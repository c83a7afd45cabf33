"""A device's day, told in sentences, as far as the box still remembers it; that somebody looked is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

from flask import Blueprint, render_template, request
from flask_babel import get_timezone
from msgspec import Struct

import phrase_lists
from web_ui import cases, names
from web_ui.records import afterwards, now, store
from web_ui.views.mine import me
from web_ui.wording import day as wording
from web_ui.wording import register as register_wording
from web_ui.wording.dates import local, say_date
from web_ui.wording.devices import say_name

blueprint = Blueprint("day", __name__)

ROWS = 5_000
DAYS = 3  # the box remembers 48 hours, which touch three days at most


class Piece(Struct, frozen=True):
    """A stretch of the day, and who had the device then where that has changed since the stretch before."""

    stretch: wording.Stretch
    holder: str


@blueprint.get("/devices/<mac>/day")
def show(mac: str) -> str:
    """What the device did today or on one of the days before."""
    device = store().device(mac)
    back = max(0, min(request.args.get("back", 0, type=int), DAYS - 1))
    since, until = _span(back)
    macs = store().merging.family(mac)
    rows = sorted(
        (row for one in macs for row in store().recent(one, since=since, until=until, limit=ROWS)), key=lambda row: row.time
    )
    incidents = [found for one in macs for found in store().incidents(mac=one, since=since, limit=500, hidden_from=cases.owner())]
    who, what, moment = me().full_name, f"day {mac} {local(since).date().isoformat()}", now()
    afterwards(lambda records: records.note_read(who, what, now=moment))
    return render_template(
        "devices/day.html",
        mac=mac,
        name=say_name(device.name),
        day=say_date(since, now()),
        back=back,
        last=DAYS - 1,
        pieces=_with_holders(mac, wording.tell(rows, incidents, is_background)),
        full=len(rows) >= ROWS,
    )


def _span(back: int) -> tuple[float, float]:
    """When the day began and ended, by the school's clock."""
    day = local(now()).date() - timedelta(days=back)
    begin, end = (
        datetime.combine(day + timedelta(days=step), datetime.min.time(), get_timezone()).timestamp() for step in (0, 1)
    )
    return begin, end - 0.001


def _with_holders(mac: str, stretches: list[wording.Stretch]) -> list[Piece]:
    pieces: list[Piece] = []
    before = ""
    for stretch in stretches:
        holder = store().who_had(mac, stretch.start, get_timezone())
        said = register_wording.say_had(holder, veiled=names.keys() != "off")
        pieces.append(Piece(stretch, said if said != before else ""))
        before = said
    return pieces


@cache
def _third_parties() -> frozenset[str]:
    return phrase_lists.third_parties()


def is_background(name: str) -> bool:
    """Whether a name stands on the list of what pages load by themselves, or below one that does."""
    labels = name.split(".")
    return any(".".join(labels[start:]) in _third_parties() for start in range(len(labels) - 1))
