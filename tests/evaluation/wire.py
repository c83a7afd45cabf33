"""What one simulated machine puts on the wire, as sightings: look-ups with their answers, hellos with theirs, and odd handshakes.

A name's look-up is remembered for some minutes, as machines do; addresses are made up from names, always the same.
"""

from __future__ import annotations

import random
from typing import Any, Final
from zlib import crc32

from appliance.model import DnsAnswer, HelloAnswered, HttpHost, NameAsked, Opened, QuicHello, Sighting, TlsHello, TunnelSeen

from .answers import Fate

RESOLVER: Final = "10.20.0.1"
BLOCK_PAGE: Final = "10.20.0.2"
REMEMBERED: Final = 300.0  # seconds
A, TXT, HTTPS = 1, 16, 65
DNS, WEB, TLS = 53, 80, 443
_SINKS: Final[dict[str, tuple[str, ...]]] = {
    "sinkholed": ("0.0.0.0",), "umbrella": ("146.112.61.106",), "inside": (BLOCK_PAGE,), "nxdomain": (),
}  # fmt: skip
_QUIC_SHARE: Final = 0.25


def address_of(name: str) -> str:
    """The address of a name; those of one site are neighbours."""
    number = crc32(".".join(name.split(".")[-2:]).encode())
    first = (23, 34, 52, 104, 151, 172)[number % 6]
    return f"{first}.{64 + (number >> 8 & 127)}.{number >> 16 & 255}.{1 + crc32(name.encode()) % 254}"


class Machine:
    """One machine: where it is, and what it put on the wire (`said`, in no order)."""

    def __init__(self, name: str, mac: str, address: str, chance: random.Random) -> None:
        self.name, self.mac, self.address, self.chance = name, mac, address, chance
        self.said: list[Sighting] = []
        self._known: dict[str, float] = {}

    @property
    def kind(self) -> str:
        """ipad, chromebook, teacher, office, phone, speaker or printer."""
        return self.name.partition("-")[0]

    def look_up(self, time: float, name: str, fate: Fate = "reached", qtype: int = A) -> float:
        """Ask and be answered, unless it is remembered; when the answer is there."""
        if fate == "reached" and time - self._known.get(name, float("-inf")) < REMEMBERED:
            return time
        self._known[name] = time
        self._say(NameAsked, time, RESOLVER, DNS, name=name, qtype=qtype)
        if self.chance.random() < 0.5 and qtype == A:
            self._say(NameAsked, time + 0.001, RESOLVER, DNS, name=name, qtype=HTTPS)
        later = time + self.chance.uniform(0.008, 0.05)
        addresses = _SINKS.get(fate, (address_of(name),))
        rcode = 3 if fate == "nxdomain" else 0
        self._say(DnsAnswer, later, RESOLVER, DNS, name=name, qtype=qtype, addresses=addresses, rcode=rcode, ttl=300)
        return later

    def connect(self, time: float, name: str, fate: Fate = "reached", shown: str | None = None, ech: int | None = None) -> float:
        """Say hello and be answered; `shown` is the name in the hello where that is another."""
        server = (_SINKS.get(fate) or (address_of(name),))[0]
        seen = name if shown is None else shown
        kind = QuicHello if fate == "reached" and self.chance.random() < _QUIC_SHARE else TlsHello
        if kind is TlsHello:
            self._say(Opened, time, server, TLS)
        self._say(kind, time + 0.02, server, TLS, name=seen, ech_config=ech)
        later = time + 0.02 + self.chance.uniform(0.01, 0.08)
        self._say(HelloAnswered, later, server, TLS, name=seen, outcome="reset" if fate == "reset" else "server-hello")
        return later

    def visit(self, time: float, name: str, fate: Fate = "reached") -> float:
        """Look up and connect, as far as the filter lets it."""
        later = self.look_up(time, name, fate)
        return self.connect(later, name, fate) if fate in ("reached", "reset", "inside") else later

    def request(self, time: float, name: str, method: str = "GET", server: str = "", port: int = WEB, target: str = "/") -> None:
        """A plain request, after its look-up where it goes to the site itself."""
        later = time if server else self.look_up(time, name)
        self._say(HttpHost, later, server or address_of(name), port, name=name, method=method, target=target)

    def ask_elsewhere(self, time: float, name: str, resolver: str) -> None:
        """Ask a resolver that is not the school's."""
        self._say(NameAsked, time, resolver, DNS, name=name)

    def hello(self, time: float, server: str, name: str = "", port: int = TLS) -> None:
        """A hello to an address that was never looked up."""
        self._say(Opened, time, server, port)
        self._say(TlsHello, time + 0.02, server, port, name=name)

    def open(self, time: float, server: str, port: int) -> None:
        """A connection that says nothing."""
        self._say(Opened, time, server, port)

    def shake_hands(self, time: float, protocol: str, server: str, port: int = 0) -> None:
        """A handshake of a tunnel or the like."""
        self._say(TunnelSeen, time, server, port, protocol=protocol)

    def announce_cover(self, time: float, name: str, cover: str, config: int) -> None:
        """An HTTPS answer that offers to cover the name."""
        self._say(NameAsked, time, RESOLVER, DNS, name=name, qtype=HTTPS)
        self._say(DnsAnswer, time + 0.02, RESOLVER, DNS, name=name, qtype=HTTPS, ech=((cover, config),), ttl=300)

    def _say(self, kind: Any, time: float, server: str, port: int, **facts: Any) -> None:
        self.said.append(kind(time=time, mac=self.mac, client=self.address, server=server, port=port, **facts))
