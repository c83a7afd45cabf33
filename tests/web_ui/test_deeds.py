"""What an incident's sentence claims: never more than the box knows of who chose the site, and of what the site is."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import get_args

import pytest
from flask import Flask

from appliance.model import GUESSED, IntentKind, Outcome
from tests.web_ui import school
from web_ui.wording import categories
from web_ui.wording.deeds import TYPED
from web_ui.wording.incidents import outcome_title, say, say_confidence
from web_ui.wording.retold_sentences import NAMES
from web_ui.wording.retold_words import PHRASES

GUESS = f"{GUESSED} (en), of 20 November"
INTENTS = (*get_args(IntentKind), None)


@pytest.fixture(autouse=True)
def speaking(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def told(**changes: object) -> str:
    """The sentence of a gambling incident on iPad-03, at 10:42."""
    known = {"category": "gambling", "count": 1, "last_seen": school.at("10:42"), "source": "gambling, version of today"}
    return str(say(school.an_incident(**(known | changes)), "iPad-03", school.NOW).striptags())


@pytest.mark.parametrize(
    ("intent", "outcome", "said"),
    [
        ("person", "reached", "iPad-03 opened a gambling site at 10:42."),
        ("person", "stopped", "iPad-03 tried to open a gambling site at 10:42."),
        ("person", "tried", "iPad-03 asked for a gambling site at 10:42."),
        ("unclear", "reached", "iPad-03 connected to a gambling site at 10:42."),
        (None, "stopped", "iPad-03 asked for a gambling site at 10:42."),
        ("page", "reached", "A page open on iPad-03 seems to have fetched something from a gambling site at 10:42."),
        ("page", "tried", "A page open on iPad-03 seems to have asked for a gambling site at 10:42."),
        ("background", "reached", "An app on iPad-03 seems to have connected to a gambling site by itself at 10:42."),
        ("background", "stopped", "An app on iPad-03 seems to have asked for a gambling site by itself at 10:42."),
    ],
)
def test_what_a_list_knows_is_told_by_who_chose_it_and_how_far_it_went(intent: str | None, outcome: str, said: str) -> None:
    assert told(intent=intent, outcome=outcome) == said


@pytest.mark.parametrize(
    ("intent", "outcome", "said"),
    [
        ("person", "reached", "iPad-03 opened something at 10:42."),
        ("unclear", "reached", "iPad-03 connected to something at 10:42."),
        ("page", "reached", "A page open on iPad-03 seems to have fetched something at 10:42."),
        ("background", "reached", "An app on iPad-03 seems to have asked for something by itself at 10:42."),
        ("person", "tried", "iPad-03 asked for something at 10:42."),
        ("page", "stopped", "iPad-03 asked for something at 10:42."),
    ],
)
def test_a_guess_says_that_it_is_one(intent: str, outcome: str, said: str) -> None:
    sentence = told(source=GUESS, intent=intent, outcome=outcome)
    assert sentence == f"{said} By its name it looks like a gambling site, but no list knows it."
    assert say_confidence(school.an_incident(source=GUESS, confidence="medium")) == "This is a guess from the words alone."


def test_a_search_is_called_one_and_not_a_site() -> None:
    reason = "The words typed into a search on search.example may mean a gambling site. This is a guess from the words alone."
    # What the guardian writes is held against these sentences by test_retold.
    assert any(sentence.one.startswith(TYPED) for sentence in NAMES)
    assert told(source=GUESS, reason=reason) == "iPad-03 searched at 10:42 for words that may mean a gambling site."


@pytest.mark.parametrize("category", categories.known())
def test_nothing_is_called_opened_that_nobody_is_thought_to_have_opened(category: str) -> None:
    for intent, outcome, source in itertools.product(INTENTS, get_args(Outcome), ("a list", GUESS)):
        sentence = told(category=category, intent=intent, outcome=outcome, source=source)
        claims = any(word in sentence for word in (" opened ", " used a "))
        assert claims == (intent == "person" and outcome == "reached"), sentence
        assert ("looks like" in sentence) == (source == GUESS), sentence


def test_only_what_a_person_probably_opened_is_headed_so() -> None:
    titles = {intent: outcome_title(school.an_incident(intent=intent)) for intent in INTENTS}
    assert titles == {intent: "It opened" if intent == "person" else "It got through" for intent in INTENTS}


def test_a_kind_of_site_is_called_what_the_guardian_calls_it() -> None:
    known = {phrase.one for phrase in PHRASES}
    assert {str(words.kind) for key in categories.known() if (words := categories.find(key))} <= known
