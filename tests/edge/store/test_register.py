from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from appliance.edge.store import NotFound, Store, StoreError, register
from appliance.edge.store.register import GROUPS, LOG_ON_DAYS, LOG_ONS, PATTERN_DAYS
from appliance.model import Device
from appliance.school import Group, Lesson, Loan, LogOn, PatternDay, Person, Vlan

from .conftest import MAC

DAY = 86_400.0
YEAR_5_LESSON = Lesson(weekday=1, starts="09:15", ends="10:15", group="staff", class_name="Year 5")
YEAR_6 = Group(id="year-6", name="Year 6", kind="year", band="junior")


def log_on(user: str = "sam", last: float = 100.0, **changes: Any) -> LogOn:
    return LogOn(**{"mac": MAC, "user": user, "via": "kerberos", "first": last, "last": last} | changes)


def test_standing_groups_are_always_there_and_may_be_renamed(store: Store) -> None:
    assert [group.id for group in store.register.groups()] == ["unknown", "guest", "staff"]
    store.register.save_group(Group(id="staff", name="Teachers", kind="staff", band="adult"), by="head", now=1.0)
    assert [group.name for group in store.register.groups()][2] == "Teachers"
    with pytest.raises(StoreError, match="keeps its kind"):
        store.register.save_group(Group(id="unknown", name="x", kind="staff"), by="head", now=1.0)
    store.register.remove_group("staff", by="head", now=2.0)
    assert [group.name for group in store.register.groups()][2] == "Staff devices"


def test_devices_in_a_group_show_it_and_lose_it_with_the_group(store: Store) -> None:
    store.save_devices([Device(mac=MAC, first_seen=1.0, last_seen=2.0)])
    store.register.save_group(YEAR_6, by="head", now=1.0)
    store.register.set_group(MAC, "year-6", by="head", now=2.0)
    assert store.device(MAC).group == "year-6"
    assert store.policy().members == {MAC: "year-6"}
    assert store.policy().groups["year-6"] == YEAR_6
    store.register.remove_group("year-6", by="head", now=3.0)
    assert store.device(MAC).group is None
    with pytest.raises(NotFound):
        store.register.set_group(MAC, "year-6", by="head", now=4.0)
    assert [entry.action for entry in store.audit_log()] == ["group removed", "device put in group", "group saved"]


def test_device_in_a_group_is_not_forgotten(store: Store) -> None:
    store.save_devices([Device(mac=MAC), Device(mac="m2")])
    store.register.set_group(MAC, "staff", by="head", now=1.0)
    store.forget_devices([MAC, "m2"])
    assert [device.mac for device in store.devices()] == [MAC]
    store.register.set_group(MAC, None, by="head", now=2.0)
    store.forget_devices([MAC])
    assert store.devices() == []


@pytest.mark.parametrize("changes", [{"id": "Year 6"}, {"id": ""}, {"name": " "}, {"kind": "x"}, {"band": "x"}])
def test_group_needs_a_name_an_id_a_kind_and_an_age(store: Store, changes: dict[str, Any]) -> None:
    with pytest.raises(StoreError):
        store.register.save_group(Group(**{"id": "a", "name": "A"} | changes), by="head", now=1.0)


def test_groups_are_bounded(store: Store) -> None:
    with store.write():
        for number in range(GROUPS - 3):
            store.register.save_group(Group(id=f"g{number}", name="x"), by="head", now=1.0)
    with pytest.raises(StoreError, match="too many"):
        store.register.save_group(Group(id="one-more", name="x"), by="head", now=1.0)


def test_vlan_has_a_name_and_a_group(store: Store) -> None:
    store.register.save_vlan(Vlan(number=30, name="Office", group="staff"), by="head", now=1.0)
    assert store.policy().vlans == {30: Vlan(number=30, name="Office", group="staff")}
    store.register.save_vlan(Vlan(number=30, name=""), by="head", now=2.0)
    assert store.register.vlans() == []
    with pytest.raises(StoreError):
        store.register.save_vlan(Vlan(number=0, name="x"), by="head", now=1.0)


def test_people_come_and_go(store: Store) -> None:
    sam = store.register.add_person(Person(name=" Sam \u202eB. ", class_name="Year 6", log_on="sb1"), by="head", now=1.0)
    assert store.register.people() == [Person(id=1, name="Sam B.", class_name="Year 6", log_on="sb1")]
    store.register.remove_person(sam.id, by="head", now=2.0)
    assert store.register.people() == []
    with pytest.raises(StoreError):
        store.register.add_person(Person(name=" "), by="head", now=1.0)


