from __future__ import annotations

from typing import Any

import pytest

from appliance.judge.blindness import HOUR
from appliance.judge.sight import HOURS, REASONS, Usual, say_reasons, say_sight
from appliance.model import Sight


def hour(number: int, seen: int = 100, named: int = 95, **facts: Any) -> Sight:
    return Sight(hour=number * HOUR, seen=seen, named=named, **facts)


def usual(*hours: Sight) -> Usual:
    found = Usual()
    found.restore(hours)
    return found


@pytest.mark.parametrize(
    ("before", "now", "fell"),
    [
        ([hour(n) for n in range(5)], hour(5, named=70), True),
        ([hour(n) for n in range(5)], hour(5, named=80), False),
        ([hour(n) for n in range(2)], hour(2, named=10), False),  # nothing is usual yet
        ([hour(n) for n in range(5)], hour(5, seen=20, named=0), False),  # too little has happened, and the hour before was well
        ([*(hour(n) for n in range(5)), hour(5, named=10)], hour(6, seen=5, named=5), True),
        ([*(hour(n) for n in range(5)), hour(5, named=10)], hour(9, seen=5, named=5), False),
        ([hour(n, named=40) for n in range(5)], hour(5, named=35), False),  # always was so
        ([hour(n, 2_000, 1_900) for n in range(5)], hour(5, seen=100, named=40), False),  # night: only gadgets speak
        ([*(hour(n, 60, 20) for n in range(9)), *(hour(n, 2_000, 1_900) for n in range(9, 14))], hour(14, 900, 500), True),
        ([*(hour(n) for n in range(5)), hour(5, named=10), hour(6, named=10)], hour(7, named=10), True),
    ],
)
def test_a_fall_is_measured_against_what_is_usual(before: list[Sight], now: Sight, fell: bool) -> None:
    assert usual(*before).trouble(now).fell is fell


@pytest.mark.parametrize(
    ("asked", "answered", "one_way"),
    [(300, 0, True), (0, 300, True), (300, 290, False), (300, 100, False), (50, 0, False), (0, 0, False)],
)
def test_questions_without_answers_are_one_direction(asked: int, answered: int, one_way: bool) -> None:
    assert Usual().trouble(hour(1, asked=asked, answered=answered)).one_way is one_way


@pytest.mark.parametrize(
    ("before", "now", "unasked"),
    [
        ([hour(n, asked=100) for n in range(5)], hour(5, asked=40), True),
        ([hour(n, asked=100) for n in range(5)], hour(5, asked=60), False),
        ([hour(n, asked=0) for n in range(5)], hour(5, asked=0), False),  # look-ups never passed here
        ([hour(n, asked=100) for n in range(2)], hour(2, asked=0), False),
    ],
)
def test_look_ups_that_go_missing_are_measured_against_what_is_usual(before: list[Sight], now: Sight, unasked: bool) -> None:
    assert usual(*before).trouble(now).unasked is unasked


@pytest.mark.parametrize(
    ("last", "quiet"),
    [(20, 20), (9, 0), (3, 0), (0, 0)],
)
def test_devices_that_name_nothing_are_held_against_the_quietest_hours(last: int, quiet: int) -> None:
    before = [*(hour(n, quiet=n % 6) for n in range(6)), hour(6, quiet=last)]
    assert usual(*before).trouble(hour(7, quiet=50)).quiet == quiet  # the hour at hand counts only once it is over
    assert usual(*before).trouble(hour(20, quiet=50)).quiet == 0


def test_a_fall_tells_both_shares_and_the_reason_of_most() -> None:
    now = hour(5, named=41, reasons={"ech": 9, "no-sni": 50, "silent": 900})
    trouble = usual(*(hour(n) for n in range(5))).trouble(now)
    assert (trouble.share, trouble.ordinary, trouble.why) == (41, 95, "no-sni")


def test_hours_are_bounded_and_none_counts_twice() -> None:
    found = usual(*(hour(n) for n in range(HOURS + 100)), hour(HOURS + 99))
    assert len(found) == HOURS


@pytest.mark.parametrize(
    ("sight", "sentence"),
    [
        (hour(1, 0, 0), "Nothing has connected to anything in this hour yet."),
        (hour(1, 100, 100), "In this hour the box could tell of all 100 connections where they went."),
        (hour(1, 1_000, 999), "In this hour the box could tell of 99% of 1000 connections where they went."),
        (
            hour(1, 100, 93, quiet=1),
            "In this hour the box could tell of 93% of 100 connections where they went; one device was heard that named nothing.",
        ),
        (hour(1, 0, 0, quiet=3), "Nothing has connected to anything in this hour yet; 3 devices were heard that named nothing."),
    ],
)
def test_the_schools_figure_is_one_sentence(sight: Sight, sentence: str) -> None:
    assert say_sight(sight) == sentence


def test_reasons_are_sentences_the_most_frequent_first() -> None:
    told = say_reasons(hour(1, reasons={"no-sni": 2, "relay": 7, "something else": 1}))
    assert told == ["7 went through Apple's Private Relay.", "2 gave no name; gadgets and old programs do that."]
    assert all("{n}" in sentence and sentence.endswith(".") for sentence in REASONS.values())
