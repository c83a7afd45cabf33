"""Can we see? The school's figure, its reasons, each device's hours as drawing and table, and what to ask of IT support."""

from __future__ import annotations

import re

import pytest

from appliance.edge.store import Store
from appliance.model import Sight
from appliance.witness import SafeSearch, WitnessCount
from tests.web_ui import school
from tests.web_ui.conftest import Visitor
from tests.web_ui.test_incidents import words

PATH = "/can-we-see"


def test_the_figure_and_its_reasons_are_sentences(morning: Store, head: Visitor) -> None:
    page = words(head.get(PATH).text)
    assert "Yes, we can see nearly everything" in page
    assert "Since 8:00 we could tell where 95% of 8,277 connections went." in page
    assert "280 went through Apple’s Private Relay" in page and "88 gave no name." in page


def test_it_support_is_asked_only_for_what_there_is(morning: Store, head: Visitor) -> None:
    page = words(head.get(PATH).text)
    assert "Note for IT support" in page and "mask.icloud.com" in page and "port 853" not in page


def test_the_drawing_says_the_same_as_the_table(morning: Store, head: Visitor) -> None:
    page = head.get(PATH).text
    rows = re.findall(r'<tr><th scope="row"><bdi>(.*?)</bdi></th>(.*?)</tr>', page, flags=re.S)
    strips = re.findall(r'heat__name"><bdi>(.*?)</bdi>.*?heat__ground" d="(.*?)".*?heat__cross" d="(.*?)"', page, flags=re.S)
    assert [name for name, _ in rows] == [name for name, _, _ in strips] and len(rows) == 8
    for (_, cells), (_, ground, crosses) in zip(rows, strips, strict=True):
        shares = re.findall(r"<td>(\d+)% of", cells)
        assert ground.count("z") == len(shares) and crosses.count("M") == shares.count("0")


def test_whoever_hid_most_stands_first(morning: Store, head: Visitor) -> None:
    page = head.get(PATH).text
    assert re.findall(r'heat__name"><bdi>(.*?)</bdi>', page)[0] == "Unknown device 3F2A"


def test_devices_that_never_say_where_they_go_are_named(morning: Store, head: Visitor) -> None:
    page = words(head.get(PATH).text)
    assert "2 devices were heard but never said where they went." in page and "HP-LaserJet" in page


def test_nothing_measured_yet_is_said_as_such(store: Store, head: Visitor) -> None:
    page = words(head.get(PATH).text)
    assert "Nothing to see yet" in page and "Note for IT support" not in page and "hour by hour" not in page


@pytest.mark.parametrize(("named", "heading"), [(100, "nearly everything"), (75, "most of it"), (10, "We can’t see enough")])
def test_the_heading_follows_the_figure(store: Store, head: Visitor, named: int, heading: str) -> None:
    store.save_sight([Sight(hour=school.at("11:00"), seen=100, named=named, reasons={"odd": 3})], school.NOW)
    assert heading in words(head.get(PATH).text)


def test_a_thousand_devices_stay_a_small_page(store: Store, head: Visitor) -> None:
    store.save_devices([school.a_device(n) for n in range(400)])
    hours = [school.at("11:00") - 3_600 * n for n in range(12)]
    store.save_sight([Sight(hour=hour, mac=school.mac(n), heard=9, seen=8, named=n % 9) for n in range(400) for hour in hours],
                     school.NOW)  # fmt: skip
    answer = head.get(PATH)
    assert len(answer.data) < 60_000 and "Next page" in answer.text
    assert "Back a page" in head.get(f"{PATH}?from=380").text and head.get(f"{PATH}?from=999999").status_code == 200


def test_what_the_filter_did_is_told_by_kind_and_safe_search_by_engine(store: Store, head: Visitor) -> None:
    store.save_witnessed(
        [
            WitnessCount(day="2026-11-23", category="gambling", stopped=30, reached=1),
            WitnessCount(day="2026-09-01", category="gambling", stopped=900),
        ],
        [
            SafeSearch(day="2026-11-24", engine="google", seen=4),
            SafeSearch(day="2026-11-24", engine="bing", seen=2, unseen=1),
            SafeSearch(day="2026-11-20", engine="youtube", unseen=3),
        ],
        [],
    )
    page = words(head.get("/can-we-see").text)
    assert "31 tries of sites on our lists; the filter seems to have stopped 30" in page
    assert "Gambling 30 1 0" in page and "900" not in page
    assert "Google Safe search is on for every device" in page
    assert "Bing On for some devices; for one we did not see it" in page
    assert "YouTube We did not see that the network switches safe search on (Friday 20 November)" in page


def test_a_filter_that_had_nothing_to_do_is_not_praised(store: Store, head: Visitor) -> None:
    page = words(head.get("/can-we-see").text)
    assert "so we can’t say what the filter does" in page and "not seen anybody search" in page