def test_new_loan_ends_the_one_before_and_shows_on_the_device(store: Store) -> None:
    store.save_devices([Device(mac=MAC, first_seen=1.0, last_seen=5_000.0)])
    store.register.lend(Loan(mac=MAC, person="Sam", since=100.0), by="head", now=100.0)
    assert store.device(MAC).person == "Sam"
    second = store.register.lend(Loan(mac=MAC, person="", class_name="Year 5", since=1000.0), by="head", now=1000.0)
    assert [(loan.person, loan.until) for loan in store.register.loans(MAC)] == [("", None), ("Sam", 1000.0)]
    assert store.device(MAC).person == "Year 5"
    store.register.take_back(second.id, by="head", now=2000.0)
    assert store.device(MAC).person is None
    assert store.who_had(MAC, 500.0).person == "Sam"
    assert store.who_had(MAC, 1500.0).class_name == "Year 5"
    assert store.who_had(MAC, 2500.0).how == "none"
    with pytest.raises(NotFound):
        store.register.take_back(second.id, by="head", now=3000.0)


def test_loan_needs_somebody_and_an_end_after_its_beginning(store: Store) -> None:
    for broken in (Loan(mac=MAC, person=" ", since=1.0), Loan(mac=MAC, person="Sam", since=2.0, until=1.0)):
        with pytest.raises(StoreError):
            store.register.lend(broken, by="head", now=1.0)


def test_timetable_is_in_the_order_of_the_week(store: Store) -> None:
    lessons = [Lesson(weekday=day, starts="09:15", ends="10:15", group="staff", class_name="Year 5") for day in (3, 1)]
    kept = [store.register.add_lesson(lesson, by="head", now=1.0) for lesson in lessons]
    assert store.register.timetable() == kept[::-1]
    store.register.remove_lesson(kept[0].id, by="head", now=2.0)
    assert store.register.timetable() == kept[1:]


def test_timetable_of_last_term_still_tells_who_had_a_device_then(store: Store) -> None:
    """Tuesdays at 9:30: until day 100 Year 5 had the staff's devices, since then Year 3."""
    store.save_devices([Device(mac=MAC)])
    store.register.set_group(MAC, "staff", by="head", now=0.0)
    tuesday, half_past_nine = 5 * DAY, 9.5 * 3600.0
    old = store.register.add_lesson(YEAR_5_LESSON, by="head", now=tuesday)
    store.register.remove_lesson(old.id, by="head", now=100 * DAY)
    new = store.register.add_lesson(replace(YEAR_5_LESSON, class_name="Year 3"), by="head", now=101 * DAY)
    assert store.register.timetable() == [new]
    assert [lesson.class_name for lesson in store.register.timetable(ended=True)] == ["Year 5", "Year 3"]
    assert store.who_had(MAC, tuesday + half_past_nine).class_name == "Year 5"
    assert store.who_had(MAC, tuesday + 98 * DAY + half_past_nine).class_name == "Year 3"
    with pytest.raises(NotFound):
        store.register.remove_lesson(old.id, by="head", now=102 * DAY)


def test_timetable_line_taken_out_at_once_never_held_and_a_new_one_holds_for_the_past(store: Store) -> None:
    mistake = store.register.add_lesson(YEAR_5_LESSON, by="head", now=10 * DAY)
    store.register.remove_lesson(mistake.id, by="head", now=10 * DAY + 60.0)
    assert store.register.timetable(ended=True) == []
    assert store.register.add_lesson(YEAR_5_LESSON, by="head", now=11 * DAY).since == 0.0


def test_ended_timetable_lines_are_bounded(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "ENDED_LESSONS", 3)
    for number in range(6):
        lesson = store.register.add_lesson(YEAR_5_LESSON, by="head", now=number * 10 * DAY)
        store.register.remove_lesson(lesson.id, by="head", now=(number * 10 + 5) * DAY)
    assert [lesson.ended for lesson in store.register.timetable(ended=True)] == [35 * DAY, 45 * DAY, 55 * DAY]


@pytest.mark.parametrize(
    "changes", [{"weekday": 7}, {"starts": "9:15"}, {"ends": "09:00"}, {"class_name": ""}, {"group": "none such"}]
)
def test_timetable_line_that_makes_no_sense_is_refused(store: Store, changes: dict[str, Any]) -> None:
    fields: dict[str, Any] = {"weekday": 0, "starts": "09:15", "ends": "10:15", "group": "staff", "class_name": "Year 5"}
    with pytest.raises(StoreError):
        store.register.add_lesson(Lesson(**fields | changes), by="head", now=1.0)


