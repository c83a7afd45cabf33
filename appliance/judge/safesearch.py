"""Safe search as look-ups show it: which engines were led to their strict side by the school's DNS, on how many devices.

Only what the DNS does is seen. A browser, an account or an inspecting filter may enforce it without the DNS: the words for that
are "not seen in DNS", never "off". Nothing in here is about what anybody looked for.
"""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Literal

from msgspec import Struct

from appliance.model import DnsAnswer
from appliance.witness import SafeSearch

DEVICES = 1_000  # told apart for one engine on one day; more than a small school has
DAYS = 8  # kept until they have been taken

Sight = Literal["enforced", "plain"]


class Engine(Struct, frozen=True, kw_only=True):
    """One engine: the hosts people search on, and what they turn into where safe search is enforced by DNS.

    From the engines' own pages for network administrators, and what filters' documentation says that they answer.
    """

    id: str
    title: str
    hosts: frozenset[str]
    aliases: tuple[str, ...] = ()
    addresses: frozenset[str] = frozenset()


_VIDEO_HOSTS = ("www.youtube.com", "m.youtube.com", "youtubei.googleapis.com", "youtube.googleapis.com")
ENGINES: tuple[Engine, ...] = (
    Engine(
        id="google",
        title="Google",
        hosts=frozenset(("www.google.com", "google.com", "www.google.co.uk", "google.co.uk")),
        aliases=("forcesafesearch.google.com",),
        addresses=frozenset(("216.239.38.120", "2001:4860:4802:32::78")),
    ),
    Engine(
        id="bing",
        title="Bing",
        hosts=frozenset(("www.bing.com", "bing.com")),
        aliases=("strict.bing.com",),
        addresses=frozenset(("204.79.197.220",)),
    ),
    Engine(
        id="duckduckgo",
        title="DuckDuckGo",
        hosts=frozenset(("duckduckgo.com", "www.duckduckgo.com", "start.duckduckgo.com")),
        aliases=("safe.duckduckgo.com",),
    ),
    Engine(
        id="youtube",
        title="YouTube",
        hosts=frozenset((*_VIDEO_HOSTS, "www.youtube-nocookie.com")),
        aliases=("restrict.youtube.com", "restrictmoderate.youtube.com"),
        addresses=frozenset(("216.239.38.119", "216.239.38.120")),
    ),
    Engine(
        id="brave",
        title="Brave Search",
        hosts=frozenset(("search.brave.com",)),
        aliases=("forcesafe.search.brave.com",),
    ),
    Engine(
        id="ecosia",
        title="Ecosia",
        hosts=frozenset(("ecosia.org", "www.ecosia.org")),
        aliases=("strict-safe-search.ecosia.org",),
    ),
    Engine(
        id="yandex",
        title="Yandex",
        hosts=frozenset(("yandex.ru", "yandex.com", "www.yandex.ru", "www.yandex.com")),
        aliases=("familysearch.yandex.ru",),
        addresses=frozenset(("213.180.193.56",)),
    ),
    Engine(
        id="pixabay",
        title="Pixabay",
        hosts=frozenset(("pixabay.com", "www.pixabay.com")),
        aliases=("safesearch.pixabay.com",),
    ),
)
_BY_HOST = {host: engine for engine in ENGINES for host in engine.hosts}
# Where words are typed; a video site or a picture store is come to in other ways too.
_SEARCHES = frozenset(host for host, engine in _BY_HOST.items() if engine.id not in ("youtube", "pixabay"))
_ADDRESS_TYPES = (1, 28)


def engine_of(name: str) -> Engine | None:
    """The engine that a host belongs to, or None."""
    found = _BY_HOST.get(name)
    if found is None and name.startswith("www.google."):
        return _BY_HOST["www.google.com"]
    return found


def is_search(name: str) -> bool:
    """Whether a host is one on which people type what they look for."""
    return name in _SEARCHES or name.startswith("www.google.")


def look_at(answer: DnsAnswer) -> tuple[Engine, Sight] | None:
    """What an answer shows of safe search; None where it is about no engine, or leads nowhere."""
    engine = engine_of(answer.name)
    if engine is None or answer.qtype not in _ADDRESS_TYPES or answer.rcode or not (answer.addresses or answer.aliases):
        return None
    led = any(alias in engine.aliases for alias in answer.aliases) or any(one in engine.addresses for one in answer.addresses)
    return engine, "enforced" if led else "plain"


class SafeSearchWatch:
    """Which devices were led to the strict side of which engine, by day. `full` counts devices that found no room."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._days: dict[tuple[str, str], tuple[dict[str, bool], float]] = {}
        self._changed: set[tuple[str, str]] = set()
        self.full = 0

    def __len__(self) -> int:
        return sum(len(devices) for devices, _ in self._days.values())

    def observe(self, device: str, answer: DnsAnswer) -> None:
        """Take an answer in: for each device the last one of the day counts."""
        found = look_at(answer)
        if found is None:
            return
        key = (datetime.fromtimestamp(answer.time, self._zone).date().isoformat(), found[0].id)
        devices, last = self._days.pop(key, ({}, 0.0))
        self._days[key] = (devices, max(last, answer.time))
        if device not in devices and len(devices) >= DEVICES:
            self.full += 1
        else:
            devices[device] = found[1] == "enforced"
        self._changed.add(key)
        while len(self._days) > DAYS * len(ENGINES):
            oldest = next(iter(self._days))
            del self._days[oldest]
            self._changed.discard(oldest)

    def take_changes(self) -> list[SafeSearch]:
        """The days and engines of which something new was seen since the last call."""
        changed, self._changed = sorted(self._changed), set()
        return [self._row(key) for key in changed]

    def _row(self, key: tuple[str, str]) -> SafeSearch:
        devices, last = self._days[key]
        enforced = sum(devices.values())
        return SafeSearch(day=key[0], engine=key[1], seen=enforced, unseen=len(devices) - enforced, last=last)


def say_safesearch(row: SafeSearch) -> str:
    """One engine on one day in a sentence."""
    title = next((engine.title for engine in ENGINES if engine.id == row.engine), row.engine)
    total = row.seen + row.unseen
    if not row.seen:
        return f"{title}: safe search not seen in DNS on {row.day} (a browser, an account or the filter may still enforce it)."
    if not row.unseen:
        return f"{title}: safe search seen in DNS on {row.day}, on every device that asked ({total})."
    return f"{title}: safe search seen in DNS on {row.day} for {row.seen} of {total} devices, not seen for the others."
