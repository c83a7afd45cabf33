from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from appliance.edge.store import Store, StoreError

from .conftest import incident, open_store


def columns(file: Path, table: str) -> list[str]:
    with sqlite3.connect(file) as raw:
        return [row[1] for row in raw.execute(f"PRAGMA table_info({table})")]


def test_reported_tables_say_where_each_row_comes_from(store: Store, folder: Path) -> None:
    for table in ("incidents", "notes", "devices", "audit"):
        assert {"box", "boot", "seq", "clock_synced"} <= set(columns(folder / "safespan.db", table))


def test_steps_are_recorded_and_run_once(store: Store, folder: Path) -> None:
    store.close()
    with open_store(folder):
        pass
    with sqlite3.connect(folder / "safespan.db") as raw:
        steps = raw.execute("SELECT name FROM _sqlite_migrations ORDER BY id").fetchall()
    assert [name for (name,) in steps][:3] == ["m001_tables", "m002_append_only", "m003_sights"]


def test_records_of_an_earlier_step_are_brought_up_to_date(store: Store, folder: Path) -> None:
    number = store.save_incident(incident()).id
    store.close()
    with sqlite3.connect(folder / "safespan.db") as raw:
        for (trigger,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {trigger}")
        raw.execute("DELETE FROM _sqlite_migrations WHERE name = 'm002_append_only'")
    with pytest.raises(StoreError, match="older version"):
        open_store(folder, readonly=True)
    with open_store(folder) as again:
        assert again.incident(number).id == number
    with sqlite3.connect(folder / "safespan.db") as raw:
        assert raw.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'").fetchone() == (4,)


def test_records_of_a_later_safespan_are_refused_in_one_sentence_and_stay_as_they_are(store: Store, folder: Path) -> None:
    number = store.save_incident(incident()).id
    store.close()
    later = "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('lasting', 'm999_later', '2030-01-01')"
    with sqlite3.connect(folder / "safespan.db") as raw:
        raw.execute(later)
    for readonly in (False, True):
        with pytest.raises(StoreError, match="written by a newer Safespan"):
            open_store(folder, readonly=readonly, check=True)
    with sqlite3.connect(folder / "safespan.db") as raw:
        assert raw.execute("SELECT id FROM incidents").fetchall() == [(number,)]


def test_memory_of_a_later_safespan_simply_goes(store: Store, folder: Path) -> None:
    store.close()
    later = "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('recent', 'm999_later', '2030-01-01')"
    with sqlite3.connect(folder / "recent/recent.db") as raw:
        raw.execute(later)
    with open_store(folder) as again:
        assert again.recent() == []


def test_settings_keep_what_was_set_last(store: Store) -> None:
    assert store.setting("school_name") is None
    store.set_setting("school_name", "Ashdown", by="head", now=1.0)
    store.set_setting("school_name", "Ashdown Primary", by="head", now=2.0)
    assert store.setting("school_name") == "Ashdown Primary"
    assert [(entry.who, entry.action, entry.subject) for entry in store.audit_log()] == [("head", "setting", "school_name")] * 2
