from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from appliance.edge.store import Store

from .conftest import incident, open_store

COPIED = "incident, time, by, kind, text, box, boot, seq, clock_synced"


@pytest.fixture
def written(store: Store) -> Store:
    """An incident with a note and a decision, another still open, and an account."""
    store.save_incident(incident())
    store.save_incident(incident(device="iPad-08"))
    store.add_note(1, "She is with Mr Rees.", by="Mrs Bevan", now=200.0)
    store.decide(1, "safeguarding", by="Mrs Bevan", now=300.0, note="Rang home.")
    store.add_account("bevan", "Mrs Bevan", "head", "hash", now=400.0)
    return store


@contextmanager
def tampering(folder: Path) -> Iterator[sqlite3.Connection]:
    """The raw file in the hands of somebody who takes the triggers away."""
    with sqlite3.connect(folder / "safespan.db") as raw:
        for (trigger,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {trigger}")
        yield raw


def test_an_untouched_chain_is_whole_and_every_row_is_on_it(written: Store) -> None:
    found = written.verify_chain()
    assert found.broken is None
    # Two notes with an audit row each, the sealed incident, the account; and the last link is the head.
    assert found.links == 6 and found.head == written.chain_head()


def test_an_empty_chain_is_whole(store: Store) -> None:
    assert store.verify_chain().broken is None and store.chain_head().code == "0"


def test_each_link_carries_the_hash_of_the_one_before(written: Store, folder: Path) -> None:
    with sqlite3.connect(folder / "safespan.db") as raw:
        links = raw.execute("SELECT previous, hash FROM chain ORDER BY id").fetchall()
    assert [previous for previous, _ in links] == ["", *(own for _, own in links[:-1])]


@pytest.mark.parametrize(
    ("sql", "kind", "source", "row"),
    [
        ("UPDATE notes SET text = 'Nothing.' WHERE id = 1", "changed", "notes", 1),
        ("UPDATE notes SET by = 'Mr Rees' WHERE id = 2", "changed", "notes", 2),
        ("UPDATE audit SET time = time + 1 WHERE id = 2", "changed", "audit", 2),
        ("DELETE FROM audit WHERE id = 3", "missing", "audit", 3),
        ("DELETE FROM notes WHERE id = 1", "missing", "notes", 1),
        (f"INSERT INTO notes SELECT 9, {COPIED} FROM notes WHERE id = 1", "unlinked", "notes", 9),
        ("UPDATE incidents SET decision = 'no_concern' WHERE id = 1", "changed", "incidents", 1),
        ("UPDATE incidents SET names = '[]' WHERE id = 1", "changed", "incidents", 1),
        ("DELETE FROM chain WHERE id = 2", "link", "audit", 1),
        ("UPDATE chain SET content = 'open' WHERE id = 5", "link", "incidents", 1),
    ],
)  # fmt: skip
def test_whatever_was_changed_is_found_where_it_was(
    written: Store, folder: Path, sql: str, kind: str, source: str, row: int
) -> None:
    with tampering(folder) as raw:
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute(sql)
    broken = written.verify_chain().broken
    assert broken is not None
    assert (broken.kind, broken.source, broken.row) in {(kind, source, row), ("link", "notes", 2)}


def test_what_an_open_incident_still_gathers_breaks_nothing(written: Store) -> None:
    written.save_incident(incident(id=2, device="iPad-08", count=9))
    written.reword({1: "Yesterday iPad-07 did something."})
    assert written.verify_chain().broken is None
    written.reopen(1, by="Mrs Bevan", now=500.0)
    written.save_incident(incident(id=1, count=5))
    assert written.verify_chain().broken is None
    written.decide(1, "behaviour", by="Mrs Bevan", now=600.0)
    assert written.verify_chain().broken is None


def test_a_printed_code_stays_good_until_the_end_is_cut_off(written: Store, folder: Path) -> None:
    code = written.chain_head().code
    written.add_note(1, "Later.", by="Mrs Bevan", now=700.0)
    assert written.verify_chain(code.lower()).broken is None
    with tampering(folder) as raw:
        raw.execute("DELETE FROM audit WHERE id >= 3")
        raw.execute("DELETE FROM notes WHERE id >= 3")
        raw.execute("DELETE FROM chain WHERE id >= 6")
    assert written.verify_chain().broken is None
    broken = written.verify_chain(code).broken
    assert broken is not None and broken.kind == "code"


def test_records_from_before_the_chain_are_linked_in_the_order_they_were_written(written: Store, folder: Path) -> None:
    written.close()
    with tampering(folder) as raw:
        (step,) = raw.execute("SELECT name FROM _sqlite_migrations WHERE name LIKE '%_chain'").fetchone()
        raw.execute("DROP TABLE chain")
        raw.execute("DROP TABLE reads")
        raw.execute("DELETE FROM _sqlite_migrations WHERE name = ?", (step,))
    with open_store(folder) as again:
        found = again.verify_chain()
        assert found.broken is None and found.links == 5
        again.add_note(1, "Later.", by="Mrs Bevan", now=700.0)
        assert again.verify_chain().broken is None


def test_the_chain_itself_refuses_changes(written: Store, folder: Path) -> None:
    with sqlite3.connect(folder / "safespan.db") as raw:
        for sql in ("UPDATE chain SET hash = ''", "DELETE FROM chain"):
            with pytest.raises(sqlite3.IntegrityError, match="only ever added to"):
                raw.execute(sql)


def test_looking_is_kept_once_an_hour_for_each_person_and_incident(store: Store) -> None:
    for who, subject, now in (("A", "1", 10.0), ("A", "1", 3599.0), ("A", "2", 20.0), ("B", "1", 30.0), ("A", "1", 3601.0)):
        store.note_read(who, subject, now=now)
    looked = [(entry.who, entry.subject, entry.time) for entry in store.audit_log() if entry.action == "looked"]
    assert looked == [("A", "1", 3601.0), ("B", "1", 30.0), ("A", "2", 20.0), ("A", "1", 10.0)]
    assert [entry.subject for entry in store.audit_log(who=["B"])] == ["1"]
    assert store.audited_people() == ["A", "B"]
