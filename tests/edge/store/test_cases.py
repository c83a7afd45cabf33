from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from appliance.edge.store import AlreadyDecided, NotFound, Store, StoreError
from appliance.model import Sight

from .conftest import MAC, incident

HOUR, DAY = 3600.0, 86_400.0


def test_a_decision_keeps_what_was_done_in_the_chain(store: Store) -> None:
    number = store.save_incident(incident()).id
    store.cases.decide(number, "safeguarding", by="head", now=5.0, text="Rang.", actions=("told_parents", "told_police"))
    note = store.notes(number)[-1]
    assert (note.kind, note.text, note.all("action")) == ("decision", "safeguarding: Rang.", ("told_parents", "told_police"))
    assert store.verify_chain().broken is None


def test_facts_are_only_ever_added_to_and_a_changed_one_shows(store: Store, folder: Path) -> None:
    number = store.save_incident(incident()).id
    store.cases.add_note(number, "Rang.", by="head", now=5.0, actions=("told_parents",))
    with sqlite3.connect(folder / "safespan.db") as raw:
        for sql in ("UPDATE particulars SET value = 'x'", "DELETE FROM particulars"):
            with pytest.raises(sqlite3.IntegrityError, match="only ever added to"):
                raw.execute(sql)
        raw.execute("DROP TRIGGER particulars_no_update")
        raw.execute("UPDATE particulars SET value = 'told_police'")
    broken = store.verify_chain().broken
    assert broken is not None and (broken.kind, broken.source) == ("changed", "particulars")


def test_a_fact_that_nobody_linked_is_found(store: Store, folder: Path) -> None:
    number = store.save_incident(incident()).id
    store.add_note(number, "Seen.", by="head", now=5.0)
    with sqlite3.connect(folder / "safespan.db") as raw:
        raw.execute("INSERT INTO particulars VALUES (9, 1, 'action', 'told_parents', 'box', 'boot', 99, 1)")
    broken = store.verify_chain().broken
    assert broken is not None and (broken.kind, broken.source) == ("unlinked", "particulars")


def test_whoever_decides_second_is_told_and_nothing_changes(store: Store) -> None:
    number = store.save_incident(incident()).id
    store.add_note(number, "Looking.", by="head", now=1.0)
    known = store.notes(number)[-1].id
    store.cases.decide(number, "behaviour", by="deputy", now=2.0, known=known)
    with pytest.raises(AlreadyDecided):
        store.cases.decide(number, "safeguarding", by="head", now=3.0, known=known)
    assert store.incident(number).decision == "behaviour" and len(store.notes(number)) == 2


def test_whoever_has_read_the_first_decision_may_correct_it(store: Store) -> None:
    number = store.save_incident(incident()).id
    store.cases.decide(number, "behaviour", by="deputy", now=2.0, known=0)
    store.cases.decide(number, "safeguarding", by="head", now=3.0, known=store.notes(number)[-1].id)
    assert store.incident(number).decision == "safeguarding"


def test_after_it_was_opened_again_it_can_be_decided_with_an_older_page(store: Store) -> None:
    number = store.save_incident(incident()).id
    store.cases.decide(number, "behaviour", by="deputy", now=2.0)
    store.reopen(number, by="deputy", now=3.0)
    store.reopen(number, by="head", now=4.0)
    assert [note.text for note in store.notes(number)] == ["behaviour", "reopened"]
    store.cases.decide(number, "safeguarding", by="head", now=5.0, known=0)
    assert store.incident(number).decision == "safeguarding"


def test_a_correction_points_at_the_entry_that_it_puts_right(store: Store) -> None:
    number, other = store.save_incident(incident()).id, store.save_incident(incident(category="self_harm")).id
    store.add_note(number, "It was Sam.", by="head", now=1.0)
    wrong = store.notes(number)[0].id
    store.cases.correct(number, wrong, "It was Kim.", by="deputy", now=2.0)
    first, second = store.notes(number)
    assert first.text == "It was Sam." and (second.kind, second.one("corrects")) == ("correction", str(wrong))
    with pytest.raises(NotFound):
        store.cases.correct(other, wrong, "Not here.", by="head", now=3.0)


def test_whom_it_is_passed_to_has_read_it_once_they_open_it(store: Store) -> None:
    store.add_account("rees", "Mr Rees", "deputy", "hash", now=1.0)
    number = store.save_incident(incident()).id
    store.cases.pass_on(number, "rees", "Please ring home.", by="Ms Head", now=2.0)
    store.cases.see(number, "head", by="Ms Head", now=3.0)
    assert [note.kind for note in store.notes(number)] == ["passed"]
    assert store.cases.workers([number]) == {number: "Mr Rees"} and store.count_sounding() == 0
    for time in (4.0, 5.0):
        store.cases.see(number, "rees", by="Mr Rees", now=time)
    read = store.notes(number)[1:]
    assert [(note.kind, note.by, note.time) for note in read] == [("read", "Mr Rees", 4.0)]


def test_nothing_is_passed_to_somebody_whose_own_device_it_is(store: Store) -> None:
    number = store.save_incident(incident()).id
    store.ownership.add("rees", MAC, by="Mr Rees", now=1.0)
    with pytest.raises(StoreError):
        store.cases.pass_on(number, "rees", "", by="head", now=2.0)
    assert store.notes(number) == []


