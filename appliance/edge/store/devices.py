"""The machines on the school's network: what they say of themselves, and what the school calls them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from appliance.edge.store.database import Database, Row
from appliance.edge.store.errors import NotFound
from appliance.edge.store.journal import Journal
from appliance.edge.store.origin import Origin
from appliance.model import Device

LABEL_LIMIT = 63  # characters, as a DNS label
_TEXTS = msgspec.json.Decoder(tuple[str, ...])

_COLUMNS = """mac, addresses, label, heard_name, maker, private, vlan, first_seen, last_seen,
    (SELECT group_id FROM members WHERE members.mac = devices.mac) AS "group",
    (SELECT coalesce(nullif(person, ''), class_name) FROM loans WHERE loans.mac = devices.mac AND since <= devices.last_seen
        AND (until IS NULL OR until > devices.last_seen) ORDER BY since DESC, id DESC LIMIT 1) AS person,
    (SELECT user FROM log_ons WHERE log_ons.mac = devices.mac ORDER BY last DESC, user LIMIT 1) AS last_user"""
_UPSERT = """
    INSERT INTO devices (mac, addresses, heard_name, maker, private, vlan, first_seen, last_seen, box, boot, seq, clock_synced)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (mac) DO UPDATE SET addresses = excluded.addresses, heard_name = excluded.heard_name, maker = excluded.maker,
        private = excluded.private, vlan = excluded.vlan, first_seen = min(first_seen, excluded.first_seen),
        last_seen = max(last_seen, excluded.last_seen), seq = excluded.seq"""


class Devices:
    """The table of devices. The guardian never writes a label; the page writes nothing else."""

    def __init__(self, db: Database, origin: Origin, journal: Journal) -> None:
        self._db = db
        self._origin = origin
        self._journal = journal

    def save(self, devices: Iterable[Device]) -> None:
        """Add devices, or bring what they say of themselves up to date; labels stay."""
        with self._db.transaction():
            stamp = tuple(self._origin.stamp().values())
            self._db.execute_many(_UPSERT, [(*_seen(device), *stamp) for device in devices])

    def forget(self, macs: Sequence[str]) -> None:
        """Drop devices that the guardian no longer keeps, save those known by label, group, loan, incident or another record."""
        sql = """DELETE FROM devices WHERE mac = ? AND label IS NULL
            AND NOT EXISTS (SELECT 1 FROM incidents WHERE mac = devices.mac)
            AND NOT EXISTS (SELECT 1 FROM members WHERE mac = devices.mac)
            AND NOT EXISTS (SELECT 1 FROM loans WHERE mac = devices.mac)
            AND NOT EXISTS (SELECT 1 FROM merged WHERE devices.mac IN (merged.mac, merged.main))"""
        self._db.execute_many(sql, [(mac,) for mac in macs])

    def all(self) -> list[Device]:
        """Every device, the one heard last first."""
        return [_device(row) for row in self._db.rows(f"SELECT {_COLUMNS} FROM devices ORDER BY last_seen DESC, mac")]  # noqa: S608

    def one(self, mac: str) -> Device:
        """The device with that MAC; NotFound where there is none."""
        row = self._db.row(f"SELECT {_COLUMNS} FROM devices WHERE mac = ?", (mac,))  # noqa: S608
        if row is None:
            raise NotFound("There is no such device.")
        return _device(row)

    def vlan(self, mac: str) -> int | None:
        """The VLAN that a device was met in; None also where there is no such device."""
        row = self._db.row("SELECT vlan FROM devices WHERE mac = ?", (mac,))
        return row["vlan"] if row else None

    def name(self, mac: str, label: str | None, *, by: str, now: float) -> Device:
        """Give a device the school's own name, or take it away."""
        kept = _clean(label or "") or None
        with self._db.transaction():
            self.one(mac)
            self._db.execute("UPDATE devices SET label = ?, seq = ? WHERE mac = ?", (kept, self._origin.stamp()["seq"], mac))
            self._journal.add(now, by, "device named" if kept else "device name removed", mac)
            return self.one(mac)


def _clean(label: str) -> str:
    """One line without control or direction characters, at most LABEL_LIMIT long."""
    return " ".join("".join(c if c.isprintable() else " " for c in label).split())[:LABEL_LIMIT]


def _seen(device: Device) -> tuple[object, ...]:
    """The columns that the guardian owns."""
    addresses = msgspec.json.encode(device.addresses).decode()
    flags = (device.heard_name, device.maker, int(device.private), device.vlan)
    return (device.mac, addresses, *flags, device.first_seen, device.last_seen)


def _device(row: Row) -> Device:
    addresses = _TEXTS.decode(row["addresses"])
    return msgspec.convert(row | {"addresses": addresses, "private": bool(row["private"])}, Device)
