"""The school's own say in how its devices are judged: groups, levels, rules, hours, lessons. One frozen object.

Nothing in here reaches the serious core: an allow rule, a level, a lesson or a trial that names one of its categories changes
nothing for it, whatever the store holds. `check_rule` refuses such rows when they are made; judging ignores them all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo

from msgspec import Struct, field

from appliance.judge.categories import CATEGORIES, SERIOUS_CORE
from appliance.judge.makers import is_private
from appliance.judge.names import normalise
from appliance.judge.tunnels import SIGNATURES
from appliance.model import Verdict
from appliance.school import (
    GUEST,
    STANDING,
    UNKNOWN,
    Group,
    GroupLevel,
    Hours,
    LessonMode,
    Rule,
    Setting,
    Term,
    Vlan,
)

LONGEST_RULE = 400 * 86_400.0  # a school year and the holidays after it; then somebody has to say so again
LONGEST_LESSON = 8 * 3600.0
LONGEST_TRIAL = 60 * 86_400.0
# What IT support may use: handshakes that are told by their shape, by the name that findings give them.
TOOLS = frozenset((*SIGNATURES, "http-proxy", "dns", "doh"))
_CLASSES = ("09:00", "15:00")
_SCOPES = {"school": 0, "group": 1, "device": 2}


class PolicyError(ValueError):
    """A rule that can't be made; the message is one sentence for the person who made it."""


class Policy(Struct, frozen=True, kw_only=True):
    """Everything that the school has said. The empty policy is the box as it comes."""

    groups: Mapping[str, Group] = field(default_factory=lambda: {group.id: group for group in STANDING})
    members: Mapping[str, str] = {}  # device -> group
    vlans: Mapping[int, Vlan] = {}
    levels: Mapping[tuple[str, str], Setting] = {}  # (group, category)
    rules: tuple[Rule, ...] = ()
    denied: frozenset[str] = frozenset()  # the patterns of all deny rules
    lessons: tuple[LessonMode, ...] = ()
    hours: Mapping[int, Hours] = {}  # weekday -> open hours
    terms: tuple[Term, ...] = ()
    trial_until: float = 0.0
    zone: tzinfo = UTC


def make_policy(
    *,
    groups: Sequence[Group] = (),
    members: Mapping[str, str] | None = None,
    vlans: Sequence[Vlan] = (),
    levels: Sequence[GroupLevel] = (),
    rules: Sequence[Rule] = (),
    lessons: Sequence[LessonMode] = (),
    hours: Sequence[Hours] = (),
    terms: Sequence[Term] = (),
    trial_until: float = 0.0,
    zone: tzinfo = UTC,
) -> Policy:
    """A policy from the rows of the store."""
    return Policy(
        groups={group.id: group for group in (*STANDING, *groups)},
        members=members or {},
        vlans={vlan.number: vlan for vlan in vlans},
        levels={(level.group, level.category): level.level for level in levels},
        rules=tuple(rules),
        denied=frozenset(rule.pattern for rule in rules if rule.kind == "deny"),
        lessons=tuple(lessons),
        hours={hours.weekday: hours for hours in hours},
        terms=tuple(terms),
        trial_until=trial_until,
        zone=zone,
    )


# --- who is in which group ------------------------------------------------------------------------------------------


def group_of(policy: Policy, mac: str, vlan: int | None = None) -> Group:
    """The group of a device: the one it was put in, else its VLAN's, else guest for a private MAC, else unknown."""
    by_vlan = policy.vlans[vlan].group if vlan is not None and vlan in policy.vlans else ""
    for group in (policy.members.get(mac), by_vlan):
        if group and group in policy.groups:
            return policy.groups[group]
    return policy.groups[GUEST.id if is_private(mac) else UNKNOWN.id]


# --- the school's own rules -----------------------------------------------------------------------------------------


def rule_for(policy: Policy, name: str, category: str | None, mac: str, group: str, time: float) -> Rule | None:
    """The rule that counts for a name: the narrowest scope first, then a name before a category, the longest, the newest.

    Allow rules never count for a category of the serious core.
    """
    fitting = [rule for rule in _running(policy, time) if _fits(rule, name, category) and _meant(rule, mac, group)]
    return max(fitting, key=lambda rule: (_SCOPES[rule.scope], len(rule.pattern), rule.since, rule.id), default=None)


def allows_tool(policy: Policy, tool: str, mac: str, group: str, time: float) -> bool:
    """Whether a rule of the school says that a tool (`TOOLS`) is IT's own on this device."""
    return any(rule.kind == "allow" and rule.pattern == tool and _meant(rule, mac, group) for rule in _running(policy, time))


def is_denied(policy: Policy, name: str) -> bool:
    """Whether any deny rule names this name or a parent of it: a quick first look at every name."""
    return bool(policy.denied) and any(parent in policy.denied for parent in _parents(name))


def denial(rule: Rule, name: str) -> Verdict:
    """The verdict on a name that the school's own rule denies."""
    whose = f"{name} is" if name == rule.pattern else f"{name} belongs to {rule.pattern}, which is"
    return Verdict(
        name=name,
        category=rule.category,
        level=rule.level,
        source="The school's own rules",
        entry=rule.pattern,
        reason=f"{whose} on the school's own list (“{rule.reason}”, {rule.by or 'the school'}).",
    )


