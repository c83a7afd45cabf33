"""Dates and times as people say them, in the school's time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import format_datetime, get_locale, get_timezone

from web_ui.wording.texts import gettext as _
from web_ui.wording.texts import ngettext

# Languages that write the names of days small.
SMALL = frozenset({"cy"})


def local(time: float) -> datetime:
    """The moment in the school's time zone; a time that no calendar has becomes the nearest one that has."""
    return datetime.fromtimestamp(min(max(time, 0.0), 4e9), UTC).astimezone(get_timezone() or ZoneInfo("UTC"))


def say_time(time: float) -> str:
    """The time of day: "10:42", "8:41"."""
    moment = local(time)
    return f"{moment.hour}:{moment.minute:02d}"


def say_date(time: float, now: float) -> str:
    """The day by its name: "Tuesday 24 November", with the year where it is another one."""
    same_year = local(time).year == local(now).year
    return uncapitalise(str(format_datetime(local(time), "EEEE d MMMM" if same_year else "EEEE d MMMM y")))


def uncapitalise(day: str) -> str:
    """A day's name as it stands inside a sentence: Unicode's tables begin "Dydd Mawrth" with a capital, Welsh does not."""
    return day[:1].lower() + day[1:] if get_locale().language in SMALL else day


def say_moment(time: float, now: float) -> str:
    """The day and time: "Tuesday 24 November, 10:42"."""
    return _("%(day)s, %(time)s", day=say_date(time, now), time=say_time(time))


def say_when(time: float, now: float) -> str:
    """When it was, inside a sentence: "at 10:42", "yesterday at 10:42", "on Tuesday 24 November at 10:42"."""
    day, today = local(time).date(), local(now).date()
    if day == today:
        return _("at %(time)s", time=say_time(time))
    if day == today - timedelta(days=1):
        return _("yesterday at %(time)s", time=say_time(time))
    return _("on %(day)s at %(time)s", day=say_date(time, now), time=say_time(time))


def say_ago(time: float, now: float) -> str:
    """How long ago, in steps coarse enough that a page does not change every second."""
    seconds = max(0.0, now - time)
    if seconds < 30:
        return _("a few seconds ago")
    if seconds < 60:
        return _("less than a minute ago")
    if seconds < 3600:
        minutes = int(seconds // 60)
        return ngettext("%(num)d minute ago", "%(num)d minutes ago", minutes)
    return say_when(time, now)


def monday(now: float) -> float:
    """The start of the school week that `now` lies in, in seconds since the epoch."""
    today: date = local(now).date()
    start = datetime.combine(today - timedelta(days=today.weekday()), datetime.min.time(), local(now).tzinfo)
    return start.timestamp()
