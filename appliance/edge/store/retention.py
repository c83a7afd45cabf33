"""What is old enough goes: closed incidents with their record, worries with theirs. The chain keeps a link for each row.

A link holds a digest and no word of what was written, so the chain stays whole and says of each row whether the box removed it.
What nobody has decided about stays, save notes that nobody has written on: they never wait for a decision.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from appliance.edge.store.chain import REMOVED
from appliance.edge.store.database import Database
from appliance.edge.store.journal import Journal
from appliance.school import WORRY

DAY = 86_400.0
AT_ONCE = 200  # incidents in one go: the lamp waits while they are taken out
STRANGE = 3 * DAY  # since the last look: the box was off, or its clock has jumped
LOOKED = "retention_looked"  # the setting that holds when this was done last
BOX = "The box"  # who stands in the audit for it

_OLD: Final = f"""
    SELECT id FROM incidents WHERE last_seen < ? AND category {{}} '{WORRY}'
    AND (decision IS NOT NULL OR (level = 'note' AND NOT EXISTS (SELECT 1 FROM notes WHERE incident = incidents.id)))
    AND NOT EXISTS (SELECT 1 FROM notes WHERE incident = incidents.id AND time >= ?)
    ORDER BY id LIMIT {AT_ONCE}"""  # noqa: S608 - only the comparison is put in
_IDLE_HOURS: Final = """
    DELETE FROM kept_sights WHERE NOT EXISTS (
        SELECT 1 FROM incidents WHERE incidents.mac = kept_sights.mac AND incidents.last_seen >= kept_sights.hour
        AND incidents.first_seen < kept_sights.hour + 3600)"""


def _only_removed(table: str) -> tuple[str, ...]:
    """The trigger against deletions, which from now on lets go what the chain says is removed."""
    return (
        f"DROP TRIGGER {table}_no_delete",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} WHEN NOT EXISTS ("  # noqa: S608 - tables are ours
        f"SELECT 1 FROM chain WHERE source = '{table}' AND row = OLD.id AND content = '{REMOVED}') "
        f"BEGIN SELECT RAISE(ABORT, '{table} are only ever added to'); END",
    )


RETENTION_TABLES: Final = tuple(step for table in ("notes", "particulars", "worries") for step in _only_removed(table))


class Removed(Struct, frozen=True):
    """How many incidents and worries went; `more` where others are old enough as well."""

    incidents: int = 0
    worries: int = 0
    more: bool = False


class Retention:
    """Takes out what is older than its term, some at a time."""

    def __init__(self, db: Database, journal: Journal) -> None:
        self._db = db
        self._journal = journal

    def forget(self, now: float, incident_days: int, worry_days: int) -> Removed:
        """Remove what is too old by this clock, with one audit row for each kind.

        After a look long ago, or in the future, nothing goes until the next one a day later: the clock may have jumped.
        """
        with self._db.transaction():
            if not self._is_sane(now):
                return Removed()
            incidents = self._take("!=", now - incident_days * DAY)
            worries = self._take("=", now - worry_days * DAY)
            for count, what, days in ((len(incidents), "incidents", incident_days), (len(worries), "worries", worry_days)):
                if count:
                    self._journal.add(now, BOX, f"removed {what}", f"{count} older than {days} days")
            if incidents or worries:
                self._db.execute(_IDLE_HOURS)
            return Removed(len(incidents), len(worries), AT_ONCE in (len(incidents), len(worries)))

    def _is_sane(self, now: float) -> bool:
        """Whether the clock agrees with the last look; it is remembered once a day."""
        before = float(self._journal.setting(LOOKED) or "-inf")
        if not 0 <= now - before < DAY:
            self._journal.put_setting(LOOKED, str(now))
        return 0 <= now - before <= STRANGE

    def _take(self, comparison: str, cutoff: float) -> list[int]:
        numbers = [int(row["id"]) for row in self._db.rows(_OLD.format(comparison), (cutoff, cutoff))]
        for number in numbers:
            self._remove(number)
        return numbers

    def _remove(self, number: int) -> None:
        """An incident and all that hangs on it; each row that is evidence leaves its link."""
        notes = self._ids("SELECT id FROM notes WHERE incident = ?", number)
        for note in notes:
            self._drop("particulars", self._ids("SELECT id FROM particulars WHERE note = ?", note))
        self._drop("notes", notes)
        worries = self._ids("SELECT worry AS id FROM worry_incidents WHERE incident = ?", number)
        self._db.execute("DELETE FROM worry_incidents WHERE incident = ?", (number,))
        self._drop("worries", worries)
        self._drop("incidents", [number])

    def _drop(self, table: str, rows: list[int]) -> None:
        for row in rows:
            self._journal.chain.remove(table, row)
            self._db.execute(f"DELETE FROM {table} WHERE id = ?", (row,))  # noqa: S608 - tables are ours

    def _ids(self, sql: str, number: int) -> list[int]:
        return [int(row["id"]) for row in self._db.rows(sql, (number,))]
