"""Two records of one machine on the page."""

from __future__ import annotations

from appliance.edge.store import Store
from tests.web_ui import school
from tests.web_ui.conftest import Visitor
from tests.web_ui.test_incidents import words

PHONE, LAPTOP = "da:a1:19:5e:3f:2a", school.mac(30)


def test_two_records_become_one_row_and_one_name(morning: Store, head: Visitor) -> None:
    head.get(f"/devices/{PHONE}")
    assert head.post(f"/devices/{PHONE}/same", {"into": LAPTOP}).status_code == 302
    assert "These are one device now." in words(head.get(f"/devices/{PHONE}").text)
    assert "22 devices" in words(head.get("/devices").text)
    head.post(f"/devices/{LAPTOP}/name", {"label": "Oak laptop"})
    head.post(f"/devices/{LAPTOP}/own", {"own": "yes"})
    assert morning.device(PHONE).label == "Oak laptop"
    assert set(morning.ownership.devices(school.HEAD)) == {PHONE, LAPTOP}


def test_they_are_parted_again(morning: Store, head: Visitor) -> None:
    head.get(f"/devices/{PHONE}")
    head.post(f"/devices/{PHONE}/same", {"into": LAPTOP})
    assert "One other record belongs to this device" in words(head.get(f"/devices/{LAPTOP}").text)
    head.post(f"/devices/{PHONE}/apart")
    assert "23 devices" in words(head.get("/devices").text)


def test_nothing_chosen_changes_nothing(morning: Store, head: Visitor) -> None:
    head.get(f"/devices/{PHONE}")
    head.post(f"/devices/{PHONE}/same", {"into": ""})
    assert morning.merging.all() == {} and "choose a device first" in head.get(f"/devices/{PHONE}").text
