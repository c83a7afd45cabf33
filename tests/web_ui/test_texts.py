"""Sentences: each can be translated, none is out of the catalogue, and dates are said as people say them."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask

from tests.web_ui import school
from web_ui.wording import dates
from web_ui.wording.categories import find
from web_ui.wording.incidents import say, say_times

WEB = Path(__file__).parents[2] / "web_ui"
TOLD = """bullying cse discrimination drugs extremism gambling pornography self_harm suicide eating_disorders violence weapons
vawg misinformation piracy malware hacking proxy_avoidance encrypted_dns stranger_chat dating ai_companion nudify remote_control
social_media games alcohol_tobacco"""


def extracted() -> set[str]:
    methods = [("**.py", "python"), ("templates/**.html", "jinja2")]
    keywords = {"_": None, "_l": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
    found: set[str] = set()
    for _file, _line, message, _comments, _context in extract_from_dir(str(WEB), methods, keywords=keywords):
        found.add(message if isinstance(message, str) else message[0])
    return found


def test_the_catalogue_holds_every_sentence() -> None:
    kept = read_po(BytesIO((WEB / "translations" / "messages.pot").read_bytes()))
    held = {message.id if isinstance(message.id, str) else message.id[0] for message in kept if message.id}
    assert held == extracted() - {""}


@pytest.fixture
def speaking(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


@pytest.mark.parametrize("category", TOLD.split())
def test_every_category_has_sentences_of_its_own(speaking: None, category: str) -> None:
    assert find(category)
    sentence = str(say(school.an_incident(category=category), "iPad-07", school.NOW))
    assert sentence.startswith("<strong><bdi>iPad-07</bdi></strong> ") and sentence.endswith(" at 10:42 and 10:51.")
    assert "%(" not in sentence


@pytest.mark.parametrize(
    ("first", "last", "count", "said"),
    [
        (school.at("10:42"), school.at("10:42"), 1, "at 10:42"),
        (school.at("10:42"), school.at("10:42"), 2, "twice at 10:42"),
        (school.at("10:42"), school.at("10:51"), 2, "twice, at 10:42 and 10:51"),
        (school.at("10:42"), school.at("10:51"), 7, "7 times between 10:42 and 10:51"),
        (school.at("8:05", 1), school.at("8:05", 1), 1, "yesterday at 8:05"),
        (school.at("8:05", 1), school.at("9:00", 1), 3, "3 times yesterday between 8:05 and 9:00"),
        (school.at("8:05", 4), school.at("8:05", 4), 1, "on Friday 20 November at 8:05"),
        (school.at("8:05", 4), school.at("9:00", 4), 3, "3 times on Friday 20 November, between 8:05 and 9:00"),
        (school.at("8:05", 4), school.at("9:00"), 9, "9 times between Friday 20 November and Tuesday 24 November"),
        (school.at("8:05", 400), school.at("8:05", 400), 1, "on Monday 20 October 2025 at 9:05"),
    ],
)
def test_times_are_said_as_people_say_them(speaking: None, first: float, last: float, count: int, said: str) -> None:
    assert say_times(school.an_incident(first_seen=first, last_seen=last, count=count), school.NOW) == said


@pytest.mark.parametrize("time", [-1e12, 0.0, 1e18, float("inf")])
def test_a_time_that_no_calendar_has_is_said_all_the_same(speaking: None, time: float) -> None:
    assert dates.say_moment(time, school.NOW)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-50, "a few seconds ago"),
        (3, "a few seconds ago"),
        (45, "less than a minute ago"),
        (61, "1 minute ago"),
        (600, "10 minutes ago"),
    ],
)
def test_how_long_ago_is_said_coarsely(speaking: None, seconds: float, said: str) -> None:
    assert dates.say_ago(school.NOW - seconds, school.NOW) == said


def test_a_day_after_the_clocks_changed_is_still_the_right_day(speaking: None) -> None:
    assert dates.say_moment(school.at("0:30", 31), school.NOW) == "Saturday 24 October, 1:30"
