from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from appliance.judge.categories import CATEGORIES, SERIOUS_CORE
from appliance.judge.policy import (
    LONGEST_LESSON,
    TOOLS,
    Policy,
    PolicyError,
    allows_tool,
    check_rule,
    covers,
    group_of,
    is_denied,
    is_on_trial,
    is_out_of_hours,
    lesson_for,
    make_policy,
    rule_for,
)
from appliance.school import STAFF, Group, Hours, LessonMode, Rule, Term, Vlan

MAC = "f0:18:98:00:07:07"
DAY = 86_400.0
LONDON = ZoneInfo("Europe/London")
YEAR_6 = Group(id="year-6", name="Year 6", kind="year", band="junior")


def rule(**changes: Any) -> Rule:
    fields: dict[str, Any] = {"kind": "allow", "pattern": "a.example", "reason": "Maths week", "since": 0.0, "until": 10 * DAY}
    return Rule(**fields | changes)


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).timestamp()


@pytest.mark.parametrize(
    ("pattern", "name", "covered"),
    [
        ("evil.com", "evil.com", True),
        ("evil.com", "www.evil.com", True),
        ("evil.com", "notevil.com", False),
        ("evil.com", "evil.com.other.test", False),
        ("www.evil.com", "evil.com", False),
    ],
)
def test_pattern_covers_whole_labels_only(pattern: str, name: str, covered: bool) -> None:
    assert covers(pattern, name) is covered
    assert is_denied(make_policy(rules=[rule(kind="deny", pattern=pattern, category="games")]), name) is covered


def test_its_own_tools_are_allowed_for_a_group_until_the_rule_ends() -> None:
    tool = check_rule(rule(pattern=" TeamViewer ", scope="group", target="year-6", reason="IT support"))
    policy = make_policy(rules=[tool])
    assert tool.pattern == "teamviewer" and "wireguard" in TOOLS
    assert allows_tool(policy, "teamviewer", MAC, "year-6", DAY)
    assert not allows_tool(policy, "teamviewer", MAC, "staff", DAY)
    assert not allows_tool(policy, "wireguard", MAC, "year-6", DAY)
    assert not allows_tool(policy, "teamviewer", MAC, "year-6", 11 * DAY)
    with pytest.raises(PolicyError):
        check_rule(rule(kind="deny", pattern="teamviewer", category="remote_control"))


@pytest.mark.parametrize(
    ("mac", "vlan", "group"),
    [
        (MAC, None, "year-6"),
        (MAC, 30, "year-6"),
        ("00:11:22:33:44:55", 30, "staff"),
        ("00:11:22:33:44:55", 40, "unknown"),
        ("00:11:22:33:44:55", None, "unknown"),
        ("02:11:22:33:44:55", None, "guest"),
        ("02:11:22:33:44:55", 30, "staff"),
        ("00:99:22:33:44:55", None, "unknown"),
    ],
)
def test_group_is_the_devices_own_then_its_vlans_then_guest_or_unknown(mac: str, vlan: int | None, group: str) -> None:
    policy = make_policy(
        groups=[YEAR_6],
        members={MAC: "year-6", "00:99:22:33:44:55": "gone"},
        vlans=[Vlan(number=30, name="Office", group="staff"), Vlan(number=40, name="Printers")],
    )
    assert group_of(policy, mac, vlan).id == group


def test_school_may_rename_a_standing_group() -> None:
    policy = make_policy(groups=[Group(id="staff", name="Teachers", kind="staff", band="adult")])
    assert group_of(make_policy(members={MAC: STAFF.id}), MAC).name == "Staff devices"
    assert policy.groups["staff"].name == "Teachers"


@pytest.mark.parametrize(
    ("rules", "counts"),
    [
        ([rule(id=1), rule(id=2, scope="device", target=MAC, kind="deny", category="games")], 2),
        ([rule(id=1, scope="group", target="year-6"), rule(id=2)], 1),
        ([rule(id=1), rule(id=2, pattern="www.a.example", kind="deny", category="games")], 2),
        ([rule(id=1, since=5.0), rule(id=2, since=1.0)], 1),
        ([rule(id=1, pattern="", category="gambling"), rule(id=2, kind="deny", category="games")], 2),
        ([rule(id=1, pattern="", category="drugs")], 0),
        ([rule(id=1, category="drugs")], 0),
        ([rule(id=1, category="gambling")], 1),
        ([rule(id=1, scope="device", target="other")], 0),
        ([rule(id=1, scope="group", target="year-5")], 0),
        ([rule(id=1, since=200.0)], 0),
        ([rule(id=1, until=100.0)], 0),
        ([rule(id=1, ended=99.0)], 0),
        ([rule(id=1, ended=101.0)], 1),
        ([], 0),
    ],
)
def test_narrowest_longest_newest_running_rule_counts(rules: list[Rule], counts: int) -> None:
    found = rule_for(make_policy(rules=rules), "www.a.example", "gambling", MAC, "year-6", 100.0)
    assert (found.id if found else 0) == counts


