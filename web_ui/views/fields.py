"""What the school says of itself, in sections that the settings page shows together and the set-up one by one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import get_day_names
from flask import current_app, request
from flask_babel import get_locale
from msgspec import Struct

from appliance.school import Hours
from web_ui import languages
from web_ui.records import now, store
from web_ui.views import forms, terms
from web_ui.views.mine import me
from web_ui.wording import phones
from web_ui.wording.dates import uncapitalise
from web_ui.wording.texts import gettext as _

ZONES = ("Europe/London", "Europe/Belfast", "Europe/Jersey", "Europe/Guernsey", "Europe/Isle_of_Man", "Europe/Gibraltar")
SECTIONS = ("language", "school", "hours", "terms", "numbers", "worry")
WORRY_SETTING = "report_a_worry"
Typed = dict[str, str]
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")
_KEYS = {"language": languages.SETTING, "school": "school_name", "time_zone": "time_zone", "worry": WORRY_SETTING}
_PHONE = re.compile(r"[0-9 +()/.\-]{3,}( *(ext|x)\.? *\d+)?", re.IGNORECASE)


class Day(Struct, frozen=True):
    """A weekday, 0 for Monday, and its name."""

    number: int
    name: str


def days() -> list[Day]:
    """The days of the week in the reader's language, Monday first."""
    names = get_day_names("wide", locale=get_locale())
    return [Day(number, uncapitalise(str(names[number]))) for number in range(7)]


def choices() -> dict[str, Any]:
    """What the sections' forms offer."""
    return {"languages": languages.LANGUAGES, "days": days(), "zones": ZONES, "numbers": phones.labels()}


def kept(section: str) -> Typed:
    """What the store holds, as the form shows it."""
    if section == "language":
        return {"language": languages.schools()}
    if section == "school":
        return {
            "school": store().setting("school_name") or str(current_app.config["SCHOOL_NAME"]),
            "time_zone": store().setting("time_zone") or str(current_app.config["TIME_ZONE"]),
        }
    if section == "numbers":
        return phone_numbers()
    if section == "terms":
        return terms.kept()
    if section == "worry":
        return {"worry": store().setting(WORRY_SETTING) or "off"}
    return {
        f"{field}_{hours.weekday}": clock
        for hours in store().rulebook.hours()
        for field, clock in (("opens", hours.opens), ("closes", hours.closes))
    }


def open_hours() -> list[tuple[str, str, str]]:
    """Each day on which the school is open, with when it opens and closes."""
    names = days()
    return [(names[span.weekday].name, span.opens, span.closes) for span in store().rulebook.hours()]


def phone_numbers() -> Typed:
    """The school's own numbers, by their keys."""
    return {key: store().setting(phones.setting(key)) or "" for key in phones.KEYS}


def typed(section: str) -> Typed:
    """What was typed into the form."""
    names: Mapping[str, tuple[str, ...]] = {
        "language": ("language",),
        "school": ("school", "time_zone"),
        "numbers": phones.KEYS,
        "worry": ("worry",),
        "terms": terms.NAMES,
        "hours": tuple(f"{field}_{number}" for number in range(7) for field in ("opens", "closes")),
    }
    if section == "worry" and "worry" not in request.form:
        return kept(section)
    return {name: forms.line(name) for name in names[section]}


def find_faults(section: str, given: Typed) -> forms.Faults:
    """What is wrong with it, by field."""
    makers = {
        "language": _language_faults,
        "school": _school_faults,
        "numbers": _number_faults,
        "hours": _hour_faults,
        "worry": _worry_faults,
        "terms": terms.find_faults,
    }
    return makers[section](given)


def save(section: str, given: Typed) -> None:
    """Keep what changed; each change is a line of the record."""
    if section == "hours":
        _save_hours(given)
        return
    if section == "terms":
        terms.save(given)
        return
    before = kept(section)
    for name, value in given.items():
        if value != before.get(name, ""):
            key = _KEYS.get(name) or phones.setting(name)
            store().set_setting(key, value, by=me().full_name, now=now())


def _language_faults(given: Typed) -> forms.Faults:
    return {} if given["language"] in languages.LANGUAGES else {"language": _("Choose a language")}


def _school_faults(given: Typed) -> forms.Faults:
    faults = {}
    if not given["school"] or len(given["school"]) > forms.LINE_LIMIT:
        faults["school"] = _("Enter the school’s name in 80 characters or fewer")
    try:
        ZoneInfo(given["time_zone"])
    except (ZoneInfoNotFoundError, ValueError, OSError):
        faults["time_zone"] = _("Choose a time zone from the list")
    return faults


def _number_faults(given: Typed) -> forms.Faults:
    wrong = _("Enter a phone number, for example “01632 960 123”, or leave this empty")
    return {name: wrong for name, value in given.items() if value and (len(value) > 40 or not _PHONE.fullmatch(value))}


def _worry_faults(given: Typed) -> forms.Faults:
    return {} if given["worry"] in ("on", "off") else {"worry": _("Choose whether this page is used")}


def _hour_faults(given: Typed) -> forms.Faults:
    faults = {}
    for day in days():
        opens, closes = (_minutes(given[f"{field}_{day.number}"]) for field in ("opens", "closes"))
        if not given[f"opens_{day.number}"] and not given[f"closes_{day.number}"]:
            continue
        if opens is None or closes is None:
            faults[f"opens_{day.number}"] = _("Enter both times for %(day)s, for example 8:45 and 15:30", day=day.name)
        elif opens >= closes:
            faults[f"opens_{day.number}"] = _("On %(day)s the school must close later than it opens", day=day.name)
    return faults


def _minutes(clock: str) -> int | None:
    found = _CLOCK.fullmatch(clock)
    return int(found[1]) * 60 + int(found[2]) if found else None


def _save_hours(given: Typed) -> None:
    spans = ((number, _minutes(given[f"opens_{number}"]), _minutes(given[f"closes_{number}"])) for number in range(7))
    hours = [
        Hours(weekday=number, opens=_clock(opens), closes=_clock(closes))
        for number, opens, closes in spans
        if opens is not None and closes is not None
    ]
    if hours != store().rulebook.hours():
        store().rulebook.set_hours(hours, by=me().full_name, now=now())


def clock(text: str) -> str:
    """A time as it was typed (`9:15`, `9.15`) as the store keeps it (`09:15`); empty where it is none."""
    minutes = _minutes(text)
    return "" if minutes is None else _clock(minutes)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
