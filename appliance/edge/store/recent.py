"""The last hours, in memory only: the names that were asked for, and the newest health and lamp."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from appliance.edge.store.database import Database
from appliance.model import Health, Lamp, RecentName

LOST_TOUCH = "We have lost touch with the box."


class Recent:
    """The ring of names, and two small states that are overwritten in place."""

    def __init__(self, db: Database, boot: str) -> None:
        self._db = db
        self._boot = boot

    def add(self, rows: Iterable[RecentName]) -> None:
        """Add names to the ring."""
        sql = "INSERT INTO names (time, mac, kind, name, count) VALUES (?, ?, ?, ?, ?)"
        self._db.execute_many(sql, [(row.time, row.mac, row.kind, row.name, row.count) for row in rows])

    def trim(self, now: float, hours: float, rows: int) -> int:
        """Forget names older than `hours` and the oldest beyond `rows`; returns how many went."""
        with self._db.transaction():
            aged = self._db.execute("DELETE FROM names WHERE time < ?", (now - hours * 3600,))
            return aged + self._db.execute("DELETE FROM names WHERE id <= (SELECT max(id) FROM names) - ?", (rows,))

    def names(self, *, mac: str | None, since: float, until: float, limit: int) -> list[RecentName]:
        """Names in a span of time, oldest first; the newest `limit` of them."""
        only = "AND mac = ?" if mac is not None else ""
        sql = (
            "SELECT time, mac, kind, name, count FROM (SELECT * FROM names WHERE time BETWEEN ? AND ? "  # noqa: S608
            f"{only} ORDER BY time DESC, id DESC LIMIT ?) ORDER BY time, id"
        )
        parameters = (since, until, mac, limit) if mac is not None else (since, until, limit)
        return [msgspec.convert(row, RecentName) for row in self._db.rows(sql, parameters)]

    def count_askers(self, pattern: str) -> int:
        """How many devices asked for a name, or for one below it."""
        sql = "SELECT count(DISTINCT mac) AS n FROM names WHERE name = ? OR substr(name, -?) = ?"
        row = self._db.row(sql, (pattern, len(pattern) + 1, f".{pattern}"))
        return int(row["n"]) if row else 0

    def save(self, state: Health | Lamp) -> None:
        """Overwrite the newest health or lamp."""
        row = (type(state).__name__, self._boot, msgspec.json.encode(state).decode())
        self._db.execute("INSERT OR REPLACE INTO states (name, boot, state) VALUES (?, ?, ?)", row)

    def health(self) -> Health | None:
        """The newest health, None before the guardian has written one."""
        text = self._state("Health")
        return msgspec.json.decode(text, type=Health) if text else None

    def lamp(self) -> Lamp | None:
        """The newest lamp, None before the guardian has written one."""
        text = self._state("Lamp")
        return msgspec.json.decode(text, type=Lamp) if text else None

    def lamp_now(self, now: float, stale_after: float) -> Lamp:
        """The lamp as it must be shown: once it is older than `stale_after` seconds, red stays red and all else turns grey."""
        lamp = self.lamp()
        if lamp is None:
            return Lamp(colour="grey", sentence=LOST_TOUCH, blind=True)
        # A clock that was set back leaves a lamp from the future: that one is old too.
        if abs(now - lamp.time) <= stale_after or lamp.colour == "red":
            return lamp
        return msgspec.structs.replace(lamp, colour="grey", sentence=LOST_TOUCH, buzzer=False, blind=True)

    def _state(self, name: str) -> str | None:
        row = self._db.row("SELECT state FROM states WHERE name = ?", (name,))
        return row["state"] if row else None
