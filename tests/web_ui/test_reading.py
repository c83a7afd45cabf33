"""The page's English is easy to read: at nine to eleven years on the main screens, with no sentence far above that."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

from tests.web_ui import reading

WEB = Path(__file__).parents[2] / "web_ui"
# Each main screen, and the files that its sentences come from.
SCREENS = {
    "today": ["templates/today", "templates/parts", "wording/lamp"],
    "incident": [
        *(
            "templates/incidents/",
            "wording/incidents",
            "wording/deeds",
            "wording/categories",
            "wording/shapes",
            "wording/steps.",
            "wording/phones",
        ),
        *("wording/retold", "views/incidents"),
    ],
    "devices": ["templates/devices/", "wording/devices", "views/devices", "views/register", "wording/register", "wording/day"],
    "can we see": ["templates/seeing/", "wording/sight"],
    "is it working": ["templates/working/", "wording/health", "wording/repairs"],
    "set-up": ["templates/steps/", "templates/settings/", "wording/steps_taken", "wording/mirror", "views/fields", "views/steps"],
    "doors": ["templates/account/", "views/account", "views/join", "views/second", "passwords", "doors", "errors"],
    "rules": ["templates/rules/", "wording/rules", "views/rules"],
    "checks": ["templates/checks/", "wording/checks", "views/checks"],
    "people": [
        "templates/people/",
        "templates/timetable",
        "wording/people",
        "wording/audit",
        "views/people",
        "views/audit",
        "views/timetable",
    ],
    "about": ["templates/about", "templates/words", "wording/about", "wording/glossary"],
    "worry": ["templates/worry/", "wording/worry", "views/worry"],
    "the rest": [],
}
REST = "the rest"
# Notes to print for IT support, and what may be asked of them: in the words of their trade. SLIPS holds nothing else.
TRADE = re.compile(
    r"^(Please (set|mirror|have)|The (box sees most traffic|mirror session)|If the school has several VLANs|iCloud Private Relay:"
    r"|VPN: |Encrypted (DNS|Client Hello)|Lost packets:|Unfinished connections:|Teredo, )"
)
EASY = 6.0  # the grade of a whole screen: eleven years
SLIPS = "wording/slips"
WHOLE = 6  # words: shorter ones are headings and labels, and would make any screen look easy
HARD, LONG = 10.0, 8  # no single sentence of so many words is harder; in a shorter one a single long word decides


@cache
def written() -> list[tuple[str, str]]:
    """Every sentence of the page with the file that it stands in; of two forms the one for many."""
    methods = [("**.py", "python"), ("templates/**.html", "jinja2")]
    keywords = {"_": None, "_l": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
    found = extract_from_dir(str(WEB), methods, keywords=keywords)
    return sorted({(file, message if isinstance(message, str) else message[-1]) for file, _line, message, *_rest in found})


def belongs(file: str, screen: str) -> bool:
    """Whether a file's sentences are read on a screen; what no other names is the rest's."""
    if screen == REST:
        return not any(belongs(file, other) for other in SCREENS if other != REST) and not file.startswith(SLIPS)
    return file.startswith(tuple(SCREENS[screen])) and not file.startswith(SLIPS)


def sentences(screen: str) -> list[str]:
    texts = [text for file, text in written() if belongs(file, screen) and not TRADE.match(text)]
    return [sentence for text in texts for sentence in reading.split(text) if len(reading.words(sentence)) >= WHOLE]


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_is_read_with_ease_at_eleven(screen: str) -> None:
    told = sentences(screen)
    hardest = sorted(told, key=lambda sentence: -reading.grade([sentence]))[:5]
    assert len(told) >= 5, "the files of this screen have moved"
    assert reading.grade(told) <= EASY, hardest


@pytest.mark.parametrize("screen", SCREENS)
def test_no_sentence_is_far_harder_than_the_rest(screen: str) -> None:
    grades = {sentence: reading.grade([sentence]) for sentence in sentences(screen) if len(reading.words(sentence)) >= LONG}
    hard = {sentence: grade for sentence, grade in grades.items() if grade > HARD}
    assert hard == {}


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        *(("box", 1), ("lamp", 1), ("device", 2), ("devices", 3), ("opened", 2), ("started", 2), ("stopped", 1), ("noticed", 2)),
        *(("school", 1), ("named", 1), ("sites", 1), ("places", 2), ("little", 2), ("safely", 2), ("can’t", 1), ("school’s", 1)),
        *(("safeguarding", 3), ("information", 4), ("10:42", 2)),
    ],
)
def test_syllables_are_counted_as_people_say_them(word: str, syllables: int) -> None:
    assert reading.count_syllables(word) == syllables


def test_the_grade_is_kincaids() -> None:
    # Six words, six syllables; and a text of the other kind.
    assert reading.grade(["The cat sat on the mat."]) == pytest.approx(0.39 * 6 + 11.8 - 15.59)
    officialese = (
        "The implementation of appropriate safeguarding considerations necessitates the participation of responsible authorities."
    )
    assert reading.grade([officialese]) > 20
    assert reading.age(["The box is well."]) < 9
    assert reading.grade([]) == 0.0
