"""Where a row comes from: the box, this start of the machine, a number that only rises, and whether the clock was set."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from appliance.edge.store.database import Database, Row


class Origin:
    """Stamps rows that may be reported elsewhere. The box's id is made once and kept in the settings."""

    def __init__(self, db: Database, boot: str, clock_synced: Callable[[], bool | None]) -> None:
        self._db = db
        self._boot = boot
        self._clock_synced = clock_synced
        self._box = ""

    def box(self) -> str:
        """This box's id: random, made at the first start, kept for good."""
        if not self._box:
            self._db.execute("INSERT OR IGNORE INTO settings (key, value) VALUES ('box_id', ?)", (str(uuid.uuid4()),))
            row = self._db.row("SELECT value FROM settings WHERE key = 'box_id'")
            self._box = row["value"] if row else ""
        return self._box

    def stamp(self) -> Row:
        """The four columns for one row, inside the transaction that writes it."""
        box = self.box()
        self._db.execute("UPDATE counters SET value = value + 1 WHERE name = 'seq'")
        row = self._db.row("SELECT value FROM counters WHERE name = 'seq'")
        synced = self._clock_synced()
        return {
            "box": box,
            "boot": self._boot,
            "seq": row["value"] if row else 0,
            "clock_synced": None if synced is None else int(synced),
        }
