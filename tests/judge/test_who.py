from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from appliance.judge.policy import make_policy
from appliance.judge.who import KnownOf, who_had
from appliance.school import Group, Lesson, Loan, LogOn, Person, Term, Vlan

MAC = "f0:18:98:00:07:07"
ZONE = ZoneInfo("Europe/London")
BLUE = Group(id="blue", name="Blue trolley", kind="trolley")
POLICY = make_policy(
    groups=[BLUE],
    members={MAC: "blue"},
    terms=[Term(name="Half term", first="2026-10-26", last="2026-10-30", closed=True)],
    zone=ZONE,
)


def at(clock: str, day: str = "2026-11-24") -> float:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZONE).timestamp()


LOAN = Loan(id=1, mac=MAC, person="Sam B.", class_name="Year 6", since=at("09:00"), until=at("10:00"), by="head")
LESSON = Lesson(id=1, weekday=1, starts="09:15", ends="10:15", group="blue", class_name="Year 5", teacher="Mr Khan")
LOG_ON = LogOn(mac=MAC, user="SB1", first=at("08:30"), last=at("08:50"))
SAM = Person(id=1, name="Sam B.", class_name="Year 6", log_on="sb1")
KNOWN: dict[str, Any] = {"loans": [LOAN], "lessons": [LESSON], "log_ons": [LOG_ON], "people": [SAM]}


@pytest.mark.parametrize(
    ("missing", "clock", "how", "sentence"),
    [
        ((), "09:30", "loan", "Signed out to Sam B. (Year 6) from 9:00 until 10:00."),
        ((), "10:05", "timetable", "By the timetable, Year 5 with Mr Khan had “Blue trolley” from 9:15 to 10:15."),
        (("loans",), "09:30", "timetable", "By the timetable, Year 5 with Mr Khan had “Blue trolley” from 9:15 to 10:15."),
        ((), "08:59", "log-on", "The last log-on at this device before was by Sam B. (Year 6), at 8:50."),
        ((), "11:00", "log-on", "The last log-on at this device before was by Sam B. (Year 6), at 8:50."),
        (("people",), "11:00", "log-on", "The last log-on at this device before was by “SB1”, at 8:50."),
        ((), "08:29", "none", "Nothing tells who had it then."),
        (("log_ons",), "11:00", "none", "Nothing tells who had it then."),
        ((), "22:00", "none", "Nothing tells who had it then."),
    ],
)
def test_loan_comes_before_timetable_before_log_on(missing: tuple[str, ...], clock: str, how: str, sentence: str) -> None:
    known = KnownOf(**{key: value for key, value in KNOWN.items() if key not in missing})
    holder = who_had(MAC, at(clock), known, POLICY)
    assert (holder.how, holder.sentence) == (how, sentence)


def test_loan_without_end_goes_on_and_the_newest_counts() -> None:
    loans = [
        Loan(id=1, mac=MAC, person="Sam", since=at("09:00", "2026-09-02")),
        Loan(id=2, mac=MAC, person="Kim", since=at("09:00")),
    ]
    assert who_had(MAC, at("09:30"), KnownOf(loans=loans), POLICY).sentence == "Signed out to Kim since 9:00."
    assert who_had(MAC, at("08:30"), KnownOf(loans=loans), POLICY).sentence == (
        "Signed out to Sam since 9:00 on Wednesday 2 September."
    )


def test_timetable_holds_on_school_days_and_for_its_group_only() -> None:
    known = KnownOf(lessons=[LESSON])
    assert who_had(MAC, at("09:30"), known, POLICY).how == "timetable"
    assert who_had(MAC, at("09:30", "2026-11-25"), known, POLICY).how == "none"
    assert who_had(MAC, at("09:30", "2026-10-27"), known, POLICY).how == "none"
    assert who_had("00:00:00:00:00:01", at("09:30"), known, POLICY).how == "none"


def test_log_on_that_goes_on_is_as_new_as_the_moment() -> None:
    known = KnownOf(log_ons=[LogOn(mac=MAC, user="a", first=at("08:00"), last=at("12:00")), LOG_ON])
    assert who_had(MAC, at("09:00"), known, POLICY).person == "a"
    assert who_had(MAC, at("09:00", "2026-11-26"), known, POLICY).how == "none"


def test_lesson_that_has_ended_tells_of_its_own_time_only() -> None:
    changed = at("00:00", "2026-12-01")
    known = KnownOf(
        lessons=[
            replace(LESSON, ended=changed),
            replace(LESSON, id=2, class_name="Year 3", teacher="", since=changed),
        ]
    )
    assert who_had(MAC, at("09:30"), known, POLICY).class_name == "Year 5"
    assert who_had(MAC, at("09:30", "2026-12-01"), known, POLICY).class_name == "Year 3"


def test_classes_that_share_a_group_are_all_named() -> None:
    known = KnownOf(lessons=[LESSON, replace(LESSON, id=2, class_name="Year 3", starts="09:30")])
    holder = who_had(MAC, at("09:40"), known, POLICY)
    assert holder.class_name == "Year 3, Year 5"
    assert holder.sentence == "By the timetable, several classes had “Blue trolley” then: Year 3, Year 5."
    assert who_had(MAC, at("09:20"), known, POLICY).class_name == "Year 5"


def test_vlan_puts_a_device_that_nobody_sorted_into_its_group() -> None:
    policy = make_policy(groups=[BLUE], vlans=[Vlan(number=20, name="Pupils", group="blue")], zone=ZONE)
    known = KnownOf(lessons=[LESSON])
    assert who_had(MAC, at("09:30"), known, policy, 20).class_name == "Year 5"
    assert who_had(MAC, at("09:30"), known, policy, 30).how == "none"
