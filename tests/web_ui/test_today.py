"""The first screen: do I need to do anything?"""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from appliance.edge.store import Store
from appliance.model import Health, Lamp, Sight
from appliance.school import Hours
from appliance.witness import WitnessCount
from tests.web_ui import school
from tests.web_ui.conftest import Clock, Visitor
from tests.web_ui.test_incidents import words
from web_ui.latest import Latest

STATES: list[tuple[Lamp, Health, str, str]] = [
    (school.a_lamp("green"), school.a_health(), "well", "Nothing needs you We have been watching 23 devices since 8:41"),
    (
        school.a_lamp("amber", look=1),
        school.a_health(),
        "look",
        "One thing to look at today Nothing is urgent. We have been watching",
    ),
    (school.a_lamp("amber", look=3), school.a_health(), "look", "3 things to look at today"),
    (school.a_lamp("red", urgent=1, buzzer=True), school.a_health(), "urgent", "One urgent thing needs you now"),
    (school.a_lamp("amber", urgent=1), school.a_health(), "look", "Somebody is already looking at what is urgent."),
    (school.a_lamp("amber", blind=True), school.a_health(problems=("no-mirror",)), "blind", "We can’t see enough"),
    (
        school.a_lamp("green", time=school.NOW - 121),
        school.a_health(time=school.NOW - 121),
        "lost",
        "We have lost touch with the box",
    ),
    (school.a_lamp("green"), school.a_health(time=school.NOW - 121), "lost", "We have lost touch with the box"),
    (school.a_lamp("red", urgent=1, time=school.NOW - 900), school.a_health(time=school.NOW - 900), "urgent", "One urgent thing"),
]


@pytest.mark.parametrize(("lamp", "health", "state", "told"), STATES)
def test_the_lamp_has_a_shape_a_word_and_a_sentence(
    store: Store, head: Visitor, lamp: Lamp, health: Health, state: str, told: str
) -> None:
    store.save_lamp(lamp)
    store.save_health(health)
    page = head.get("/")
    assert f"lamp--{state}" in page.text and f"bulb--{state}" in page.text
    assert told in words(page.text)


def test_before_the_box_has_said_anything_the_page_says_so(head: Visitor) -> None:
    page = words(head.get("/").text)
    assert "We have lost touch with the box" in page and "has not said anything yet" in page
    assert "Nothing needs you" not in page


def test_what_needs_somebody_stands_there_with_one_thing_to_press(morning: Store, head: Visitor) -> None:
    page = head.get("/").text
    assert page.count('class="govuk-button item__go"') == 3
    assert "See what happened" in page


def test_more_than_five_are_counted(store: Store, head: Visitor) -> None:
    for n in range(9):
        store.save_incident(school.an_incident(mac=school.mac(n)))
    assert "See 4 more" in head.get("/").text


def test_the_week_counts_what_came_up_since_monday(morning: Store, head: Visitor) -> None:
    morning.save_incident(school.an_incident(first_seen=school.at("10:00", 2), last_seen=school.at("10:00", 2)))
    page = words(head.get("/").text)
    assert "Came up 0 urgent, 5 to look at" in page and "You dealt with 2 of 5" in page


def test_the_week_says_that_it_was_watched_and_where_not(store: Store, head: Visitor) -> None:
    def hours(*clocks: str, days_ago: int = 0) -> None:
        store.save_sight([Sight(hour=school.at(clock, days_ago), heard=9, seen=10, named=9) for clock in clocks], school.NOW)

    hours("9:00", "10:00")
    assert "We watched 2 school hours, without a gap" in words(head.get("/").text)
    hours("9:00", "10:00", "13:00", "14:00", days_ago=1)
    page = words(head.get("/").text)
    assert "We watched 6 of 8 school hours nothing heard on Monday 23 November from 11:00 to 13:00" in page
    assert "This week we could tell where 90% of 60 connections went." in page
    store.rulebook.set_hours([Hours(weekday=day, opens="08:45", closes="10:15") for day in range(5)], by="x", now=1.0)
    assert "We watched 4 of 5 school hours nothing heard on Tuesday 24 November from 8:00 to 9:00" in words(head.get("/").text)


