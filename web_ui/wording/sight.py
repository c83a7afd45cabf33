"""What the box could and could not see, in plain words: the school's figure, each device's hours, what to ask of IT support."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape
from msgspec import Struct

from appliance.model import Sight
from web_ui.wording.dates import say_time
from web_ui.wording.devices import say_name
from web_ui.wording.listed import join_some
from web_ui.wording.texts import format_number, ngettext
from web_ui.wording.texts import gettext as _

HOUR = 3_600.0
SHOWN = 4  # names of devices in a sentence
STEP, WIDE, HIGH = 22, 20, 24  # of the strip, in its own units


class Cell(Struct, frozen=True):
    """One hour of one device. `share` in whole per cent, rounded down; None where it connected to nothing. `heard`: at all."""

    hour: str
    share: int | None
    heard: bool
    words: str


class Strip(Struct, frozen=True):
    """One device's hours: the same as cells of a table and as the outlines of a drawing's shapes."""

    mac: str
    name: str
    cells: tuple[Cell, ...]
    words: str
    ground: str
    bars: str
    dark: str
    dots: str


def sum_up(sights: Iterable[Sight]) -> Sight:
    """Several hours as one; `quiet` is that of the newest."""
    rows = sorted(sights, key=lambda sight: sight.hour)
    reasons: Counter[str] = Counter()
    for sight in rows:
        reasons.update(sight.reasons)
    return Sight(
        hour=rows[0].hour if rows else 0.0,
        heard=sum(sight.heard for sight in rows),
        asked=sum(sight.asked for sight in rows),
        seen=sum(sight.seen for sight in rows),
        named=sum(sight.named for sight in rows),
        quiet=rows[-1].quiet if rows else 0,
        reasons=dict(reasons),
    )


def share(sight: Sight) -> int | None:
    """How much of what it connected to has a name, in whole per cent, rounded down: 100 means all."""
    return 100 * sight.named // sight.seen if sight.seen else None


def say_figure(school: Sight) -> str:
    """The school's figure in one sentence."""
    told = share(school)
    since = say_time(school.hour)
    if told is None:
        return _("Nothing has connected to anything yet today, so there was nothing to see.")
    if told == 100:
        return _("Since %(since)s we could tell where every connection went.", since=since)
    return ngettext(
        "Since %(since)s we could tell where %(share)d%% of one connection went.",
        "Since %(since)s we could tell where %(share)d%% of %(count)s connections went.",
        school.seen,
        since=since,
        share=told,
        count=format_number(school.seen),
    )


def say_reasons(school: Sight) -> list[str]:
    """Why the others have no name, a sentence each, the most frequent first."""
    makers = {
        "relay": lambda n: ngettext(
            "One went through Apple’s Private Relay, which hides where it leads.",
            "%(num)d went through Apple’s Private Relay, which hides where they lead.",
            n,
        ),
        "vpn": lambda n: ngettext(
            "One looks like a VPN: a tunnel that hides what is inside.",
            "%(num)d look like a VPN: a tunnel that hides what is inside.",
            n,
        ),
        "encrypted-dns": lambda n: ngettext(
            "One had no name, and the device had hidden which site it looked up.",
            "%(num)d had no name, and the devices had hidden which sites they looked up.",
            n,
        ),
        "ech": lambda n: ngettext(
            "One showed only a cover name, not the site itself.", "%(num)d showed only a cover name, not the site itself.", n
        ),
        "no-sni": lambda n: ngettext(
            "One gave no name. Gadgets and old programs do that.", "%(num)d gave no name. Gadgets and old programs do that.", n
        ),
        "lost": lambda n: ngettext(
            "One began with something that did not reach the box whole.",
            "%(num)d began with something that did not reach the box whole.",
            n,
        ),
        "silent": lambda n: ngettext(
            "One more was opened and came to nothing before it said a name.",
            "%(num)d more were opened and came to nothing before they said a name.",
            n,
        ),
    }
    known = sorted(((n, why) for why, n in school.reasons.items() if why in makers and n > 0), reverse=True)
    return [makers[why](n) for n, why in known]


