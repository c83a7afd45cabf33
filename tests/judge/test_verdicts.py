"""Verdicts on names: one sentence each, never an exception."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.judge.domains import DomainLists, Rule
from appliance.judge.verdicts import judge_name
from tests.judge.test_domains import ALLOW, GAMES, HELP, PORN, lists_of

LISTS, _ = lists_of({"evil.com": PORN, "play.example": GAMES, "help.example": HELP, "needed.example": ALLOW})


def test_a_listed_name_has_category_level_source_entry_and_a_reason() -> None:
    verdict = judge_name("WWW.Evil.com.", LISTS)
    assert (verdict.name, verdict.category, verdict.level) == ("www.evil.com", "pornography", "look")
    assert (verdict.source, verdict.entry) == ("adult list, 3", "evil.com")
    assert verdict.reason == "www.evil.com belongs to evil.com, which is on the list “adult list” as a pornography site."


def test_an_entry_nobody_checked_is_less_sure() -> None:
    assert judge_name("evil.com", LISTS).confidence == "medium"
    assert judge_name("play.example", LISTS).confidence == "high"


@pytest.mark.parametrize("name", ["help.example", "www.needed.example", "unknown.example"])
def test_help_lines_needed_and_unknown_names_have_no_category_or_level(name: str) -> None:
    verdict = judge_name(name, LISTS)
    assert verdict.category is None
    assert verdict.level is None
    assert verdict.reason.endswith(".")


@pytest.mark.parametrize("text", ["192.0.2.7", "2001:db8::7", "[2001:db8::7]", "::1", "fe80::1%eth0"])
def test_a_bare_address_is_said_to_be_one(text: str) -> None:
    verdict = judge_name(text, LISTS)
    assert verdict.category is None
    assert "is an address, not a name" in verdict.reason


@pytest.mark.parametrize("text", ["", ".", "uk", "co.uk.", "a.b", "\x1b[31mred", "x" * 5000, "http://evil.com/"])
def test_junk_gets_a_short_printable_sentence(text: str) -> None:
    verdict = judge_name(text, LISTS)
    assert verdict.category is None
    assert verdict.reason.isprintable()
    assert len(verdict.reason) < 200


def test_letters_beyond_ascii_are_judged_by_their_encoded_name() -> None:
    lists, _ = lists_of({"xn--bcher-kva.example": PORN})
    assert judge_name("Bücher.example", lists).category == "pornography"


def test_an_exercise_is_marked_and_said_to_be_harmless(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = Rule(list_name="tests", category="suicide", exercise=True, checked=True)
    monkeypatch.setattr("tests.judge.test_domains.RULES", (rule,))
    lists, _ = lists_of({"suicide.trigger.example": rule})
    verdict = judge_name("suicide.trigger.example", lists)
    assert (verdict.category, verdict.level, verdict.exercise) == ("suicide", "urgent", True)
    assert verdict.reason == "suicide.trigger.example is a harmless test name that stands for a site about ending life."


@given(st.text(max_size=100))
def test_any_text_gets_a_verdict(text: str) -> None:
    assert judge_name(text, LISTS).reason


def test_a_pages_address_is_answered_with_the_site_to_ask_about() -> None:
    verdict = judge_name("https://WWW.Evil.com/a/page?x=1", DomainLists())
    assert verdict.category is None
    assert verdict.reason == (
        "“https://WWW.Evil.com/a/page?x=1” is a page's address. The box judges whole sites: ask about www.evil.com."
    )
    assert "not a name" in judge_name("http://", DomainLists()).reason