@pytest.mark.parametrize("category", sorted(SERIOUS_CORE))
def test_no_allow_rule_counts_for_the_serious_core(category: str) -> None:
    policy = make_policy(rules=[rule(), rule(pattern="", category=category), rule(scope="device", target=MAC)])
    assert rule_for(policy, "a.example", category, MAC, "unknown", 100.0) is None


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"reason": "  "}, "reason"),
        ({"pattern": "uk"}, "not the name"),
        ({"pattern": "192.168.1.1"}, "not the name"),
        ({"pattern": ""}, "name of a site"),
        ({"kind": "deny"}, "no category"),
        ({"kind": "deny", "pattern": "", "category": "games"}, "name of a site"),
        ({"category": "sweets"}, "no category"),
        ({"scope": "group"}, "which"),
        ({"category": "suicide", "pattern": ""}, "serious core"),
        ({"until": 0.0}, "end date"),
        ({"until": 500 * DAY}, "end date"),
        ({"until": float("inf")}, "end date"),
        ({"until": float("nan")}, "end date"),
    ],
)
def test_rule_that_cannot_be_made_says_why(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(PolicyError, match=says):
        check_rule(rule(**changes))


def test_rule_is_kept_in_the_form_of_the_lists() -> None:
    kept = check_rule(rule(pattern=" WWW.Bücher.Example. ", target="left over"))
    assert (kept.pattern, kept.target) == ("www.xn--bcher-kva.example", "")


def test_lesson_quietens_its_categories_for_its_group_until_it_ends() -> None:
    lesson = LessonMode(topic="Drugs", group="year-6", categories=("drugs",), since=100.0, until=200.0)
    policy = make_policy(lessons=[lesson])
    assert lesson_for(policy, "drugs", "year-6", 150.0) == lesson
    for category, group, time in (
        ("weapons", "year-6", 150.0),
        ("drugs", "year-5", 150.0),
        ("drugs", "year-6", 99.0),
        ("drugs", "year-6", 200.0),
    ):
        assert lesson_for(policy, category, group, time) is None


def test_lesson_ends_with_the_day_whatever_was_written_down() -> None:
    lesson = LessonMode(topic="Long", group="year-6", categories=("drugs",), since=0.0, until=1e9)
    policy = make_policy(lessons=[lesson])
    assert lesson_for(policy, "drugs", "year-6", LONGEST_LESSON - 1.0) == lesson
    assert lesson_for(policy, "drugs", "year-6", LONGEST_LESSON) is None


@pytest.mark.parametrize(
    ("when", "out"),
    [
        ("2026-11-24T08:44", True),
        ("2026-11-24T08:45", False),
        ("2026-11-24T15:29", False),
        ("2026-11-24T15:30", True),
        ("2026-11-28T10:00", True),  # a Saturday
        ("2026-12-25T10:00", True),  # after term
        ("2026-10-27T10:00", True),  # half term
        ("2026-09-15T08:45", False),  # summer time
        ("2026-09-15T08:30", True),
    ],
)
def test_school_hours_are_of_the_schools_own_clock_and_calendar(when: str, out: bool) -> None:
    policy = make_policy(
        hours=[Hours(weekday=day, opens="08:45", closes="15:30") for day in range(5)],
        terms=[
            Term(name="Autumn", first="2026-09-02", last="2026-12-18"),
            Term(name="Half term", first="2026-10-26", last="2026-10-30", closed=True),
        ],
        zone=LONDON,
    )
    assert is_out_of_hours(policy, at(when)) is out


def test_nothing_is_out_of_hours_before_the_school_has_said_when_it_is_open() -> None:
    assert not is_out_of_hours(Policy(), at("2026-12-25T03:00"))


def test_trial_ends_by_itself() -> None:
    policy = make_policy(trial_until=100.0)
    assert is_on_trial(policy, 99.0)
    assert not is_on_trial(policy, 100.0)
    assert not is_on_trial(Policy(), 0.0)


def test_empty_policy_is_the_box_as_it_comes() -> None:
    assert make_policy() == Policy(zone=UTC)
    assert set(CATEGORIES) > SERIOUS_CORE
