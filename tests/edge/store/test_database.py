from __future__ import annotations

import os
import resource
import sqlite3
import stat
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from appliance.edge.store import Store, StoreBusy, StoreError, StoreFull
from appliance.model import RecentName

from .conftest import incident, open_store


@contextmanager
def locked(folder: Path) -> Iterator[sqlite3.Connection]:
    """Another program in the middle of writing."""
    other = sqlite3.connect(folder / "safespan.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield other
    finally:
        if other.in_transaction:
            other.execute("ROLLBACK")
        other.close()


@contextmanager
def as_nobody() -> Iterator[None]:
    """Rights bite: root has none of its own for a while."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65_534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """A card with no room: no file may grow beyond `size` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_folders_are_for_their_owner_only(store: Store, folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(store.recent_dir.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="needs another user")
def test_folder_that_somebody_else_put_there_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    trap = tmp_path / "trap"
    trap.mkdir()
    os.chown(trap, 65_534, 65_534)
    with pytest.raises(StoreError, match="belongs to somebody else"):
        Store.open(tmp_path / "data", trap)
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "data")
    with pytest.raises(StoreError, match="belongs to somebody else"):
        Store.open(tmp_path / "data", link)


def test_locked_file_is_busy_and_works_again_afterwards(store: Store, folder: Path) -> None:
    with locked(folder), pytest.raises(StoreBusy, match="in use by another program"):
        store.save_incident(incident())
    assert store.save_incident(incident()).id == 1


def test_short_lock_is_waited_out(store: Store, folder: Path) -> None:
    with locked(folder) as other:
        timer = threading.Timer(0.3, lambda: other.execute("ROLLBACK"))
        timer.start()
        began = time.monotonic()
        store.save_incident(incident())
        assert time.monotonic() - began >= 0.2
        timer.join()


def test_readers_read_while_another_writes(store: Store, folder: Path) -> None:
    number = store.save_incident(incident()).id
    with locked(folder):
        assert store.incident(number).id == number


def test_full_card_is_said_and_loses_nothing(store: Store, folder: Path) -> None:
    number = store.save_incident(incident()).id
    with largest_file(64 * 1024), pytest.raises(StoreError, match=r"room|full"):
        for _ in range(500):
            store.save_incident(incident(names=("x" * 5_000,)))
    assert store.incident(number).id == number
    assert store.save_incident(incident()).id > number


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux")
def test_no_space_left_is_store_full(store: Store) -> None:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorname = "SQLITE_FULL"
    with pytest.raises(StoreFull, match="no room left"), store.write():
        raise error


def test_folder_that_may_not_be_written_is_one_sentence(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory() as base:
        closed = Path(base) / "closed"
        closed.mkdir()
        Path(base).chmod(0o755)
        closed.chmod(0o555)
        with as_nobody(), pytest.raises(StoreError, match="can't be made: Permission denied"):
            open_store(closed / "data")
        with as_nobody(), pytest.raises(StoreError, match="can't be written"):
            Store.open(closed, closed)
        closed.chmod(0o755)


def test_file_that_may_not_be_written_can_be_read_only() -> None:
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base) / "data"
        with open_store(folder) as store:
            number = store.save_incident(incident()).id
        for path in (Path(base), folder, folder / "recent", *folder.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        with as_nobody():
            with open_store(folder, readonly=True) as store:
                assert store.incident(number).id == number
                with pytest.raises(StoreError, match="for reading only"):
                    store.save_incident(incident())
            with pytest.raises(StoreError, match="can't be written"):
                open_store(folder)
        folder.chmod(0o755)


def test_reading_records_that_are_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"no records in .* yet"):
        open_store(tmp_path / "nothing", readonly=True)
    assert not (tmp_path / "nothing").exists()


def test_store_carried_across_a_fork_refuses(store: Store) -> None:
    child = os.fork()
    if child == 0:
        try:
            store.count_open()
        except StoreError as error:
            os._exit(0 if "another process" in str(error) else 1)
        os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert store.count_open()["urgent"] == 0


def test_changes_by_others_show_and_own_ones_do_not(store: Store, folder: Path) -> None:
    assert store.changed()
    assert not store.changed()
    store.save_incident(incident())
    assert not store.changed()
    with open_store(folder) as other:
        other.save_incident(incident())
        assert store.changed()
        other.add_recent([RecentName(time=1.0, mac="a", kind="dns", name="x")])
        assert store.changed()
    assert not store.changed()


def test_only_a_lasting_transaction_waits_for_the_card(store: Store) -> None:
    def waits() -> bool:
        row = store._lasting.row("PRAGMA synchronous")
        assert row is not None
        return bool(row["synchronous"] == 2)

    with store.write():
        assert waits()
    with store.write(lasting=False):
        assert not waits()
    with pytest.raises(KeyError), store.write(lasting=False):
        raise KeyError
    assert waits()


def test_transaction_that_fails_leaves_nothing_behind(store: Store) -> None:
    with pytest.raises(RuntimeError), store.write():
        store.save_incident(incident())
        raise RuntimeError
    assert store.incidents() == []
    assert store.save_incident(incident()).id == 1


def test_file_replaced_under_us_is_followed(store: Store, folder: Path) -> None:
    store.save_incident(incident())
    for file in folder.glob("safespan.db*"):
        file.rename(file.with_name("old-" + file.name))
    with open_store(folder) as other:
        assert store.save_incident(incident(device="new")).id == 1
        assert [found.device for found in other.incidents()] == ["new"]


def test_many_openers_at_once_make_one_sound_file(folder: Path) -> None:
    failures: list[Exception] = []

    def open_and_write() -> None:
        try:
            with open_store(folder) as store:
                store.save_incident(incident())
        except StoreError as error:
            failures.append(error)

    threads = [threading.Thread(target=open_and_write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    with open_store(folder, check=True) as store:
        assert len(store.incidents()) == 8
        assert store.recovered == ""


def test_log_of_the_database_stays_small_beside_a_long_reader(store: Store, folder: Path) -> None:
    reader = sqlite3.connect(folder / "safespan.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM incidents").fetchall()
    for _ in range(60):
        store.save_incident(incident(names=("x" * 100_000,)))
    assert (folder / "safespan.db-wal").stat().st_size > 5_000_000
    reader.execute("COMMIT")
    reader.close()
    for _ in range(3):
        store.save_incident(incident())
    assert (folder / "safespan.db-wal").stat().st_size <= 4 * 1024 * 1024
