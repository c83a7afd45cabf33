"""Checks: the fire drill, the log and the grid."""

from __future__ import annotations

import pytest

from appliance.edge.store import Store
from appliance.school import CheckDone, Term
from appliance.witness import FilterCheck
from tests.web_ui import school
from tests.web_ui.conftest import Clock, Visitor
from tests.web_ui.test_incidents import words

DRILL = {"what": "drill", "device_type": "Pupils’ iPads", "place": "Oak class", "user_group": "Year 4", "result": "worked"}
NAME = "gambling.trigger.example"


def test_a_drill_waits_for_its_exercise_and_is_written_down(morning: Store, head: Visitor, clock: Clock) -> None:
    head.get("/checks")
    drill = head.post("/checks/drill", {"drill": "gambling"}).location
    page = words(head.get(drill).text)
    assert NAME in page and "Waiting for it to come up" in page
    part = drill.replace("/drill?", "/drill/now?")
    exercise = school.an_incident(
        category="gambling",
        exercise=True,
        names=(NAME,),
        device="iPad-03",
        mac=school.mac(3),
        first_seen=school.NOW + 4,
        last_seen=school.NOW + 4,
    )
    number = morning.save_incident(exercise).id
    clock.move(6)
    assert "It works: it came up on iPad-03 after 4 seconds." in words(head.get(part).text)
    head.get(drill)
    assert head.post("/checks", DRILL | {"incident": str(number)}).location == "/checks"
    page = words(head.get("/checks").text)
    assert "The check is written down." in page and "Seen by the box" in page and "by Mrs Bevan" in page
    assert morning.check_log()[0].incident == number


def test_an_older_exercise_is_not_taken_for_the_drill(morning: Store, head: Visitor) -> None:
    old = school.an_incident(exercise=True, names=(NAME,), first_seen=school.NOW - 60, last_seen=school.NOW - 60)
    morning.save_incident(old)
    assert "Waiting" in head.get(f"/checks/drill?name={NAME}&since={int(school.NOW)}").text


def test_a_drill_that_does_not_come_up_says_what_to_check(store: Store, head: Visitor) -> None:
    page = words(head.get(f"/checks/drill?name={NAME}&since={int(school.NOW) - 600}").text)
    assert "Nothing has come up" in page and "mobile data" in page


def test_the_live_part_says_nothing_twice(store: Store, head: Visitor) -> None:
    page = head.get(f"/checks/drill?name={NAME}&since={int(school.NOW)}").text
    part = page.split('hx-get="')[2 if page.index("strip") < page.index("drill-state") else 1].split('"')[0].replace("&amp;", "&")
    assert head.get(part).status_code == 204


@pytest.mark.parametrize("query", ["", "?name=evil.example&since=1", f"?name={NAME}&since=nan", "?name=%3Cscript%3E"])
def test_only_harmless_names_are_drilled(store: Store, head: Visitor, query: str) -> None:
    assert head.get(f"/checks/drill{query}").status_code == 404
    head.get("/checks")
    assert head.post("/checks/drill", {"drill": "evil"}).status_code == 400


def test_the_grid_shows_the_newest_check_of_each_place(store: Store, head: Visitor) -> None:
    head.get("/checks")
    for changes in ({"result": "failed"}, {"result": "worked"}, {"place": "Library", "result": "partly", "action": "Told IT."}):
        head.post("/checks", DRILL | changes)
    page = words(head.get("/checks").text)
    grid = page[page.index("What has been checked") : page.index("Log of checks")]
    assert grid.count("Oak class") == 1 and "It did not work" not in grid and "It worked in part" in grid
    assert "Told by the school" in page and "Told IT." in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"what": "magic"}, "Choose what was tested"),
        ({"result": ""}, "Choose what came of it"),
        ({"place": "y" * 301}, "300 characters or fewer"),
    ],
)
def test_a_check_that_says_too_little_comes_back(store: Store, head: Visitor, changes: dict[str, str], said: str) -> None:
    head.get("/checks")
    answer = head.post("/checks", DRILL | changes)
    assert answer.status_code == 400 and said in answer.text and "Year 4" in answer.text and store.check_log() == []


def test_an_incident_that_is_no_exercise_proves_nothing(morning: Store, head: Visitor) -> None:
    head.get("/checks")
    for number in ("3", "9999", "²", "x" * 50):
        head.post("/checks", DRILL | {"incident": number})
    assert {check.incident for check in morning.check_log()} == {None}


def test_what_the_box_saw_of_the_filters_tests_is_told(store: Store, head: Visitor) -> None:
    check = FilterCheck(time=school.NOW - 60, mac=school.mac(1), device="iPad-01", test="Child abuse images", result="active")
    store.save_witnessed([], [], [check])
    assert "iPad-01 ran the test “Child abuse images”. The list seems to be in force." in words(head.get("/checks").text)


def test_what_was_not_tested_this_term_is_told(store: Store, head: Visitor) -> None:
    store.rulebook.add_term(Term(name="Autumn term", first="2026-09-02", last="2026-12-18"), by="x", now=1.0)
    old, new = school.at("9:00", 200), school.at("9:00", 2)
    for when, what, place in ((old, "drill", "Oak"), (old, "drill", "library"), (new, "drill", "library")):
        store.log_check(CheckDone(what=what, result="worked", place=place, device_type="iPads"), by="x", now=when)
    page = words(head.get("/checks").text)
    due = page.partition("Not tested yet in “Autumn term”")[2].partition("Which drill?")[0]
    assert "iPads, Oak" in due and "library" not in due
    assert "Safe search is on" in due and "Fire drill of this box" not in due


def test_without_a_term_three_months_count(store: Store, head: Visitor) -> None:
    assert "Not tested in the last three months" in head.get("/checks").text
