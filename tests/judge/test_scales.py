from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.judge.categories import CATEGORIES, SERIOUS_CORE
from appliance.judge.levels import Weighed, higher, weigh
from appliance.judge.policy import Policy, make_policy
from appliance.judge.scales import Scales
from appliance.model import Confidence, Outcome, Verdict
from appliance.school import Group, GroupLevel, Hours, LessonMode, Rule, Term, Vlan

DAY = 86_400.0
MAC = "f0:18:98:00:07:07"
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC).timestamp()
YEAR_6 = Group(id="year-6", name="Year 6", kind="year", band="junior")


def verdict(category: str = "gambling", name: str = "a.example", **changes: Any) -> Verdict:
    fields: dict[str, Any] = {"level": CATEGORIES[category].level, "entry": name}
    return Verdict(name=name, category=category, **fields | changes)


def level(scales: Scales, category: str, time: float, outcome: Outcome = "reached", **changes: Any) -> Weighed | None:
    page = bool(changes.pop("part_of_page", False))
    grounds = scales.lay(MAC, time, verdict(category, **changes), part_of_page=page)
    return weigh(grounds, outcome) if grounds else None


def levels_over_days(category: str, days: int, scales: Scales | None = None, **changes: Any) -> list[str | None]:
    scales = scales or Scales(Policy())
    found = [level(scales, category, MONDAY + day * DAY, **changes) for day in range(days)]
    return [weighed.level if weighed else None for weighed in found]


@pytest.mark.parametrize(
    ("category", "changes", "levels"),
    [
        ("piracy", {}, ["note", "note", "look", "look"]),
        ("gambling", {}, ["look"] * 4),
        ("gambling", {"outcome": "stopped"}, ["note", "note", "look", "look"]),
        ("games", {}, ["note"] * 4),
        ("social_media", {}, ["note"] * 4),
        ("piracy", {"part_of_page": True}, ["note"] * 4),
        ("piracy", {"confidence": "low"}, ["note"] * 4),
        ("suicide", {}, ["urgent"] * 4),
        ("suicide", {"confidence": "low"}, ["look", "look", "urgent", "urgent"]),
    ],
)
def test_repeats_over_days_raise_what_is_not_ordinary(category: str, changes: dict[str, Any], levels: list[str]) -> None:
    assert levels_over_days(category, 4, **changes) == levels


def test_repeats_within_one_day_are_no_pattern() -> None:
    scales = Scales(Policy())
    assert [level(scales, "piracy", MONDAY + hour * 3600.0) for hour in range(5)] == [Weighed("note")] * 5


def test_raised_level_says_why() -> None:
    scales = Scales(Policy())
    levels_over_days("piracy", 2, scales)
    raised = level(scales, "piracy", MONDAY + 2 * DAY)
    assert raised == Weighed("look", ("Raised because this device did so on 3 days within a week.",))


def test_several_worrying_subjects_cancel_a_doubt_and_are_told_by_name() -> None:
    scales = Scales(Policy())
    for day, category in enumerate(("drugs", "weapons")):
        level(scales, category, MONDAY + day * DAY)
    weighed = level(scales, "gambling", MONDAY + 2 * DAY, "stopped")
    assert weighed is not None
    assert weighed.level == "look"
    assert weighed.reasons[0] == ("This device touched 3 worrying subjects within a week: Weapons, Drugs and Gambling.")


def test_grave_subject_after_the_serious_core_is_urgent_and_says_so() -> None:
    scales = Scales(Policy())
    level(scales, "self_harm", MONDAY)
    weighed = level(scales, "stranger_chat", MONDAY + DAY)
    assert weighed == Weighed("urgent", ("Raised because the same device also came up for “Self-harm” on Monday 23 November.",))
    assert level(scales, "proxy_avoidance", MONDAY + 8 * DAY) == Weighed("look")
    assert level(scales, "stranger_chat", MONDAY + 10 * DAY) == Weighed("look")


def test_out_of_hours_raises_a_note_that_is_not_ordinary() -> None:
    scales = Scales(make_policy(hours=[Hours(weekday=day, opens="08:45", closes="15:30") for day in range(5)]))
    evening = MONDAY + 10 * 3600.0
    assert level(scales, "piracy", MONDAY) == Weighed("note")
    assert level(scales, "piracy", evening) == Weighed("look", ("Raised because it happened outside school hours.",))
    assert level(scales, "games", evening) == Weighed("note")
    assert level(scales, "gambling", evening) == Weighed("look", ("It happened outside school hours.",))


def test_lesson_makes_a_note_that_names_it_and_leaves_no_pattern() -> None:
    lesson = LessonMode(
        topic="Gambling harms", group="unknown", categories=("gambling",), by="Mrs Smith", since=MONDAY, until=MONDAY + 3600.0
    )
    scales = Scales(make_policy(lessons=[lesson]))
    assert level(scales, "gambling", MONDAY + 60.0) == Weighed(
        "note", ("Only noted because of the lesson “Gambling harms” (Mrs Smith), until 11:00.",)
    )
    assert level(scales, "gambling", MONDAY + 3600.0) == Weighed("look")
    assert len(scales.patterns.take_changes()) == 1


def test_allowed_name_is_not_kept_and_leaves_no_pattern() -> None:
    rule = Rule(kind="allow", pattern="a.example", reason="Known.", since=0.0, until=MONDAY + DAY)
    scales = Scales(make_policy(rules=[rule]))
    assert level(scales, "gambling", MONDAY) is None
    assert level(scales, "suicide", MONDAY) == Weighed("urgent")
    assert level(scales, "gambling", MONDAY, name="b.example") == Weighed("look")
    assert [change.category for change in scales.patterns.take_changes()] == ["suicide", "gambling"]


