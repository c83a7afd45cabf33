"""A device's day in sentences."""

from __future__ import annotations

import pytest

from appliance.edge.store import Store
from appliance.model import RecentName, Role
from appliance.school import Group, Lesson
from tests.web_ui import school, served
from tests.web_ui.conftest import Clock, Visitor
from tests.web_ui.test_incidents import words

PATH = f"/devices/{school.mac(7)}/day"


def asked(store: Store, told: str, whose: str = school.mac(7)) -> None:
    pairs = [item.split() for item in told.split(",")]
    store.add_recent([RecentName(time=school.at(clock), mac=whose, kind="dns", name=name) for clock, name in pairs])


def test_a_stretch_says_what_mostly_and_what_came_up(morning: Store, head: Visitor) -> None:
    page = words(head.get(PATH).text)
    assert "10:40–10:55" in page
    assert "nationalgeographic[.]com and google[.]com." in page and "One thing came up. See what happened" in page
    assert "hide-me-now" not in page


def test_unflagged_names_are_never_a_list_of_all(morning: Store, head: Visitor) -> None:
    asked(morning, ",".join(f"9:0{n % 5} www.site-{n}.example" for n in range(30)))
    page = words(head.get(PATH).text)
    assert page.count("[.]example") == 2 and "and 28 other sites" in page


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ("9:00 www.bbc.co.uk", "9:00 Only bbc[.]co[.]uk."),
        ("9:00 a.bbc.co.uk,9:01 b.bbc.co.uk,9:02 c.bbc.co.uk,9:03 x.example", "Mostly bbc[.]co[.]uk, and one other site."),
        ("9:00 doubleclick.net,9:01 ad.doubleclick.net", "9:00–9:01 Only what devices and pages ask for by themselves."),
    ],
)
def test_each_stretch_is_one_sentence(morning: Store, head: Visitor, told: str, says: str) -> None:
    asked(morning, told)
    assert says in words(head.get(PATH).text)


def test_a_pause_and_half_an_hour_begin_a_new_stretch(morning: Store, head: Visitor) -> None:
    asked(morning, "8:00 a.example,8:11 b.example," + ",".join(f"9:{n:02d} c.example" for n in range(0, 50, 5)))
    page = words(head.get(PATH).text)
    for stretch in ("8:00 Only", "8:11 Only", "9:00–9:30", "9:35–9:45"):
        assert stretch in page


def test_it_says_who_had_it_once_for_stretches_in_a_row(morning: Store, head: Visitor) -> None:
    morning.register.save_group(Group(id="oak", name="Oak", kind="trolley"), by="x", now=1.0)
    morning.register.set_group(school.mac(7), "oak", by="x", now=1.0)
    lesson = Lesson(weekday=1, starts="09:00", ends="10:30", group="oak", class_name="Year 4")
    morning.register.add_lesson(lesson, by="x", now=1.0)
    asked(morning, "9:05 a.example,9:30 b.example")
    assert words(head.get(PATH).text).count("By the timetable Year 4 had it.") == 1


def test_that_somebody_looked_is_kept_and_said_to_governors_without_the_device(morning: Store, head: Visitor) -> None:
    head.get(PATH)
    head.get(PATH)
    entries = [entry for entry in morning.audit_log() if entry.action == "looked"]
    assert [entry.subject for entry in entries] == [f"day {school.mac(7)} 2026-11-24"]
    assert "Looked at a device’s day." in head.get("/who-looked").text


def test_yesterday_and_the_day_before_are_there_and_no_more(morning: Store, head: Visitor) -> None:
    assert "Monday 23 November" in head.get(f"{PATH}?back=1").text
    assert head.get(f"{PATH}?back=99").status_code == head.get(f"{PATH}?back=-3").status_code == 200
    assert "remembers nothing" in head.get(f"{PATH}?back=2").text


def test_what_came_up_on_ones_own_device_is_not_named(morning: Store, head: Visitor) -> None:
    morning.ownership.add(school.HEAD, school.mac(7), by="x", now=1.0)
    assert "came up." not in words(head.get(PATH).text)


def test_hostile_names_are_broken_up(morning: Store, head: Visitor) -> None:
    asked(morning, "9:00 <script>.example,9:01 xn--80ak6aa92e.com")
    page = head.get(PATH).text
    assert "<script>.example" not in page and "%(" not in page


def test_another_record_of_the_machine_belongs_to_its_day(morning: Store, head: Visitor) -> None:
    asked(morning, "9:00 other.example", "da:a1:19:5e:3f:2a")
    morning.merging.merge("da:a1:19:5e:3f:2a", school.mac(7), by="x", now=1.0)
    assert "other[.]example" in words(head.get(PATH).text)


@pytest.mark.parametrize("role", ["technician", "governor"])
def test_only_those_who_work_cases_see_a_day(morning: Store, visitor: Visitor, clock: Clock, role: Role) -> None:
    morning.add_account("someone", "Someone", role, served.hashed(), now=school.NOW)
    visitor.log_in("someone")
    assert visitor.get(PATH).status_code == 403
    assert "/day" not in visitor.get(f"/devices/{school.mac(7)}").text
