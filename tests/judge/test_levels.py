from __future__ import annotations

from typing import Any

import pytest

from appliance.judge.categories import CATEGORIES
from appliance.judge.levels import BANDS, GRAVE, ORDINARY, Fact, Grounds, base_level, weigh
from appliance.judge.policy import Policy, make_policy
from appliance.model import Level, Outcome, Verdict
from appliance.school import GUEST, STAFF, UNKNOWN, Group, GroupLevel

PATTERN = (Fact("Raised because of a pattern.", "A pattern."),)
AFTER = Fact("Raised because of what was before.", "What was before.")
YEAR_1 = Group(id="year-1", name="Year 1", kind="year", band="early")
SIXTH_FORM = Group(id="sixth", name="Sixth form", kind="year", band="adult")


def verdict(category: str, level: Level | None = None, **changes: Any) -> Verdict:
    return Verdict(name="a.example", category=category, level=level or CATEGORIES[category].level, **changes)


def grounds(base: Level = "look", **changes: Any) -> Grounds:
    return Grounds(base=base, **changes)


@pytest.mark.parametrize(
    ("given", "outcome", "level"),
    [
        # The level of the category, where nothing else is known.
        (grounds("note"), "tried", "note"),
        (grounds("look"), "reached", "look"),
        (grounds("urgent"), "reached", "urgent"),
        # Doubts take one step, however many they are.
        (grounds("look", confidence="low"), "tried", "note"),
        (grounds("look", confidence="medium"), "tried", "look"),
        (grounds("look", part_of_page=True), "reached", "note"),
        (grounds("look"), "stopped", "note"),
        (grounds("look", confidence="low", part_of_page=True), "stopped", "note"),
        (grounds("urgent", confidence="low", part_of_page=True), "stopped", "look"),
        (grounds("note", confidence="low"), "stopped", "note"),
        # What a person chose is not excused by the filter.
        (grounds("look", by_person=True), "stopped", "look"),
        # Patterns raise one step, but make nothing urgent.
        (grounds("note", patterns=PATTERN), "reached", "look"),
        (grounds("note", patterns=PATTERN * 3), "reached", "look"),
        (grounds("look", patterns=PATTERN * 3), "reached", "look"),
        # A pattern and a doubt cancel each other.
        (grounds("look", patterns=PATTERN), "stopped", "look"),
        (grounds("note", patterns=PATTERN, confidence="low"), "reached", "note"),
        # What a page loads is no pattern of the person's.
        (grounds("note", patterns=PATTERN, part_of_page=True), "reached", "note"),
        (grounds("look", patterns=PATTERN, part_of_page=True), "reached", "note"),
        # After the serious core a grave subject is urgent, unless something about it is doubtful.
        (grounds("look", after_serious=AFTER), "reached", "urgent"),
        (grounds("look", after_serious=AFTER), "stopped", "note"),
        (grounds("look", after_serious=AFTER, confidence="low"), "reached", "note"),
        (grounds("look", after_serious=AFTER, part_of_page=True), "reached", "note"),
        # A lesson explains it.
        (grounds("look", lesson="In a lesson.", patterns=PATTERN, after_serious=AFTER), "reached", "note"),
        # The serious core: only doubt about the name itself counts, and never below look.
        (grounds("urgent", serious=True), "stopped", "urgent"),
        (grounds("urgent", serious=True, part_of_page=True), "tried", "urgent"),
        (grounds("urgent", serious=True, part_of_page=True, confidence="medium"), "tried", "look"),
        (grounds("urgent", serious=True, confidence="low"), "tried", "look"),
        (grounds("urgent", serious=True, confidence="low", part_of_page=True), "stopped", "look"),
        (grounds("urgent", serious=True, confidence="low", patterns=PATTERN), "tried", "urgent"),
        (grounds("look", serious=True, confidence="low"), "tried", "look"),
        (grounds("look", serious=True, patterns=PATTERN), "tried", "urgent"),
        (grounds("urgent", serious=True, lesson="In a lesson."), "tried", "urgent"),
        # A guess by a name's words: by itself a note; what a person chose may tell twice, or not be alone.
        (grounds("note", guess=True, by_person=True), "reached", "note"),
        (grounds("note", guess=True, by_person=True, sites=2), "reached", "look"),
        (grounds("note", guess=True, sites=2), "reached", "note"),
        (grounds("note", guess=True, by_person=True, patterns=PATTERN), "reached", "look"),
        (grounds("note", guess=True, patterns=PATTERN), "reached", "note"),
        (grounds("note", guess=True, by_person=True, confidence="low", sites=3), "reached", "note"),
        (grounds("look", guess=True), "reached", "note"),
        (grounds("look", guess=True, by_person=True), "reached", "look"),
        (grounds("look", guess=True, by_person=True, after_serious=AFTER, patterns=PATTERN, sites=3), "reached", "look"),
        (grounds("look", guess=True, serious=True), "reached", "look"),
        # An exercise is what it says.
        (grounds("urgent", serious=True, exercise=True, confidence="low"), "stopped", "urgent"),
        (grounds("look", exercise=True), "stopped", "look"),
    ],
)
def test_level_follows_base_patterns_and_doubts(given: Grounds, outcome: Outcome, level: Level) -> None:
    assert weigh(given, outcome).level == level


