"""How much of each hour was in sight, by device and for the school: counts only, no names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from appliance.edge.store.database import Database, Row
from appliance.edge.store.origin import Origin
from appliance.model import Incident, Sight

DEVICE_SECONDS = 48 * 3600.0  # how long a device's hours are kept
SCHOOL_SECONDS = 30 * 86_400.0  # the school's own, against which a fall is measured
HOUR = 3600.0
AHEAD_SECONDS = 2 * 3600.0  # hours further ahead come from a clock that was wrong

_REASONS = msgspec.json.Decoder(dict[str, int])
_COUNTS = ("heard", "asked", "answered", "seen", "named", "quiet", "reasons")
_COLUMNS = ", ".join(("hour", "mac", *_COUNTS))
# The fuller row of an hour stays: after a clock was set back an hour may come up twice.
_UPSERT = f"""
    INSERT INTO sights ({_COLUMNS}, box, boot, seq, clock_synced) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (hour, mac) DO UPDATE SET {", ".join(f"{column} = excluded.{column}" for column in _COUNTS)}, seq = excluded.seq
    WHERE excluded.heard >= sights.heard"""  # noqa: S608 - the columns are ours
# Hours of devices in which something came up stay as long as the incident.
_KEEP = """
    INSERT OR IGNORE INTO kept_sights SELECT * FROM sights WHERE mac != '' AND hour < ? AND EXISTS (
        SELECT 1 FROM incidents WHERE incidents.mac = sights.mac AND incidents.last_seen >= sights.hour
        AND incidents.first_seen < sights.hour + 3600)"""


class Sights:
    """The table of hours. At most a meter's devices times two days, and one row an hour for the school."""

    def __init__(self, db: Database, origin: Origin) -> None:
        self._db = db
        self._origin = origin

    def save(self, sights: Iterable[Sight]) -> None:
        """Add hours, or bring them up to date."""
        with self._db.transaction():
            stamp = tuple(self._origin.stamp().values())
            self._db.execute_many(_UPSERT, [(*_values(sight), *stamp) for sight in sights])

    def trim(self, now: float) -> int:
        """Forget what is too old, or from a time that has not come; returns how many rows went. Hours of incidents are kept."""
        self._db.execute(_KEEP, (now - DEVICE_SECONDS,))
        sql = "DELETE FROM sights WHERE hour > ? OR hour < CASE mac WHEN '' THEN ? ELSE ? END"
        return self._db.execute(sql, (now + AHEAD_SECONDS, now - SCHOOL_SECONDS, now - DEVICE_SECONDS))

    def forget(self, macs: Iterable[str]) -> None:
        """Drop the hours of devices that are no longer kept."""
        self._db.execute_many("DELETE FROM sights WHERE mac = ?", [(mac,) for mac in macs if mac])

    def between(self, since: float, until: float, mac: str | None) -> list[Sight]:
        """The hours that began in a span of time, oldest first; of one device, or of the school (empty), or of all."""
        only = "" if mac is None else "AND mac = ?"
        sql = f"SELECT {_COLUMNS} FROM sights WHERE hour BETWEEN ? AND ? {only} ORDER BY hour, mac"  # noqa: S608
        return [_sight(row) for row in self._db.rows(sql, (since, until) if mac is None else (since, until, mac))]

    def hidden(self, since: float) -> dict[str, tuple[int, bool]]:
        """For each device heard since then: how many connections gave no name, and whether it ever said where it went."""
        sql = """SELECT mac, sum(seen - named) AS hidden, max(named > 0 OR asked > 0) AS told FROM sights
            WHERE hour >= ? AND mac != '' GROUP BY mac"""
        return {row["mac"]: (row["hidden"], bool(row["told"])) for row in self._db.rows(sql, (since,))}

    def of_devices(self, since: float, macs: Sequence[str]) -> list[Sight]:
        """The hours of these devices that began since then, oldest first."""
        places = ", ".join("?" * len(macs))
        sql = f"SELECT {_COLUMNS} FROM sights WHERE hour >= ? AND mac IN ({places}) ORDER BY hour, mac"  # noqa: S608
        return [_sight(row) for row in self._db.rows(sql, (since, *macs))]

    def of_incident(self, incident: Incident) -> list[Sight]:
        """The hours in which an incident happened, of its device, oldest first; none where nobody kept them."""
        sql = " UNION ".join(
            f"SELECT {_COLUMNS} FROM {table} WHERE mac = ? AND hour > ? AND hour <= ?"  # noqa: S608 - tables are ours
            for table in ("sights", "kept_sights")
        )
        span = (incident.mac, incident.first_seen - HOUR, incident.last_seen)
        return [_sight(row) for row in self._db.rows(f"{sql} ORDER BY hour", (*span, *span))]


def _values(sight: Sight) -> tuple[object, ...]:
    counts = tuple(getattr(sight, column) for column in _COUNTS[:-1])
    return (sight.hour, sight.mac, *counts, msgspec.json.encode(sight.reasons).decode())


def _sight(row: Row) -> Sight:
    return msgspec.convert(row | {"reasons": _REASONS.decode(row["reasons"])}, Sight)
