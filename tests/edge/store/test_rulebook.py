from __future__ import annotations

from typing import Any

import pytest

from appliance.edge.store import NotFound, Store, StoreError
from appliance.school import GroupLevel, Hours, LessonMode, Rule, Term

from .conftest import incident

DAY = 86_400.0


def rule(**changes: Any) -> Rule:
    fields: dict[str, Any] = {"kind": "allow", "pattern": "a.example", "reason": "Maths week", "until": 10 * DAY}
    return Rule(**fields | changes)


def actions(store: Store) -> list[str]:
    return [entry.action for entry in store.audit_log()]


def test_rule_is_kept_with_who_and_when_and_audited(store: Store) -> None:
    made = store.rulebook.add_rule(rule(pattern="WWW.A.example."), by="head", now=100.0)
    assert store.rulebook.rules() == [made]
    assert (made.id, made.pattern, made.by, made.since) == (1, "www.a.example", "head", 100.0)
    assert actions(store) == ["rule made: allow"]


def test_ended_and_expired_rules_stay_on_record_only(store: Store) -> None:
    first = store.rulebook.add_rule(rule(), by="head", now=100.0)
    second = store.rulebook.add_rule(rule(until=2 * DAY), by="head", now=100.0)
    store.rulebook.end_rule(first.id, by="deputy", now=200.0)
    store.rulebook.end_rule(first.id, by="deputy", now=300.0)
    assert store.rulebook.rules(250.0) == [second]
    assert store.rulebook.rules(3 * DAY) == []
    assert [(kept.id, kept.ended) for kept in store.rulebook.rules()] == [(2, None), (1, 200.0)]
    assert actions(store)[0] == "rule ended"
    assert [kept.id for kept in store.policy().rules] == [2]
    with pytest.raises(NotFound):
        store.rulebook.end_rule(99, by="head", now=1.0)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"pattern": "co.uk"}, "many owners"),
        ({"kind": "deny", "pattern": "www.childline.org.uk", "category": "games"}, "belongs to a help line"),
        ({"pattern": "uk"}, "not the name"),
        ({"reason": "\u202e "}, "reason"),
        ({"pattern": "", "category": "cse"}, "serious core"),
        ({"until": 1e12}, "end date"),
    ],
)
def test_rule_that_cannot_be_made_leaves_no_trace(store: Store, changes: dict[str, Any], says: str) -> None:
    with pytest.raises(StoreError, match=says):
        store.rulebook.add_rule(rule(**changes), by="head", now=100.0)
    assert (store.rulebook.rules(), store.audit_log()) == ([], [])


def test_level_of_a_group_is_chosen_and_taken_back(store: Store) -> None:
    store.rulebook.set_level("staff", "gambling", "look", by="head", now=1.0)
    store.rulebook.set_level("staff", "gambling", "note", by="head", now=2.0)
    assert store.rulebook.levels() == [GroupLevel(group="staff", category="gambling", level="note")]
    assert store.policy().levels == {("staff", "gambling"): "note"}
    store.rulebook.set_level("staff", "gambling", None, by="head", now=3.0)
    assert store.rulebook.levels() == []
    for category in ("suicide", "no such thing"):
        with pytest.raises(StoreError):
            store.rulebook.set_level("staff", category, "off", by="head", now=4.0)


def test_lesson_runs_until_it_ends(store: Store) -> None:
    lesson = LessonMode(topic="Drugs", group="unknown", categories=("drugs",), until=3600.0)
    kept = store.rulebook.start_lesson(lesson, by="Mrs Smith", now=10.0)
    assert store.rulebook.lessons(20.0) == [kept]
    assert store.policy().lessons == (kept,)
    assert store.rulebook.lessons(3600.0) == []
    store.rulebook.end_lesson(kept.id, by="Mrs Smith", now=30.0)
    assert store.rulebook.lessons(40.0) == []
    assert store.policy().lessons == ()
    assert actions(store) == ["lesson ended", "lesson begun"]


@pytest.mark.parametrize(
    "changes",
    [{"categories": ("suicide",)}, {"categories": ()}, {"categories": ("x",)}, {"topic": " "}, {"until": 1e6}, {"until": 5.0}],
)
def test_lesson_about_the_serious_core_or_without_end_is_refused(store: Store, changes: dict[str, Any]) -> None:
    fields: dict[str, Any] = {"topic": "Drugs", "group": "unknown", "categories": ("drugs",), "until": 3600.0}
    with pytest.raises(StoreError):
        store.rulebook.start_lesson(LessonMode(**fields | changes), by="head", now=10.0)


def test_trial_ends_within_sixty_days(store: Store) -> None:
    assert store.rulebook.trial_until() == 0.0
    store.rulebook.set_trial(30 * DAY, by="head", now=0.0)
    assert store.policy().trial_until == 30 * DAY
    for until in (100 * DAY, -1.0, float("nan")):
        with pytest.raises(StoreError):
            store.rulebook.set_trial(until, by="head", now=0.0)
    store.rulebook.set_trial(0.0, by="head", now=1.0)
    assert store.rulebook.trial_until() == 0.0


def test_hours_are_replaced_whole_and_checked(store: Store) -> None:
    week = [Hours(weekday=day, opens="08:45", closes="15:30") for day in range(5)]
    store.rulebook.set_hours(week, by="head", now=1.0)
    store.rulebook.set_hours(week[:2], by="head", now=2.0)
    assert store.rulebook.hours() == week[:2]
    for broken in (Hours(weekday=7, opens="08:45", closes="15:30"), Hours(weekday=0, opens="8:45", closes="15:30")):
        with pytest.raises(StoreError, match="08:45"):
            store.rulebook.set_hours([broken], by="head", now=3.0)
    assert store.rulebook.hours() == week[:2]


def test_terms_are_added_and_removed(store: Store) -> None:
    term = store.rulebook.add_term(Term(name="Autumn", first="2026-09-02", last="2026-12-18"), by="head", now=1.0)
    closed = store.rulebook.add_term(Term(name="Inset", first="2026-09-01", last="2026-09-01", closed=True), by="head", now=1.0)
    assert store.rulebook.terms() == [closed, term]
    store.rulebook.remove_term(term.id, by="head", now=2.0)
    assert store.policy().terms == (closed,)
    with pytest.raises(NotFound):
        store.rulebook.remove_term(term.id, by="head", now=2.0)
    for first, last in (("2026-12-18", "2026-09-02"), ("tomorrow", "2026-12-18"), ("20260902", "20261218")):
        with pytest.raises(StoreError, match="term needs"):
            store.rulebook.add_term(Term(name="x", first=first, last=last), by="head", now=1.0)


def test_reasons_of_an_incident_come_back(store: Store) -> None:
    number = store.save_incident(incident(reasons=("Raised because of this.", "And that."))).id
    assert store.incident(number).reasons == ("Raised because of this.", "And that.")
