"""What stands in the places of the guardian's sentences: kinds of site, labels, days, lengths of time."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping

from babel.dates import get_day_names, get_month_names
from flask_babel import get_locale

from web_ui.wording import categories, texts
from web_ui.wording.dates import uncapitalise
from web_ui.wording.marked import Marked
from web_ui.wording.marked import gettext as _
from web_ui.wording.texts import ngettext

# What a name is on a list as: the categories' phrases, and those of the ways round the filter.
PHRASES: tuple[Marked, ...] = (
    _("a site about ending life"),
    _("a site about hurting yourself"),
    _("a site used to exploit children"),
    _("a site of violent extremists"),
    _("a site that encourages eating disorders"),
    _("a pornography site"),
    _("a site that makes fake nude pictures"),
    _("a site of real violence or gore"),
    _("a site that sells or shows weapons"),
    _("a site about buying or using drugs"),
    _("a gambling site"),
    _("a site of hate against groups of people"),
    _("a site of hate against women and girls"),
    _("a site used to bully people"),
    _("a site for chatting with strangers"),
    _("a dating site"),
    _("a site for getting round the school’s filter"),
    _("a service that hides which sites a device looks up"),
    _("a service for controlling a device from elsewhere"),
    _("a site about breaking into computers"),
    _("a site that spreads harmful software or steals passwords"),
    _("a social media service"),
    _("a games site"),
    _("a service of AI companions"),
    _("a site that sells alcohol, tobacco or vapes"),
    _("a site known for made-up news"),
    _("a site of pirated films, music or games"),
    _("Apple’s Private Relay, which hides where a device goes"),
    _("an encrypted look-up service, which hides which sites a device looks up"),
    _("a VPN, which hides where a device goes"),
    _("a private network tool, which can carry a device past the filter"),
    _("a tunnel service, which can carry a device past the filter"),
    _("a web proxy, which opens other sites past the filter"),
    _("a tool made to get round filters"),
    _("the Tor network, which hides where a device goes"),
    _("a hidden network, which hides where a device goes"),
)

# What first packets look like. Names of products stay as they are.
LABELS: tuple[Marked, ...] = (
    _("WireGuard, a kind of VPN"),
    _("TunnelBear, a VPN"),
    _("Cloudflare’s WARP, a VPN"),
    _("OpenVPN, a kind of VPN"),
    _("L2TP, a kind of VPN"),
    _("PPTP, a kind of VPN"),
    _("IPsec, a kind of VPN"),
    _("Tailscale, a kind of VPN"),
    _("Teredo, which carries newer addresses over older ones"),
    _("SOCKS, the language of proxies"),
    _("Windows’ Remote Desktop"),
    Marked("SSH"),
    Marked("TeamViewer"),
    Marked("DNS over TLS"),
    Marked("DNS over QUIC"),
    Marked("DNSCrypt"),
)

# The titles that the guardian gives its categories, by the categories' ids; two of them differ from the page's.
TITLES: Mapping[str, str] = {
    "Suicide": "suicide", "Self-harm": "self_harm", "Sexual exploitation": "cse", "Extremism": "extremism",
    "Eating disorders": "eating_disorders", "Pornography": "pornography", "Fake nude pictures": "nudify",
    "Violence and gore": "violence", "Weapons": "weapons", "Drugs": "drugs", "Gambling": "gambling",
    "Hate and discrimination": "discrimination", "Hate against women and girls": "vawg", "Bullying and harassment": "bullying",
    "Chat with strangers": "stranger_chat", "Dating": "dating", "Getting round the filter": "proxy_avoidance",
    "Hidden look-ups": "encrypted_dns", "Remote control": "remote_control", "Hacking": "hacking",
    "Harmful software and fraud": "malware", "Social media": "social_media", "Games": "games", "AI companions": "ai_companion",
    "Alcohol, tobacco and vapes": "alcohol_tobacco", "Misinformation": "misinformation", "Piracy": "piracy",
}  # fmt: skip
_TITLE = "|".join(re.escape(title) for title in sorted(TITLES, key=len, reverse=True))
_LISTED = re.compile(f"({_TITLE})(?:, | and |$)")
_DAYS = {name: number for number, name in enumerate(calendar.day_name)}
_MONTHS = {name: number for number, name in enumerate(calendar.month_name)}


class UnknownWordError(Exception):
    """Something stands in a sentence's place that this page can't say."""


def translate(place: str, words: str) -> str:
    """What stands in a place, in the reader's words. Raises `UnknownWordError`."""
    maker = _MAKERS.get(place)
    try:
        return maker(words) if maker else words
    except (KeyError, ValueError) as error:
        raise UnknownWordError(words) from error


def _listed(words: str) -> str:
    """Titles of categories, as the guardian lists them: "a, b and c"."""
    found = [categories.title(TITLES[match[1]]) for match in _LISTED.finditer(words)]
    if not found or _LISTED.sub("", words):
        raise ValueError(words)
    if len(found) == 1:
        return found[0]
    return texts.gettext("%(some)s and %(last)s", some=", ".join(found[:-1]), last=found[-1])


def _weekday(words: str) -> str:
    return uncapitalise(str(get_day_names("wide", locale=get_locale())[_DAYS[words]]))


def _day(words: str) -> str:
    """A day of this year: "Tuesday 24 November"."""
    weekday, number, month = words.split(" ")
    return f"{_weekday(weekday)} {int(number)} {get_month_names('wide', locale=get_locale())[_MONTHS[month]]}"


def _beat(words: str) -> str:
    """A length of time: "40 seconds", "5 minutes", "2 hours"."""
    number, unit = words.split(" ")
    count = int(number)
    return {
        "seconds": ngettext("%(num)d second", "%(num)d seconds", count),
        "minutes": ngettext("%(num)d minute", "%(num)d minutes", count),
        "hours": ngettext("%(num)d hour", "%(num)d hours", count),
    }[unit]


def _by(words: str) -> str:
    return texts.gettext("the school") if words == "the school" else words


def _one_of(known: tuple[Marked, ...]) -> Callable[[str], str]:
    by_words = {marked.one: marked for marked in known}
    return lambda words: by_words[words.replace("'", "’")].say({})


_MAKERS: dict[str, Callable[[str], str]] = {
    "phrase": _one_of(PHRASES),
    "label": _one_of(LABELS),
    "titles": _listed,
    "weekday": _weekday,
    "day": _day,
    "beat": _beat,
    "by": _by,
}
