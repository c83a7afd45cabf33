from __future__ import annotations

import sqlite3
from pathlib import Path

import msgspec
import pytest

from appliance.edge.store import NotFound, Store, StoreError
from appliance.model import Incident

from .conftest import incident, open_store


def test_saved_incident_comes_back_as_it_was(store: Store) -> None:
    saved = store.save_incident(incident())
    assert saved.id > 0
    assert store.incident(saved.id) == saved == msgspec.structs.replace(incident(), id=saved.id)


def test_unknown_incident_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound, match="no incident 9"):
        store.incident(9)
    with pytest.raises(NotFound):
        store.decide(9, "behaviour", by="head", now=1.0)
    with pytest.raises(NotFound):
        store.add_note(9, "x", by="head", now=1.0)


def test_update_keeps_the_acknowledgement(store: Store) -> None:
    saved = store.save_incident(incident())
    store.acknowledge(saved.id, by="head", now=120.0)
    again = store.save_incident(msgspec.structs.replace(saved, count=3))
    assert (again.count, again.acknowledged) == (3, True)


def test_rise_to_urgent_takes_the_acknowledgement_away(store: Store) -> None:
    saved = store.save_incident(incident(level="look"))
    store.acknowledge(saved.id, by="head", now=120.0)
    again = store.save_incident(msgspec.structs.replace(saved, level="urgent"))
    assert not again.acknowledged
    assert store.count_sounding() == 1


def test_decided_incident_stands_still(store: Store) -> None:
    saved = store.save_incident(incident())
    store.decide(saved.id, "safeguarding", by="head", now=120.0)
    answer = store.save_incident(msgspec.structs.replace(saved, count=99))
    assert (answer.count, answer.decision) == (2, "safeguarding")


def test_deciding_again_keeps_both_decisions_in_the_notes(store: Store) -> None:
    number = store.save_incident(incident()).id
    store.decide(number, "no_concern", by="head", now=120.0, note="a lesson")
    store.decide(number, "safeguarding", by="deputy", now=130.0)
    assert store.incident(number).decision == "safeguarding"
    assert [(note.by, note.kind, note.text) for note in store.notes(number)] == [
        ("head", "decision", "no_concern: a lesson"),
        ("deputy", "decision", "safeguarding"),
    ]


def test_reopened_incident_is_open_again(store: Store) -> None:
    number = store.save_incident(incident()).id
    store.decide(number, "no_concern", by="head", now=120.0)
    assert store.count_open()["urgent"] == 0
    assert store.reopen(number, by="head", now=130.0, note="it was not").decision is None
    assert store.count_open() == {"urgent": 1, "look": 0, "note": 0}


def test_decision_that_does_not_exist_is_refused(store: Store) -> None:
    number = store.save_incident(incident()).id
    with pytest.raises(StoreError, match="not one of the decisions"):
        store.decide(number, "whatever", by="head", now=1.0)  # type: ignore[arg-type]


def test_open_ones_come_urgent_and_oldest_first(store: Store) -> None:
    look = store.save_incident(incident(level="look", first_seen=1.0))
    late = store.save_incident(incident(first_seen=50.0))
    early = store.save_incident(incident(first_seen=5.0))
    done = store.save_incident(incident())
    store.decide(done.id, "behaviour", by="head", now=1.0)
    assert [found.id for found in store.incidents(open_only=True)] == [early.id, late.id, look.id]


def test_all_come_newest_first_in_pages(store: Store) -> None:
    ids = [store.save_incident(incident(last_seen=100.0 + n)).id for n in range(5)]
    assert [found.id for found in store.incidents(limit=2, offset=1)] == [ids[3], ids[2]]


def test_filters_by_level_device_and_time(store: Store) -> None:
    wanted = store.save_incident(incident(level="note", mac="x", last_seen=500.0))
    store.save_incident(incident(level="note", mac="x", last_seen=5.0))
    store.save_incident(incident(level="note", mac="y", last_seen=500.0))
    store.save_incident(incident(level="look", mac="x", last_seen=500.0))
    assert [found.id for found in store.incidents(level="note", mac="x", since=100.0)] == [wanted.id]


def test_button_acknowledges_every_urgent_one_once(store: Store) -> None:
    for level in ("urgent", "urgent", "look"):
        store.save_incident(incident(level=level))
    assert store.acknowledge_all_urgent(by="button", now=1.0) == 2
    assert store.acknowledge_all_urgent(by="button", now=2.0) == 0
    assert [entry.action for entry in store.audit_log(10)] == ["incident acknowledged"] * 2


def test_acknowledged_one_can_sound_again(store: Store) -> None:
    number = store.save_incident(incident()).id
    store.acknowledge(number, by="head", now=1.0)
    store.sound_again([number])
    assert store.count_sounding() == 1


def test_acknowledging_twice_leaves_one_note(store: Store) -> None:
    number = store.save_incident(incident()).id
    store.acknowledge(number, by="head", now=1.0)
    store.acknowledge(number, by="deputy", now=2.0)
    assert [note.by for note in store.notes(number)] == ["head"]


def test_notes_and_audit_can_be_neither_changed_nor_deleted(store: Store, folder: Path) -> None:
    number = store.save_incident(incident()).id
    store.add_note(number, "seen", by="head", now=1.0)
    with sqlite3.connect(folder / "safespan.db") as raw:
        for sql in ("UPDATE notes SET text = 'x'", "DELETE FROM notes", "UPDATE audit SET who = 'x'", "DELETE FROM audit"):
            with pytest.raises(sqlite3.IntegrityError, match="only ever added to"):
                raw.execute(sql)
    assert [note.text for note in store.notes(number)] == ["seen"]


def test_rows_carry_box_boot_and_a_rising_number(folder: Path) -> None:
    with open_store(folder, clock_synced=lambda: False) as store:
        number = store.save_incident(incident()).id
        store.add_note(number, "one", by="head", now=1.0)
        store.add_note(number, "two", by="head", now=2.0)
        box = store.box_id()
    with open_store(folder) as store:
        store.add_note(number, "three", by="head", now=3.0)
        assert store.box_id() == box
    with sqlite3.connect(folder / "safespan.db") as raw:
        rows = raw.execute("SELECT box, boot, seq, clock_synced FROM notes ORDER BY id").fetchall()
        incidents = raw.execute("SELECT box, seq FROM incidents").fetchall()
    assert {row[0] for row in rows} == {box}
    assert incidents[0][0] == box
    numbers = [incidents[0][1], *(row[2] for row in rows)]
    assert numbers == sorted(set(numbers))
    assert rows[0][3] == 0


def test_note_longer_than_the_bound_is_cut(store: Store) -> None:
    number = store.save_incident(incident()).id
    store.add_note(number, "x" * 10_000, by="head", now=1.0)
    assert len(store.notes(number)[0].text) == 4_000


def test_rewording_changes_nothing_but_the_sentence(store: Store) -> None:
    saved: Incident = store.save_incident(incident())
    store.reword({saved.id: "Something else."})
    assert store.incident(saved.id) == msgspec.structs.replace(saved, sentence="Something else.")


def test_hostile_text_is_kept_as_text(store: Store) -> None:
    hostile = "'); DROP TABLE incidents; --\x00\u202e<script>"
    number = store.save_incident(incident(device=hostile, names=(hostile,))).id
    assert store.incident(number).device == hostile
    assert store.incident(number).names == (hostile,)
