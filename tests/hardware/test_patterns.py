from __future__ import annotations

import itertools

import pytest

from appliance.model import Lamp
from hardware.patterns import (
    BLIND,
    LOOK,
    LOOK_AND_BLIND,
    URGENT,
    URGENT_QUIET,
    WELL,
    Pattern,
    Rhythm,
    Stroke,
    pattern_for,
    steady,
)

COLOURS = ("green", "amber", "red")


def edges(pattern: Pattern, colour: str, seconds: float = 4.0) -> list[tuple[float, bool]]:
    """When a lamp goes on and off, in hundredths of a second."""
    rhythm: Rhythm = getattr(pattern, colour)
    lit = [(tick / 100, rhythm.level(tick / 100 + 1e-9) >= 0.5) for tick in range(int(seconds * 100))]
    return [(time, on) for (time, on), (_, before) in zip(lit[1:], lit, strict=False) if on != before]


@pytest.mark.parametrize(
    ("lamp", "pattern"),
    [
        (Lamp(colour="green", sentence=""), WELL),
        (Lamp(colour="amber", sentence=""), LOOK),
        (Lamp(colour="amber", sentence="", blind=True), BLIND),
        (Lamp(colour="amber", sentence="", blind=True, look=1), LOOK_AND_BLIND),
        (Lamp(colour="amber", sentence="", blind=True, urgent=1), LOOK_AND_BLIND),
        (Lamp(colour="grey", sentence=""), BLIND),
        (Lamp(colour="grey", sentence="", blind=True, look=3), BLIND),
        (Lamp(colour="red", sentence="", buzzer=True), URGENT),
        (Lamp(colour="red", sentence=""), URGENT_QUIET),
    ],
)
def test_each_state_of_the_lamp_has_its_pattern(lamp: Lamp, pattern: Pattern) -> None:
    assert pattern_for(lamp) is pattern


def test_green_breathes_evenly_between_dim_and_full_and_never_goes_out() -> None:
    levels = [WELL.at(tick / 20).green for tick in range(80)]
    assert (min(levels), max(levels)) == (pytest.approx(0.1), pytest.approx(1.0))
    assert max(abs(a - b) for a, b in itertools.pairwise(levels)) < 0.05
    assert WELL.at(0).amber == WELL.at(0).red == WELL.at(0).buzzer == 0


def test_amber_blinks_twice_and_pauses_when_something_wants_a_look() -> None:
    assert edges(LOOK, "amber", 2.5) == [(0.2, False), (0.4, True), (0.6, False), (2.0, True), (2.2, False), (2.4, True)]


def test_amber_blinks_once_in_a_long_while_when_the_box_is_blind() -> None:
    assert edges(BLIND, "amber", 8.0) == [(0.6, False), (4.0, True), (4.6, False)]


def test_red_flashes_fast_but_slower_than_three_times_a_second() -> None:
    flashes = [time for time, on in edges(URGENT, "red", 10.0) if on]
    assert 2 <= len(flashes) / 10 < 3


def test_the_buzzer_sounds_only_while_urgent_and_unheard() -> None:
    assert max(URGENT.at(tick / 100).buzzer for tick in range(300)) == 1
    for pattern in (WELL, LOOK, LOOK_AND_BLIND, BLIND, URGENT_QUIET):
        assert not pattern.buzzer.strokes


def test_patterns_can_be_told_apart_by_rhythm_alone() -> None:
    def lit(pattern: Pattern) -> tuple[bool, ...]:
        return tuple(max(getattr(pattern.at(tick / 20), colour) for colour in COLOURS) >= 0.5 for tick in range(160))

    assert len({lit(pattern) for pattern in (WELL, LOOK, LOOK_AND_BLIND, BLIND, URGENT)}) == 5


def test_a_rhythm_without_strokes_is_dark() -> None:
    assert Rhythm().level(12.3) == 0


def test_a_rhythm_starts_again_after_its_period() -> None:
    ramp = Rhythm((Stroke(1.0, 0.0, 1.0), Stroke(1.0, 1.0, 0.0)))
    assert ramp.period == 2
    assert [ramp.level(t) for t in (0, 0.5, 1, 1.5, 2, 2.5)] == [0, 0.5, 1, 0.5, 0, 0.5]


def test_steady_strokes_alternate_beginning_with_on() -> None:
    assert [stroke.start for stroke in steady(1, 2, 3).strokes] == [1, 0, 1]
