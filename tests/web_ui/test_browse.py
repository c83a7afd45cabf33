"""Browse: tables of health and counts for whoever looks after the box, without anything that came up."""

from __future__ import annotations

import csv
import io
import json

import pytest

from appliance.edge.store import SHELVES, Store
from tests.web_ui import school, served
from tests.web_ui.conftest import Clock, Visitor
from tests.web_ui.test_incidents import words


@pytest.fixture
def technician(morning: Store, visitor: Visitor) -> Visitor:
    morning.add_account("it", "IT support", "technician", served.hashed(), now=school.NOW)
    visitor.log_in("it")
    return visitor


@pytest.mark.parametrize("shelf", SHELVES)
def test_every_table_opens_as_page_csv_and_json_and_names_no_site_that_came_up(technician: Visitor, shelf: str) -> None:
    for path in (f"/browse/{shelf}", f"/browse/{shelf}.csv", f"/browse/{shelf}.json"):
        answer = technician.get(path)
        assert answer.status_code == 200 and "hide-me" not in answer.text and "no-way-on" not in answer.text
    assert json.loads(technician.get(f"/browse/{shelf}.json").data)["total"] >= 0


def test_a_value_in_the_address_filters_and_counts(technician: Visitor) -> None:
    page = technician.get("/browse/devices?maker=Dell").text
    assert "One row" in words(page) and "Laptop-02" in page and "iPad-03" not in page
    assert 'aria-sort="descending"' in technician.get("/browse/devices?sort=mac&falling=1").text
    assert "Laptop-02" in technician.get("/browse/devices?column=maker&is=Dell").text
    rows = list(csv.DictReader(io.StringIO(technician.get("/browse/devices.csv?maker=Dell").data.decode("utf-8-sig"))))
    assert [row["mac"] for row in rows] == [school.mac(30)] and rows[0]["last_seen"].startswith("2026-11-24 11:")


def test_what_a_device_calls_itself_does_nothing_in_a_spreadsheet_or_on_the_page(morning: Store, technician: Visitor) -> None:
    morning.save_devices([school.a_device(99, heard_name="=cmd|' /C calc'!A0", maker="<img src=x>")])
    assert "'=cmd" in technician.get("/browse/devices.csv").text
    assert "<img src=x>" not in technician.get("/browse/devices").text


def test_counters_of_the_sensor_are_there(technician: Visitor) -> None:
    page = words(technician.get("/browse").text)
    assert "packets 1284220" in page and "foreign_unicast" in page


def test_that_somebody_browsed_is_kept(morning: Store, technician: Visitor) -> None:
    technician.get("/browse/sights")
    assert morning.audit_log()[0].subject == "browse sights"


def test_a_table_that_is_not_there_is_not_found(technician: Visitor) -> None:
    for path in ("/browse/incidents", "/browse/notes.csv", "/browse/accounts.json", "/browse/..%2fsafespan"):
        assert technician.get(path).status_code == 404


def test_a_file_needs_the_passphrase_once_more(technician: Visitor, clock: Clock) -> None:
    clock.move(11 * 60)
    answer = technician.get("/browse/devices.csv")
    assert answer.status_code == 302 and answer.location.startswith("/prove")
