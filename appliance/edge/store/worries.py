"""Worries that somebody reported on the page: never changed, only added to, bounded, and each told of to the guardian once."""

from __future__ import annotations

from typing import Final

import msgspec

from appliance.edge.store.database import Database, Row
from appliance.edge.store.errors import StoreError
from appliance.edge.store.journal import Journal
from appliance.edge.store.origin import Origin
from appliance.school import Worry

TEXT_LIMIT = 10_000  # characters: as many as the words' judge reads
NAME_LIMIT = 80
KEPT = 20_000  # no more are taken: twenty a day for years
HOUR, PER_HOUR = 3_600.0, 30  # taken within an hour, from everybody together
DAY, PER_DAY = 86_400.0, 150
_ORIGIN = "box TEXT NOT NULL, boot TEXT NOT NULL, seq INTEGER NOT NULL, clock_synced INTEGER"

WORRY_TABLES: Final = (
    f"""CREATE TABLE worries (
        id INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL, text TEXT NOT NULL, name TEXT NOT NULL, about TEXT NOT NULL,
        today INTEGER NOT NULL, {_ORIGIN}) STRICT""",
    "CREATE INDEX worries_time ON worries (time)",
    *(
        f"CREATE TRIGGER worries_no_{verb.lower()} BEFORE {verb} ON worries "
        "BEGIN SELECT RAISE(ABORT, 'worries are only ever added to'); END"
        for verb in ("UPDATE", "DELETE")
    ),
    "CREATE TABLE worry_incidents (worry INTEGER PRIMARY KEY REFERENCES worries (id), incident INTEGER NOT NULL) STRICT",
    "CREATE INDEX worry_incidents_incident ON worry_incidents (incident)",
)


class TooManyWorries(StoreError):  # noqa: N818 - it names what there is, as its siblings do
    """So many worries came in that this one was not taken."""


class Worries:
    """The table of worries, and which incident each became."""

    def __init__(self, db: Database, origin: Origin, journal: Journal) -> None:
        self._db = db
        self._origin = origin
        self._journal = journal

    def add(self, worry: Worry, *, now: float) -> Worry:
        """Write a worry down, with its link of the chain; TooManyWorries where the hour, the day or the table is full."""
        text, name = worry.text.strip()[:TEXT_LIMIT], " ".join(worry.name.split())[:NAME_LIMIT]
        if not text:
            raise StoreError("A worry needs words.")
        with self._db.transaction():
            if self.is_full(now):
                raise TooManyWorries("Too many worries came in just now.")
            row: Row = {"time": now, "text": text, "name": name, "about": worry.about, "today": int(worry.today)}
            number = self._db.insert("worries", {**row, **self._origin.stamp()})
            self._journal.chain.add("worries", number)
        return msgspec.structs.replace(worry, id=number, time=now, text=text, name=name)

    def is_full(self, now: float) -> bool:
        """Whether no more are taken now. A clock that was set back counts those of its future too."""
        sql = "SELECT (SELECT count(*) FROM worries WHERE time > ?) AS hour, (SELECT count(*) FROM worries WHERE time > ?) AS day"
        row = self._db.row(f"{sql}, (SELECT count(*) FROM worries) AS everything", (now - HOUR, now - DAY))  # noqa: S608
        return row is not None and (row["hour"] >= PER_HOUR or row["day"] >= PER_DAY or row["everything"] >= KEPT)

    def unread(self, limit: int = 50) -> list[Worry]:
        """Those that no incident was made of yet, oldest first."""
        sql = "SELECT * FROM worries WHERE id > (SELECT coalesce(max(worry), 0) FROM worry_incidents) ORDER BY id LIMIT ?"
        return [_worry(row) for row in self._db.rows(sql, (limit,))]

    def tie(self, worry: int, incident: int) -> None:
        """Keep which incident a worry became."""
        self._db.execute("INSERT INTO worry_incidents (worry, incident) VALUES (?, ?)", (worry, incident))

    def of_incident(self, incident: int) -> Worry | None:
        """The worry that an incident is about, None where it is about something else."""
        sql = "SELECT * FROM worries WHERE id = (SELECT worry FROM worry_incidents WHERE incident = ?)"
        row = self._db.row(sql, (incident,))
        return _worry(row) if row else None


def _worry(row: Row) -> Worry:
    fields = {field: row[field] for field in ("id", "time", "text", "name", "about")}
    return Worry(**fields, today=bool(row["today"]))