@pytest.mark.parametrize(
    ("given", "outcome", "reasons"),
    [
        (grounds("look"), "reached", ()),
        (grounds("note", patterns=PATTERN), "reached", ("Raised because of a pattern.",)),
        (grounds("look", patterns=PATTERN), "reached", ("A pattern.",)),
        (grounds("look"), "stopped", ("Lowered because the school's filter seems to have stopped it.",)),
        (
            grounds("look", patterns=PATTERN),
            "stopped",
            ("A pattern.", "Lowered because the school's filter seems to have stopped it."),
        ),
        (grounds("note", because=("So the school chose.",)), "stopped", ("So the school chose.",)),
        (grounds("look", lesson="In a lesson."), "reached", ("In a lesson.",)),
        (grounds("urgent", serious=True), "stopped", ()),
    ],
)
def test_reasons_are_whole_sentences_and_only_those_that_count(
    given: Grounds, outcome: Outcome, reasons: tuple[str, ...]
) -> None:
    assert weigh(given, outcome).reasons == reasons


def test_what_the_school_thinks_of_a_subject_makes_no_guess_surer_but_may_lower_it() -> None:
    chosen: tuple[Level | str, ...] = ("urgent", "look", "note", "off")
    found = {}
    for level in chosen:
        policy = make_policy(levels=[GroupLevel(group=UNKNOWN.id, category="gambling", level=level)])  # type: ignore[arg-type]
        for listed in ("look", "note"):
            one = verdict("gambling", listed, source="Safespan: words (en), 2026")  # type: ignore[arg-type]
            weighed = base_level(policy, UNKNOWN, one)
            found[level, listed] = weighed.level if weighed else None
    assert {level for (_, listed), level in found.items() if listed == "note"} == {"note", None}
    assert (found["urgent", "look"], found["note", "look"], found["off", "look"]) == ("look", "note", None)


@pytest.mark.parametrize(
    ("group", "category", "level"),
    [
        (UNKNOWN, "gambling", "look"),
        (UNKNOWN, "ai_companion", "note"),
        (GUEST, "gambling", "look"),
        (YEAR_1, "ai_companion", "look"),
        (YEAR_1, "games", "note"),
        (SIXTH_FORM, "games", None),
        (SIXTH_FORM, "dating", "note"),
        (SIXTH_FORM, "drugs", "look"),
        (SIXTH_FORM, "suicide", "urgent"),
        (STAFF, "gambling", None),
        (STAFF, "proxy_avoidance", None),
        (STAFF, "cse", "urgent"),
    ],
)
def test_age_and_kind_of_group_set_the_base(group: Group, category: str, level: Level | None) -> None:
    base = base_level(Policy(), group, verdict(category))
    assert (base.level if base else None) == level


@pytest.mark.parametrize(
    ("chosen", "category", "level"),
    [
        ("urgent", "gambling", "urgent"),
        ("note", "gambling", "note"),
        ("off", "gambling", None),
        ("look", "games", "look"),
        ("off", "suicide", "urgent"),
        ("note", "suicide", "urgent"),
        ("look", "extremism", "urgent"),
    ],
)
def test_school_chooses_levels_for_a_group_save_in_the_serious_core(chosen: Any, category: str, level: Level | None) -> None:
    policy = make_policy(groups=[YEAR_1], levels=[GroupLevel(group="year-1", category=category, level=chosen)])
    base = base_level(policy, YEAR_1, verdict(category))
    assert (base.level if base else None) == level
    other = base_level(policy, UNKNOWN, verdict(category))
    assert other is not None
    assert other.level == CATEGORIES[category].level


def test_school_may_watch_staff_more_closely() -> None:
    policy = make_policy(levels=[GroupLevel(group="staff", category="pornography", level="look")])
    base = base_level(policy, STAFF, verdict("pornography"))
    assert base is not None
    assert base.level == "look"


def test_what_the_school_or_an_age_changed_is_told() -> None:
    policy = make_policy(levels=[GroupLevel(group="year-1", category="games", level="look")])
    by_school, by_age = base_level(policy, YEAR_1, verdict("games")), base_level(policy, YEAR_1, verdict("ai_companion"))
    assert by_school is not None
    assert by_age is not None
    assert by_school.reasons == ("It counts as something to look at because the school chose so for “Year 1”.",)
    assert by_age.reasons == ("It counts as something to look at because of the age of those who use “Year 1”.",)


def test_serious_name_that_a_list_itself_holds_milder_keeps_that_level() -> None:
    base = base_level(Policy(), UNKNOWN, verdict("suicide", "look", confidence="low"))
    assert base is not None
    assert weigh(grounds(base.level, serious=True, confidence="low"), "stopped").level == "look"


def test_tables_name_categories_that_exist() -> None:
    named = set(ORDINARY) | set(GRAVE) | {category for band in BANDS.values() for category in band}
    assert named <= set(CATEGORIES)
    assert not any(CATEGORIES[category].serious for category in named)