def test_log_ons_go_on_and_the_newest_shows_on_the_device(store: Store) -> None:
    store.save_devices([Device(mac=MAC)])
    store.register.save_log_ons([log_on("sam", 100.0), log_on("kim", 200.0)])
    store.register.save_log_ons([log_on("sam", 300.0, first=100.0)])
    assert [(kept.user, kept.first, kept.last) for kept in store.register.log_ons(MAC)] == [
        ("sam", 100.0, 300.0),
        ("kim", 200.0, 200.0),
    ]
    assert store.device(MAC).last_user == "sam"
    assert store.who_had(MAC, 250.0).person == "sam"
    assert store.who_had("nobody's", 250.0).how == "none"


def test_log_ons_are_bounded_by_device_and_days(store: Store) -> None:
    store.register.save_log_ons([log_on(f"u{n}", float(n)) for n in range(LOG_ONS + 10)])
    assert [kept.user for kept in store.register.log_ons()] == [f"u{n}" for n in range(LOG_ONS + 9, 9, -1)]
    store.register.save_log_ons([log_on("late", n * DAY, mac=f"d{n}") for n in range(1, LOG_ON_DAYS + 1)])
    assert len(store.register.log_ons()) == LOG_ON_DAYS
    store.register.save_log_ons([log_on("clock", 1e9, mac="jumped")])
    assert len(store.register.log_ons()) == LOG_ON_DAYS


def test_pattern_days_come_back_bounded_and_survive_a_clock_that_jumps(store: Store) -> None:
    days = [PatternDay(MAC, "games", day) for day in range(700_000, 700_020)]
    store.register.save_pattern_days(days)
    store.register.save_pattern_days([*days[-2:], PatternDay(MAC, "games", 900_000)])
    kept = [row.day for row in store.register.pattern_days()]
    assert kept == [*range(700_020 - PATTERN_DAYS + 1, 700_020), 900_000]


def test_device_that_moved_to_another_group_was_in_the_one_before(store: Store) -> None:
    for name in ("blue", "green"):
        store.register.save_group(Group(id=name, name=name, kind="trolley"), by="head", now=0.0)
        store.register.add_lesson(replace(YEAR_5_LESSON, group=name, class_name=f"Class {name}"), by="head", now=0.0)
    store.save_devices([Device(mac=MAC)])
    store.register.set_group(MAC, "blue", by="head", now=20 * DAY)
    store.register.set_group(MAC, "green", by="head", now=60 * DAY)
    tuesday = 5 * DAY + 9.5 * 3600.0
    assert store.who_had(MAC, tuesday).class_name == "Class blue"
    assert store.who_had(MAC, tuesday + 49 * DAY).class_name == "Class blue"
    assert store.who_had(MAC, tuesday + 56 * DAY).class_name == "Class green"
    store.register.set_group(MAC, None, by="head", now=90 * DAY)
    assert store.who_had(MAC, tuesday + 77 * DAY).class_name == "Class green"
    assert store.who_had(MAC, tuesday + 91 * DAY).how == "none"


def test_device_put_in_the_wrong_group_for_a_moment_was_never_there(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.save_devices([Device(mac=MAC)])
    store.register.set_group(MAC, "staff", by="head", now=20 * DAY)
    store.register.set_group(MAC, "guest", by="head", now=20 * DAY + 60.0)
    assert store.register.group_then(MAC, 10 * DAY) == "guest"
    monkeypatch.setattr(register, "MOVES", 2)
    for number in range(3, 9):
        store.register.set_group(MAC, ("staff", "guest")[number % 2], by="head", now=number * 10 * DAY)
    assert [store.register.group_then(MAC, at * DAY) for at in (0, 75, 85)] == ["staff", "guest", "staff"]


def test_what_is_known_of_one_record_of_a_machine_counts_for_all(store: Store) -> None:
    store.save_devices([Device(mac=MAC), Device(mac="d2:00:00:00:00:01", private=True)])
    store.register.lend(Loan(mac=MAC, person="Sam", since=100.0), by="head", now=100.0)
    store.register.save_log_ons([log_on("kim", 50.0, mac=MAC)])
    assert store.who_had("d2:00:00:00:00:01", 500.0).how == "none"
    store.merging.merge("d2:00:00:00:00:01", MAC, by="head", now=600.0)
    assert store.who_had("d2:00:00:00:00:01", 500.0).person == "Sam"
    assert store.who_had("d2:00:00:00:00:01", 60.0).person == "kim"
