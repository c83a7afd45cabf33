"""One name's verdict: the category, how sure, and one sentence that says why and who says so."""

from __future__ import annotations

import re

from appliance.judge.categories import CATEGORIES
from appliance.judge.domains import DomainLists, Match
from appliance.judge.names import normalise
from appliance.judge.words import Words, judge_words
from appliance.model import Verdict

_ADDRESS = re.compile(r"\[?(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f.]*:[0-9a-f:.]*)\]?(?:%\w+)?", re.IGNORECASE | re.ASCII)
_PAGE = re.compile(r"https?://([^/?#:@\s]+)", re.IGNORECASE)
_SHOWN = 80  # characters of a name that is not one


def judge_name(name: str, lists: DomainLists, words: Words | None = None) -> Verdict:
    """What the lists, and failing them the words, say of any text given as a name; junk and addresses are told as such."""
    clean = normalise(name)
    if clean is None:
        return Verdict(name=name, reason=_not_a_name(name), confidence="low")
    match = lists.match(clean)
    if match is None:
        guess = judge_words(clean, words) if words is not None else None
        return guess or Verdict(name=clean, reason=f"No list names {clean}.", confidence="low")
    return judge_match(clean, match)


def judge_match(name: str, match: Match) -> Verdict:
    """The verdict on a clean name that an entry covers. Help lines, allowed names and filter tests have no category."""
    blocked = match.kind == "block" and match.category in CATEGORIES
    return Verdict(
        name=name,
        category=match.category if blocked else None,
        level=match.level if blocked else None,
        source=f"{match.list_name}, {match.version}" if match.version else match.list_name,
        entry=match.entry,
        reason=_REASONS[match.kind](name, match),
        # A downloaded list is wrong often enough that a hit on it alone is never certain; a checked entry says what the site is.
        confidence="high" if match.checked else "medium",
        exercise=match.exercise,
    )


def _blocked(name: str, match: Match) -> str:
    phrase = match.phrase or CATEGORIES[match.category].phrase
    if match.exercise:
        return f"{name} is a harmless test name that stands for {phrase}."
    return f"{_subject(name, match)} on the list “{match.list_name}” as {phrase}."


def _helping(name: str, match: Match) -> str:
    whose = "" if name == match.entry else f" ({match.entry})"
    return f"{name} belongs to a help line or support service{whose}: it is never recorded or reported."


def _allowed(name: str, match: Match) -> str:
    return f"{_subject(name, match)} on the list “{match.list_name}”, so no list can flag it."


def _witnessed(name: str, match: Match) -> str:
    return f"{name} belongs to a test of the school's filter ({match.entry}): it is never held against a device."


_REASONS = {"block": _blocked, "help": _helping, "allow": _allowed, "witness": _witnessed}


def _subject(name: str, match: Match) -> str:
    """`www.a.com belongs to a.com, which is` or `a.com is`."""
    return f"{name} is" if name == match.entry else f"{name} belongs to {match.entry}, which is"


def _not_a_name(text: str) -> str:
    shown = "".join(char if char.isprintable() else "?" for char in text[:_SHOWN]) + ("…" if len(text) > _SHOWN else "")
    if _ADDRESS.fullmatch(text.strip()):
        return f"{shown} is an address, not a name, and lists of names say nothing about it."
    page = _PAGE.match(text.strip())
    if page and normalise(page[1]) is not None:
        return f"“{shown}” is a page's address. The box judges whole sites: ask about {normalise(page[1])}."
    return f"“{shown}” is not a name that a site on the internet could have."
