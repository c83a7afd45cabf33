"""What the box witnesses of the school's filter: counts of tries, days of safe search, tests that somebody ran."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from appliance.edge.store.database import Database
from appliance.edge.store.origin import Origin
from appliance.witness import FilterCheck, SafeSearch, WitnessCount

DAYS = 400  # a school year and a term: what the yearly review looks back on
CHECKS = 2_000

_ADD_COUNT = """
    INSERT INTO witness_counts (day, category, stopped, reached, unclear, box, boot, seq, clock_synced)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (day, category) DO UPDATE SET stopped = stopped + excluded.stopped, reached = reached + excluded.reached,
    unclear = unclear + excluded.unclear, seq = excluded.seq"""
# The fuller row of a day stays: after a restart the box counts its devices anew.
_SAVE_SAFESEARCH = """
    INSERT INTO safesearch (day, engine, seen, unseen, last) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (day, engine) DO UPDATE SET seen = excluded.seen, unseen = excluded.unseen, last = excluded.last
    WHERE excluded.seen + excluded.unseen >= safesearch.seen + safesearch.unseen"""


class FilterRecords:
    """Three small tables; none of them holds a name that a device asked for."""

    def __init__(self, db: Database, origin: Origin) -> None:
        self._db = db
        self._origin = origin

    def add(self, counts: Iterable[WitnessCount], safesearch: Iterable[SafeSearch], checks: Iterable[FilterCheck]) -> None:
        """Add counts to those of their day, bring days of safe search up to date, write checks down; then trim."""
        with self._db.transaction():
            stamp = tuple(self._origin.stamp().values())
            rows = [(row.day, row.category, row.stopped, row.reached, row.unclear, *stamp) for row in counts]
            self._db.execute_many(_ADD_COUNT, rows)
            days = [(row.day, row.engine, row.seen, row.unseen, row.last) for row in safesearch]
            self._db.execute_many(_SAVE_SAFESEARCH, days)
            for check in checks:
                self._db.insert("filter_checks", {**msgspec.structs.asdict(check), **self._origin.stamp()})
            self._trim()

    def counts(self, since: str) -> list[WitnessCount]:
        """The counts of the days from `since` (`2026-11-24`) on, oldest first."""
        sql = "SELECT day, category, stopped, reached, unclear FROM witness_counts WHERE day >= ? ORDER BY day, category"
        return [msgspec.convert(row, WitnessCount) for row in self._db.rows(sql, (since,))]

    def safesearch(self) -> list[SafeSearch]:
        """For each engine the last day on which it was asked for, by engine."""
        sql = """SELECT day, engine, seen, unseen, last FROM safesearch AS row
                 WHERE day = (SELECT max(day) FROM safesearch WHERE engine = row.engine) ORDER BY engine"""
        return [msgspec.convert(row, SafeSearch) for row in self._db.rows(sql)]

    def checks(self, limit: int) -> list[FilterCheck]:
        """The tests that somebody ran, newest first."""
        sql = "SELECT time, mac, device, test, result, seen FROM filter_checks ORDER BY time DESC, id DESC LIMIT ?"
        return [msgspec.convert(row, FilterCheck) for row in self._db.rows(sql, (limit,))]

    def _trim(self) -> None:
        """Keep the newest days and checks: counted in rows, so that a clock that jumped ahead forgets nothing else."""
        for table in ("witness_counts", "safesearch"):
            sql = f"SELECT DISTINCT day FROM {table} ORDER BY day DESC LIMIT 1 OFFSET ?"  # noqa: S608
            last_to_go = self._db.row(sql, (DAYS,))
            if last_to_go is not None:
                self._db.execute(f"DELETE FROM {table} WHERE day <= ?", (last_to_go["day"],))  # noqa: S608
        self._db.execute("DELETE FROM filter_checks WHERE id <= (SELECT max(id) FROM filter_checks) - ?", (CHECKS,))
