"""Class lists: who is known by which log-on name."""

from __future__ import annotations

import pytest

from appliance.edge.store import Store
from tests.web_ui import school, served
from tests.web_ui.conftest import Visitor
from tests.web_ui.test_incidents import words


def test_somebody_is_added_and_removed(morning: Store, head: Visitor) -> None:
    head.get("/class-lists")
    fields = {"name": "Sam <b>", "class_name": "Year 5", "log_on": "samb"}
    assert head.post("/class-lists", fields).status_code == 302
    page = head.get("/class-lists").text
    assert "Sam &lt;b&gt;" in page and "samb" in page
    (person,) = morning.register.people()
    assert (person.kind, person.class_name, person.log_on) == ("pupil", "Year 5", "samb")
    head.post(f"/class-lists/{person.id}/remove")
    assert morning.register.people() == []


@pytest.mark.parametrize("fields", [{"name": ""}, {"name": "x" * 64}, {"name": "Sam", "log_on": "y" * 64}])
def test_a_fault_comes_back(morning: Store, head: Visitor, fields: dict[str, str]) -> None:
    head.get("/class-lists")
    assert head.post("/class-lists", fields).status_code == 400 and morning.register.people() == []


def test_they_leave_as_a_file_and_come_back_without_doubling(morning: Store, head: Visitor) -> None:
    head.get("/class-lists")
    rows = "name,class,log-on,kind\nSam B,Year 5,samb,\nMiss Hill,,hill,Staff\nsam b,year 5,,\n"
    assert head.post("/class-lists/bring-in", {"text": rows}).status_code == 302
    file = head.get("/class-lists.csv").data.decode("utf-8-sig")
    assert "Miss Hill,,hill,staff" in file and file.count("am B") == 1
    head.get("/class-lists")
    head.post("/class-lists/bring-in", {"text": file})
    assert len(morning.register.people()) == 2
    assert "Miss Hill" not in words(head.get("/class-lists?of=Year+5").text)


def test_a_row_without_a_name_and_none_is_taken(morning: Store, head: Visitor) -> None:
    head.get("/class-lists")
    answer = head.post("/class-lists/bring-in", {"text": "Sam,Year 5\n,Year 5,x"})
    assert answer.status_code == 400 and "Sam,Year 5" in answer.text and morning.register.people() == []


def test_a_technician_reads_no_childs_name(morning: Store, visitor: Visitor) -> None:
    morning.add_account("it", "IT support", "technician", served.hashed(), now=school.NOW)
    visitor.log_in("it")
    assert visitor.get("/class-lists").status_code == visitor.get("/class-lists.csv").status_code == 403
    assert "class-lists" not in visitor.get("/devices").text
