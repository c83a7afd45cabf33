"""What each device did around its visits to listed names: the moments that `appliance.judge.intent` reads.

    name asked or connected to -> Trail of its device      flagged name -> Visit: read at once, and again when it is settled

A visit is read from what came before it as soon as it is seen, and once more when the seconds after it are over. What browsers
and systems ask for by themselves says nothing of either and is left out. Time comes with the sightings. As many devices, visits
and histories as fit are kept, the oldest goes first; `evicted` counts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from itertools import pairwise

from msgspec import Struct

from appliance.judge.company import Company, Told
from appliance.judge.intent import Moment, is_even, read_intent, site_of
from appliance.model import Intent, Verdict

SECONDS = 2.0  # a page asks for most of its parts within this
GAP = 1.5  # without a name for so long, a burst is over
FOLLOWING = 8.0  # seconds after a visit that still belong to its moment
VISIT_SECONDS = 10.0  # names of one site within this of each other are one visit
SEARCH_SECONDS = 60.0
CONNECTING_SECONDS = 600.0  # a device in use connects somewhere within this
JITTER = 1.0  # seconds by which the wire may bring packets out of order
REMEMBERED = 48  # names per device
TICKS = 4  # names of one site that come as evenly as a page's own clock asks
SHORTEST_TICK = 1.0  # seconds between them
COUNTED = 32  # followers of one visit
ADDRESSES = 32  # of one visit
GAPS = 8  # between visits to one site
DEVICES = 1_000
VISITS = 4_000
HISTORIES = 5_000  # (device, site)

Key = tuple[str, str, str, bool]  # device, site, category, exercise


class Name(Struct, frozen=True, gc=False):
    """One name that a device asked for or connected to."""

    time: float
    told: Told

    @property
    def site(self) -> str:
        """The site that it belongs to."""
        return self.told.site


class Trail:
    """The last names of one device, and which site began the burst that it is in."""

    __slots__ = ("connected", "last", "leader", "names", "searched")

    def __init__(self) -> None:
        self.names: deque[Name] = deque(maxlen=REMEMBERED)
        self.leader = ""
        self.last: float | None = None
        self.searched: float | None = None
        self.connected: float | None = None

    def add(self, name: Name) -> None:
        """Take one more name in. A search leads nobody's burst: what is asked for after it was found there, not loaded by it."""
        if self.last is None or name.time - self.last > GAP:
            self.leader = ""
        if not self.leader and not name.told.is_search:
            self.leader = name.site
        self.last = name.time if self.last is None else max(self.last, name.time)
        self.names.append(name)


class Visit:
    """One visit of a device to a listed site while its moment is open. `intent` is the reading so far."""

    __slots__ = (
        "addresses",
        "before",
        "began",
        "connections",
        "device",
        "followers",
        "in_sight",
        "intent",
        "last",
        "looked_up",
        "verdict",
    )

    def __init__(self, device: str, verdict: Verdict, before: Moment, time: float) -> None:
        self.device, self.verdict, self.before = device, verdict, before
        self.began = self.last = time
        self.intent = read_intent(before)
        self.followers: set[str] = set()
        self.connections: list[float] = []
        self.addresses: set[str] = set()
        self.looked_up = self.in_sight = False

    def settle(self) -> None:
        """Read once more, with what followed."""
        connections = self.connections
        self.intent = read_intent(
            Moment(
                **{field: getattr(self.before, field) for field in self.before.__struct_fields__}
                | {
                    "followers": len(self.followers),
                    "followed_for": connections[-1] - connections[0] if connections else 0.0,
                    "looked_up": self.looked_up,
                    "connected": bool(connections),
                    "in_sight": self.before.in_sight or self.in_sight,
                    "settled": True,
                }
            )
        )


