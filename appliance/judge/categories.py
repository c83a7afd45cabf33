"""The categories a name can stand in: how urgent each is from the start, and the words that sentences use for it.

Levels are chosen for a head teacher with no analyst. `urgent` (lamp red, buzzer) is kept for the four where a child may be in
danger today and minutes count. `look` is what an adult should see the same day. `note` is ordinary life, or a matter for a
lesson, that only a pattern makes interesting. Everything that hides traffic is `look`: what the box cannot see it cannot judge.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from appliance.model import Level

FourC = Literal["content", "contact", "conduct", "commerce"]


class Category(Struct, frozen=True, kw_only=True):
    """One category: `phrase` completes "This name is on a list as ..."; `title` heads a group on a page.

    `four_c` is the area of risk in Keeping Children Safe in Education, part two. Nobody in the school can switch off what is
    `serious`.
    """

    id: str
    title: str
    phrase: str
    level: Level
    four_c: FourC
    serious: bool = False


_URGENT: tuple[tuple[str, str, str, FourC], ...] = (
    ("suicide", "Suicide", "a site about ending life", "content"),
    ("self_harm", "Self-harm", "a site about hurting yourself", "content"),
    # An adult may be on the other side now; only known exploitation sites stand here, general chat with strangers does not.
    ("cse", "Sexual exploitation", "a site used to exploit children", "contact"),
    # The Prevent duty; the list is short and holds violent movements only, never lawful parties or faiths.
    ("extremism", "Extremism", "a site of violent extremists", "content"),
)

_LOOK: tuple[tuple[str, str, str, FourC], ...] = (
    ("eating_disorders", "Eating disorders", "a site that encourages eating disorders", "content"),
    ("pornography", "Pornography", "a pornography site", "content"),
    ("nudify", "Fake nude pictures", "a site that makes fake nude pictures", "conduct"),
    ("violence", "Violence and gore", "a site of real violence or gore", "content"),
    ("weapons", "Weapons", "a site that sells or shows weapons", "content"),
    ("drugs", "Drugs", "a site about buying or using drugs", "content"),
    ("gambling", "Gambling", "a gambling site", "commerce"),
    ("discrimination", "Hate and discrimination", "a site of hate against groups of people", "content"),
    ("vawg", "Hate against women and girls", "a site of hate against women and girls", "content"),
    ("bullying", "Bullying and harassment", "a site used to bully people", "conduct"),
    ("stranger_chat", "Chat with strangers", "a site for chatting with strangers", "contact"),
    ("dating", "Dating", "a dating site", "contact"),
    ("proxy_avoidance", "Getting round the filter", "a site for getting round the school's filter", "conduct"),
    ("encrypted_dns", "Hidden look-ups", "a service that hides which sites a device looks up", "conduct"),
    # Somebody outside can see and steer the screen; the school's own support is answered once, per device group.
    ("remote_control", "Remote control", "a service for controlling a device from elsewhere", "contact"),
    ("hacking", "Hacking", "a site about breaking into computers", "conduct"),
    ("malware", "Harmful software and fraud", "a site that spreads harmful software or steals passwords", "commerce"),
)

_NOTE: tuple[tuple[str, str, str, FourC], ...] = (
    # Phones ask for these all day without anybody looking; under-13s are a pattern to talk about, not an alarm.
    ("social_media", "Social media", "a social media service", "contact"),
    ("games", "Games", "a games site", "contact"),
    ("ai_companion", "AI companions", "a service of AI companions", "contact"),
    # Staff shop too; a child who looks for vapes is a talk, not an alarm.
    ("alcohol_tobacco", "Alcohol, tobacco and vapes", "a site that sells alcohol, tobacco or vapes", "commerce"),
    ("misinformation", "Misinformation", "a site known for made-up news", "content"),
    ("piracy", "Piracy", "a site of pirated films, music or games", "conduct"),
)


def _table() -> dict[str, Category]:
    """Every category by its id, the gravest first."""
    groups: tuple[tuple[Level, tuple[tuple[str, str, str, FourC], ...]], ...] = (
        ("urgent", _URGENT),
        ("look", _LOOK),
        ("note", _NOTE),
    )
    return {
        key: Category(id=key, title=title, phrase=phrase, level=level, four_c=four_c, serious=level == "urgent")
        for level, rows in groups
        for key, title, phrase, four_c in rows
    }


CATEGORIES = _table()
SERIOUS_CORE = frozenset(category.id for category in CATEGORIES.values() if category.serious)
LEVELS: tuple[Level, ...] = ("urgent", "look", "note")


def category(key: str) -> Category:
    """The category of that id; raises KeyError for one that does not exist."""
    return CATEGORIES[key]
