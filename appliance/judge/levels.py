"""How urgent: a base level, one step up for patterns, one step down for doubts, and the sentences that say so.

A step up and a step down cancel each other. Patterns make nothing urgent that isn't, with two exceptions: a doubtful hit of the
serious core, and a worrying subject on a device that met the serious core within the week. The serious core never falls below
`look`, and only doubt about the name itself lowers it, never the filter, a lesson or a setting. `docs/judgement.md` tells it all.
"""

from __future__ import annotations

from msgspec import Struct

from appliance.judge.categories import CATEGORIES, SERIOUS_CORE
from appliance.judge.policy import Policy
from appliance.model import Confidence, Level, Outcome, Verdict
from appliance.school import Band, Group, Setting

_ORDER: dict[Level, int] = {"note": 0, "look": 1, "urgent": 2}
_BY_ORDER: tuple[Level, ...] = ("note", "look", "urgent")
_SURENESS: dict[Confidence, int] = {"low": 0, "medium": 1, "high": 2}

SITES = 2  # names of one category that no list knows: an innocent one comes alone
# Every phone asks for these all day: nothing about them is a pattern.
ORDINARY = frozenset(("games", "social_media"))
# Subjects that worry more on a device that has met the serious core within the week: danger to a child, not mischief.
GRAVE = frozenset(
    (
        "eating_disorders",
        "nudify",
        "violence",
        "weapons",
        "drugs",
        "vawg",
        "discrimination",
        "bullying",
        "stranger_chat",
        "dating",
    )
)

_YOUNG: dict[str, Setting] = {"ai_companion": "look"}
_GROWN: dict[str, Setting] = {
    **dict.fromkeys(("games", "social_media", "ai_companion", "alcohol_tobacco"), "off"),
    **dict.fromkeys(("dating", "gambling"), "note"),
}
# What the age of those who use a group's devices changes before the school says anything.
BANDS: dict[Band, dict[str, Setting]] = {"early": _YOUNG, "junior": _YOUNG, "senior": {}, "adult": _GROWN, "any": {}}

_BY_SETTING: dict[Level, str] = {
    "urgent": "It counts as urgent because the school chose so for “{group}”.",
    "look": "It counts as something to look at because the school chose so for “{group}”.",
    "note": "It is only noted because the school chose so for “{group}”.",
}
_BY_AGE: dict[Level, str] = {
    "urgent": "It counts as urgent because of the age of those who use “{group}”.",
    "look": "It counts as something to look at because of the age of those who use “{group}”.",
    "note": "It is only noted because “{group}” is used by adults.",
}
_GUESS = "Lowered because no list knows this site: only its name says so."
_NAME_ALONE = "By itself a name that no list knows is only noted: any word can stand in an innocent one."
_UNSURE = "Lowered because it is not certain what this name stands for."
_PAGE = "Lowered because it may have been part of another page."
_STOPPED = "Lowered because the school's filter seems to have stopped it."
_NOT_LOWERED = "A person probably chose it, so it counts although the school's filter seems to have stopped it."


class Fact(Struct, frozen=True):
    """Something that speaks for a higher level: as a sentence where it raised the level, and where it changed nothing."""

    raised: str
    plain: str


_SITES = Fact(
    "Raised because this device opened {n} sites whose names speak of the same.",
    "This device opened {n} sites whose names speak of the same.",
)


class Grounds(Struct, frozen=True, kw_only=True):
    """All that the level of one hit stands on, save what became of it. `serious`, `guess` and `exercise` are of its verdict."""

    base: Level
    confidence: Confidence = "high"
    part_of_page: bool = False
    by_person: bool = False  # a person typed or followed it, as far as can be told
    serious: bool = False
    guess: bool = False  # from the words of a name that no list knows
    sites: int = 1  # how many such names of the same category a person opened on this device
    exercise: bool = False
    because: tuple[str, ...] = ()  # why the base is what it is, where the school or an age made it so
    patterns: tuple[Fact, ...] = ()
    after_serious: Fact | None = None
    lesson: str = ""  # the sentence about the lesson that explains it


class Weighed(Struct, frozen=True):
    """A level and the sentences that explain how it came about; none where it is simply the category's."""

    level: Level
    reasons: tuple[str, ...] = ()


