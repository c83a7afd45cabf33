from __future__ import annotations

from datetime import UTC, timedelta, timezone
from typing import Any

import pytest

from appliance.judge.filter_witness import SECONDS, TRIES, WAITING, FilterWitness, say_witness
from appliance.judge.outcomes import Evidence
from appliance.model import Outcome, Verdict
from appliance.witness import WitnessCount

DAY = 86_400.0
STOPPED, DOUBTFUL = Evidence("stopped", "."), Evidence("stopped", ".", sure=False)
REACHED = Evidence("reached", ".")


def verdict(name: str = "bet.example", **changes: Any) -> Verdict:
    return Verdict(**{"name": name, "category": "gambling", "level": "look", "entry": name} | changes)


def counted(*evidence: Evidence) -> tuple[int, int, int]:
    """Stopped, reached and unclear of one try with this evidence."""
    witness = FilterWitness(UTC)
    witness.note_try("m", 100.0, verdict())
    for number, one in enumerate(evidence):
        witness.learn("m", 100.5 + number, verdict("www.bet.example"), one)
    witness.settle(100.0 + 2 * SECONDS)
    (row,) = witness.take_counts()
    return (row.stopped, row.reached, row.unclear)


@pytest.mark.parametrize(
    ("evidence", "counts"),
    [
        ((), (0, 0, 1)),
        ((STOPPED,), (1, 0, 0)),
        ((DOUBTFUL,), (0, 0, 1)),
        ((DOUBTFUL, STOPPED), (1, 0, 0)),
        ((REACHED,), (0, 1, 0)),
        # Stopped by one resolver and reached by another: it got through.
        ((STOPPED, REACHED), (0, 1, 0)),
        ((REACHED, STOPPED), (0, 1, 0)),
    ],
)
def test_tries_are_counted_by_what_became_of_them(evidence: tuple[Evidence, ...], counts: tuple[int, int, int]) -> None:
    assert counted(*evidence) == counts


def test_requests_of_one_try_are_one_and_later_ones_another() -> None:
    witness = FilterWitness(UTC)
    for time in (0.0, 5.0, 15.0, 60.0):
        witness.note_try("m", time, verdict())
    witness.settle(1_000.0)
    assert [row.unclear for row in witness.take_counts()] == [2]
    assert witness.take_counts() == []


def test_devices_sites_and_categories_are_tries_of_their_own() -> None:
    witness = FilterWitness(UTC)
    witness.note_try("a", 0.0, verdict())
    witness.note_try("b", 0.0, verdict())
    witness.note_try("a", 0.0, verdict("dice.test"))
    witness.note_try("a", 0.0, verdict(category="drugs"))
    witness.settle(1_000.0)
    assert {row.category: row.tries for row in witness.take_counts()} == {"gambling": 3, "drugs": 1}


def test_exercises_and_guesses_are_no_test_of_a_filter() -> None:
    witness = FilterWitness(UTC)
    witness.note_try("m", 0.0, verdict(exercise=True))
    witness.note_try("m", 0.0, verdict(confidence="low"))
    witness.note_try("m", 0.0, verdict(category=None))
    witness.settle(1_000.0)
    assert witness.take_counts() == []


def test_day_is_the_schools_own() -> None:
    witness = FilterWitness(timezone(timedelta(hours=2)))
    witness.note_try("m", DAY - 3600.0, verdict())
    witness.settle(2 * DAY)
    assert [row.day for row in witness.take_counts()] == ["1970-01-02"]


def test_counts_are_the_same_however_often_time_is_told() -> None:
    def run(*, often: bool) -> list[WitnessCount]:
        witness = FilterWitness(UTC)
        for n in range(200):
            time = n * 7.0
            witness.note_try("m", time, verdict(f"s{n % 5}.test"))
            outcome: Outcome = "stopped" if n % 3 else "reached"
            witness.learn("m", time + 20.0 * (n % 2), verdict(f"s{n % 5}.test"), Evidence(outcome, "."))
            if often:
                witness.settle(time)
        witness.settle(1e6)
        return witness.take_counts()

    assert run(often=True) == run(often=False)


def test_open_tries_and_waiting_counts_are_bounded() -> None:
    witness = FilterWitness(UTC)
    for n in range(2 * TRIES):
        witness.note_try(f"m{n}", 0.0, verdict())
    assert len(witness) == TRIES + 1 and witness.evicted == TRIES
    for n in range(2 * WAITING):
        witness.note_try("m", n * DAY, verdict())
    witness.settle(1e12)
    assert len(witness.take_counts()) == WAITING


def test_words_say_what_was_stopped_and_where_something_got_through() -> None:
    rows = [
        WitnessCount(day="2026-11-24", category="gambling", stopped=9, reached=1),
        WitnessCount(day="2026-11-25", category="drugs", stopped=4, unclear=2),
    ]
    assert say_witness(rows) == [
        "Tries of listed names: 16; the filter stopped 13, 1 got through, and of 2 we can't tell.",
        "Gambling: 10; the filter stopped 9, 1 got through.",
    ]
    assert say_witness([]) == ["No listed name was tried, so there is nothing to say of the filter."]
