from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

from appliance.judge.patterns import DAYS, Patterns
from appliance.school import PatternDay

DAY = 86_400.0
MAC = "m1"


def noted(*days: float, category: str = "games", patterns: Patterns | None = None) -> Patterns:
    patterns = patterns or Patterns(UTC)
    for day in days:
        patterns.note(MAC, category, day * DAY + 100.0)
    return patterns


def test_days_of_one_week_are_counted_once_each_with_this_one() -> None:
    patterns = noted(0, 0, 3, 6)
    assert [patterns.days(MAC, "games", day * DAY) for day in (0, 3, 5, 6, 7, 20)] == [1, 2, 3, 3, 3, 1]


def test_days_from_the_future_do_not_count_after_a_clock_was_set_back() -> None:
    patterns = noted(400, 401, 402)
    assert patterns.days(MAC, "games", 5 * DAY) == 1


def test_a_day_is_one_of_the_schools_own_clock() -> None:
    patterns = Patterns(ZoneInfo("Pacific/Auckland"))
    patterns.note(MAC, "games", 13 * 3600.0)  # the second of January there
    assert patterns.take_changes() == [PatternDay(MAC, "games", patterns.day_of(0.0) + 1)]


def test_themes_are_worrying_categories_of_the_week_with_the_one_at_hand() -> None:
    patterns = noted(0, category="gambling")
    noted(1, category="drugs", patterns=patterns)
    noted(1, category="games", patterns=patterns)
    assert patterns.themes(MAC, "weapons", 2 * DAY) == ("weapons", "drugs", "gambling")
    assert patterns.themes(MAC, "weapons", 9 * DAY) == ("weapons",)
    assert patterns.themes("m2", "games", 2 * DAY) == ()


def test_newest_serious_category_of_the_week_is_remembered() -> None:
    patterns = noted(0, category="suicide")
    noted(2, category="self_harm", patterns=patterns)
    assert patterns.met_serious(MAC, 3 * DAY) == ("self_harm", patterns.day_of(2 * DAY))
    assert patterns.met_serious(MAC, 1 * DAY) == ("suicide", patterns.day_of(0.0))
    assert patterns.met_serious(MAC, 30 * DAY) is None
    assert patterns.met_serious("m2", 3 * DAY) is None


def test_memory_is_bounded_and_the_device_noted_longest_ago_goes() -> None:
    patterns = Patterns(UTC, limit=10)
    for number in range(25):
        patterns.note("m1", "games", 0.0)
        patterns.note(f"d{number}", "games", 0.0)
        patterns.note(f"d{number}", "no such category", 0.0)
    assert (len(patterns), patterns.evicted) == (10, 16)
    assert patterns.days("m1", "games", DAY) == 2
    for day in range(100):
        patterns.note("m1", "games", day * DAY)
    assert len(patterns._days["m1"]["games"]) == DAYS
    assert len(patterns.take_changes()) <= 10 * DAYS


def test_what_is_new_is_handed_out_once_and_comes_back_after_a_restart() -> None:
    patterns = noted(0, 0, 1)
    changes = patterns.take_changes()
    assert [change.day for change in changes] == [patterns.day_of(0.0), patterns.day_of(DAY)]
    assert patterns.take_changes() == []
    again = Patterns(UTC)
    again.restore(reversed(changes))
    assert again.days(MAC, "games", 2 * DAY) == 3
    assert again.take_changes() == []