class Visits:
    """The trails of all devices and their visits to listed names.

    `third_parties`: what adverts and counters are loaded from; `background`: what machines ask for by themselves.
    """

    def __init__(
        self,
        third_parties: Collection[str] = frozenset(),
        background: Collection[str] = frozenset(),
        *,
        devices: int = DEVICES,
        visits: int = VISITS,
        histories: int = HISTORIES,
    ) -> None:
        self._company = Company(third_parties, background)
        self._limits = (devices, visits, histories)
        self._trails: dict[str, Trail] = {}
        self._visits: dict[Key, Visit] = {}
        self._waiting: deque[Visit] = deque()  # not settled yet, in the order in which they began
        self._open: dict[str, list[Visit]] = {}  # the same by device
        self._histories: dict[tuple[str, str], deque[float]] = {}
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._trails) + len(self._visits) + len(self._histories)

    def note(self, device: str, time: float, name: str, *, connects: bool) -> None:
        """A device asked for a name, or connected to it."""
        told, trail = self._company.of(name), self._trail(device)
        if not told.is_background:
            trail.add(Name(time, told))
        if told.is_search:
            trail.searched = time
        if connects:
            trail.connected = time
        for visit in self._open.get(device, ()):
            if 0.0 <= time - visit.began <= FOLLOWING:
                self._follow(visit, time, name, told, connects=connects)

    def is_idle(self, name: str) -> bool:
        """Whether machines ask for a name by themselves."""
        return self._company.of(name).is_background

    def visit(self, device: str, time: float, verdict: Verdict) -> Visit:
        """The visit that a flagged name belongs to, read from what came before. Ask before the name itself is noted."""
        site = site_of(verdict.name)
        key = (device, site, verdict.category or "", verdict.exercise)
        visit = self._visits.get(key)
        if visit is not None and abs(time - visit.last) <= VISIT_SECONDS:
            visit.last = max(visit.last, time)
            return visit
        visit = Visit(device, verdict, self._before(device, time, verdict.name), time)
        self._visits.pop(key, None)
        self._visits[key] = visit
        self._waiting.append(visit)
        self._open.setdefault(device, []).append(visit)
        while len(self._visits) > self._limits[1]:
            del self._visits[next(iter(self._visits))]
            self.evicted += 1
        return visit

    def answered(self, device: str, time: float, name: str, addresses: Collection[str]) -> None:
        """A look-up of a flagged name gave these addresses, none of them a filter's."""
        for visit in self._open.get(device, ()):
            if site_of(name) == site_of(visit.verdict.name) and 0.0 <= time - visit.began <= FOLLOWING:
                visit.looked_up = True
                if len(visit.addresses) + len(addresses) <= ADDRESSES:
                    visit.addresses.update(addresses)

    def connected(self, device: str, time: float, server: str) -> None:
        """A device connected to an address, whatever name it showed or hid."""
        trail = self._trails.get(device)
        if trail is not None:
            trail.connected = time
        for visit in self._open.get(device, ()):
            visit.in_sight = visit.in_sight or 0.0 <= time - visit.began <= FOLLOWING
            if server in visit.addresses:
                self._connect(visit, time, connects=True)

    def settled(self, now: float) -> Iterator[Visit]:
        """The visits whose moment is over, read for good."""
        waiting = self._waiting
        # A clock that was set back would keep what it had seen of the future waiting.
        while waiting and (len(waiting) > self._limits[1] or not -JITTER <= now - waiting[0].began <= FOLLOWING):
            visit = waiting.popleft()
            still_open = self._open[visit.device]
            still_open.remove(visit)
            if not still_open:
                del self._open[visit.device]
            visit.settle()
            yield visit

    def _follow(self, visit: Visit, time: float, name: str, told: Told, *, connects: bool) -> None:
        """One name within the moment of a visit: its own again, or what its page loads."""
        visit.in_sight = visit.in_sight or connects
        if told.site == site_of(visit.verdict.name):
            self._connect(visit, time, connects=connects)
        loads = not (told.is_advert or told.is_background) and name != visit.verdict.name
        if loads and len(visit.followers) < COUNTED:
            visit.followers.add(name)

    def _connect(self, visit: Visit, time: float, *, connects: bool) -> None:
        if connects and 0.0 <= time - visit.began <= FOLLOWING:
            visit.connections[1:] = [time] if visit.connections else []
            visit.connections = visit.connections or [time]

    def _before(self, device: str, time: float, name: str) -> Moment:
        """What came before a visit."""
        trail, told = self._trail(device), self._company.of(name)
        others = [one for one in trail.names if one.site != told.site and one.time <= time]
        others = [one for one in others if one.site not in _ticking(others)]
        near = [one for one in others if time - one.time <= SECONDS and not one.told.is_search]
        in_burst = trail.last is not None and time - trail.last <= GAP
        return Moment(
            quiet=time - max(one.time for one in others) if others else None,
            others=len({one.site for one in near}),
            led_by_another=in_burst and trail.leader not in ("", told.site),
            adverts=len({one.site for one in near if one.told.is_advert}),
            is_advert=told.is_advert,
            is_background=told.is_background,
            searched=trail.searched is not None and 0.0 <= time - trail.searched <= SEARCH_SECONDS,
            gaps=self._gaps(device, told.site, time),
            # A mirror may carry look-ups only.
            in_sight=trail.connected is not None and 0.0 <= time - trail.connected <= CONNECTING_SECONDS,
        )

    def _gaps(self, device: str, site: str, time: float) -> tuple[float, ...]:
        """The seconds between the visits of a device to a site, this one's included; remembers it."""
        times = self._histories.pop((device, site), None)
        if times is None:
            times = deque(maxlen=GAPS + 1)
            if len(self._histories) >= self._limits[2]:
                del self._histories[next(iter(self._histories))]
                self.evicted += 1
        self._histories[device, site] = times
        times.append(time)
        return gaps_of(list(times))

    def _trail(self, device: str) -> Trail:
        trail = self._trails.get(device)
        if trail is None:
            if len(self._trails) >= self._limits[0]:
                del self._trails[next(iter(self._trails))]
                self.evicted += 1
            trail = self._trails[device] = Trail()
        return trail


def _ticking(names: list[Name]) -> set[str]:
    """The sites that a device asks for as evenly as an open page's clock: nobody began anything by that."""
    times: dict[str, list[float]] = {}
    for name in names:
        known = times.setdefault(name.site, [])
        # One request is a look-up or three and a hello.
        if not known or name.time - known[-1] >= SHORTEST_TICK:
            known.append(name.time)
    return {site for site, known in times.items() if len(known) >= TICKS and is_even(gaps_of(known[-TICKS:]))}


def gaps_of(times: list[float]) -> tuple[float, ...]:
    """The seconds between moments."""
    return tuple(max(0.0, later - earlier) for earlier, later in pairwise(times))


def as_reading(visit: Visit) -> Intent | None:
    """The reading to show for a visit; an exercise needs no reading of minds."""
    return None if visit.verdict.exercise else visit.intent
