"""What a technician may look through: a fixed set of read-only tables with health and counts, and nothing of what came up.

Every look opens the file for reading only and is stopped after half a second: no page holds up the guardian.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from appliance.edge.store.errors import StoreError, explained

SECONDS = 0.5
STEPS = 10_000  # of SQLite's machine between two looks at the clock
FACET_VALUES = 12


class TooSlow(StoreError):  # noqa: N818 - it says what is the case
    """A look took longer than the box gives it."""


class Shelf(Struct, frozen=True):
    """One table: its columns, those that hold times, those worth counting by, and what its rows are made from."""

    columns: tuple[str, ...]
    source: str
    order: str
    times: frozenset[str] = frozenset()
    facets: tuple[str, ...] = ()


class Leaf(Struct, frozen=True):
    """What a look found: rows in the order of the columns, how many there are in all, and how often each value is."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    total: int
    facets: dict[str, list[tuple[Any, int]]]


SHELVES: Final[Mapping[str, Shelf]] = {
    "devices": Shelf(
        ("mac", "label", "heard_name", "maker", "private", "vlan", "group_id", "addresses", "first_seen", "last_seen"),
        """SELECT mac, label, heard_name, maker, private, vlan, group_id, first_seen, last_seen,
            (SELECT group_concat(value, ' ') FROM json_each(addresses)) AS addresses
            FROM devices LEFT JOIN members USING (mac)""",
        "last_seen DESC, mac",
        frozenset({"first_seen", "last_seen"}),
        ("maker", "vlan", "private", "group_id"),
    ),
    "sights": Shelf(
        ("hour", "mac", "heard", "asked", "answered", "seen", "named", "quiet", "reasons"),
        "SELECT * FROM sights",
        "hour DESC, seen DESC, mac",
        frozenset({"hour"}),
        ("mac",),
    ),
    "lists": Shelf(
        ("name", "category", "entries", "refused", "version", "updated", "checked", "problem"),
        """SELECT name, status ->> 'category' AS category, status ->> 'entries' AS entries, status ->> 'refused' AS refused,
            status ->> 'version' AS version, status ->> 'updated' AS updated, status ->> 'checked' AS checked,
            status ->> 'problem' AS problem FROM lists""",
        "name",
        frozenset({"updated", "checked"}),
        ("category",),
    ),
    "witness": Shelf(
        ("day", "category", "stopped", "reached", "unclear"),
        "SELECT * FROM witness_counts",
        "day DESC, category",
        facets=("category",),
    ),
    "safesearch": Shelf(
        ("day", "engine", "seen", "unseen", "last"),
        "SELECT * FROM safesearch",
        "day DESC, engine",
        frozenset({"last"}),
        ("engine",),
    ),
    "filter_checks": Shelf(
        ("time", "device", "mac", "test", "result", "seen"),
        "SELECT * FROM filter_checks",
        "time DESC",
        frozenset({"time"}),
        ("test", "result"),
    ),
    "check_log": Shelf(
        ("time", "what", "device_type", "place", "user_group", "result"),
        "SELECT * FROM check_log",
        "time DESC",
        frozenset({"time"}),
        ("what", "result", "place"),
    ),
}


class Browsing:
    """Reads the shelves, each look over a connection of its own that can't write."""

    def __init__(self, path: Path, seconds: float = SECONDS) -> None:
        self._path = path
        self._seconds = seconds

    def look(
        self, shelf: str, wanted: Mapping[str, str], *, sort: str = "", falling: bool = False, limit: int = 100, offset: int = 0
    ) -> Leaf:
        """Rows whose columns have the wanted values. KeyError for a shelf that is not there; unknown columns are left out."""
        table = SHELVES[shelf]
        given = {column: value for column, value in wanted.items() if column in table.columns}
        # Compared as text, so that a value from an address fits whatever type the column has; "" stands for nothing.
        where = " AND ".join(f"coalesce(CAST({column} AS TEXT), '') = ?" for column in given) or "1"
        order = f"{sort} {'DESC' if falling else 'ASC'}, {table.order}" if sort in table.columns else table.order
        base, values = f"FROM ({table.source}) WHERE {where}", tuple(given.values())
        rows = f"SELECT {', '.join(table.columns)} {base} ORDER BY {order} LIMIT ? OFFSET ?"
        deadline = time.monotonic() + self._seconds
        with explained(self._path), closing(self._open(deadline)) as connection:
            try:
                found = connection.execute(rows, (*values, limit, offset)).fetchall()
                (total,) = connection.execute(f"SELECT count(*) {base}", values).fetchone()
                facets = {column: _count(connection, column, base, values) for column in table.facets}
            except sqlite3.OperationalError as error:
                if error.sqlite_errorname == "SQLITE_INTERRUPT":
                    raise TooSlow("This look took too long; narrow it down.") from error
                raise
        return Leaf(table.columns, found, total, facets)

    def _open(self, deadline: float) -> sqlite3.Connection:
        connection = sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=0.2)
        connection.execute("PRAGMA query_only = ON")
        connection.set_progress_handler(lambda: time.monotonic() > deadline, STEPS)
        return connection


def _count(connection: sqlite3.Connection, column: str, base: str, values: Sequence[str]) -> list[tuple[Any, int]]:
    """The values of a column that are most frequent among the rows, with how often each is."""
    sql = f"SELECT {column}, count(*) AS n {base} GROUP BY 1 ORDER BY n DESC, 1 LIMIT ?"
    return [(value, number) for value, number in connection.execute(sql, (*values, FACET_VALUES))]
