"""The scales on which every hit is laid: the school's policy and the device's past become the grounds of a level."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from appliance.judge.categories import CATEGORIES, SERIOUS_CORE
from appliance.judge.levels import GRAVE, ORDINARY, Fact, Grounds, Weighed, base_level, higher, is_worrying
from appliance.judge.patterns import Patterns
from appliance.judge.policy import Policy, allows_tool, denial, group_of, is_denied, is_out_of_hours, lesson_for, rule_for
from appliance.model import Verdict
from appliance.school import Group, LessonMode

REPEATS = 3  # days within a week
THEMES = 3  # worrying subjects within a week
SERIOUS_THEMES = 2  # of the serious core

_REPEATS = Fact(
    "Raised because this device did so on {n} days within a week.",
    "This device did so on {n} days within a week.",
)
_THEMES = Fact(
    "Raised because this device touched {n} worrying subjects within a week: {titles}.",
    "This device touched {n} worrying subjects within a week: {titles}.",
)
_OUT_OF_HOURS = Fact("Raised because it happened outside school hours.", "It happened outside school hours.")
_AFTER_SERIOUS = Fact(
    "Raised because the same device also came up for “{title}” on {day}.",
    "The same device also came up for “{title}” on {day}.",
)
_LESSON = "Only noted because of the lesson “{topic}” ({by}), until {until}."


class Scales:
    """One policy, one memory of patterns. `vlan_of` gives a device's VLAN."""

    def __init__(
        self, policy: Policy, patterns: Patterns | None = None, vlan_of: Callable[[str], int | None] = lambda _mac: None
    ) -> None:
        self.policy = policy
        self.patterns = patterns or Patterns(policy.zone)
        self._vlan_of = vlan_of

    def ruled(self, mac: str, time: float, name: str, verdict: Verdict | None) -> Verdict | None:
        """The verdict once the school's own deny rules had their say; a listed name keeps its verdict where that is graver."""
        if not is_denied(self.policy, name):
            return verdict
        category = verdict.category if verdict else None
        rule = rule_for(self.policy, name, category, mac, self._group(mac).id, time)
        if rule is None or rule.kind == "allow":
            return verdict
        own = denial(rule, name)
        if verdict is None or verdict.level is None:
            return own
        graver = category in SERIOUS_CORE or higher(verdict.level, rule.level) == verdict.level
        return verdict if graver else own

    def allows_tool(self, mac: str, tool: str, time: float) -> bool:
        """Whether the school says that a tool is IT's own on this device at this time."""
        return allows_tool(self.policy, tool, mac, self._group(mac).id, time) if self.policy.rules else False

    def lay(self, mac: str, time: float, verdict: Verdict, *, part_of_page: bool, settled: bool = True) -> Grounds | None:
        """The grounds for the level of one hit; None: not to be kept at all.

        `settled`: nothing more will be known of it, so it becomes part of the device's past at once; else `settle` says so.
        """
        category = verdict.category or ""
        serious = category in SERIOUS_CORE
        if verdict.exercise:
            return Grounds(base=verdict.level or "note", confidence=verdict.confidence, serious=serious, exercise=True)
        base = self._base(mac, time, verdict)
        if base is None:
            return None
        if settled:
            self.settle(mac, time, verdict, part_of_page=part_of_page)
        lesson = lesson_for(self.policy, category, self._group(mac).id, time)
        return Grounds(
            base=base.level,
            confidence=verdict.confidence,
            part_of_page=part_of_page,
            serious=serious,
            guess=verdict.guess,
            because=base.reasons,
            patterns=self._patterns(mac, time, category, guess=verdict.guess),
            after_serious=self._after_serious(mac, time, category),
            lesson=self._about(lesson) if lesson else "",
        )

    def settle(self, mac: str, time: float, verdict: Verdict, *, part_of_page: bool) -> None:
        """All is known of a hit: it becomes part of the device's past, unless it is doubtful, a test, or a lesson's."""
        category = verdict.category or ""
        doubtful = part_of_page or (verdict.confidence == "low" and category not in SERIOUS_CORE)
        if doubtful or verdict.exercise or self._base(mac, time, verdict) is None:
            return
        if lesson_for(self.policy, category, self._group(mac).id, time) is None:
            self.patterns.note(mac, category, time)

    def _base(self, mac: str, time: float, verdict: Verdict) -> Weighed | None:
        """The level to begin with; None where the school allows it or keeps nothing of it."""
        group = self._group(mac)
        rule = rule_for(self.policy, verdict.name, verdict.category, mac, group.id, time)
        if rule is not None and rule.kind == "allow":
            return None
        return base_level(self.policy, group, verdict)

    def _group(self, mac: str) -> Group:
        return group_of(self.policy, mac, self._vlan_of(mac))

    def _patterns(self, mac: str, time: float, category: str, *, guess: bool) -> tuple[Fact, ...]:
        """What speaks for a higher level if the hit at hand counts; a doubt about it cancels that again.

        A guess by a name's words is no surer in the evening than in the morning.
        """
        if category in ORDINARY:
            return ()
        days, themes = self.patterns.days(mac, category, time), self.patterns.themes(mac, category, time)
        found = []
        if days >= REPEATS:
            found.append(_told(_REPEATS, n=days))
        if category in SERIOUS_CORE:
            # Among themselves only: what the school allows or switches off elsewhere must not weaken them.
            themes = tuple(theme for theme in themes if theme in SERIOUS_CORE)
        if len(themes) >= (SERIOUS_THEMES if category in SERIOUS_CORE else THEMES) and is_worrying(category):
            found.append(_told(_THEMES, n=len(themes), titles=_listed([CATEGORIES[theme].title for theme in themes])))
        if not guess and is_out_of_hours(self.policy, time):
            found.append(_OUT_OF_HOURS)
        return tuple(found)

    def _after_serious(self, mac: str, time: float, category: str) -> Fact | None:
        met = self.patterns.met_serious(mac, time) if category in GRAVE else None
        if met is None:
            return None
        day = date.fromordinal(met[1])
        return _told(_AFTER_SERIOUS, title=CATEGORIES[met[0]].title, day=f"{day:%A} {day.day} {day:%B}")

    def _about(self, lesson: LessonMode) -> str:
        until = datetime.fromtimestamp(lesson.until, self.policy.zone)
        return _LESSON.format(topic=lesson.topic, by=lesson.by or "the school", until=f"{until.hour}:{until.minute:02}")


def _told(fact: Fact, **places: object) -> Fact:
    return Fact(fact.raised.format(**places), fact.plain.format(**places))


def _listed(words: list[str]) -> str:
    """`a, b and c`."""
    return " and ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else words[0]
