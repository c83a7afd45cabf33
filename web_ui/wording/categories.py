"""Each category in the page's words: its title, what a device did, and which first steps fit."""

from __future__ import annotations

from typing import Any, Literal

from flask_babel import lazy_gettext as _l
from msgspec import Struct

from appliance.school import WORRY
from appliance.witness import SIGHT

Steps = Literal["life", "exploitation", "extremism", "child", "conduct", "hiding", "technical"]


class CategoryWords(Struct, frozen=True):
    """`opened` and `tried` are whole sentences with `%(device)s` and `%(when)s`: what a person probably did.

    `kind` is what such a site is called inside a sentence, as in the guardian's reasons; `steps` says what to do first.
    """

    title: Any
    kind: Any
    opened: Any
    tried: Any
    steps: Steps


def _words() -> dict[str, CategoryWords]:
    return _urgent() | _content() | _contact() | _conduct() | _rest()


def _urgent() -> dict[str, CategoryWords]:
    return {
        "suicide": CategoryWords(
            _l("Suicide"),
            _l("a site about ending life"),
            _l("%(device)s opened a site about ending life %(when)s."),
            _l("%(device)s tried to open a site about ending life %(when)s."),
            "life",
        ),
        "self_harm": CategoryWords(
            _l("Self-harm"),
            _l("a site about hurting yourself"),
            _l("%(device)s opened a site about hurting yourself %(when)s."),
            _l("%(device)s tried to open a site about hurting yourself %(when)s."),
            "life",
        ),
        "cse": CategoryWords(
            _l("Sexual exploitation"),
            _l("a site used to exploit children"),
            _l("%(device)s opened a site that is used to exploit children %(when)s."),
            _l("%(device)s tried to open a site that is used to exploit children %(when)s."),
            "exploitation",
        ),
        "extremism": CategoryWords(
            _l("Extremism"),
            _l("a site of violent extremists"),
            _l("%(device)s opened a site of violent extremists %(when)s."),
            _l("%(device)s tried to open a site of violent extremists %(when)s."),
            "extremism",
        ),
    }


def _content() -> dict[str, CategoryWords]:
    return {
        "eating_disorders": CategoryWords(
            _l("Eating disorders"),
            _l("a site that encourages eating disorders"),
            _l("%(device)s opened a site that encourages eating disorders %(when)s."),
            _l("%(device)s tried to open a site that encourages eating disorders %(when)s."),
            "child",
        ),
        "pornography": CategoryWords(
            _l("Pornography"),
            _l("a pornography site"),
            _l("%(device)s opened a pornography site %(when)s."),
            _l("%(device)s tried to open a pornography site %(when)s."),
            "child",
        ),
        "violence": CategoryWords(
            _l("Violence and gore"),
            _l("a site of real violence or gore"),
            _l("%(device)s opened a site of real violence or gore %(when)s."),
            _l("%(device)s tried to open a site of real violence or gore %(when)s."),
            "child",
        ),
        "weapons": CategoryWords(
            _l("Weapons"),
            _l("a site that sells or shows weapons"),
            _l("%(device)s opened a site that sells or shows weapons %(when)s."),
            _l("%(device)s tried to open a site that sells or shows weapons %(when)s."),
            "child",
        ),
        "drugs": CategoryWords(
            _l("Drugs"),
            _l("a site about buying or using drugs"),
            _l("%(device)s opened a site about buying or using drugs %(when)s."),
            _l("%(device)s tried to open a site about buying or using drugs %(when)s."),
            "child",
        ),
        "discrimination": CategoryWords(
            _l("Hate and discrimination"),
            _l("a site of hate against groups of people"),
            _l("%(device)s opened a site of hate against groups of people %(when)s."),
            _l("%(device)s tried to open a site of hate against groups of people %(when)s."),
            "child",
        ),
        "vawg": CategoryWords(
            _l("Hate against women and girls"),
            _l("a site of hate against women and girls"),
            _l("%(device)s opened a site of hate against women and girls %(when)s."),
            _l("%(device)s tried to open a site of hate against women and girls %(when)s."),
            "child",
        ),
    }


