"""What is older than its term goes, what waits for somebody stays, and the chain stays whole."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from appliance.edge.store import NotFound, Store
from appliance.edge.store.retention import AT_ONCE, DAY, STRANGE, Removed
from appliance.model import Incident, Sight
from appliance.school import WORRY, Worry

from .conftest import incident
from .test_chain import tampering

THEN = 1_795_514_400.0
LATER = THEN + 366 * DAY


def seen(**facts: object) -> Incident:
    return incident(**{"first_seen": THEN - 60, "last_seen": THEN} | facts)


def forget(store: Store, now: float, incident_days: int = 365, worry_days: int = 365) -> Removed:
    """Look once the day before, as a box that runs does, and then at the moment."""
    store.retention.forget(now - DAY, incident_days, worry_days)
    store.retention.forget(now - DAY, incident_days, worry_days)
    return store.retention.forget(now, incident_days, worry_days)


def numbers(store: Store) -> list[int]:
    return sorted(one.id for one in store.incidents(limit=1_000))


@pytest.fixture
def full(store: Store) -> Store:
    """A decided incident with its record, one that waits, a mere note, a worry that is dealt with and one that is not."""
    store.save_incident(seen())
    store.save_incident(seen(level="urgent", device="iPad-08"))
    store.save_incident(seen(level="note", device="iPad-09"))
    store.decide(1, "safeguarding", by="Mrs Bevan", now=THEN, note="Rang home about Sam.")
    store.cases.add_note(1, "Sam is well.", by="Mrs Bevan", now=THEN, actions=("parents",))
    for text in ("I am worried about Sam.", "Somebody hides in the shed."):
        worry = store.worries.add(Worry(text=text), now=THEN)
        number = store.save_incident(seen(category=WORRY, mac=worry.target)).id
        store.worries.tie(worry.id, number)
    store.decide(4, "safeguarding", by="Mrs Bevan", now=THEN, note="")
    return store


def test_what_is_closed_and_old_goes_and_what_waits_stays(full: Store) -> None:
    assert forget(full, THEN + 364 * DAY) == Removed() and numbers(full) == [1, 2, 3, 4, 5]
    assert forget(full, LATER) == Removed(incidents=2, worries=1)
    assert numbers(full) == [2, 5]
    assert full.worries.of_incident(4) is None and full.worries.of_incident(5) is not None
    with pytest.raises(NotFound):
        full.incident(1)


def test_nothing_of_what_was_written_is_left_in_the_file(full: Store, folder: Path) -> None:
    forget(full, LATER)
    full.close()
    files = b"".join(file.read_bytes() for file in folder.rglob("safespan.db*"))
    assert b"Sam" not in files and b"Somebody hides in the shed." in files


def test_worries_have_a_term_of_their_own(full: Store) -> None:
    assert forget(full, THEN + 31 * DAY, worry_days=30) == Removed(worries=1)
    assert numbers(full) == [1, 2, 3, 5]


def test_the_chain_stays_whole_and_an_old_evidence_code_stays_good(full: Store) -> None:
    code = full.chain_head().code
    forget(full, LATER)
    found = full.verify_chain(code)
    assert found.broken is None and found.head != code


def test_the_removal_stands_in_the_audit_without_names(full: Store) -> None:
    forget(full, LATER)
    told = [(entry.who, entry.action, entry.subject) for entry in full.audit_log(limit=2)]
    assert sorted(told) == [
        ("The box", "removed incidents", "2 older than 365 days"),
        ("The box", "removed worries", "1 older than 365 days"),
    ]


def test_what_was_written_on_lately_is_not_old(full: Store) -> None:
    full.add_note(1, "Asked again.", by="Mrs Bevan", now=LATER - DAY)
    full.add_note(3, "Is this the same device?", by="Mrs Bevan", now=THEN)
    forget(full, LATER)
    assert numbers(full) == [1, 2, 3, 5]  # and a note that somebody wrote on waits for a decision


def test_hours_that_were_kept_for_an_incident_go_with_it(full: Store, folder: Path) -> None:
    full.save_sight([Sight(hour=THEN // 3600 * 3600, mac=seen().mac, heard=1)], THEN)
    full.save_sight([], THEN + 3 * DAY)
    forget(full, LATER)
    with sqlite3.connect(folder / "safespan.db") as raw:
        assert raw.execute("SELECT count(*) FROM kept_sights").fetchone() == (1,)  # of the one that waits, on the same device
    full.decide(2, "no_concern", by="Mrs Bevan", now=LATER, note="")
    forget(full, LATER + 366 * DAY)
    with sqlite3.connect(folder / "safespan.db") as raw:
        assert raw.execute("SELECT count(*) FROM kept_sights").fetchone() == (0,)


def test_links_to_what_is_gone_lead_nowhere(full: Store) -> None:
    full.cases.link(2, 1, by="Mrs Bevan", now=THEN)
    forget(full, LATER)
    assert full.cases.links(2) == []


@pytest.mark.parametrize("jump", [STRANGE + DAY, 20 * 365 * DAY, -400 * DAY])
def test_a_clock_that_has_just_jumped_removes_nothing(full: Store, jump: float) -> None:
    now = LATER - 2 * DAY
    forget(full, now - 2 * DAY, incident_days=3_650, worry_days=3_650)
    assert full.retention.forget(now + jump, 1, 1) == Removed() and numbers(full) == [1, 2, 3, 4, 5]


def test_only_so_many_go_at_once_and_the_rest_the_next_time(store: Store) -> None:
    with store.write():
        for _ in range(AT_ONCE + 5):
            store.save_incident(seen(level="note"))
    assert forget(store, LATER) == Removed(incidents=AT_ONCE, more=True)
    assert store.retention.forget(LATER + 60, 365, 365) == Removed(incidents=5) and not numbers(store)


@pytest.mark.parametrize("table", ["notes", "particulars", "worries"])
def test_what_the_chain_does_not_say_is_removed_can_not_be_deleted(full: Store, folder: Path, table: str) -> None:
    with sqlite3.connect(folder / "safespan.db") as raw, pytest.raises(sqlite3.IntegrityError, match="only ever added to"):
        raw.execute(f"DELETE FROM {table} WHERE id = 1")


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("DELETE FROM notes WHERE id = (SELECT max(id) FROM notes)", "missing"),
        ("DELETE FROM chain WHERE id = (SELECT max(id) FROM chain WHERE content = 'removed')", "link"),
        ("INSERT INTO notes SELECT 1, 2, time, by, kind, 'Nothing.', box, boot, seq, clock_synced FROM notes LIMIT 1", "changed"),
    ],
)
def test_tampering_is_found_after_a_removal_too(full: Store, folder: Path, sql: str, kind: str) -> None:
    full.add_note(2, "Who had it?", by="Mrs Bevan", now=THEN)
    forget(full, LATER)
    with tampering(folder) as raw:
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute(sql)
    broken = full.verify_chain().broken
    assert broken is not None and broken.kind == kind
