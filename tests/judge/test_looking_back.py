"""What new lists say of names that the old ones did not know."""

from __future__ import annotations

from datetime import UTC

import pytest

from appliance.judge.domains import Rule
from appliance.judge.looking_back import learnt, say_when
from tests.judge.test_domains import GAMES, HELP, PORN, RULES, SUICIDE, lists_of

DAY = 86_400.0


@pytest.mark.parametrize(
    ("old", "new", "level"),
    [
        ({}, {"a.example": PORN}, "look"),
        ({}, {"a.example": SUICIDE}, "urgent"),
        ({}, {"a.example": GAMES}, "note"),
        ({"a.example": GAMES}, {"a.example": PORN}, "look"),
        ({"a.example": PORN}, {"a.example": PORN}, None),
        ({"a.example": PORN}, {"www.a.example": PORN}, None),
        ({"a.example": HELP}, {"a.example": PORN}, None),
        ({}, {"a.example": HELP}, None),
        ({"a.example": PORN}, {}, None),
    ],
)
def test_only_what_was_not_known_before_is_found(old: dict[str, Rule], new: dict[str, Rule], level: str | None) -> None:
    assert set(old.values()) | set(new.values()) <= set(RULES)
    verdict = learnt("www.a.example", lists_of(old)[0], lists_of(new)[0])
    assert (verdict.level if verdict else None) == level


@pytest.mark.parametrize("name", ["", "single", "192.0.2.1", "\udcff.example"])
def test_rubbish_is_never_learnt(name: str) -> None:
    assert learnt(name, lists_of({})[0], lists_of({"a.example": PORN})[0]) is None


def test_sentence_names_the_day() -> None:
    tuesday = 1_795_521_600.0  # 24 November 2026
    assert say_when("Tablet 7", tuesday, tuesday + 60, UTC).startswith("Tablet 7 went there earlier today, before")
    assert say_when("Tablet 7", tuesday, tuesday + DAY, UTC).startswith("Tablet 7 went there on Tuesday, before")
