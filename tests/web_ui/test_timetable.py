"""The class timetable."""

from __future__ import annotations

import pytest

from appliance.edge.store import Store
from appliance.school import Group
from tests.web_ui.conftest import Visitor
from tests.web_ui.test_incidents import words

LESSON = {"weekday": "1", "starts": "9:15", "ends": "10.15", "group": "oak", "class_name": "Year 4", "teacher": "Miss Hill"}


@pytest.fixture
def trolley(morning: Store) -> Store:
    morning.register.save_group(Group(id="oak", name="Oak trolley", kind="trolley"), by="x", now=1.0)
    return morning


def test_a_lesson_is_added_and_removed(trolley: Store, head: Visitor) -> None:
    head.get("/timetable")
    assert head.post("/timetable", LESSON).location == "/timetable"
    page = words(head.get("/timetable").text)
    assert "9:15–10:15" in page and "Year 4 Oak trolley Miss Hill" in page
    (lesson,) = trolley.register.timetable()
    assert (lesson.weekday, lesson.starts, lesson.ends, lesson.group) == (1, "09:15", "10:15", "oak")
    head.post(f"/timetable/{lesson.id}/remove")
    assert trolley.register.timetable() == []


@pytest.mark.parametrize(
    "change", [{"weekday": ""}, {"weekday": "9"}, {"starts": "noon"}, {"ends": "9:00"}, {"class_name": " "}, {"group": "?"}]
)
def test_a_lesson_with_a_fault_comes_back_as_it_was_typed(trolley: Store, head: Visitor, change: dict[str, str]) -> None:
    head.get("/timetable")
    answer = head.post("/timetable", LESSON | change)
    assert answer.status_code == 400 and "A lesson needs a day" in answer.text and "Miss Hill" in answer.text
    assert trolley.register.timetable() == []


def test_it_leaves_as_a_file_and_comes_back_without_doubling(trolley: Store, head: Visitor) -> None:
    head.get("/timetable")
    head.post("/timetable", LESSON | {"class_name": "=Year 4"})
    file = head.get("/timetable.csv").data.decode("utf-8-sig")
    assert "Tuesday,09:15,10:15,Oak trolley,'=Year 4,Miss Hill" in file
    more = file + "Friday;8:45;9:45;Oak trolley;Year 5;\n".replace(";", ",")
    assert head.post("/timetable/bring-in", {"text": more}).status_code == 302
    assert [lesson.class_name for lesson in trolley.register.timetable()] == ["=Year 4", "Year 5"]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("Caturday,9:00,10:00,Oak trolley,Year 5,", "Row 2: “Caturday” is not a day"),
        ("Monday,9:00,10:00,Elm,Year 5,", "Row 2: there is no group “Elm”"),
        ("Monday,late,10:00,Oak trolley,Year 5,", "Row 2: a class, and two times"),
    ],
)
def test_one_wrong_row_and_none_is_taken(trolley: Store, head: Visitor, row: str, says: str) -> None:
    head.get("/timetable")
    answer = head.post("/timetable/bring-in", {"text": f"Monday,8:00,9:00,Oak trolley,Year 3,\n{row}"})
    assert answer.status_code == 400 and says in words(answer.text) and "Year 3" in answer.text
    assert trolley.register.timetable() == []


def test_what_was_typed_is_shown_as_text(trolley: Store, head: Visitor) -> None:
    head.get("/timetable")
    head.post("/timetable", LESSON | {"class_name": "<b>Year\u202e 4"})
    assert "<b>Year" not in head.get("/timetable").text
