"""Two records of one machine: a device that changes its address is known by the school as one, under the record it chose."""

from __future__ import annotations

from typing import Final

from appliance.edge.store.database import Database
from appliance.edge.store.devices import Devices
from appliance.edge.store.errors import StoreError
from appliance.edge.store.journal import Journal
from appliance.edge.store.register import Register

MERGED_TABLES: Final = (
    "CREATE TABLE merged (mac TEXT PRIMARY KEY, main TEXT NOT NULL) STRICT",
    "CREATE INDEX merged_main ON merged (main)",
)
MOST = 20  # records of one machine


class Merging:
    """Which record is another of which machine. Nothing that was seen is changed: taking it back is one row less."""

    def __init__(self, db: Database, devices: Devices, register: Register, journal: Journal) -> None:
        self._db = db
        self._devices = devices
        self._register = register
        self._journal = journal

    def all(self) -> dict[str, str]:
        """The main record of each record that is another of it."""
        return {row["mac"]: row["main"] for row in self._db.rows("SELECT mac, main FROM merged ORDER BY mac")}

    def family(self, mac: str) -> list[str]:
        """All records of the machine that one of them belongs to, the main one first."""
        row = self._db.row("SELECT main FROM merged WHERE mac = ?", (mac,))
        main = row["main"] if row else mac
        return [main, *(row["mac"] for row in self._db.rows("SELECT mac FROM merged WHERE main = ? ORDER BY mac", (main,)))]

    def merge(self, mac: str, into: str, *, by: str, now: float) -> None:
        """Say that `mac` is the same machine as `into`: it takes over that one's name and group. Raises NotFound, StoreError."""
        with self._db.transaction():
            main = self.family(into)[0]
            self._devices.one(mac)
            label, group = self._devices.one(main).label, self._register.members().get(main)
            joining = self.family(mac)
            if main in joining:
                raise StoreError("These are the same record already.")
            if len(joining) + len(self.family(main)) > MOST:
                raise StoreError("One machine can have at most 20 records.")
            for one in joining:
                self._db.execute("INSERT OR REPLACE INTO merged (mac, main) VALUES (?, ?)", (one, main))
                self._devices.name(one, label, by=by, now=now)
                self._register.set_group(one, group, by=by, now=now)
            self._journal.add(now, by, "devices merged", f"{mac} {main}")

    def part(self, mac: str, *, by: str, now: float) -> None:
        """They are two machines after all; each keeps the name and group that it has now."""
        with self._db.transaction():
            if self._db.execute("DELETE FROM merged WHERE mac = ?", (mac,)):
                self._journal.add(now, by, "devices parted", mac)
