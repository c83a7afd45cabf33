"""Translations: whole, with every place in its sentence, compiled, and in the forms that the language counts in."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parents[2] / "web_ui" / "translations"
LANGUAGES = sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir())
PLACE = re.compile(r"%\(\w+\)[a-z]|%%")


@cache
def catalogue(language: str) -> Catalog:
    return read_po(BytesIO((FOLDER / language / "LC_MESSAGES" / "messages.po").read_bytes()), locale=language)


def forms(given: str | tuple[str, ...]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def find_fault(message: Message) -> str:
    """What is wrong with a translation; empty where nothing is."""
    english, other = forms(message.id), forms(message.string)
    if message.fuzzy or not all(other):
        return "not translated"
    allowed = [Counter(PLACE.findall(sentence)) for sentence in english]
    # A form for one thing, or for two, may say the number in a word; nothing else may go missing, or be new.
    needed = allowed[0] if len(english) == 1 else allowed[0] & allowed[-1]
    needed = Counter({place: count for place, count in needed.items() if len(english) == 1 or not place.startswith("%(num)")})
    for sentence in other:
        found = Counter(PLACE.findall(sentence))
        if needed - found or found - (allowed[0] | allowed[-1]):
            return f"other places: {sentence}"
        if (english[0][-1] in ".:") != (sentence[-1] in ".:"):
            return f"ends otherwise: {sentence}"
    return ""


def test_there_is_welsh() -> None:
    assert "cy" in LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated_with_all_its_places(language: str) -> None:
    template = read_po(BytesIO((FOLDER / "messages.pot").read_bytes()))
    wanted = {(forms(message.id), message.context) for message in template if message.id}
    messages = [message for message in catalogue(language) if message.id]
    assert {(forms(message.id), message.context) for message in messages} == wanted
    assert not catalogue(language).obsolete
    faults = {str(message.id): find_fault(message) for message in messages if find_fault(message)}
    assert faults == {}


@pytest.mark.parametrize(
    ("english", "other"),
    [
        ("%(day)s at %(time)s", "%(day)s"),
        ("%(day)s at %(time)s", "%(day)s am %(amser)s"),
        ("Nothing.", ""),
        ("Nothing.", "Dim"),
        (("One of %(all)d", "%(num)d of %(all)d"), ("%(num)d", "Un o %(all)d", "%(num)d o %(all)d")),
        ("%(share)d%%", "%(share)d"),
    ],
)
def test_a_translation_that_lost_something_is_found(english: str | tuple[str, str], other: str | tuple[str, ...]) -> None:
    assert find_fault(Message(english, other))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_file_says_what_the_written_one_says(language: str) -> None:
    compiled = read_mo(BytesIO((FOLDER / language / "LC_MESSAGES" / "messages.mo").read_bytes()))
    said = {(forms(message.id), message.context): forms(message.string) for message in compiled if message.id}
    assert said == {(forms(m.id), m.context): forms(m.string) for m in catalogue(language) if m.id}


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, "Un peth"), (2, "2 beth"), (3, "3 pheth"), (4, "4 peth"), (6, "6 pheth"), (11, "11 peth")],
)
def test_welsh_counts_in_its_own_forms(count: int, said: str) -> None:
    with (FOLDER / "cy" / "LC_MESSAGES" / "messages.mo").open("rb") as file:
        welsh = GNUTranslations(file)
    found = welsh.ngettext("One thing to look at today", "%(num)d things to look at today", count) % {"num": count}
    assert found.startswith(f"{said} i edrych ")
    assert len(forms(next(message for message in catalogue("cy") if message.pluralizable).string)) == 6


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_that_no_native_speaker_has_read_it(language: str) -> None:
    """Goes when one has: then the line on the page and the words in the README go too."""
    assert "not yet read by a native speaker" in (FOLDER / language / "LC_MESSAGES" / "messages.po").read_text()
