"""Groups, loans, and the list of devices as a file."""

from __future__ import annotations

import csv
import io

import pytest

from appliance.edge.store import Store
from appliance.model import Role
from appliance.school import Group
from tests.web_ui import school, served
from tests.web_ui.conftest import Visitor
from tests.web_ui.test_incidents import words
from web_ui.wording.csv_files import guard, read, unguard

PATH = f"/devices/{school.mac(7)}"


def test_a_group_is_made_and_a_device_put_in_it(morning: Store, head: Visitor) -> None:
    head.get("/groups")
    assert head.post("/groups", {"name": "Oak class", "kind": "year"}).location == "/groups"
    head.get(PATH)
    head.post(f"{PATH}/group", {"group": "oak-class"})
    assert morning.register.members() == {school.mac(7): "oak-class"}
    assert "Oak class A year or a class One device was put in it" in words(head.get("/groups").text)
    head.post("/groups/oak-class/remove")
    assert morning.register.members() == {}


@pytest.mark.parametrize(
    "fields", [{"name": "", "kind": "year"}, {"name": "x" * 64, "kind": "year"}, {"name": "Oak", "kind": "?"}]
)
def test_a_group_needs_a_name_and_a_kind(morning: Store, head: Visitor, fields: dict[str, str]) -> None:
    head.get("/groups")
    assert head.post("/groups", fields).status_code == 400


def test_a_group_that_is_not_there_is_said_to_be_gone(morning: Store, head: Visitor) -> None:
    head.get(PATH)
    assert head.post(f"{PATH}/group", {"group": "nowhere"}).status_code == 404


def test_a_loan_says_who_has_it_and_who_had_it(morning: Store, head: Visitor) -> None:
    head.get(PATH)
    head.post(f"{PATH}/loan", {"person": "Sam B.", "class_name": "Year 5"})
    assert "It is signed out to Sam B. (Year 5)." in words(head.get(PATH).text)
    loan = morning.register.loans(school.mac(7))[0]
    morning._lasting.execute("UPDATE loans SET since = ?", (school.NOW - 60,))
    head.post(f"{PATH}/back/{loan.id}")
    page = words(head.get(PATH).text)
    assert "Nobody has written down who has it now." in page and "Sam B. (Year 5) had it from" in page


def test_a_loan_to_nobody_is_not_written_down(morning: Store, head: Visitor) -> None:
    head.get(PATH)
    head.post(f"{PATH}/loan", {"person": " "})
    assert morning.register.loans() == [] and "Nothing was written down" in head.get(PATH).text


def test_a_technician_does_not_see_who_had_a_device(morning: Store, visitor: Visitor) -> None:
    morning.add_account("it", "IT support", "technician", served.hashed(), now=school.NOW)
    visitor.log_in("it")
    assert "Who has it?" not in visitor.get(PATH).text


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@sum", "\tx", "  =1", "|x", "%x"])
def test_no_cell_does_anything_in_a_spreadsheet(cell: str) -> None:
    assert guard(cell) == f"'{cell}" and unguard(guard(cell)) == cell


def test_a_hostile_name_leaves_as_text(morning: Store, head: Visitor) -> None:
    morning.save_devices([school.a_device(1, heard_name="=cmd|' /C calc'!A0", maker="@x")])
    answer = head.get("/devices.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="devices.csv"'
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) == 24 and not any(cell.startswith(("=", "@", "+", "-")) for row in rows for cell in row)


def test_names_and_groups_come_back_from_a_spreadsheet(morning: Store, head: Visitor) -> None:
    morning.register.save_group(Group(id="oak", name="Oak class"), by="x", now=school.NOW)
    text = f"address;name;group\n{school.mac(1)};Oak 1;oak CLASS\n{school.mac(2)};'=2;\n"
    head.get("/devices/bring-in")
    assert head.post("/devices/bring-in", {"text": text}).location == "/devices"
    assert morning.device(school.mac(1)).label == "Oak 1" and morning.device(school.mac(1)).group == "oak"
    assert morning.device(school.mac(2)).label == "=2"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{school.mac(1)},Oak 1\n00:00:00:00:00:99,Ghost", "Row 2: the box knows no device"),
        (f"{school.mac(1)},Oak 1,Nowhere", "Row 1: there is no group"),
        ("a,b\n" * 1_001, "not a table of at most 1,000 rows"),
        ('"open,1', "not a table"),
    ],
)
def test_a_wrong_row_changes_nothing_and_comes_back(morning: Store, head: Visitor, text: str, said: str) -> None:
    head.get("/devices/bring-in")
    answer = head.post("/devices/bring-in", {"text": text})
    assert answer.status_code == 400 and said in words(answer.text)
    assert morning.device(school.mac(1)).label is None


def test_nothing_pasted_is_no_table_of_anything() -> None:
    assert read("", 5) == [] and read("a\tb\n\nc\td", 5) == [["a", "b"], ["c", "d"]]


@pytest.mark.parametrize("role", ["governor", "supplier"])
def test_others_do_not_take_the_list_along(morning: Store, visitor: Visitor, role: Role) -> None:
    morning.add_account("someone", "Someone", role, served.hashed(), now=school.NOW)
    visitor.log_in("someone")
    assert visitor.get("/devices.csv").status_code in (302, 403)


def test_a_device_that_hides_or_fell_silent_has_a_badge(morning: Store, head: Visitor) -> None:
    assert "Hides what it visits" in head.get("/devices/da:a1:19:5e:3f:2a").text
    morning.save_devices([school.a_device(60, last_seen=school.NOW - 8 * school.DAY)])
    assert "Not heard for a week" in head.get(f"/devices/{school.mac(60)}").text
    assert "Not heard for a week" not in head.get(PATH).text