def ask_it_support(school: Sight) -> list[str]:
    """What to ask of IT support for the reasons that there are, in the words of their trade."""
    asks = {
        "relay": _(
            "iCloud Private Relay: let the school’s resolver answer mask.icloud.com and mask-h2.icloud.com with “no such name”"
            " (NXDOMAIN), and switch Private Relay off in the device management (allowCloudPrivateRelay)."
        ),
        "vpn": _("VPN: block WireGuard, OpenVPN and IKEv2 on pupils’ devices at the firewall, and remove VPN apps from them."),
        "encrypted-dns": _(
            "Encrypted DNS: set the browsers’ policy DnsOverHttpsMode to “off”, answer use-application-dns.net with NXDOMAIN,"
            " and block port 853 and the known DoH resolvers at the firewall."
        ),
        "ech": _("Encrypted Client Hello: set the browsers’ policy EncryptedClientHelloEnabled to false on managed devices."),
        "lost": _(
            "Lost packets: check that the mirror port is not overloaded and that nothing between it and the box drops frames."
        ),
        "silent": _("Unfinished connections: check that the mirror copies both directions (ingress and egress)."),
    }
    return [words for why, words in asks.items() if school.reasons.get(why, 0) > 0]


def say_quiet(names: Sequence[str]) -> str:
    """Devices that were heard and never said where they went."""
    return ngettext(
        "One device was heard but never said where it went.",
        "%(num)d devices were heard but never said where they went.",
        len(names),
    )


def say_hiding(names: Sequence[str]) -> Markup:
    """The devices that hid what they visited, by their names; empty where none did."""
    if not names:
        return Markup("")
    template = ngettext(
        "One device hid the sites it visits this week: %(names)s.",
        "%(num)d devices hid the sites they visit this week: %(names)s.",
        len(names),
        names="%(names)s",
    )
    shown = [Markup("<bdi>{}</bdi>").format(say_name(name)) for name in names]
    return escape(template) % {"names": join_some(shown, SHOWN)}


def say_hours(hours: Sequence[float]) -> tuple[str, ...]:
    """The heads of the columns."""
    return tuple(say_time(hour) for hour in hours)


def make_strip(mac: str, name: str, sights: Sequence[Sight], hours: Sequence[float]) -> Strip:
    """A device's hours as a strip."""
    by_hour = {sight.hour: sight for sight in sights}
    cells = tuple(_cell(hour, by_hour.get(hour)) for hour in hours)
    places = list(enumerate(cells))
    return Strip(
        mac,
        name,
        cells,
        _say_strip(sum_up(sights)),
        "".join(_box(at, HIGH) for at, cell in places if cell.share is not None),
        "".join(_box(at, HIGH * cell.share / 100) for at, cell in places if cell.share),
        "".join(f"M{at * STEP + 4} 6l12 12m0-12l-12 12" for at, cell in places if cell.share == 0),
        "".join(f"M{at * STEP + 6} {HIGH - 2}h8" for at, cell in places if cell.share is None and cell.heard),
    )


def _box(at: int, high: float) -> str:
    """The outline of a bar that stands on the ground."""
    return f"M{at * STEP} {HIGH}v-{high:g}h{WIDE}v{high:g}z"


def _cell(hour: float, sight: Sight | None) -> Cell:
    when = say_time(hour)
    if sight is None or not sight.heard:
        return Cell(when, None, False, _("not heard"))
    told = share(sight)
    if told is None:
        return Cell(when, None, True, _("no connections"))
    return Cell(when, told, True, _("%(share)d%% of %(count)s", share=told, count=format_number(sight.seen)))


def _say_strip(total: Sight) -> str:
    told = share(total)
    if told is None:
        return _("no connections")
    if total.seen and not total.named:
        return _("named nothing")
    return _("%(share)d%% named", share=told)
