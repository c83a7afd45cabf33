from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from appliance.edge.store import Store, StoreDamaged, recovery
from appliance.edge.store.database import Database
from appliance.edge.store.schema import LASTING
from appliance.model import Device
from appliance.school import CheckDone

from .conftest import MAC, incident, open_store

NOON = 1_795_262_400.0  # 21 November 2026


def filled(folder: Path, *, copy: bool) -> None:
    """A folder with some records, and with a copy of them if wished."""
    with open_store(folder) as store:
        with store.write():
            for n in range(200):
                store.save_incident(incident(device=f"iPad-{n}"))
        store.save_devices([Device(mac=MAC)])
        store.name_device(MAC, "Library", by="head", now=1.0)
        store.decide(1, "behaviour", by="head", now=2.0, note="talked")
        store.add_account("head", "Ms Head", "head", "hash", now=3.0)
        store.factors.switch_on("head", "key", ["a", "b"], step=0, by="head", now=3.0)
        store.log_check(CheckDone(what="proxies", result="worked"), by="head", now=3.0)
        if copy:
            store.keep_copy(NOON)


def scribble(file: Path, start: int, size: int) -> None:
    """Damage as a failing card does it."""
    data = bytearray(file.read_bytes())
    data[start : start + size] = b"\xa5" * size
    file.write_bytes(data)


def damaged_files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.glob("safespan-damaged-*.db"))


def test_file_of_rubbish_is_set_aside_and_a_fresh_one_begun(folder: Path) -> None:
    folder.mkdir()
    (folder / "safespan.db").write_bytes(b"not a database at all" * 1000)
    with open_store(folder) as store:
        assert store.incidents() == []
        assert "were damaged on" in store.recovered
        assert store.save_incident(incident()).id == 1
    assert len(damaged_files(folder)) == 1
    with open_store(folder) as store:
        assert "were damaged on" in store.recovered
        store.set_setting("recovered", "", by="head", now=1.0)
        assert store.recovered == ""
    assert len(damaged_files(folder)) == 1


def test_records_come_back_from_the_last_copy(folder: Path) -> None:
    filled(folder, copy=True)
    scribble(folder / "safespan.db", 0, 4096)
    with open_store(folder) as store:
        assert len(store.incidents(limit=1000)) == 200
        assert store.incident(1).decision == "behaviour"
        assert [note.text for note in store.notes(1)] == ["behaviour: talked"]
        assert store.device(MAC).label == "Library"
        assert store.account("head") is not None
        assert "Incidents recovered: 200, devices: 1." in store.recovered
        assert store.save_incident(incident()).id == 201


def test_damage_inside_is_found_by_the_check_and_the_readable_rest_taken_over(folder: Path) -> None:
    filled(folder, copy=False)
    size = (folder / "safespan.db").stat().st_size
    # Near the end, where the rows are: the first pages hold the tables' roots.
    scribble(folder / "safespan.db", size * 9 // 10 // 4096 * 4096, 8192)
    with open_store(folder, check=True) as store:
        assert store.recovered
        found = store.incidents(limit=1000)
        assert 20 < len(found) < 200
        assert all(one.device.startswith("iPad-") for one in found)
        assert store.account("head") is not None
    with open_store(folder, check=True):
        assert len(damaged_files(folder)) == 1


def test_box_keeps_its_id_and_its_numbers_after_damage(folder: Path) -> None:
    filled(folder, copy=True)
    with open_store(folder) as store:
        box = store.box_id()
    scribble(folder / "safespan.db", 0, 4096)
    with open_store(folder) as store:
        assert store.box_id() == box
        store.add_note(1, "later", by="head", now=9.0)
    with open_store(folder, check=True) as store:
        assert store.recovered


def test_every_table_but_those_of_logging_in_is_taken_over(folder: Path) -> None:
    filled(folder, copy=True)
    lost = sqlite3.connect(folder / "safespan.db")
    tables = [name for (name,) in lost.execute("SELECT name FROM sqlite_master WHERE type = 'table'") if "sqlite_" not in name]
    lost.close()
    scribble(folder / "safespan.db", 0, 4096)
    with open_store(folder) as store:
        fresh = Database(folder / "fresh.db", LASTING)
        taken = {table for table in tables if recovery._tables(fresh).count(table) == 1}
        fresh.close()
        assert set(tables) - taken == {"sessions", "logins"}
        assert store.factors.find("head") is not None
        assert store.factors.count_codes("head") == 2
        assert [check.what for check in store.check_log()] == ["proxies"]


def test_chain_of_the_record_is_still_whole_after_records_came_back(folder: Path) -> None:
    filled(folder, copy=True)
    with open_store(folder) as store:
        code = store.chain_head().code
    scribble(folder / "safespan.db", 0, 4096)
    with open_store(folder) as store:
        assert store.verify_chain(code).broken is None
        assert [entry.action for entry in store.audit_log(limit=1)] == ["records recovered"]


def test_counter_does_not_fall_behind_where_the_copy_is_older_than_the_file(folder: Path) -> None:
    filled(folder, copy=True)
    with open_store(folder) as store:
        store.add_note(1, "after the copy", by="head", now=4.0)
    file = folder / "safespan.db"
    with sqlite3.connect(file) as raw:
        (before,) = raw.execute("SELECT value FROM counters").fetchone()
    size = file.stat().st_size
    scribble(file, size * 9 // 10 // 4096 * 4096, 8192)
    with open_store(folder, check=True) as store:
        assert store.recovered
    with sqlite3.connect(file) as raw:
        assert raw.execute("SELECT value FROM counters").fetchone()[0] > before


def test_truncated_file_is_damage_too(folder: Path) -> None:
    filled(folder, copy=True)
    file = folder / "safespan.db"
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with open_store(folder, check=True) as store:
        assert len(store.incidents(limit=1000)) == 200


def test_damage_met_while_running_is_an_error_that_says_so(folder: Path) -> None:
    filled(folder, copy=False)
    with open_store(folder) as store:
        assert store.incident(1)
        scribble(folder / "safespan.db", 4096, 200_000)
        with open_store(folder.parent / "other") as other, pytest.raises(StoreDamaged, match="damaged"):
            other.incidents()
            store.incidents(limit=1000)
            store.audit_log()


def test_damaged_file_in_memory_simply_goes(folder: Path) -> None:
    with open_store(folder):
        pass
    (folder / "recent" / "recent.db").write_bytes(b"rubbish" * 1000)
    with open_store(folder) as store:
        assert store.recent() == []
        assert store.recovered == ""


def test_copies_are_one_a_day_and_seven_deep(store: Store, folder: Path) -> None:
    for day in range(9):
        store.keep_copy(NOON + day * 86_400)
        store.keep_copy(NOON + day * 86_400 + 3600)
    copies = sorted(file.name for file in (folder / "copies").iterdir())
    assert len(copies) == 7
    assert copies[-1] == "safespan-2026-11-29.db"


def test_two_damages_on_one_day_have_two_names(folder: Path) -> None:
    folder.mkdir()
    for _ in range(2):
        (folder / "safespan.db").write_bytes(b"rubbish" * 1000)
        with open_store(folder):
            pass
        for left in folder.glob("safespan.db-*"):
            left.unlink()
    assert len(damaged_files(folder)) == 2
