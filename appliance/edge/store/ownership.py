"""Whose own device is which: what comes up on it is hidden from its owner, and stays so when the mark is taken away.

A worry about somebody who reads incidents is hidden from that person in the same way.
"""

from __future__ import annotations

from appliance.edge.store.database import Database
from appliance.edge.store.journal import Journal

# For a query on `incidents`, with the username as its one parameter.
HIDDEN = (
    "EXISTS (SELECT 1 FROM (SELECT ? AS username) AS reader WHERE incidents.mac = 'worry:' || reader.username OR EXISTS ("
    "SELECT 1 FROM own_devices AS own WHERE own.username = reader.username AND own.mac = incidents.mac "
    "AND (own.until IS NULL OR incidents.first_seen <= own.until)))"
)


class Ownership:
    """The marks; one that is taken away keeps hiding what began before."""

    def __init__(self, db: Database, journal: Journal) -> None:
        self._db = db
        self._journal = journal

    def devices(self, username: str) -> tuple[str, ...]:
        """The MACs that are this person's own now."""
        sql = "SELECT mac FROM own_devices WHERE username = ? AND until IS NULL ORDER BY mac"
        return tuple(row["mac"] for row in self._db.rows(sql, (username,)))

    def owns(self, username: str) -> bool:
        """Whether anything may be hidden from this person: they own a device, or did once, or a worry is about them."""
        sql = "SELECT 1 FROM own_devices WHERE username = ? UNION ALL SELECT 1 FROM incidents WHERE mac = ? LIMIT 1"
        return self._db.row(sql, (username, f"worry:{username}")) is not None

    def add(self, username: str, mac: str, *, by: str, now: float) -> None:
        """Mark a device as this person's own."""
        with self._db.transaction():
            sql = "INSERT OR REPLACE INTO own_devices (username, mac, until) VALUES (?, ?, NULL)"
            self._db.execute(sql, (username, mac))
            self._journal.add(now, by, "own device marked", mac)

    def remove(self, username: str, mac: str, *, by: str, now: float) -> None:
        """It is theirs no more: what begins from now on they see."""
        with self._db.transaction():
            sql = "UPDATE own_devices SET until = ? WHERE username = ? AND mac = ? AND until IS NULL"
            if self._db.execute(sql, (now, username, mac)):
                self._journal.add(now, by, "own device unmarked", mac)

    def hides(self, username: str, number: int) -> bool:
        """Whether this incident is hidden from this person."""
        return self._db.row(f"SELECT 1 FROM incidents WHERE {HIDDEN} AND id = ?", (username, number)) is not None  # noqa: S608

    def hidden(self, username: str) -> frozenset[int]:
        """The numbers of the incidents that are hidden from this person: few, for people own few devices."""
        return frozenset(row["id"] for row in self._db.rows(f"SELECT id FROM incidents WHERE {HIDDEN}", (username,)))  # noqa: S608

    def count_open(self, username: str) -> int:
        """How many of them wait for a decision, notes aside."""
        sql = f"SELECT count(*) AS n FROM incidents WHERE decision IS NULL AND level != 'note' AND {HIDDEN}"  # noqa: S608
        row = self._db.row(sql, (username,))
        return int(row["n"]) if row else 0