def test_the_week_says_how_many_tries_the_filter_stopped(store: Store, head: Visitor) -> None:
    assert "Filter stopped none that we saw" in words(head.get("/").text)
    days = (("2026-11-24", 10, 1), ("2026-11-23", 3, 0), ("2026-11-22", 50, 50))
    store.save_witnessed([WitnessCount(day=day, category="games", stopped=s, reached=r) for day, s, r in days], [], [])
    assert "Filter stopped 13 of 14 tries" in words(head.get("/").text)


def test_what_we_cannot_see_names_the_devices_that_hide(morning: Store, head: Visitor) -> None:
    assert "One device hid the sites it visits this week: Unknown device 3F2A." in words(head.get("/").text)


def test_the_live_part_is_small_and_silent_until_something_changes(morning: Store, head: Visitor) -> None:
    first = head.get("/today/now")
    version = first.headers["ETag"].strip('"')
    assert first.status_code == 200 and len(first.data) < 6_000
    assert head.get(f"/today/now?seen={version}").status_code == 204
    assert head.get("/today/now", **{"If-None-Match": f'"{version}"'}).status_code == 304
    assert f"seen={version}" in head.get("/").text
    morning.save_incident(school.an_urgent())
    assert "ending life" in head.get(f"/today/now?seen={version}").text


def test_the_lamp_of_other_pages_asks_for_itself_too(morning: Store, head: Visitor) -> None:
    first = head.get("/today/strip")
    assert len(first.data) < 1_500 and "Look today" in first.text
    version = first.headers["ETag"].strip('"')
    assert head.get(f"/today/strip?seen={version}").status_code == 204
    morning.save_lamp(school.a_lamp("red", urgent=1))
    assert "Urgent" in head.get(f"/today/strip?seen={version}").text


def test_it_turns_grey_by_itself_when_the_guardian_falls_silent(morning: Store, head: Visitor, clock: Clock) -> None:
    version = head.get("/today/now").headers["ETag"].strip('"')
    clock.move(125)
    assert "We have lost touch with the box" in head.get(f"/today/now?seen={version}").text


def test_a_demonstration_says_that_it_is_one_on_every_page(morning: Store, head: Visitor) -> None:
    assert "This is a demonstration." not in head.get("/").text
    morning.save_health(school.a_health(demonstration=True))
    for path in ("/", "/to-look-at", "/to-look-at/3", "/devices", "/is-it-working"):
        assert "This is a demonstration." in head.get(path).text


def test_it_works_without_scripts(morning: Store, head: Visitor) -> None:
    page = head.get("/").text
    assert '<noscript><meta http-equiv="refresh" content="60; url=/?by=itself"></noscript>' in page
    assert re.search(
        r"<noscript>This page was made [^<]+ loads itself anew every minute\. <a href=\"/\">Check again</a></noscript>", page
    )
    assert "This page was made Tuesday 24 November, 11:20, and" in page


def test_a_first_screen_that_loads_itself_anew_keeps_nobody_logged_in(morning: Store, head: Visitor, clock: Clock) -> None:
    for _ in range(19):
        clock.move(60)
        assert head.get("/?by=itself").status_code == 200
    clock.move(120)
    assert head.get("/?by=itself").location.startswith("/log-in")


def test_a_person_who_reads_it_stays_logged_in(morning: Store, head: Visitor, clock: Clock) -> None:
    for _ in range(3):
        clock.move(19 * 60)
        assert head.get("/").status_code == 200


def test_many_open_tabs_ask_the_store_once_and_a_decision_shows_at_once(
    morning: Store, head: Visitor, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.extensions["latest"] = Latest(60)
    asked: list[str] = []
    real = Store.incidents

    def counted(*given: Any, **named: Any) -> Any:
        asked.append("incidents")
        return real(*given, **named)

    monkeypatch.setattr(Store, "incidents", counted)
    version = head.get("/today/now").headers["ETag"].strip('"')
    assert [head.get(f"/today/now?seen={version}").status_code for _ in range(30)] == [204] * 30
    assert len(asked) == 1
    head.get("/to-look-at/3")
    head.post("/to-look-at/3/decision", {"decision": "behaviour"})
    assert "iPad-07" not in head.get(f"/today/now?seen={version}").text
