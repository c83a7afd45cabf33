from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from appliance.edge.store import Store
from appliance.edge.store.witness import CHECKS, DAYS
from appliance.witness import FilterCheck, SafeSearch, WitnessCount

from .conftest import incident, open_store

TUESDAY = "2026-11-24"


def count(day: str = TUESDAY, category: str = "gambling", **numbers: int) -> WitnessCount:
    return WitnessCount(day=day, category=category, **numbers)


def check(time: float = 1.0, **facts: str) -> FilterCheck:
    return FilterCheck(time=time, mac="m", device="iPad", test="IWF list", **facts)  # type: ignore[arg-type]


def test_counts_of_one_day_and_category_add_up(store: Store) -> None:
    store.save_witnessed([count(stopped=2), count(category="drugs", reached=1)], [], [])
    store.save_witnessed([count(stopped=1, unclear=3)], [], [])
    rows = store.witness(TUESDAY)
    assert rows == [count(category="drugs", reached=1), count(stopped=3, unclear=3)]
    assert [row.tries for row in rows] == [1, 6]
    assert store.witness("2026-11-25") == []


def test_safesearch_keeps_the_fuller_row_of_a_day_and_shows_the_last_day_of_each_engine(store: Store) -> None:
    fuller, after_restart = (SafeSearch(day=TUESDAY, engine="google", seen=n, unseen=1, last=5.0) for n in (9, 1))
    older = SafeSearch(day="2026-11-23", engine="google", seen=20, last=1.0)
    other = SafeSearch(day="2026-11-20", engine="bing", unseen=2, last=1.0)
    for row in (older, fuller, after_restart, other):
        store.save_witnessed([], [row], [])
    assert store.safesearch() == [other, fuller]


def test_checks_come_newest_first_and_survive_a_restart(store: Store, folder: Path) -> None:
    store.save_witnessed([], [], [check(), check(2.0, result="active", seen="The IWF list is active.")])
    store.close()
    with open_store(folder) as again:
        assert [(row.time, row.result) for row in again.checks()] == [(2.0, "active"), (1.0, "asked")]
        assert len(again.checks(1)) == 1


def test_days_and_checks_are_bounded_and_the_oldest_go(store: Store) -> None:
    first = date(2024, 1, 1)
    days = [(first + timedelta(days=n)).isoformat() for n in range(DAYS + 20)]
    store.save_witnessed(
        [count(day, stopped=1) for day in days],
        [SafeSearch(day=day, engine="google", seen=1) for day in days],
        [check(float(n)) for n in range(CHECKS + 20)],
    )
    assert [row.day for row in store.witness()] == days[20:]
    assert len(store.checks(CHECKS * 2)) == CHECKS
    store.save_witnessed([count("9999-12-31", stopped=1)], [], [])
    assert len(store.witness()) == DAYS


def test_incident_keeps_its_reading(store: Store) -> None:
    saved = store.save_incident(incident(intent="page", intent_reasons=("One.", "Two.")))
    assert store.incident(saved.id).intent_reasons == ("One.", "Two.") and saved.intent == "page"
    plain = store.save_incident(incident())
    assert (store.incident(plain.id).intent, store.incident(plain.id).intent_reasons) == (None, ())
