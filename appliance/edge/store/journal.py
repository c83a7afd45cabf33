"""Who did what in the page or at the box, and the settings that people make there; each change writes its own audit row."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from appliance.edge.store.chain import Chain
from appliance.edge.store.database import Database
from appliance.edge.store.origin import Origin
from appliance.model import AuditEntry, ListStatus


class Journal:
    """The audit, the settings, and the state of the lists in force."""

    def __init__(self, db: Database, origin: Origin) -> None:
        self._db = db
        self._origin = origin
        self.chain = Chain(db)

    def add(self, time: float, who: str, action: str, subject: str = "") -> None:
        """Write one audit row and its link, in the transaction of the deed itself."""
        with self._db.transaction():
            row = {"time": time, "who": who, "action": action, "subject": subject, **self._origin.stamp()}
            self.chain.add("audit", self._db.insert("audit", row))

    def add_read(self, time: float, who: str, subject: str) -> None:
        """Somebody looked at a record: one audit row for each person, subject and hour."""
        hour = int(time // 3600)
        known = "SELECT 1 FROM reads WHERE who = ? AND subject = ? AND hour = ?"
        if self._db.row(known, (who, subject, hour)):
            return
        with self._db.transaction():
            self._db.execute("INSERT OR REPLACE INTO reads (who, subject, hour) VALUES (?, ?, ?)", (who, subject, hour))
            self.add(time, who, "looked", subject)

    def entries(
        self, limit: int, offset: int = 0, who: Sequence[str] = (), looks: bool | None = None, until: float | None = None
    ) -> list[AuditEntry]:
        """The newest audit entries first: of everybody or of those names, looks only or (False) deeds only, before a moment."""
        given: list[tuple[str, tuple[object, ...]]] = []
        if who:
            given.append((f"who IN ({', '.join('?' * len(who))})", tuple(who)))
        if looks is not None:
            given.append(("action = 'looked'" if looks else "action != 'looked'", ()))
        if until is not None:
            given.append(("time < ?", (until,)))
        where = " AND ".join(clause for clause, _ in given) or "1"
        values = [value for _, part in given for value in part]
        sql = f"SELECT time, who, action, subject FROM audit WHERE {where} ORDER BY id DESC LIMIT ? OFFSET ?"  # noqa: S608
        return [msgspec.convert(row, AuditEntry) for row in self._db.rows(sql, (*values, limit, offset))]

    def people(self) -> list[str]:
        """Everybody who stands in the audit, by name."""
        return [row["who"] for row in self._db.rows("SELECT DISTINCT who FROM audit ORDER BY who")]

    def setting(self, key: str) -> str | None:
        """The value of a setting, None where nobody has made it."""
        row = self._db.row("SELECT value FROM settings WHERE key = ?", (key,))
        return row["value"] if row else None

    def put_setting(self, key: str, value: str) -> None:
        """Keep a value that the box itself makes, without an audit row."""
        self._db.execute("INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)", (key, value))

    def remove_setting(self, key: str) -> None:
        """Forget a value that the box itself made."""
        self._db.execute("DELETE FROM settings WHERE key = ?", (key,))

    def set_setting(self, key: str, value: str, *, by: str, now: float) -> None:
        """Keep a value that a person chose, with an audit row."""
        with self._db.transaction():
            self.put_setting(key, value)
            self.add(now, by, "setting", key)

    def lists(self) -> list[ListStatus]:
        """The lists in force, by name."""
        rows = self._db.rows("SELECT status FROM lists ORDER BY name")
        return [msgspec.json.decode(row["status"], type=ListStatus) for row in rows]

    def save_lists(self, lists: Sequence[ListStatus]) -> None:
        """Replace what is known of the lists in force."""
        with self._db.transaction():
            self._db.execute("DELETE FROM lists")
            for status in lists:
                self._db.insert("lists", {"name": status.name, "status": msgspec.json.encode(status).decode()})
