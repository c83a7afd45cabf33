"""What keeps guessing slow is bounded, and ends by itself."""

from __future__ import annotations

from web_ui.latest import Latest
from web_ui.throttle import PLACES, TRIES, WINDOW, Throttle


def test_six_wrong_tries_mean_a_wait_that_ends_by_itself() -> None:
    throttle = Throttle()
    for n in range(TRIES):
        assert throttle.wait("bevan 10.0.0.1", n) == 0
        throttle.note_wrong("bevan 10.0.0.1", n)
    assert 0 < throttle.wait("bevan 10.0.0.1", 10) <= WINDOW
    assert throttle.wait("bevan 10.0.0.2", 10) == 0
    assert throttle.wait("bevan 10.0.0.1", WINDOW) == 0


def test_a_right_try_clears_the_wrong_ones() -> None:
    throttle = Throttle()
    for n in range(TRIES):
        throttle.note_wrong("a", n)
    throttle.forget("a")
    assert throttle.wait("a", 10) == 0


def test_a_flood_of_names_takes_no_more_than_its_places() -> None:
    throttle = Throttle()
    for n in range(5 * PLACES):
        throttle.note_wrong(f"name {n}", 1.0)
    assert len(throttle._wrong) == PLACES and throttle.evicted == 4 * PLACES


def test_the_kept_answers_stay_few() -> None:
    latest: Latest[int] = Latest(60, most=8)
    for n in range(100):
        assert latest.get(n, lambda n=n: n) == n  # type: ignore[misc]
    assert len(latest._kept) <= 8