def base_level(policy: Policy, group: Group, verdict: Verdict) -> Weighed | None:
    """The level to begin with: the list's, the age's, the school's own for this group; None where nothing is to be kept."""
    listed, category = verdict.level or "note", verdict.category or ""
    chosen = policy.levels.get((group.id, category))
    setting = chosen or _usual(group, category)
    if category in SERIOUS_CORE:
        level = higher(listed, setting) if setting and setting != "off" and not verdict.guess else listed
        return Weighed(level, _explained(level, listed, group, chosen=True))
    if setting == "off":
        return None
    # What the school thinks of a subject makes a guess no surer, so that it can only lower one.
    level = setting if setting and not (verdict.guess and higher(setting, listed) == setting) else listed
    if verdict.guess and level == "note" and is_worrying(category):
        return Weighed(level, (_NAME_ALONE,))
    return Weighed(level, _explained(level, listed, group, chosen=chosen is not None))


def weigh(grounds: Grounds, outcome: Outcome) -> Weighed:
    """The level of a hit and its reasons, once more is known of what became of it."""
    if grounds.exercise:
        return Weighed(grounds.base)
    if grounds.lesson and not grounds.serious:
        return Weighed("note", (*grounds.because, grounds.lesson))
    doubts = _doubts(grounds, outcome)
    facts = _facts(grounds, doubts)
    level = _bounded(grounds, _ORDER[grounds.base] + bool(facts) - bool(doubts), doubts)
    rose = higher(level, grounds.base) != grounds.base
    fell = higher(grounds.base, level) != level
    told = tuple(fact.raised if rose else fact.plain for fact in facts)
    # Where both cancel each other the reader still wants to know that there was doubt.
    lowered = doubts if fell or facts else ()
    chosen = (_NOT_LOWERED,) * (grounds.by_person and outcome == "stopped" and not grounds.serious)
    return Weighed(level, (*grounds.because, *told, *lowered, *chosen))


def higher(one: Level, other: Level) -> Level:
    """The more urgent of two levels."""
    return one if _ORDER[one] >= _ORDER[other] else other


def surer(one: Confidence, other: Confidence) -> Confidence:
    """The surer of two confidences."""
    return one if _SURENESS[one] >= _SURENESS[other] else other


def _usual(group: Group, category: str) -> Setting | None:
    """What a group's kind and age say of a category before the school does."""
    if group.kind == "staff":
        # Whether staff are watched at all is the school's choice; the box as it comes keeps to what endangers a child.
        return "off"
    return BANDS[group.band].get(category)


def _explained(level: Level, listed: Level, group: Group, *, chosen: bool) -> tuple[str, ...]:
    if level == listed:
        return ()
    return ((_BY_SETTING if chosen else _BY_AGE)[level].format(group=group.name),)


def _doubts(grounds: Grounds, outcome: Outcome) -> tuple[str, ...]:
    """What speaks for a lower level. For the serious core only that the name itself is doubtful."""
    unsure = grounds.confidence == "low"
    # A person's choice does not make a name mean what it says, but what nobody chose is not worth a guess at all.
    guess = grounds.guess and not grounds.by_person
    if grounds.serious:
        page = grounds.part_of_page and grounds.confidence != "high"
        return (_UNSURE,) * unsure + (_PAGE,) * page
    # What a person chose says something of the person even where the filter did its work.
    stopped = outcome == "stopped" and not grounds.by_person
    return (_UNSURE,) * unsure + (_GUESS,) * guess + (_PAGE,) * grounds.part_of_page + (_STOPPED,) * stopped


def _facts(grounds: Grounds, doubts: tuple[str, ...]) -> tuple[Fact, ...]:
    """What speaks for a higher level. What follows on the serious core counts only where nothing is doubtful.

    What a page or an app loads is no pattern of the person's, whatever the device did before.
    """
    if grounds.part_of_page and not grounds.serious:
        return ()
    patterns = grounds.patterns
    if grounds.sites >= SITES:
        patterns = (Fact(_SITES.raised.format(n=grounds.sites), _SITES.plain.format(n=grounds.sites)), *patterns)
    if grounds.after_serious is not None and not doubts:
        return (grounds.after_serious, *patterns)
    return patterns


def _bounded(grounds: Grounds, step: int, doubts: tuple[str, ...]) -> Level:
    """The level after the steps: within what patterns may reach, and for the serious core never below `look`."""
    lowest: Level = "look" if grounds.serious and grounds.base != "note" else "note"
    after = grounds.after_serious is not None and not doubts and not grounds.guess
    may_be_urgent = grounds.base == "urgent" or grounds.serious or after
    ceiling: Level = "urgent" if may_be_urgent else "look"
    return _BY_ORDER[max(_ORDER[lowest], min(_ORDER[ceiling], step))]


def is_worrying(category: str) -> bool:
    """Whether a category is a subject that an adult should see: several of them on one device are a pattern."""
    return category in CATEGORIES and CATEGORIES[category].level != "note"
