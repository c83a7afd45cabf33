from __future__ import annotations

from appliance.judge.opinions import ENTRIES, Opinions
from appliance.model import Intent

PERSON, SURE = Intent("person", "medium"), Intent("person", "high")
PAGE, APP, UNCLEAR = Intent("page", "medium"), Intent("background", "high"), Intent()


def opinions(*readings: Intent, entry: str = "a.example") -> Opinions:
    found = Opinions()
    for visit, intent in enumerate(readings):
        found.note(entry, float(visit), intent)
    return found


def test_nothing_read_is_no_opinion() -> None:
    assert opinions().overall is None and opinions().of("a.example") is None


def test_visit_that_speaks_most_for_a_person_counts() -> None:
    assert opinions(PAGE, PERSON, UNCLEAR).overall == PERSON
    assert opinions(PAGE, UNCLEAR).overall == UNCLEAR


def test_an_apps_clock_explains_earlier_visits_but_not_one_that_was_surely_a_persons() -> None:
    assert opinions(PERSON, PERSON, APP).overall == APP
    assert opinions(SURE, APP).overall == SURE
    assert opinions(PERSON, APP, PERSON).overall == PERSON


def test_only_the_visit_at_hand_can_be_amended() -> None:
    found = opinions(PERSON, PERSON)
    assert not found.amend("a.example", 0.0, PAGE) and not found.amend("b.example", 1.0, PAGE)
    assert not found.amend("a.example", 1.0, PERSON)
    assert found.amend("a.example", 1.0, PAGE) and found.overall == PERSON
    alone = opinions(PERSON)
    assert alone.amend("a.example", 0.0, PAGE) and alone.overall == PAGE


def test_requests_of_one_visit_are_one_reading() -> None:
    found = Opinions()
    for _ in range(5):
        found.note("a.example", 1.0, PERSON)
    assert found.amend("a.example", 1.0, PAGE) and found.overall == PAGE


def test_entries_are_told_apart_and_bounded() -> None:
    found = opinions(PAGE)
    found.note("b.example", 0.0, PERSON)
    assert (found.of("a.example"), found.of("b.example"), found.overall) == (PAGE, PERSON, PERSON)
    for n in range(5 * ENTRIES):
        found.note(f"{n}.example", 0.0, PAGE)
    assert len(found) == ENTRIES


def test_reading_from_before_a_restart_stays_unless_more_speaks_for_a_person() -> None:
    found = opinions(PAGE)
    found.kept = UNCLEAR
    assert found.overall == UNCLEAR
    found.note("a.example", 9.0, PERSON)
    assert found.overall == PERSON