def test_staff_devices_keep_only_what_endangers_a_child() -> None:
    scales = Scales(make_policy(members={MAC: "staff"}))
    assert level(scales, "gambling", MONDAY) is None
    assert level(scales, "cse", MONDAY) == Weighed("urgent")


def test_group_of_a_vlan_counts() -> None:
    policy = make_policy(vlans=[Vlan(number=30, name="Office", group="staff")])
    assert level(Scales(policy, vlan_of=lambda _mac: 30), "gambling", MONDAY) is None
    assert level(Scales(policy), "gambling", MONDAY) == Weighed("look")


def test_exercise_is_neither_ruled_nor_remembered() -> None:
    scales = Scales(make_policy(members={MAC: "staff"}))
    assert level(scales, "gambling", MONDAY, exercise=True) == Weighed("look")
    assert scales.patterns.take_changes() == []


@pytest.mark.parametrize(
    ("known", "category", "level_now"),
    [
        (None, "games", "look"),
        (verdict("piracy"), "games", "look"),
        (verdict("gambling"), "gambling", "look"),
        (verdict("suicide"), "suicide", "urgent"),
    ],
)
def test_denied_name_is_reported_unless_it_is_already_graver(known: Verdict | None, category: str, level_now: str) -> None:
    rule = Rule(kind="deny", pattern="a.example", category="games", reason="Distracts.", by="Head", since=0.0, until=1e10)
    ruled = Scales(make_policy(rules=[rule])).ruled(MAC, MONDAY, "a.example", known)
    assert ruled is not None
    assert (ruled.category, ruled.level) == (category, level_now)


def test_denial_says_who_and_why() -> None:
    rule = Rule(kind="deny", pattern="a.example", category="games", reason="Distracts.", by="Head", since=0.0, until=1e10)
    ruled = Scales(make_policy(rules=[rule])).ruled(MAC, MONDAY, "www.a.example", None)
    assert ruled is not None
    assert ruled.reason == "www.a.example belongs to a.example, which is on the school's own list (“Distracts.”, Head)."
    assert Scales(make_policy(rules=[rule])).ruled(MAC, MONDAY, "nota.example", None) is None


# --- the serious core -----------------------------------------------------------------------------------------------

_TIMES = st.floats(1e6, 2e9)
_CATEGORY = st.sampled_from(sorted(CATEGORIES))
_GROUPS = st.sampled_from(["unknown", "guest", "staff", "year-6"])
_RULES = st.builds(
    Rule,
    kind=st.sampled_from(["allow", "deny"]),
    pattern=st.sampled_from(["", "a.example", "example"]),
    category=_CATEGORY,
    level=st.sampled_from(["urgent", "look", "note"]),
    scope=st.sampled_from(["device", "group", "school"]),
    target=st.sampled_from([MAC, "unknown", "staff", "year-6"]),
    reason=st.just("r"),
    since=_TIMES,
    until=_TIMES,
)
_LESSONS = st.builds(
    LessonMode, topic=st.just("t"), group=_GROUPS, categories=st.tuples(_CATEGORY, _CATEGORY), since=_TIMES, until=_TIMES
)
_POLICIES = st.builds(
    make_policy,
    groups=st.lists(
        st.builds(
            Group,
            id=_GROUPS,
            name=st.just("g"),
            kind=st.sampled_from(["year", "trolley", "staff", "guest", "unknown"]),
            band=st.sampled_from(["early", "junior", "senior", "adult", "any"]),
        ),
        max_size=3,
    ),
    members=st.dictionaries(st.just(MAC), _GROUPS),
    levels=st.lists(
        st.builds(GroupLevel, group=_GROUPS, category=_CATEGORY, level=st.sampled_from(["urgent", "look", "note", "off"])),
        max_size=40,
    ),
    rules=st.lists(_RULES, max_size=6),
    lessons=st.lists(_LESSONS, max_size=4),
    hours=st.lists(st.builds(Hours, weekday=st.integers(0, 6), opens=st.just("09:00"), closes=st.just("10:00")), max_size=3),
    terms=st.lists(
        st.builds(Term, name=st.just("t"), first=st.just("2000-01-01"), last=st.just("2030-01-01"), closed=st.booleans()),
        max_size=2,
    ),
    trial_until=_TIMES,
)


@settings(max_examples=300, deadline=None)
@given(
    policy=_POLICIES,
    before=st.lists(st.tuples(_CATEGORY, st.integers(0, 8)), max_size=8),
    category=st.sampled_from(sorted(SERIOUS_CORE)),
    time=_TIMES,
    confidence=st.sampled_from(["high", "medium", "low"]),
    outcome=st.sampled_from(["tried", "stopped", "reached", "unknown"]),
    part_of_page=st.booleans(),
)
def test_no_policy_whatever_lowers_the_serious_core(
    policy: Policy,
    before: list[tuple[str, int]],
    category: str,
    time: float,
    confidence: Confidence,
    outcome: Outcome,
    part_of_page: bool,
) -> None:
    hit = verdict(category, confidence=confidence)
    unruled, scales = Scales(Policy()), Scales(policy)
    for earlier, days in before:
        for either in (unruled, scales):
            either.lay(MAC, time - days * DAY, verdict(earlier, confidence="low"), part_of_page=False)
    plain = unruled.lay(MAC, time, hit, part_of_page=part_of_page)
    ruled = scales.ruled(MAC, time, hit.name, hit)
    assert ruled is hit
    under_policy = scales.lay(MAC, time, ruled, part_of_page=part_of_page)
    assert plain is not None
    assert under_policy is not None
    without, with_policy = weigh(plain, outcome).level, weigh(under_policy, outcome).level
    assert higher(with_policy, without) == with_policy
    assert with_policy != "note"