def test_links_stand_in_both_records_and_can_be_taken_back(store: Store) -> None:
    one, two = (store.save_incident(incident(category=category)).id for category in ("suicide", "gambling"))
    store.cases.link(one, two, by="head", now=1.0)
    store.cases.link(two, one, by="head", now=2.0)
    assert store.cases.links(one) == [two] and store.cases.links(two) == [one]
    assert [note.kind for note in store.notes(two)] == ["linked"]
    store.cases.unlink(two, one, by="head", now=3.0)
    assert store.cases.links(one) == store.cases.links(two) == []
    assert [note.kind for note in store.notes(one)] == ["linked", "unlinked"]
    with pytest.raises(NotFound):
        store.cases.unlink(one, two, by="head", now=4.0)
    with pytest.raises(NotFound):
        store.cases.link(one, 99, by="head", now=4.0)
    with pytest.raises(StoreError):
        store.cases.link(one, one, by="head", now=4.0)
    assert store.verify_chain().broken is None


def test_what_may_belong_together_is_of_the_same_device_within_two_days(store: Store) -> None:
    def add(**changes: object) -> int:
        return store.save_incident(incident(**{"first_seen": 10 * DAY, "last_seen": 10 * DAY, **changes})).id

    this = add()
    near = add(first_seen=11 * DAY, last_seen=11 * DAY)
    nearer = add(first_seen=9.5 * DAY, last_seen=9.5 * DAY)
    add(first_seen=13 * DAY, last_seen=13 * DAY)
    add(first_seen=7 * DAY, last_seen=7 * DAY)
    add(mac="00:00:00:00:00:01")
    add(level="note")
    assert [other.id for other in store.cases.near(this)] == [nearer, near]
    store.cases.link(this, near, by="head", now=1.0)
    assert [other.id for other in store.cases.near(this)] == [nearer]
    store.ownership.add("head", MAC, by="head", now=1.0)
    assert store.cases.near(this, "head") == []


def test_with_two_keys_a_second_person_answers_once(store: Store) -> None:
    number = store.save_incident(incident()).id
    ask = store.cases.ask_name(number, "bevan", "To speak with them.", 2, by="Mrs Bevan", now=10.0)
    assert [(found, note.id, note.text) for found, note in store.cases.open_asks(0.0)] == [(number, ask, "To speak with them.")]
    assert store.cases.open_asks(11.0) == []
    with pytest.raises(StoreError):
        store.cases.answer_name(number, ask, "bevan", True, by="Mrs Bevan", now=11.0)
    store.cases.answer_name(number, ask, "rees", True, by="Mr Rees", now=12.0)
    assert store.cases.open_asks(0.0) == []
    with pytest.raises(NotFound):
        store.cases.answer_name(number, ask, "rees", False, by="Mr Rees", now=13.0)
    assert [(note.kind, note.one("ask")) for note in store.notes(number)[1:]] == [("name agreed", str(ask))]
    assert store.cases.count_name_asks(0.0) == 1 and store.cases.count_name_asks(11.0) == 0


def test_a_single_key_waits_for_nobody_and_own_devices_stay_hidden(store: Store) -> None:
    number = store.save_incident(incident()).id
    store.cases.ask_name(number, "bevan", "Why.", 1, by="Mrs Bevan", now=10.0)
    assert store.cases.open_asks(0.0) == []
    store.cases.ask_name(number, "bevan", "Why.", 2, by="Mrs Bevan", now=10.0)
    store.ownership.add("rees", MAC, by="Mr Rees", now=1.0)
    assert len(store.cases.open_asks(0.0)) == 1 and store.cases.open_asks(0.0, "rees") == []


def test_every_deed_stands_in_the_audit(store: Store) -> None:
    one, two = (store.save_incident(incident(category=category)).id for category in ("suicide", "gambling"))
    store.cases.add_note(one, "A.", by="head", now=1.0)
    store.cases.correct(one, 1, "B.", by="head", now=1.0)
    store.cases.pass_on(one, "rees", "", by="head", now=1.0)
    store.cases.link(one, two, by="head", now=1.0)
    store.cases.ask_name(one, "head", "Why.", 1, by="head", now=1.0)
    actions = [entry.action for entry in store.audit_log() if entry.subject == str(one)]
    assert actions == [f"incident {kind}" for kind in ("name asked", "linked", "passed", "correction", "note")]


def test_the_hours_of_an_incident_outlive_the_meters_two_days(store: Store) -> None:
    number = store.save_incident(incident(first_seen=1.5 * HOUR, last_seen=2.2 * HOUR)).id
    hours = [Sight(hour=hour * HOUR, mac=MAC, heard=9, seen=9, named=int(hour), reasons={"relay": 2}) for hour in range(5)]
    others = [Sight(hour=HOUR, mac="00:00:00:00:00:01", heard=9, seen=9, named=9)]
    store.save_sight([*hours, *others], now=5 * HOUR)
    assert [sight.named for sight in store.cases.sights(store.incident(number))] == [1, 2]
    store.save_sight([], now=30 * DAY)
    assert store.sight(mac=MAC) == [] and store.sight(mac="00:00:00:00:00:01") == []
    assert [sight.named for sight in store.cases.sights(store.incident(number))] == [1, 2]
    assert store.cases.sights(store.incident(number))[0].reasons == {"relay": 2}


def test_whether_the_clock_was_set_is_kept_with_the_incident(store: Store, folder: Path) -> None:
    number = store.save_incident(incident()).id
    with sqlite3.connect(folder / "safespan.db") as raw:
        raw.execute("UPDATE incidents SET clock_synced = 0")
    assert store.cases.clock_was_set(number) is False
