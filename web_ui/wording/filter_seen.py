"""What the box saw of the school's filter, and of safe search, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask_babel import get_timezone
from msgspec import Struct

from appliance.witness import SafeSearch, WitnessCount
from web_ui.hostnames import clean
from web_ui.wording import categories
from web_ui.wording.dates import say_date
from web_ui.wording.texts import format_number, ngettext
from web_ui.wording.texts import gettext as _

# How they write themselves; others are called by their id.
_NAMES = {
    "google": "Google",
    "bing": "Bing",
    "youtube": "YouTube",
    "duckduckgo": "DuckDuckGo",
    "brave": "Brave",
    "ecosia": "Ecosia",
    "yandex": "Yandex",
    "pixabay": "Pixabay",
}


class Kind(Struct, frozen=True):
    """One kind of site: its title, and how many tries were stopped, came through, or stayed unclear."""

    title: str
    stopped: str
    reached: str
    unclear: str


class Engine(Struct, frozen=True):
    """One search engine: its name, and a sentence."""

    name: str
    words: str


def say_filter(counts: Sequence[WitnessCount]) -> str:
    """What the filter did in these days, as one sentence."""
    tries, stopped = sum(count.tries for count in counts), sum(count.stopped for count in counts)
    if not tries:
        return _("In the last 30 days no device tried a site on our lists, so we can’t say what the filter does.")
    return ngettext(
        "In the last 30 days we saw one try of a site on our lists; the filter seems to have stopped %(stopped)s.",
        "In the last 30 days we saw %(count)s tries of sites on our lists; the filter seems to have stopped %(stopped)s.",
        tries,
        count=format_number(tries),
        stopped=format_number(stopped),
    )


def kinds(counts: Iterable[WitnessCount]) -> list[Kind]:
    """The same by kind of site, the most tried first."""
    sums: dict[str, list[int]] = {}
    for count in counts:
        held = sums.setdefault(count.category, [0, 0, 0])
        for place, number in enumerate((count.stopped, count.reached, count.unclear)):
            held[place] += number
    ordered = sorted(sums.items(), key=lambda item: (-sum(item[1]), item[0]))
    return [Kind(clean(categories.title(key), 80), *(format_number(number) for number in numbers)) for key, numbers in ordered]


def engines(days: Iterable[SafeSearch], now: float) -> list[Engine]:
    """Each search engine's last day."""
    return [Engine(clean(_name(day.engine), 40), _say_engine(day, now)) for day in days]


def _name(engine: str) -> str:
    return _NAMES.get(engine, engine)


def _say_engine(day: SafeSearch, now: float) -> str:
    when = say_date(_noon(day.day), now)
    if day.seen and not day.unseen:
        return _("Safe search is on for every device that we saw (%(day)s).", day=when)
    if day.seen:
        return ngettext(
            "On for some devices; for one we did not see it (%(day)s).",
            "On for some devices; for %(num)d we did not see it (%(day)s).",
            day.unseen,
            day=when,
        )
    return _("We did not see that the network switches safe search on (%(day)s). It may be set on the devices instead.", day=when)


def _noon(day: str) -> float:
    try:
        then = date.fromisoformat(day)
    except ValueError:
        return 0.0
    return datetime(then.year, then.month, then.day, 12, tzinfo=get_timezone() or ZoneInfo("UTC")).timestamp()
