"""Setting up step by step, the mirror test, the school's settings, and where they are used."""

from __future__ import annotations

import pytest
from flask import Flask

from appliance.edge.store import Store
from tests.web_ui import school
from tests.web_ui.conftest import Visitor
from tests.web_ui.test_people import REES, code_on
from web_ui.views.steps import STEPS
from web_ui.wording import mirror

LANGUAGE = {"language": "en"}
SCHOOL = {"school": "Ashfield Primary", "time_zone": "Europe/Jersey"}
NUMBERS = {"deputy": "07700 900 123", "social_care": "01632 960 001", "it": "+44 1632 960 002 ext 4"}
TERMS = {"term_name_0": "Autumn term", "term_first_0": "2026-09-02", "term_last_0": "2026-12-18", "term_kind_0": "term"}
HOURS = {f"{field}_{day}": clock for day in range(5) for field, clock in (("opens", "8:45"), ("closes", "15.30"))}


@pytest.mark.parametrize("key", STEPS)
def test_each_step_can_be_opened_at_any_time_and_left(morning: Store, head: Visitor, key: str) -> None:
    page = head.get(f"/set-up/steps/{key}").text
    assert "Leave this for later" in page and f"Step {STEPS.index(key) + 1} of {len(STEPS)}" in page
    assert morning.setting(f"set_up_{key}") is None


def test_a_head_goes_through_all_of_them(morning: Store, head: Visitor) -> None:
    morning.set_setting("set_up_begun", "1", by="Mrs Bevan", now=school.NOW)
    assert "The set-up is not finished yet." in head.get("/").text
    head.get("/set-up/steps")
    assert head.post("/set-up/steps/language", LANGUAGE).location == "/set-up/steps/school"
    assert head.post("/set-up/steps/school", SCHOOL).location == "/set-up/steps/people"
    sheet = head.post("/set-up/steps/people", REES)
    assert code_on(sheet.text) and "/set-up/steps/mirror" in sheet.text
    for key, following in (("mirror", "devices"), ("devices", "hours")):
        assert head.post(f"/set-up/steps/{key}").location == f"/set-up/steps/{following}"
    assert head.post("/set-up/steps/hours", HOURS).location == "/set-up/steps/terms"
    assert head.post("/set-up/steps/terms", TERMS).location == "/set-up/steps/numbers"
    assert head.post("/set-up/steps/numbers", NUMBERS).location == "/set-up/steps/recovery"
    assert head.post("/set-up/steps/recovery").location == "/set-up/steps/answers"
    page = head.get("/set-up/steps/answers").text
    for said in ("Ashfield Primary", "Jersey", "Mr Rees", "07700 900 123", "Monday 08:45 to 15:30", "Autumn term"):
        assert said in page
    assert "not done yet" not in page
    assert head.post("/set-up/steps/answers").location == "/"
    assert "The set-up is not finished yet." not in head.get("/").text
    assert "This box is set up" in head.get("/set-up/steps").text


def test_a_step_that_is_left_can_be_taken_up_again(head: Visitor, store: Store) -> None:
    head.get("/set-up/steps/school")
    head.post("/set-up/steps/school", SCHOOL)
    page = head.get("/set-up/steps").text
    assert "One step of 10 is done." in page and page.count("Not yet") == 9 and "Go on" in page


def test_going_on_without_a_second_person_says_what_that_means(head: Visitor, store: Store) -> None:
    assert "nobody sees what comes up on your own devices" in head.get("/set-up/steps/people").text
    assert head.post("/set-up/steps/people", {"full_name": ""}).location == "/set-up/steps/mirror"


