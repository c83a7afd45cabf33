"""The devices, and the names that the school gives them."""

from __future__ import annotations

from appliance.edge.store import Store
from tests.web_ui import school
from tests.web_ui.conftest import Visitor
from tests.web_ui.test_incidents import words

PATH = f"/devices/{school.mac(7)}"


def test_every_device_is_there_by_its_best_name(morning: Store, head: Visitor) -> None:
    page = words(head.get("/devices").text)
    assert "23 devices" in page and "21 of them have no name from you yet." in page
    for name in (
        "iPad-07 (Oak class trolley)",
        "Unknown device 3F2A",
        "Office-PC",
        "Made by Lenovo",
        "Changing address",
        "New this week",
    ):
        assert name in page


def test_a_name_is_given_and_taken_away(morning: Store, head: Visitor) -> None:
    head.get(PATH)
    assert head.post(f"{PATH}/name", {"label": "  Oak   iPad 7 "}).location == PATH
    assert morning.device(school.mac(7)).label == "Oak iPad 7"
    assert "The device’s new name is saved." in head.get(PATH).text
    assert "Oak iPad 7" in words(head.get("/to-look-at/3").text)
    head.post(f"{PATH}/name", {"label": ""})
    assert morning.device(school.mac(7)).label is None


def test_a_name_that_is_too_long_comes_back(morning: Store, head: Visitor) -> None:
    answer = head.post(f"{PATH}/name", {"label": "y" * 81})
    assert answer.status_code == 400 and "80 characters or fewer" in answer.text and "y" * 81 in answer.text


def test_a_device_is_found_by_any_of_its_names(morning: Store, head: Visitor) -> None:
    for asked in ("oak class", "IPAD-07", school.mac(7), "10.20.0.7"):
        assert (
            "Oak class trolley"
            in head.get(
                "/devices",
            ).text
        )
        assert "Oak class trolley" in head.client.get("/devices", query_string={"name": asked}).text
    assert "No device fits." in head.get("/devices?name=zebra").text


def test_a_device_tells_what_came_up_on_it(morning: Store, head: Visitor) -> None:
    page = words(head.get(PATH).text)
    assert "getting round the school’s filter" in page and "Friday 25 September, 12:20" in page


def test_an_unknown_device_is_said_to_be_gone(morning: Store, head: Visitor) -> None:
    for path in ("/devices/00:00:00:00:00:99", "/devices/%3Cscript%3E"):
        answer = head.get(path)
        assert answer.status_code == 404 and "<script>" not in answer.text


def test_pages_turn(store: Store, head: Visitor) -> None:
    store.save_devices([school.a_device(n) for n in range(100)])
    first, last = head.get("/devices").text, head.get("/devices?from=80").text
    assert first.count('class="device"') == 40 and "from=40" in first
    assert last.count('class="device"') == 20 and 'rel="next"' not in last


def test_on_the_boxs_first_day_nothing_is_called_new(store: Store, head: Visitor) -> None:
    store.save_devices([school.a_device(n, first_seen=school.NOW - n * 60) for n in range(5)])
    page = words(head.get("/devices").text)
    assert "New this week" not in page and "None of them has a name from you yet." in page
