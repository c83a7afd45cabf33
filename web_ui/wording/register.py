"""Groups and loans in plain words."""

from __future__ import annotations

from appliance.school import Group, Holder, Loan
from web_ui.hostnames import clean
from web_ui.wording.dates import say_moment
from web_ui.wording.texts import gettext as _


def kinds() -> dict[str, str]:
    """What kind of group one can make."""
    return {
        "year": _("A year or a class"),
        "trolley": _("A trolley that classes share"),
        "staff": _("Staff"),
        "guest": _("Visitors"),
    }


def say_group(group: Group) -> str:
    """A group's name; those that every box has are told in the reader's language, unless the school named them."""
    standing = {
        "Unsorted devices": _("Unsorted devices"),
        "Visiting and private devices": _("Visiting and private devices"),
        "Staff devices": _("Staff devices"),
    }
    return standing.get(group.name) or clean(group.name, 80)


def say_kind(kind: str) -> str:
    """A group's kind."""
    return kinds().get(kind) or _("Not sorted yet")


def say_loan(loan: Loan, now: float, *, veiled: bool = False) -> str:
    """A loan in one sentence."""
    values = {"who": _who(loan.person, loan.class_name, veiled=veiled), "since": say_moment(loan.since, now)}
    if loan.until is None:
        return _("%(who)s has had it since %(since)s.", **values)
    return _("%(who)s had it from %(since)s until %(until)s.", until=say_moment(loan.until, now), **values)


def say_holder(holder: Holder, *, veiled: bool = False) -> str:
    """Who has a device now, and how we know."""
    who = _who(holder.person, holder.class_name, veiled=veiled and names_somebody(holder))
    sentences = {
        "loan": _("It is signed out to %(who)s.", who=who),
        "timetable": _("By the timetable %(who)s has it now.", who=who),
        "log-on": _("The last to log on was %(who)s.", who=who),
    }
    return sentences.get(holder.how) or _("Nobody has written down who has it now.")


def names_somebody(holder: Holder) -> bool:
    """Whether the answer names a person: a class of the timetable is none."""
    return bool(holder.person) and holder.how in ("loan", "log-on")


def say_had(holder: Holder, *, veiled: bool = False) -> str:
    """Who had a device then, and how we know; empty where nobody can tell. `veiled` leaves the person out."""
    who = _who(holder.person, holder.class_name, veiled=veiled and names_somebody(holder))
    sentences = {
        "loan": _("It was signed out to %(who)s.", who=who),
        "timetable": _("By the timetable %(who)s had it.", who=who),
        "log-on": _("The last to log on was %(who)s.", who=who),
    }
    return sentences.get(holder.how, "")


def _who(person: str, class_name: str, *, veiled: bool = False) -> str:
    person, class_name = clean(person, 80), clean(class_name, 80)
    if veiled and person:
        return _("somebody in %(group)s", group=class_name) if class_name else _("somebody")
    return _("%(person)s (%(group)s)", person=person, group=class_name) if person and class_name else person or class_name