def covers(pattern: str, name: str) -> bool:
    """Whether a name is the pattern or below it; labels are never cut: `evil.com` does not cover `notevil.com`."""
    return name == pattern or name.endswith(f".{pattern}")


def check_rule(rule: Rule) -> Rule:
    """The rule in the form in which it is kept; PolicyError with one sentence where it can't be made."""
    tool = rule.kind == "allow" and rule.pattern.strip().lower() in TOOLS
    pattern = rule.pattern.strip().lower() if tool else normalise(rule.pattern) if rule.pattern else ""
    if pattern is None:
        raise PolicyError(f"“{rule.pattern[:80]}” is not the name of a site; write it like example.com.")
    problem = _missing(rule, pattern) or _out_of_bounds(rule)
    if problem:
        raise PolicyError(problem)
    return Rule(
        kind=rule.kind,
        pattern=pattern,
        category=rule.category,
        level=rule.level,
        scope=rule.scope,
        target="" if rule.scope == "school" else rule.target,
        reason=rule.reason.strip(),
        by=rule.by,
        since=rule.since,
        until=rule.until,
    )


def _missing(rule: Rule, pattern: str) -> str:
    """What a rule lacks, as a sentence."""
    if not rule.reason.strip():
        return "A rule needs a reason: somebody will ask for it later."
    if not pattern and (rule.kind == "deny" or not rule.category):
        return "A rule needs the name of a site."
    if (rule.category or rule.kind == "deny") and rule.category not in CATEGORIES:
        return f"There is no category “{rule.category}”."
    return "" if rule.scope == "school" or rule.target else "A rule for one device or group must say which."


def _out_of_bounds(rule: Rule) -> str:
    """What a rule may not do, as a sentence."""
    if rule.kind == "allow" and rule.category in SERIOUS_CORE:
        return f"“{CATEGORIES[rule.category].title}” belongs to the serious core, which nobody can switch off."
    if not rule.since < rule.until <= rule.since + LONGEST_RULE:
        return "A rule needs an end date within the next 400 days."
    return ""


def _running(policy: Policy, time: float) -> Iterator[Rule]:
    return (rule for rule in policy.rules if rule.since <= time < (rule.until if rule.ended is None else rule.ended))


def _fits(rule: Rule, name: str, category: str | None) -> bool:
    if rule.kind == "allow" and category in SERIOUS_CORE:
        return False
    if rule.kind == "allow" and rule.category and rule.category != category:
        return False
    return covers(rule.pattern, name) if rule.pattern else rule.kind == "allow"


def _meant(rule: Rule, mac: str, group: str) -> bool:
    return rule.scope == "school" or rule.target == (mac if rule.scope == "device" else group)


def _parents(name: str) -> Iterator[str]:
    """The name, and everything above it."""
    yield name
    start = name.find(".") + 1
    while start:
        yield name[start:]
        start = name.find(".", start) + 1


# --- lessons, hours, terms ------------------------------------------------------------------------------------------


def lesson_for(policy: Policy, category: str, group: str, time: float) -> LessonMode | None:
    """The lesson that explains a hit; never for the serious core, and never longer than a school day."""
    if category in SERIOUS_CORE:
        return None
    for lesson in policy.lessons:
        end = min(lesson.until if lesson.ended is None else lesson.ended, lesson.since + LONGEST_LESSON)
        if lesson.since <= time < end and lesson.group == group and category in lesson.categories:
            return lesson
    return None


def is_school_day(policy: Policy, day: date) -> bool:
    """Whether there is school on a day, as far as the school has said: open weekdays, within a term, not closed."""
    text = day.isoformat()
    if any(term.closed and term.first <= text <= term.last for term in policy.terms):
        return False
    terms = [term for term in policy.terms if not term.closed]
    within = not terms or any(term.first <= text <= term.last for term in terms)
    return within and (day.weekday() in policy.hours if policy.hours else day.weekday() < 5)


def is_out_of_hours(policy: Policy, time: float) -> bool:
    """Whether a moment is outside school hours; never, before the school has said when it is open."""
    if not policy.hours:
        return False
    then = datetime.fromtimestamp(time, policy.zone)
    if not is_school_day(policy, then.date()):
        return True
    hours = policy.hours[then.weekday()]
    return not hours.opens <= f"{then:%H:%M}" < hours.closes


def is_class_time(policy: Policy, time: float) -> bool:
    """Whether classes are probably going on; before the school has said its hours, in the middle of a weekday."""
    if policy.hours:
        return not is_out_of_hours(policy, time)
    then = datetime.fromtimestamp(time, policy.zone)
    return is_school_day(policy, then.date()) and _CLASSES[0] <= f"{then:%H:%M}" < _CLASSES[1]


def is_on_trial(policy: Policy, time: float) -> bool:
    """Whether the box is on trial: everything is recorded, and only urgent things light the lamp."""
    return time < policy.trial_until
