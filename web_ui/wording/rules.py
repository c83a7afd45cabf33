"""The lists in force and the school's own rules, in plain words."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup, escape
from msgspec import Struct

from appliance.model import ListStatus
from appliance.school import Rule
from web_ui.hostnames import clean, show_site
from web_ui.wording import categories
from web_ui.wording.dates import say_date
from web_ui.wording.retold import retell
from web_ui.wording.texts import format_number, ngettext
from web_ui.wording.texts import gettext as _

DAY = 86_400.0
LENGTHS = {"7": 7, "28": 28, "91": 91, "365": 365}


class ListWords(Struct, frozen=True):
    """One list in a row of the table."""

    title: str
    name: str
    entries: str
    age: str
    version: str
    licence: str
    problem: Markup


class RuleWords(Struct, frozen=True):
    """One rule: what it does, where, why and until when."""

    id: int
    what: Markup
    where: str
    reason: str
    made: str
    ends: str


def say_list(status: ListStatus, now: float) -> ListWords:
    """A list in plain words."""
    return ListWords(
        _list_title(status.category),
        clean(status.name, 80),
        format_number(status.entries),
        say_date(status.updated, now) if status.updated else _("not said"),
        clean(status.version, 60) or _("not said"),
        clean(status.licence, 60) or _("not said"),
        retell(clean(status.problem, 300)),
    )


def _list_title(category: str) -> str:
    harmless = {
        "allow": _("Sites that never count"),
        "help": _("Places that help, never recorded"),
        "witness": _("Harmless test pages of filters"),
    }
    return harmless.get(category) or clean(categories.title(category), 80)


def lengths(now: float) -> dict[str, str]:
    """How long a rule may last: each choice with the day on which it ends."""
    days = {key: say_date(now + days * DAY, now) for key, days in LENGTHS.items()}
    return {
        "7": _("One week, until %(day)s", day=days["7"]),
        "28": _("Four weeks, until %(day)s", day=days["28"]),
        "91": _("A term, until %(day)s", day=days["91"]),
        "365": _("A year, until %(day)s", day=days["365"]),
    }


def say_rule(rule: Rule, now: float, devices: Mapping[str, str], groups: Mapping[str, str]) -> RuleWords:
    """A rule in plain words; `devices` and `groups` give names."""
    made = _("Made by %(by)s on %(day)s.", by=clean(rule.by, 80), day=say_date(rule.since, now))
    return RuleWords(
        rule.id, say_what(rule), say_where(rule, devices, groups), clean(rule.reason, 200), made, _say_end(rule, now)
    )


def say_what(rule: Rule) -> Markup:
    """What a rule does, as one sentence."""
    title = clean(categories.title(rule.category), 80) if rule.category else ""
    if rule.kind == "deny":
        told = _("%(site)s comes up as: %(category)s", site="%(site)s", category="%(category)s")
    elif rule.pattern and rule.category:
        told = _("%(site)s no longer comes up as: %(category)s", site="%(site)s", category="%(category)s")
    elif rule.pattern:
        told = _("%(site)s no longer comes up", site="%(site)s")
    else:
        told = _("Nothing comes up as: %(category)s", category="%(category)s")
    return escape(told) % {"site": show_site(rule.pattern), "category": title}


def say_where(rule: Rule, devices: Mapping[str, str], groups: Mapping[str, str]) -> str:
    """For whom it counts."""
    if rule.scope == "device":
        return _("Only on %(device)s.", device=clean(devices.get(rule.target, rule.target), 80))
    if rule.scope == "group":
        return _("Only on devices of the group “%(group)s”.", group=clean(groups.get(rule.target, rule.target), 80))
    return _("In the whole school.")


def _say_end(rule: Rule, now: float) -> str:
    if rule.ended is not None:
        return _("Ended on %(day)s.", day=say_date(rule.ended, now))
    if rule.until <= now:
        return _("Ran out on %(day)s.", day=say_date(rule.until, now))
    return _("Ends by itself on %(day)s.", day=say_date(rule.until, now))


def say_preview(rule: Rule, left_out: int, askers: int) -> str:
    """What the rule would have done lately."""
    if rule.kind == "deny":
        if not askers:
            return _("No device asked for this site in the last two days.")
        return ngettext(
            "One device asked for this site in the last two days. It would have come up.",
            "%(num)d devices asked for this site in the last two days. They would have come up.",
            askers,
        )
    if not left_out:
        return _("In the last week this would have left out nothing.")
    return ngettext(
        "In the last week this would have left out one thing:",
        "In the last week this would have left out %(num)d things:",
        left_out,
    )
