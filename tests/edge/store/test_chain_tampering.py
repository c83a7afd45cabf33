"""Whoever has the file in their hands can't change, take out, slip in or reorder anything unseen, in any table."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from appliance.edge.store import Store
from appliance.edge.store.chain import COLUMNS, WRITTEN
from appliance.school import Worry

from .conftest import incident, open_store
from .test_chain import tampering

# What says where a row came from stands in every table; `id` is tried by deleting, slipping in and reordering.
EVERY_COLUMN = [(source, column) for source, columns in COLUMNS.items() for column in columns if column != "id"]


@pytest.fixture
def written(folder: Path) -> Iterator[Store]:
    """Three rows at least of every kind, one after the other as they would come."""
    with open_store(folder) as store:
        for number in range(1, 4):
            store.save_incident(incident(device=f"iPad-{number}"))
            store.add_account(f"person{number}", f"Person {number}", "deputy", "hash", now=100.0 + number)
        for number in range(1, 4):
            store.worries.add(Worry(text=f"Worry {number}.", name="A", about="", today=True), now=150.0 + number)
            store.cases.add_note(number, f"Note {number}.", by="Mrs Bevan", now=200.0 + number, actions=["parents"])
            store.cases.pass_on(number, f"person{number}", "Please.", by="Mrs Bevan", now=220.0 + number)
        for number in range(1, 3):
            store.decide(number, "behaviour", by="Mrs Bevan", now=300.0 + number, note="A quiet word.")
        assert store.verify_chain().broken is None
        yield store


@contextmanager
def broken(store: Store, folder: Path) -> Iterator[sqlite3.Connection]:
    """Tamper, and see that it is found and that it is said."""
    with tampering(folder) as raw:
        raw.execute("PRAGMA foreign_keys = OFF")
        yield raw
    assert store.verify_chain().broken is not None


def count(raw: sqlite3.Connection, table: str) -> int:
    return int(raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


@pytest.mark.parametrize(("source", "column"), EVERY_COLUMN, ids=[f"{source}-{column}" for source, column in EVERY_COLUMN])
def test_a_change_in_any_column_of_any_kind_of_row_is_found(written: Store, folder: Path, source: str, column: str) -> None:
    with broken(written, folder) as raw:
        (row,) = raw.execute(f"SELECT max(id) FROM {source} WHERE id <= 2").fetchone()
        (value,) = raw.execute(f'SELECT "{column}" FROM {source} WHERE id = ?', (row,)).fetchone()
        other = (
            value + 1 if isinstance(value, int | float) else "[]" if column == "names" else 1 if value is None else f"{value}x"
        )
        if column in ("category", "level", "outcome", "confidence", "decision", "kind"):
            others = {"level": "note", "outcome": "stopped", "confidence": "low", "decision": "technical", "kind": "decision"}
            other = others.get(column, "games")
        raw.execute("PRAGMA ignore_check_constraints = ON")
        raw.execute(f'UPDATE {source} SET "{column}" = ? WHERE id = ?', (other, row))


@pytest.mark.parametrize("source", WRITTEN)
@pytest.mark.parametrize("which", ["min", "max"])
def test_a_row_that_is_taken_out_is_missed(written: Store, folder: Path, source: str, which: str) -> None:
    with broken(written, folder) as raw:
        assert count(raw, source) >= 3
        raw.execute(f"DELETE FROM {source} WHERE id = (SELECT {which}(id) FROM {source})")


@pytest.mark.parametrize("source", WRITTEN)
def test_a_row_that_is_slipped_in_is_a_stranger(written: Store, folder: Path, source: str) -> None:
    columns = ", ".join(f'"{column}"' for column in COLUMNS[source] if column != "id")
    with broken(written, folder) as raw:
        raw.execute(f"INSERT INTO {source} ({columns}) SELECT {columns} FROM {source} WHERE id = 1")


@pytest.mark.parametrize("source", WRITTEN)
def test_two_rows_that_change_places_are_found(written: Store, folder: Path, source: str) -> None:
    with broken(written, folder) as raw:
        for old, new in ((1, -1), (2, 1), (-1, 2)):
            raw.execute(f"UPDATE {source} SET id = ? WHERE id = ?", (new, old))


def test_two_links_that_change_places_are_found(written: Store, folder: Path) -> None:
    with broken(written, folder) as raw:
        for old, new in ((4, -1), (5, 4), (-1, 5)):
            raw.execute("UPDATE chain SET id = ? WHERE id = ?", (new, old))


@pytest.mark.parametrize("link", ["1", "(SELECT max(id) / 2 FROM chain)"])
def test_a_link_that_is_taken_out_leaves_a_gap(written: Store, folder: Path, link: str) -> None:
    with broken(written, folder) as raw:
        raw.execute(f"DELETE FROM chain WHERE id = {link}")


def test_a_decision_that_is_taken_back_behind_the_records_back_is_found(written: Store, folder: Path) -> None:
    with broken(written, folder) as raw:
        raw.execute("UPDATE incidents SET decision = NULL WHERE id = 1")


@pytest.mark.parametrize("links", [1, 3, 10])
def test_a_tail_that_is_cut_off_with_all_that_it_vouched_for_is_told_by_the_printed_code(
    written: Store, folder: Path, links: int
) -> None:
    code = written.chain_head().code
    with tampering(folder) as raw:
        raw.execute("PRAGMA foreign_keys = OFF")
        gone = raw.execute("SELECT id, source, row FROM chain ORDER BY id DESC LIMIT ?", (links,)).fetchall()
        for number, source, row in gone:
            raw.execute("DELETE FROM chain WHERE id = ?", (number,))
            if source in WRITTEN:
                raw.execute(f"DELETE FROM {source} WHERE id = ?", (row,))
    found = written.verify_chain(code).broken
    assert found is not None
