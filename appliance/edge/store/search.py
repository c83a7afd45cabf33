"""What somebody looks for among the incidents, as conditions of one query."""

from __future__ import annotations

from typing import Any, Literal, get_args

from msgspec import Struct

from appliance.edge.store.database import Database
from appliance.edge.store.incidents import COLUMNS, URGENT_FIRST, to_incident
from appliance.edge.store.ownership import HIDDEN
from appliance.model import Incident, Level

State = Literal["new", "seen", "looking", "closed"]
STATES: tuple[State, ...] = get_args(State)

_STATE = "CASE WHEN decision IS NOT NULL THEN 'closed' WHEN acknowledged THEN 'looking' WHEN seen THEN 'seen' ELSE 'new' END"
# States that one column tells.
_PLAIN: dict[tuple[State, ...], str] = {
    ("new", "seen", "looking"): "decision IS NULL",
    ("closed",): "decision IS NOT NULL",
}
# A device by the name that it had then, its present names, or its MAC.
_DEVICE = (
    "(device LIKE ? ESCAPE '\\' OR mac = ? OR mac IN (SELECT mac FROM devices "
    "WHERE label LIKE ? ESCAPE '\\' OR heard_name LIKE ? ESCAPE '\\'))"
)
# Passed to somebody, and not passed on or decided since. Whoever was never given anything costs one look at an index.
PASSED_TO = """(id IN (SELECT n.incident FROM particulars p JOIN notes n ON n.id = p.note WHERE p.key = 'to' AND p.value = ?)
    AND (SELECT p.value FROM notes n JOIN particulars p ON p.note = n.id AND p.key = 'to'
         WHERE n.incident = incidents.id AND n.kind = 'passed' ORDER BY n.id DESC LIMIT 1) = ?)"""


class Wanted(Struct, frozen=True, kw_only=True):
    """What must fit; whatever is empty fits all. `device` and `site` are parts of names, `since` and `until` seconds.

    `hidden_from` leaves out what came up on the own devices of the person with that username.
    """

    states: tuple[State, ...] = ()
    levels: tuple[Level, ...] = ()
    category: str = ""
    device: str = ""
    site: str = ""
    since: float | None = None
    until: float | None = None
    passed_to: str = ""
    hidden_from: str | None = None


def find(db: Database, wanted: Wanted, limit: int, offset: int) -> list[Incident]:
    """What fits: urgent and oldest first where only open ones are wanted, else the newest first."""
    where, given = _conditions(wanted)
    still_open = bool(wanted.states) and "closed" not in wanted.states
    order = URGENT_FIRST if still_open else "last_seen DESC, id DESC"
    sql = f"SELECT {COLUMNS} FROM incidents WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?"  # noqa: S608 - values are bound
    return [to_incident(row) for row in db.rows(sql, (*given, limit, offset))]


def count(db: Database, wanted: Wanted) -> dict[State, int]:
    """How many fit, by state; every state is there."""
    where, given = _conditions(wanted)
    counts = dict.fromkeys(STATES, 0)
    for row in db.rows(f"SELECT {_STATE} AS state, count(*) AS n FROM incidents WHERE {where} GROUP BY state", given):  # noqa: S608
        counts[row["state"]] = row["n"]
    return counts


def _conditions(wanted: Wanted) -> tuple[str, tuple[Any, ...]]:
    like = _like(wanted.device)
    given: list[tuple[str, tuple[Any, ...]]] = [
        (f"{_STATE} IN ({_marks(wanted.states)})", () if wanted.states in _PLAIN else wanted.states),
        (f"level IN ({_marks(wanted.levels)})", wanted.levels),
        ("category = ?", (wanted.category,) if wanted.category else ()),
        (_DEVICE, (like, wanted.device.casefold(), like, like) if wanted.device else ()),
        ("names LIKE ? ESCAPE '\\'", (_like(wanted.site),) if wanted.site else ()),
        ("last_seen >= ?", () if wanted.since is None else (wanted.since,)),
        ("first_seen < ?", () if wanted.until is None else (wanted.until,)),
        (PASSED_TO, (wanted.passed_to, wanted.passed_to) if wanted.passed_to else ()),
        (f"NOT {HIDDEN}", (wanted.hidden_from,) if wanted.hidden_from else ()),
    ]
    asked = [(clause, values) for clause, values in given if values]
    if wanted.states in _PLAIN:
        asked.insert(0, (_PLAIN[wanted.states], ()))
    elif wanted.states and "closed" not in wanted.states:
        asked.insert(0, ("decision IS NULL", ()))  # so that the index is used
    return " AND ".join(clause for clause, _ in asked) or "1", tuple(value for _, values in asked for value in values)


def _marks(values: tuple[str, ...]) -> str:
    return ", ".join("?" * len(values))


def _like(part: str) -> str:
    """A pattern for names that hold `part`, taken as it is."""
    escaped = part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
