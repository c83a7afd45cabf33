from __future__ import annotations

import sqlite3

import pytest

from appliance.edge.store import SHELVES, Store, StoreError, TooSlow
from appliance.edge.store.browsing import Browsing
from appliance.model import Device, ListStatus, Sight

from .conftest import incident


@pytest.fixture
def full(store: Store) -> Store:
    """Devices, hours, lists, an incident with a name."""
    store.save_devices(
        [
            Device(mac=f"m{n:02}", maker="Apple" if n % 3 else None, vlan=n % 2, first_seen=1.0, last_seen=float(n))
            for n in range(30)
        ]
    )
    store.save_sight([Sight(hour=3600.0 * n, mac="m01", heard=n, seen=n) for n in range(5)], 3600.0 * 5)
    store.save_lists([ListStatus(name="bypass", category="proxy_avoidance", entries=12, updated=5.0)])
    store.save_incident(incident(names=("zebra.example",), device="Zebra"))
    return store


@pytest.mark.parametrize("shelf", SHELVES)
def test_every_shelf_can_be_looked_through(full: Store, shelf: str) -> None:
    leaf = full.browsing.look(shelf, {})
    assert leaf.columns == SHELVES[shelf].columns and leaf.total >= len(leaf.rows)
    assert all(full.browsing.look(shelf, {column: "x"}, sort=column).rows == [] for column in leaf.columns)


@pytest.mark.parametrize("shelf", SHELVES)
def test_nothing_of_an_incident_is_on_a_shelf(full: Store, shelf: str) -> None:
    assert "zebra" not in repr(full.browsing.look(shelf, {})).lower()
    for table in ("incidents", "notes", "worries", "accounts", "sessions", "audit", "names", "people", "loans", "log_ons"):
        assert f"FROM {table}" not in SHELVES[shelf].source and f"JOIN {table}" not in SHELVES[shelf].source


def test_values_sorting_and_pages_are_as_asked(full: Store) -> None:
    leaf = full.browsing.look("devices", {"vlan": "1", "maker": "Apple"}, sort="mac", falling=True, limit=3, offset=1)
    assert [row[0] for row in leaf.rows] == ["m25", "m23", "m19"] and leaf.total == 10
    assert leaf.facets["vlan"] == [(1, 10)]
    assert full.browsing.look("devices", {"maker": ""}).total == 10


def test_columns_that_are_not_there_are_left_out_and_values_are_never_sql(full: Store) -> None:
    assert full.browsing.look("devices", {"nothing": "x", "mac; DROP TABLE devices": "1"}).total == 30
    assert full.browsing.look("devices", {"mac": "' OR 1=1 --"}, sort="mac; DROP TABLE devices").total == 0
    assert len(full.devices()) == 30


def test_it_can_not_write(full: Store) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        full.browsing._open(1e12).execute("DELETE FROM devices")


def test_a_look_that_takes_too_long_is_stopped(full: Store) -> None:
    sql = """WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
        INSERT INTO sights (hour, mac, heard, asked, answered, seen, named, quiet, reasons, box, boot, seq)
        SELECT i, 'x', 0, 0, 0, 0, 0, 0, '', '', '', 0 FROM n"""
    full._lasting.execute(sql)
    with pytest.raises(TooSlow):
        Browsing(full.data_dir / "safespan.db", seconds=0.0).look("sights", {}, sort="reasons")


def test_a_file_that_is_gone_is_an_error_of_the_store(store: Store) -> None:
    with pytest.raises(StoreError):
        Browsing(store.data_dir / "nothing.db").look("devices", {})
