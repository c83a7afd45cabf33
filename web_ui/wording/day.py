"""What a device did in a day, told in sentences: stretches of time with the sites most asked for, never a list of every name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from markupsafe import Markup
from msgspec import Struct

from appliance.model import Incident, RecentName
from web_ui.hostnames import show_site
from web_ui.wording.dates import say_time
from web_ui.wording.texts import gettext as _
from web_ui.wording.texts import ngettext
from web_ui.wording.timeline import owner

PAUSE = 600.0  # a silence of ten minutes ends a stretch
LONGEST = 1_800.0  # and so does half an hour
MOSTLY = 0.6


class Stretch(Struct, frozen=True):
    """Some time without a long pause: when, what mostly, how often something came up, and which incidents that was."""

    when: str
    start: float
    words: Markup
    flags: str
    incidents: tuple[int, ...]


def tell(rows: Sequence[RecentName], incidents: Iterable[Incident], is_background: Callable[[str], bool]) -> list[Stretch]:
    """The rows (oldest first) as stretches. `is_background` knows names that pages and devices ask for by themselves."""
    flagged = _flagged(incidents)
    return [_stretch(piece, flagged, is_background) for piece in _pieces(rows)]


def _flagged(incidents: Iterable[Incident]) -> dict[str, list[Incident]]:
    """The incidents that each name belongs to."""
    found: dict[str, list[Incident]] = {}
    for incident in incidents:
        for name in incident.names:
            found.setdefault(name, []).append(incident)
    return found


def _pieces(rows: Sequence[RecentName]) -> list[list[RecentName]]:
    pieces: list[list[RecentName]] = []
    for row in rows:
        current = pieces[-1] if pieces else []
        if not current or row.time - current[-1].time > PAUSE or row.time - current[0].time > LONGEST:
            current = []
            pieces.append(current)
        current.append(row)
    return pieces


def _stretch(rows: Sequence[RecentName], flagged: dict[str, list[Incident]], is_background: Callable[[str], bool]) -> Stretch:
    owners: Counter[str] = Counter()
    came_up: set[int] = set()
    for row in rows:
        met = [found.id for found in flagged.get(row.name, ()) if found.first_seen - 60 <= row.time <= found.last_seen + 60]
        came_up.update(met)
        if not met and not is_background(row.name):
            owners[owner(row.name)] += row.count
    first, last = say_time(rows[0].time), say_time(rows[-1].time)
    when = first if first == last else f"{first}–{last}"
    flags = ngettext("One thing came up.", "%(num)d things came up.", len(came_up)) if came_up else ""
    return Stretch(when, rows[0].time, _say(owners, bool(came_up)), flags, tuple(sorted(came_up)))


def _say(owners: Counter[str], came_up: bool) -> Markup:
    """What the device did mostly. The names are put in last, as markup of their own."""
    if not owners:
        return Markup("") if came_up else Markup.escape(_("Only what devices and pages ask for by themselves."))
    (first, times), *rest = owners.most_common()
    sites = {"site": show_site(first), "other": show_site(rest[0][0]) if rest else ""}
    places = {"site": "%(site)s", "other": "%(other)s"}
    if not rest:
        sentence = _("Only %(site)s.", **places)
    elif times >= MOSTLY * owners.total():
        sentence = ngettext(
            "Mostly %(site)s, and one other site.", "Mostly %(site)s, and %(num)d other sites.", len(rest), **places
        )
    elif len(rest) == 1:
        sentence = _("%(site)s and %(other)s.", **places)
    else:
        sentence = ngettext(
            "%(site)s, %(other)s and one other site.",
            "%(site)s, %(other)s and %(num)d other sites.",
            len(rest) - 1,
            **places,
        )
    return Markup.escape(sentence) % sites
