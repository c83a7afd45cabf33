from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest

from appliance.judge.categories import CATEGORIES
from appliance.judge.sentences import speak_time, write_sentence
from appliance.model import Incident, Outcome

LONDON = ZoneInfo("Europe/London")
# A Tuesday in winter, 10:42 in London.
TIME = datetime(2026, 11, 24, 10, 42, tzinfo=UTC).timestamp()


def sentence(now: float = TIME + 3600, zone: Any = LONDON, **changes: Any) -> str:
    fields: dict[str, Any] = {
        "id": 1,
        "category": "proxy_avoidance",
        "level": "look",
        "device": "iPad-07",
        "mac": "m",
        "first_seen": TIME,
        "last_seen": TIME,
        "count": 1,
        "names": ("x.example",),
        "outcome": "reached",
    }
    return write_sentence(Incident(**fields | changes), now, zone)


def test_site_opened_once() -> None:
    assert sentence() == "iPad-07 opened a site for getting round the school's filter at 10:42."


def test_site_opened_twice() -> None:
    said = sentence(count=2, last_seen=TIME + 9 * 60)
    assert said == "iPad-07 opened a site for getting round the school's filter twice, at 10:42 and 10:51."


def test_site_stopped_three_times() -> None:
    said = sentence(category="gambling", outcome="stopped", count=3, last_seen=TIME + 9 * 60)
    assert said == "iPad-07 tried a gambling site 3 times between 10:42 and 10:51. The school's filter seems to have stopped it."


def test_several_visits_in_one_minute_say_the_time_once() -> None:
    said = sentence(category="gambling", outcome="stopped", count=3, last_seen=TIME + 30)
    assert said == "iPad-07 tried a gambling site 3 times at 10:42. The school's filter seems to have stopped it."
    assert sentence(category="gambling", count=2, last_seen=TIME + 30) == "iPad-07 opened a gambling site twice at 10:42."


def test_urgent_thing_that_a_person_chose_says_so() -> None:
    said = sentence(category="suicide", level="urgent", intent="person", device="Laptop-02")
    assert said == "Laptop-02 opened a site about ending life at 10:42. It does not look like part of another page."
    assert "another page" not in sentence(category="suicide", level="urgent", intent="unclear")
    assert "another page" not in sentence(intent="person")


def test_advert_in_a_page_is_told_as_what_the_page_did() -> None:
    advert = {"category": "gambling", "level": "note", "intent": "page", "device": "iPad-03"}
    loaded = "Something from a gambling site loaded inside another page on iPad-03 at 10:42. Nobody seems to have gone there."
    assert sentence(**advert) == loaded
    named = "Another page on iPad-03 named a gambling site at 10:42. Nobody seems to have gone there."
    assert sentence(**advert, outcome="tried") == named
    # What counts for more, or was stopped, keeps its plain sentence.
    assert sentence(**advert | {"level": "look"}) == "iPad-03 opened a gambling site at 10:42."
    assert sentence(**advert, outcome="stopped").startswith("iPad-03 tried a gambling site at 10:42.")


def test_app_in_the_background_is_told_as_the_device_itself() -> None:
    said = sentence(category="social_media", level="note", intent="background", count=9, last_seen=TIME + 3600, now=TIME + 7200)
    assert said.startswith("iPad-07 asked for a social media service by itself 9 times between 10:42 and 11:42.")


def test_site_that_no_list_knows_is_told_as_a_guess() -> None:
    guess = {"source": "Safespan: words (en), 2026-11-21", "level": "note"}
    said = sentence(**guess)
    assert said == "iPad-07 opened a site at 10:42 whose name alone suggests a site for getting round the school's filter."
    assert sentence(**guess, outcome="tried").startswith("iPad-07 tried a site at 10:42 whose name alone suggests")
    again = sentence(**guess, count=3, last_seen=TIME + 9 * 60, names=("www.x.example", "x.example"))
    assert "opened a site 3 times between 10:42 and 10:51 whose name alone suggests" in again
    several = sentence(**guess, count=3, last_seen=TIME + 9 * 60, names=("x.example", "y.example"))
    assert "opened sites 3 times between 10:42 and 10:51 whose names alone suggest" in several


def test_attempt_of_which_nothing_more_is_known() -> None:
    said = sentence(category="suicide", outcome="tried")
    assert said == "iPad-07 tried to open a site about ending life at 10:42. We can't tell whether it opened."


def test_services_are_used_and_not_opened() -> None:
    assert sentence(category="social_media").startswith("iPad-07 used a social media service")
    assert sentence(category="encrypted_dns") == "iPad-07 used a service that hides which sites a device looks up at 10:42."


def test_exercise_says_so_first() -> None:
    assert sentence(category="gambling", exercise=True).startswith("This was a test: iPad-07 asked for a harmless name")


def test_another_day_is_named_and_another_year_too() -> None:
    assert "at 10:42 on Tuesday 24 November." in sentence(now=TIME + 86_400)
    assert "at 10:42 on Tuesday 24 November 2026." in sentence(now=TIME + 86_400 * 60)


def test_incident_over_midnight_names_the_first_day_only() -> None:
    late, early = datetime(2026, 11, 24, 23, 55, tzinfo=UTC).timestamp(), datetime(2026, 11, 25, 0, 5, tzinfo=UTC).timestamp()
    said = sentence(first_seen=late, last_seen=early, count=2, now=early)
    assert said.endswith("twice, at 23:55 on Tuesday 24 November and 0:05.")


def test_times_are_the_schools_own_in_summer_too() -> None:
    summer = datetime(2026, 6, 24, 8, 5, tzinfo=UTC).timestamp()
    assert speak_time(summer, summer, LONDON) == "9:05"


@pytest.mark.parametrize("category", sorted(CATEGORIES))
def test_every_combination_is_one_clean_statement(category: str) -> None:
    for outcome, count, exercise, span in product(get_args(Outcome), (1, 2, 7), (False, True), (0.0, 600.0)):
        said = sentence(category=category, outcome=outcome, count=count, exercise=exercise, last_seen=TIME + span)
        assert said[-1] == "." and "{" not in said and "  " not in said and "iPad-07" in said
        assert CATEGORIES[category].phrase in said


def test_category_that_nobody_knows_still_gives_a_sentence() -> None:
    assert sentence(category="new-one") == "iPad-07 opened a site on one of the box's lists at 10:42."


def test_device_name_with_braces_stays_text() -> None:
    assert sentence(device="{count}{0}").startswith("{count}{0} opened")