def _contact() -> dict[str, CategoryWords]:
    return {
        "stranger_chat": CategoryWords(
            _l("Chat with strangers"),
            _l("a site for chatting with strangers"),
            _l("%(device)s opened a site for chatting with strangers %(when)s."),
            _l("%(device)s tried to open a site for chatting with strangers %(when)s."),
            "child",
        ),
        "dating": CategoryWords(
            _l("Dating"),
            _l("a dating site"),
            _l("%(device)s opened a dating site %(when)s."),
            _l("%(device)s tried to open a dating site %(when)s."),
            "child",
        ),
        "ai_companion": CategoryWords(
            _l("AI companions"),
            _l("a service of AI companions"),
            _l("%(device)s opened a service of AI companions %(when)s."),
            _l("%(device)s tried to open a service of AI companions %(when)s."),
            "conduct",
        ),
        "social_media": CategoryWords(
            _l("Social media"),
            _l("a social media service"),
            _l("%(device)s opened a social media service %(when)s."),
            _l("%(device)s tried to open a social media service %(when)s."),
            "conduct",
        ),
        "games": CategoryWords(
            _l("Games"),
            _l("a games site"),
            _l("%(device)s opened a games site %(when)s."),
            _l("%(device)s tried to open a games site %(when)s."),
            "conduct",
        ),
        "remote_control": CategoryWords(
            _l("Remote control"),
            _l("a service for controlling a device from elsewhere"),
            _l("%(device)s used a service for controlling a device from elsewhere %(when)s."),
            _l("%(device)s tried to use a service for controlling a device from elsewhere %(when)s."),
            "technical",
        ),
    }


def _conduct() -> dict[str, CategoryWords]:
    return {
        "proxy_avoidance": CategoryWords(
            _l("Getting round the filter"),
            _l("a site for getting round the school’s filter"),
            _l("%(device)s opened a site for getting round the school’s filter, %(when)s."),
            _l("%(device)s tried to open a site for getting round the school’s filter, %(when)s."),
            "hiding",
        ),
        "encrypted_dns": CategoryWords(
            _l("Hiding the sites it visits"),
            _l("a service that hides which sites a device looks up"),
            _l("%(device)s used a service that hides which sites it visits, %(when)s."),
            _l("%(device)s tried to use a service that hides which sites it visits, %(when)s."),
            "hiding",
        ),
        "nudify": CategoryWords(
            _l("Fake nude pictures"),
            _l("a site that makes fake nude pictures"),
            _l("%(device)s opened a site that makes fake nude pictures %(when)s."),
            _l("%(device)s tried to open a site that makes fake nude pictures %(when)s."),
            "exploitation",
        ),
        "bullying": CategoryWords(
            _l("Bullying"),
            _l("a site used to bully people"),
            _l("%(device)s opened a site that is used to bully people %(when)s."),
            _l("%(device)s tried to open a site that is used to bully people %(when)s."),
            "child",
        ),
        "hacking": CategoryWords(
            _l("Hacking"),
            _l("a site about breaking into computers"),
            _l("%(device)s opened a site about breaking into computers %(when)s."),
            _l("%(device)s tried to open a site about breaking into computers %(when)s."),
            "conduct",
        ),
        "piracy": CategoryWords(
            _l("Piracy"),
            _l("a site of pirated films, music or games"),
            _l("%(device)s opened a site of pirated films, music or games %(when)s."),
            _l("%(device)s tried to open a site of pirated films, music or games %(when)s."),
            "conduct",
        ),
    }


def _rest() -> dict[str, CategoryWords]:
    return {
        "misinformation": CategoryWords(
            _l("Misinformation"),
            _l("a site known for made-up news"),
            _l("%(device)s opened a site known for made-up news %(when)s."),
            _l("%(device)s tried to open a site known for made-up news %(when)s."),
            "conduct",
        ),
        "gambling": CategoryWords(
            _l("Gambling"),
            _l("a gambling site"),
            _l("%(device)s opened a gambling site %(when)s."),
            _l("%(device)s tried to open a gambling site %(when)s."),
            "conduct",
        ),
        "alcohol_tobacco": CategoryWords(
            _l("Alcohol, tobacco and vapes"),
            _l("a site that sells alcohol, tobacco or vapes"),
            _l("%(device)s opened a site that sells alcohol, tobacco or vapes %(when)s."),
            _l("%(device)s tried to open a site that sells alcohol, tobacco or vapes %(when)s."),
            "conduct",
        ),
        "malware": CategoryWords(
            _l("Harmful software and fraud"),
            _l("a site that spreads harmful software or steals passwords"),
            _l("%(device)s opened a site that spreads harmful software or steals passwords %(when)s."),
            _l("%(device)s tried to open a site that spreads harmful software or steals passwords %(when)s."),
            "technical",
        ),
    }


_CATEGORIES = _words()


def find(category: str) -> CategoryWords | None:
    """The words for a category; None for one that this version of the page does not know."""
    return _CATEGORIES.get(category)


def known() -> list[str]:
    """Every category that the page has words for, the gravest first."""
    return list(_CATEGORIES)


def title(category: str) -> str:
    """The category's title; its own id in plain letters where the page does not know it."""
    words = find(category)
    if category == WORRY:
        return str(_l("Reported worry"))
    if category == SIGHT:
        return str(_l("Less in sight"))
    return str(words.title) if words else category.replace("_", " ").capitalize()