@pytest.mark.parametrize(
    ("key", "given", "fault"),
    [
        ("language", {}, "Choose a language"),
        ("language", {"language": "tlh"}, "Choose a language"),
        ("school", SCHOOL | {"school": ""}, "Enter the school’s name"),
        ("school", SCHOOL | {"time_zone": "../etc/passwd"}, "Choose a time zone"),
        ("school", SCHOOL | {"time_zone": "Europe/Nowhere"}, "Choose a time zone"),
        ("numbers", {"it": "ask at the office"}, "Enter a phone number"),
        ("numbers", {"it": "0" * 41}, "Enter a phone number"),
        ("hours", {"opens_0": "8:45"}, "Enter both times for Monday"),
        ("hours", {"opens_0": "25:00", "closes_0": "26:00"}, "Enter both times for Monday"),
        ("hours", {"opens_1": "15:30", "closes_1": "8:45"}, "On Tuesday the school must close later"),
        ("people", REES | {"login_name": ""}, "Enter a name to log in with"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_it_and_nothing_is_kept(
    head: Visitor, store: Store, key: str, given: dict[str, str], fault: str
) -> None:
    head.get(f"/set-up/steps/{key}")
    answer = head.post(f"/set-up/steps/{key}", given)
    assert answer.status_code == 400 and fault in answer.text
    assert store.setting(f"set_up_{key}") is None and store.rulebook.hours() == []


@pytest.mark.parametrize("path", ["/set-up/steps/nowhere", "/set-up/steps/../../x"])
def test_there_are_no_other_steps(head: Visitor, path: str) -> None:
    assert head.get(path).status_code == 404
    assert head.post("/set-up/steps/nowhere").status_code == 404


def test_the_settings_page_keeps_all_of_it_or_nothing(head: Visitor, store: Store) -> None:
    head.get("/settings")
    answer = head.post("/settings", LANGUAGE | SCHOOL | HOURS | {"it": "no number"})
    assert answer.status_code == 400 and store.setting("school_name") is None and 'value="Ashfield Primary"' in answer.text
    assert head.post("/settings", LANGUAGE | SCHOOL | HOURS | NUMBERS).status_code == 302
    assert store.setting("time_zone") == "Europe/Jersey" and len(store.rulebook.hours()) == 5
    before = len(store.audit_log(1000))
    head.post("/settings", LANGUAGE | SCHOOL | HOURS | NUMBERS)
    assert len(store.audit_log(1000)) == before, "what did not change is not written again"


def test_the_chosen_time_zone_is_the_pages(head: Visitor, store: Store) -> None:
    assert "11:20" in head.get("/my-account").text
    store.set_setting("time_zone", "Europe/Helsinki", by="Mrs Bevan", now=school.NOW)
    assert "13:20" in head.get("/my-account").text
    store.set_setting("time_zone", "no such zone", by="Mrs Bevan", now=school.NOW)
    assert "11:20" in head.get("/my-account").text


def test_the_schools_own_numbers_stand_in_the_first_steps(morning: Store, head: Visitor) -> None:
    number = morning.save_incident(school.an_urgent()).id
    assert "01632 960 001" not in head.get(f"/to-look-at/{number}").text
    morning.set_setting("phone_social_care", "01632 960 001", by="Mrs Bevan", now=school.NOW)
    page = head.get(f"/to-look-at/{number}").text
    assert "01632 960 001" in page and "social care" in page


@pytest.mark.parametrize(
    ("changes", "devices", "test", "state"),
    [
        ({}, 20, "no-mirror", "well"),
        ({"foreign_unicast": 0, "problems": ("no-mirror",)}, 20, "no-mirror", "wrong"),
        ({"answers": 3}, 20, "both-ways", "look"),
        ({"queries": 3}, 20, "both-ways", "unknown"),
        ({"problems": ("interface-down",)}, 20, "interface-down", "wrong"),
        ({"reasons": {"duplicate": 900_000}}, 20, "copies", "look"),
        ({"reasons": {"duplicate": 9}}, 20, "copies", "well"),
        ({"packets": 10}, 20, "copies", "unknown"),
        ({"problems": ("one-mac",)}, 20, "place", "wrong"),
        ({}, 1, "place", "wrong"),
        ({"hellos": 3}, 1, "place", "unknown"),
        ({}, 20, "place", "well"),
        ({}, 20, "lookups", "well"),
        ({"queries": 3}, 20, "lookups", "unknown"),
        ({"problems": ("no-lookups",)}, 20, "lookups", "wrong"),
        ({}, 20, "forwarder", "well"),
        ({"queries": 3}, 20, "forwarder", "unknown"),
        ({"problems": ("forwarder",)}, 20, "forwarder", "wrong"),
        ({"time": school.NOW - 600}, 20, "touch", "wrong"),
    ],
)
def test_the_mirror_test_answers_each_question(
    app: Flask, changes: dict[str, object], devices: int, test: str, state: str
) -> None:
    with app.test_request_context():
        known = [school.a_device(number) for number in range(devices)]
        found = {check.id: check for check in mirror.tests(school.a_health(**changes), known, school.NOW, {})}
        assert found[test].state == state
        if state in ("wrong", "look") and test not in ("touch", "interface-down"):
            assert found[test].note and found[test].remedy


def test_tags_are_told_where_there_are_any(app: Flask) -> None:
    with app.test_request_context():
        known = [school.a_device(1, vlan=20), school.a_device(2, vlan=30), school.a_device(3)]
        found = {check.id: check for check in mirror.tests(school.a_health(), known, school.NOW, {20: "pupils"})}
        assert "2 parts of the network: VLAN 20: pupils; VLAN 30." in found["tags"].sentence and found["tags"].state == "well"


def test_the_live_part_says_nothing_while_nothing_changes(morning: Store, head: Visitor) -> None:
    page = head.get("/set-up/steps/mirror").text
    seen = page.split("/set-up/steps/mirror/now?seen=")[1].split('"')[0]
    assert head.get(f"/set-up/steps/mirror/now?seen={seen}").status_code == 204
    morning.save_health(school.a_health(problems=("no-mirror",)))
    answer = head.get(f"/set-up/steps/mirror/now?seen={seen}")
    assert answer.status_code == 200 and "Note for IT support" in answer.text
