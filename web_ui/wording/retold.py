"""The guardian's reasons in the reader's language: it keeps them in English, and each is known here by its shape.

What is not known is shown as it was written, and marked as English for whoever has the page read aloud.
"""

from __future__ import annotations

import re
from functools import cache

from flask_babel import get_locale
from markupsafe import Markup, escape

from web_ui.hostnames import clean
from web_ui.wording.incidents import break_dots
from web_ui.wording.marked import Marked
from web_ui.wording.retold_sentences import SENTENCES
from web_ui.wording.retold_words import UnknownWordError, translate

LONGEST = 600  # of a text that is looked through


def retell(text: str) -> Markup:
    """One or more sentences of the guardian, in the reader's language, safe to stand in a page."""
    told = [_show(sentence, known) for sentence, known in split(clean(text, LONGEST))]
    return Markup(" ").join(told)


def split(text: str) -> list[tuple[str, bool]]:
    """The sentences of a text: each in the reader's language, and whether it is one that is known here."""
    found: list[tuple[str, bool]] = []
    at = 0
    while at < len(text):
        told, end = _tell(text, at)
        found.append((text[at:end] if told is None else told, told is not None))
        at = end + 1  # the space between two sentences
    return found


def _tell(text: str, at: int) -> tuple[str | None, int]:
    """The sentence that begins at a place, retold, and where it ends; None where it is not known."""
    # The guardian writes straight apostrophes; both are one sign, so places stay where they are.
    even = text.replace("'", "’")
    for marked in SENTENCES:
        match = _pattern(marked).match(even, at)
        if match is None:
            continue
        try:
            values: dict[str, object] = {name: translate(name, text[slice(*match.span(name))]) for name in match.groupdict()}
        except UnknownWordError:
            continue
        return marked.say(values), match.end()
    end = text.find(". ", at)
    return None, len(text) if end < 0 else end + 1


@cache
def _pattern(marked: Marked) -> re.Pattern[str]:
    return marked.pattern


def _show(sentence: str, known: bool) -> Markup:
    words = escape(break_dots(sentence))
    if known or get_locale().language == "en":
        return Markup("<bdi>{}</bdi>").format(words)
    return Markup('<bdi lang="en">{}</bdi>').format(words)
