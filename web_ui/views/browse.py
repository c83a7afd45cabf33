"""Browse, for the technician: health and counts as tables to filter, sort and save; read-only, and nothing of what came up."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from flask_babel import get_timezone
from msgspec import Struct, to_builtins

from appliance.edge.store import SHELVES, Leaf, Shelf
from web_ui.downloads import as_file
from web_ui.hostnames import clean
from web_ui.records import afterwards, now, store
from web_ui.views.mine import me
from web_ui.wording import browse as wording
from web_ui.wording import csv_files

blueprint = Blueprint("browse", __name__)

PAGE, MOST = 100, 10_000
TIMES = ("time", "started", "last_packet")


class Asked(Struct, frozen=True):
    """What the address asks for: the values that columns must have, and the order."""

    wanted: dict[str, str]
    sort: str
    falling: bool

    def arguments(self, **changes: str | None) -> dict[str, str]:
        """The same as the arguments of an address, with changes; None takes one away."""
        given: dict[str, str | None] = {**self.wanted, "sort": self.sort or None, "falling": "1" if self.falling else None}
        return {key: value for key, value in (given | changes).items() if value is not None}


@blueprint.get("/browse")
def listed() -> str:
    """The tables there are, and the sensor's counters as they stand."""
    health = store().health()
    told: dict[str, Any] = to_builtins(health) if health else {}
    reasons, sight = told.pop("reasons", {}), told.pop("sight", None) or {}
    told |= {key: _stamp(told[key]) for key in TIMES if told.get(key)}
    counters = {key: value for key, value in told.items() if key not in ("lists", "problems")}
    groups = [(wording.counters(), counters), (wording.reasons(), reasons), (wording.hour(), sight)]
    return render_template(
        "browse/listed.html",
        shelves={name: wording.title(name) for name in SHELVES},
        groups=[(heading, sorted((key, clean(str(value), 200)) for key, value in rows.items())) for heading, rows in groups],
        problems=[clean(problem, 80) for problem in (health.problems if health else ())],
    )


@blueprint.get("/browse/<shelf>")
def show(shelf: str) -> str:
    """One table, a page of it."""
    table, asked = _find(shelf), _asked(shelf)
    start = max(0, min(request.args.get("from", 0, type=int), MOST))
    leaf = _look(shelf, asked, PAGE, start)
    return render_template(
        "browse/show.html",
        shelf=shelf,
        title=wording.title(shelf),
        columns=table.columns,
        rows=_say(leaf, table),
        total=leaf.total,
        facets={column: [(_text(value), number) for value, number in found] for column, found in leaf.facets.items()},
        asked=asked,
        start=start,
        page=PAGE,
    )


@blueprint.get("/browse/<shelf>.csv")
def as_csv(shelf: str) -> Response:
    """The same rows as a file for a spreadsheet."""
    table = _find(shelf)
    leaf = _look(shelf, _asked(shelf), MOST, 0)
    return as_file(csv_files.write(table.columns, _say(leaf, table)), f"{shelf}.csv")


@blueprint.get("/browse/<shelf>.json")
def as_json(shelf: str) -> Response:
    """The same rows as JSON, with the values as the box keeps them."""
    leaf = _look(shelf, _asked(shelf), MOST, 0)
    rows = [dict(zip(leaf.columns, row, strict=True)) for row in leaf.rows]
    return as_file(json.dumps({"total": leaf.total, "rows": rows}).encode(), f"{shelf}.json", "application/json")


def _find(shelf: str) -> Shelf:
    return SHELVES[shelf] if shelf in SHELVES else abort(404)


def _asked(shelf: str) -> Asked:
    columns = _find(shelf).columns
    wanted = {key: value[:200] for key, value in request.args.items() if key in columns}
    # The form names its column in one field and the value in another.
    if request.args.get("column") in columns:
        wanted[request.args["column"]] = request.args.get("is", "")[:200]
    sort = request.args.get("sort", "")
    return Asked(wanted, sort if sort in columns else "", request.args.get("falling") == "1")


def _look(shelf: str, asked: Asked, limit: int, start: int) -> Leaf:
    who, moment = me().full_name, now()
    afterwards(lambda records: records.note_read(who, f"browse {shelf}", now=moment))
    return store().browsing.look(shelf, asked.wanted, sort=asked.sort, falling=asked.falling, limit=limit, offset=start)


def _say(leaf: Leaf, table: Shelf) -> list[list[str]]:
    return [list(_cells(zip(leaf.columns, row, strict=True), table)) for row in leaf.rows]


def _cells(row: Iterable[tuple[str, Any]], table: Shelf) -> Iterable[str]:
    for column, value in row:
        yield _stamp(value) if column in table.times and value else _text(value)


def _text(value: Any) -> str:
    return "" if value is None else clean(str(value), 300)


def _stamp(value: float) -> str:
    return datetime.fromtimestamp(min(max(float(value), 0.0), 4e9), get_timezone()).strftime("%Y-%m-%d %H:%M:%S")
