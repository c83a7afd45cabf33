from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from appliance.judge.intent import BURST, TITLES, TOOLS, Moment, graver, intent_weight, is_regular, read_intent, site_of
from appliance.model import Confidence, Intent, IntentKind

PAGE: dict[str, Any] = {"quiet": 0.1, "others": BURST + 3, "led_by_another": True}


@pytest.mark.parametrize(
    ("kind", "confidence", "moment"),
    [
        # Out of silence: probably a person; surer when a page's parts followed it.
        ("person", "medium", Moment()),
        ("person", "medium", Moment(quiet=60.0)),
        ("person", "low", Moment(quiet=4.0)),
        ("person", "high", Moment(quiet=60.0, followers=8, connected=True, looked_up=True, in_sight=True, settled=True)),
        ("person", "high", Moment(quiet=60.0, searched=True)),
        ("person", "high", Moment(quiet=60.0, followed_for=6.0, connected=True, settled=True)),
        # In a burst that another site began.
        ("page", "medium", Moment(quiet=0.1, others=BURST, led_by_another=True)),
        ("unclear", "low", Moment(quiet=0.1, others=BURST - 1, led_by_another=True)),
        ("page", "medium", Moment(**PAGE)),
        ("page", "high", Moment(**PAGE, adverts=3)),
        ("page", "high", Moment(**PAGE, looked_up=True, in_sight=True, settled=True)),
        ("page", "high", Moment(**PAGE, adverts=2, looked_up=True, in_sight=True, settled=True)),
        ("page", "high", Moment(quiet=0.3, others=1, is_advert=True)),
        ("page", "high", Moment(is_advert=True)),
        # A burst that it began itself is its own page's.
        ("unclear", "low", Moment(quiet=0.1, others=BURST + 3)),
        # By the clock.
        ("background", "high", Moment(quiet=200.0, gaps=(300.0, 301.0, 299.0, 300.0))),
        ("background", "medium", Moment(quiet=200.0, gaps=(300.0,) * 4, followers=3, settled=True)),
        ("person", "high", Moment(quiet=200.0, gaps=(300.0, 90.0, 1000.0, 31.0))),
        # Looked up and never connected to: a browser that prepares links. Out of silence nobody can say.
        ("unclear", "low", Moment(quiet=60.0, looked_up=True, in_sight=True, settled=True)),
        ("page", "medium", Moment(quiet=0.5, others=2, looked_up=True, in_sight=True, settled=True)),
        ("unclear", "low", Moment(quiet=0.5, others=2)),
        # Where no connection of the device is in sight, one that is missing says nothing.
        ("person", "medium", Moment(quiet=60.0, looked_up=True, settled=True)),
        ("person", "high", Moment(quiet=60.0, followers=5, settled=True)),
        # What the filter stopped can't have led to the names after it.
        ("person", "medium", Moment(quiet=60.0, followers=5, in_sight=True, settled=True)),
        # One of a search's results that the browser prepared, and the one that was chosen.
        ("unclear", "low", Moment(quiet=4.0, searched=True, looked_up=True, in_sight=True, settled=True)),
        ("person", "medium", Moment(quiet=4.0, searched=True, looked_up=True, in_sight=True, connected=True, settled=True)),
        # Twice with the same gap is not yet a habit of anybody's.
        ("person", "medium", Moment(quiet=60.0, gaps=(300.0, 300.0))),
    ],
)
def test_readings_by_what_the_wire_showed(kind: IntentKind, confidence: Confidence, moment: Moment) -> None:
    intent = read_intent(moment)
    assert (intent.kind, intent.confidence) == (kind, confidence), intent
    assert 1 <= len(intent.reasons) <= 3 and all(reason.endswith(".") for reason in intent.reasons)


def test_reasons_for_the_reading_stand_before_those_against_it() -> None:
    intent = read_intent(Moment(quiet=60.0, followers=4, adverts=2, settled=True))
    assert intent.kind == "person" and "adverts" in intent.reasons[-1]


def test_clock_is_told_in_words() -> None:
    spans = {40.0: "40 seconds", 300.0: "5 minutes", 7200.0: "2 hours"}
    for beat, words in spans.items():
        assert f"every {words} " in read_intent(Moment(gaps=(beat,) * 4)).reasons[0]


@pytest.mark.parametrize(
    ("gaps", "regular"),
    [
        ((60.0,) * 4, True),
        ((60.0,) * 3, False),
        ((5.0, 900.0, 60.0, 61.0, 59.0, 62.0), True),  # only the last ones count
        ((60.0, 60.0, 60.0, 75.0), False),
        ((10.0,) * 8, False),
        ((), False),
    ],
)
def test_timers_keep_their_beat(gaps: tuple[float, ...], regular: bool) -> None:
    assert is_regular(gaps) is regular


@pytest.mark.parametrize(
    ("intent", "weight"),
    [
        (None, 0),
        (Intent(), 0),
        (Intent("person", "high"), 1),
        (Intent("person", "medium"), 0),
        (Intent("page", "low"), 0),
        (Intent("page", "medium"), -1),
        (Intent("page", "high"), -1),
        (Intent("background", "medium"), -1),
        (Intent("background", "low"), 0),
    ],
)
def test_only_what_is_more_than_a_suspicion_weighs(intent: Intent | None, weight: int) -> None:
    assert intent_weight(intent) == weight


def test_of_two_readings_the_one_for_a_person_counts() -> None:
    order = [
        Intent("background", "high"),
        Intent("page", "medium"),
        Intent("page", "low"),
        Intent(),
        Intent("person", "low"),
        Intent("person", "high"),
    ]
    for less, more in pairwise(order):
        assert graver(less, more) is graver(more, less) is more
    assert graver(order[0], Intent("page", "high")) is order[0]


def test_sites_are_told_by_their_last_labels() -> None:
    names = {"www.bet.co.uk": "bet.co.uk", "cdn.x.bet.example.com": "example.com", "bet.com": "bet.com", "com": "com"}
    assert {name: site_of(name) for name in names} == names
    assert set(TITLES) == {"person", "page", "background", "unclear"}


def test_tools_that_work_in_the_background_are_no_less_for_it() -> None:
    by_clock = Intent("background", "high")
    assert {intent_weight(by_clock, category) for category in TOOLS} == {0}
    assert intent_weight(by_clock, "gambling") == -1
    assert intent_weight(Intent("page", "high"), "proxy_avoidance") == -1
