"""Files that leave and come back: their headings in the reader's language, known again in any."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask

from appliance.edge.store import Store
from appliance.school import Group, Lesson, Person, Vlan
from tests.web_ui import school
from tests.web_ui.conftest import Visitor
from web_ui.wording import csv_files, csv_heads

HEADS = {"devices": csv_heads.DEVICES, "class-lists": csv_heads.CLASS_LISTS, "timetable": csv_heads.TIMETABLE}
BACK = {"devices": "/devices/bring-in", "class-lists": "/class-lists/bring-in", "timetable": "/timetable/bring-in"}
WELSH = {"devices": "cyfeiriad", "class-lists": "enw", "timetable": "diwrnod"}


@pytest.fixture
def school_year(morning: Store) -> Store:
    """A school with a lesson, a pupil, and a device in a VLAN that has a name."""
    morning.register.save_group(Group(id="oak", name="Oak trolley", kind="trolley"), by="x", now=school.NOW)
    lesson = Lesson(weekday=1, starts="09:15", ends="10:15", group="oak", class_name="Year 4", teacher="Miss Hill")
    morning.register.add_lesson(lesson, by="x", now=school.NOW)
    morning.register.add_person(Person(name="Sam B", class_name="Year 4"), by="x", now=school.NOW)
    morning.save_devices([school.a_device(7, vlan=20)])
    morning.register.save_vlan(Vlan(number=20, name="pupils"), by="x", now=school.NOW)
    return morning


def speak(head: Visitor, language: str) -> None:
    head.get("/")
    head.post("/language", {"language": language, "to": "/"})


def rows_of(head: Visitor, file: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(head.get(f"/{file}.csv").data.decode("utf-8-sig"))))


@pytest.mark.parametrize("file", HEADS)
def test_headings_are_in_the_readers_language_and_safe_for_a_machine(school_year: Store, head: Visitor, file: str) -> None:
    english = rows_of(head, file)
    speak(head, "cy")
    welsh = rows_of(head, file)
    assert english[0][0] in ("address", "name", "day") and welsh[0][0] == WELSH[file]
    for told in (english[0], welsh[0]):
        assert len(set(told)) == len(told) == len(HEADS[file]) and all(len(row) == len(told) for row in english)
        assert not [cell for cell in told if cell.startswith((" ", *csv_files.FORMULA)) or set(cell) & set(',;\n"')]


@pytest.mark.parametrize("file", HEADS)
@pytest.mark.parametrize(("left", "back"), [("cy", "en"), ("en", "cy")])
def test_a_file_comes_back_in_another_language_than_it_left_in(
    school_year: Store, head: Visitor, file: str, left: str, back: str
) -> None:
    speak(head, left)
    text = head.get(f"/{file}.csv").data.decode("utf-8-sig")
    speak(head, back)
    head.get("/devices/bring-in")
    assert head.post(BACK[file], {"text": text}).status_code == 302
    assert len(school_year.register.people()) == len(school_year.register.timetable()) == 1


def test_whoever_is_called_like_a_heading_is_still_somebody(app: Flask) -> None:
    with app.test_request_context():
        assert csv_heads.is_head(["Name", "Class"], csv_heads.CLASS_LISTS)
        assert not csv_heads.is_head(["Name", "Year 4"], csv_heads.CLASS_LISTS)
        assert csv_heads.is_head(["enw"], csv_heads.CLASS_LISTS)


def test_the_list_of_devices_says_which_part_of_the_network(school_year: Store, head: Visitor) -> None:
    row = next(row for row in rows_of(head, "devices") if row[0] == school.mac(7))
    assert row[-1] == "VLAN 20: pupils"
