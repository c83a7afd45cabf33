"""The table of categories."""

from __future__ import annotations

import re
from pathlib import Path

from appliance.judge.categories import CATEGORIES, LEVELS, SERIOUS_CORE, category

DESIGNED = {
    "bullying",
    "cse",
    "discrimination",
    "drugs",
    "extremism",
    "gambling",
    "pornography",
    "self_harm",
    "suicide",
    "eating_disorders",
    "violence",
    "weapons",
    "vawg",
    "misinformation",
    "piracy",
    "malware",
    "hacking",
    "proxy_avoidance",
    "encrypted_dns",
    "stranger_chat",
    "dating",
    "ai_companion",
    "nudify",
    "remote_control",
    "social_media",
    "games",
    "alcohol_tobacco",
}


def test_every_category_of_the_design_is_there_and_no_other() -> None:
    assert set(CATEGORIES) == DESIGNED
    assert all(category(key).id == key for key in DESIGNED)


def test_only_the_serious_core_is_urgent() -> None:
    assert {key for key, entry in CATEGORIES.items() if entry.level == "urgent"} == SERIOUS_CORE
    assert {"suicide", "self_harm", "cse", "extremism"} == SERIOUS_CORE


def test_what_hides_traffic_is_to_be_looked_at() -> None:
    assert category("proxy_avoidance").level == category("encrypted_dns").level == "look"


def test_ordinary_life_is_only_noted() -> None:
    assert {category(key).level for key in ("social_media", "games", "ai_companion")} == {"note"}


def test_every_category_has_words_for_people() -> None:
    for entry in CATEGORIES.values():
        assert entry.phrase.startswith(("a ", "an ")), entry.id
        assert entry.title[0].isupper()
        assert "_" not in entry.title + entry.phrase
        assert entry.four_c in ("content", "contact", "conduct", "commerce")
        assert entry.level in LEVELS


def test_the_documentation_lists_the_categories_at_their_levels() -> None:
    text = (Path(__file__).parents[2] / "docs" / "lists.md").read_text(encoding="utf-8")
    for level in LEVELS:
        row = re.search(rf"^\| `{level}`[^|]*\|([^|]*)\|$", text, re.MULTILINE)
        assert row is not None
        told = {word for word in re.findall(r"[a-z_]+", row[1]) if word in CATEGORIES}
        assert told == {key for key, entry in CATEGORIES.items() if entry.level == level}
