"""Connections by shape alone: many addresses at once that nobody looked up, hellos without a name, names that Tor makes up."""

from __future__ import annotations

import re
from collections import deque

from appliance.judge.addresses import is_outside
from appliance.judge.lookups import Lookups
from appliance.judge.shapes import Finding
from appliance.model import Opened, TlsHello

DEVICES = 1_000
SWARM_SECONDS = 60.0
SWARM = 30  # new addresses within that time
SWARM_PORTS = 3  # different ones
SWARM_SERVICES = 0.5  # share on ports of services; exchanges of files use high ones
_SERVICE_PORTS = 1_024
REMEMBERED = 64  # addresses of one device within the window

TOR_SECONDS = 900.0
# Names that nobody looked up; more are wanted where none of the device's look-ups are in sight and so none proves anything.
TOR_NAMES = {True: 2, False: 3}
_TOR_PORTS = (443, 9001, 9030)
_TOR_NAME = re.compile(r"www\.([a-z2-7]{4,25})\.(?:com|net)", re.ASCII)  # proposal 369: 4 to 25 letters of base32
_DIGIT_INSIDE = re.compile(r"[a-z][2-7]+[a-z]")
_NO_VOWELS = re.compile(r"[bcdfghjklmnpqrstvwxz2-7]{5}")

NAMELESS = 2  # hellos to one address
_DYNAMIC_PORTS = 49_152  # RFC 6335 section 6: no service has its place there


class _Traces:
    """What one device did lately. `swarmed` is when it was last told of."""

    __slots__ = ("nameless", "swarm", "tor")

    def __init__(self) -> None:
        self.swarm: dict[str, tuple[float, int]] = {}
        self.tor: deque[tuple[float, str]] = deque(maxlen=8)
        self.nameless: deque[str] = deque(maxlen=8)


class Swarms:
    """Follows every device's new connections for a minute. `evicted` counts devices that had to make room."""

    def __init__(self, lookups: Lookups, *, devices: int = DEVICES) -> None:
        self._lookups = lookups
        self._limit = devices
        self._traces: dict[str, _Traces] = {}
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._traces)

    def judge_opened(self, key: str, seen: Opened) -> Finding | None:
        """A new connection: one of very many to places that were never looked up?"""
        if seen.transport != "tcp" or self._lookups.name_at(key, seen.server, seen.time):
            return None
        if not is_outside(seen.server, seen.client):
            return None
        swarm = self._of(key).swarm
        swarm.pop(seen.server, None)
        swarm[seen.server] = (seen.time, seen.port)
        while len(swarm) > REMEMBERED or seen.time - next(iter(swarm.values()))[0] > SWARM_SECONDS:
            del swarm[next(iter(swarm))]
        if not _is_swarm([port for _, port in swarm.values()]):
            return None
        count = len(swarm)
        swarm.clear()
        return Finding(
            shape="swarm",
            name=seen.server,
            evidence=f"It tried {count} addresses within a minute and had looked up none of them.",
            protocol="swarm",
        )

    def judge_hello(self, key: str, seen: TlsHello) -> Finding | None:
        """A hello whose name, or want of one, is telling."""
        if self._lookups.name_at(key, seen.server, seen.time) or not is_outside(seen.server, seen.client):
            return None
        return self._tor(key, seen) if seen.name else self._nameless(key, seen)

    def _tor(self, key: str, seen: TlsHello) -> Finding | None:
        if seen.port not in _TOR_PORTS or not looks_made_up(seen.name) or self._lookups.has_asked(key, seen.name, seen.time):
            return None
        names = self._of(key).tor
        names.append((seen.time, seen.name))
        made_up = {name for time, name in names if seen.time - time <= TOR_SECONDS}
        sees = self._lookups.sees(key)
        if len(made_up) < TOR_NAMES[sees]:
            return None
        return Finding(
            shape="tor",
            name=seen.server,
            evidence=f"It gave {len(made_up)} made-up site names like {seen.name} without looking any of them up.",
            protocol="tor",
            confidence="high" if sees else "medium",
        )

    def _nameless(self, key: str, seen: TlsHello) -> Finding | None:
        """Encrypted connections without a name, to a port where no service lives and an address that was never looked up."""
        if seen.port < _DYNAMIC_PORTS:
            return None
        places = self._of(key).nameless
        places.append(seen.server)
        if places.count(seen.server) < NAMELESS:
            return None
        return Finding(
            shape="nameless",
            name=seen.server,
            evidence=f"It made encrypted connections to port {seen.port} of {seen.server}, which it had not looked up.",
            protocol="nameless",
            confidence="low",
        )

    def _of(self, key: str) -> _Traces:
        traces = self._traces.get(key)
        if traces is None:
            if len(self._traces) >= self._limit:
                del self._traces[next(iter(self._traces))]
                self.evicted += 1
            traces = self._traces[key] = _Traces()
        return traces


def looks_made_up(name: str) -> bool:
    """Whether a name has Tor's form and reads like letters drawn by lot: a digit between letters, or five in a row unspoken."""
    found = _TOR_NAME.fullmatch(name)
    return found is not None and bool(_DIGIT_INSIDE.search(found[1]) or _NO_VOWELS.search(found[1]))


def _is_swarm(ports: list[int]) -> bool:
    services = sum(port < _SERVICE_PORTS for port in ports)
    return len(ports) >= SWARM and len(set(ports)) >= SWARM_PORTS and services >= SWARM_SERVICES * len(ports)
