"""Ways round the filter and out of sight: each kind of sighting goes to the rules that it concerns; findings come out.

    TunnelSeen, HttpHost -> tunnels        NameAsked -> foreign_resolvers, dns_tunnelling
    TlsHello, QuicHello -> foreign_resolvers, hidden_names, listed_places, swarms, dark        Opened -> listed_places, swarms
    DnsAnswer -> lookups, hidden_names        DhcpSeen -> foreign_resolvers

A finding is repeated at most every five minutes for one device, shape and place: DNSCrypt is seen with every packet. What IT has
allowed for a device's group is never found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from appliance.judge.addresses import is_outside
from appliance.judge.cases import Hit
from appliance.judge.dark import Dark, DarkRooms
from appliance.judge.dns_tunnelling import DnsTunnelling
from appliance.judge.foreign_resolvers import RESOLVERS, ForeignResolvers
from appliance.judge.hidden_names import HiddenNames
from appliance.judge.listed_places import ListedPlaces
from appliance.judge.lookups import Lookups
from appliance.judge.shapes import Finding, verdict_of
from appliance.judge.swarms import Swarms
from appliance.judge.tunnels import Tunnels
from appliance.model import DhcpSeen, DnsAnswer, HttpHost, NameAsked, Opened, QuicHello, Seen, TlsHello, TunnelSeen, Verdict

REPEAT_SECONDS = 300.0
TOLD = 5_000  # (device, shape, place)
_WEB = (80, 443)

IsAllowed = Callable[[str, str, float], bool]  # device, protocol, time
Found = tuple[str, Finding]  # device, finding


class Evasion:
    """All rules together. `is_allowed` says whether a protocol is IT's own tool on a device at a time (`policy.allows_tool`)."""

    def __init__(
        self, registrable: Callable[[str], str], *, is_allowed: IsAllowed = lambda _key, _protocol, _time: False
    ) -> None:
        self.lookups = Lookups()
        self.hidden = HiddenNames()
        self.dark = DarkRooms()
        self.places = ListedPlaces(self.lookups)
        self._tunnels = Tunnels(self.lookups)
        self._resolvers = ForeignResolvers(self.lookups)
        self._tunnelling = DnsTunnelling(registrable)
        self._swarms = Swarms(self.lookups)
        self._is_allowed = is_allowed
        self._told: dict[tuple[str, str, str], float] = {}
        self._forgotten = 0
        self._rules: dict[type, Callable[[str, Seen], Iterable[Found]]] = {
            NameAsked: self._name_asked,
            DnsAnswer: self._dns_answer,
            TlsHello: self._hello,
            QuicHello: self._hello,
            HttpHost: self._http_host,
            Opened: self._opened,
            DhcpSeen: self._dhcp,
            TunnelSeen: self._tunnel,
        }

    def observe(self, key: str, seen: Seen, name_of: Callable[[str], str]) -> list[Hit]:
        """Take in what a device did; what is to be folded, with each device's name as `name_of` gives it."""
        rule = self._rules.get(type(seen))
        if rule is None:
            return []
        verdicts = [
            (device, verdict_of(finding)) for device, finding in rule(key, seen) if self._is_news(device, finding, seen.time)
        ]
        verdicts += [(key, verdict) for verdict in self._listed(key, seen)]
        return [Hit(time=seen.time, mac=device, device=name_of(device), verdict=verdict) for device, verdict in verdicts]

    def bounds(self) -> dict[str, int]:
        """How often each bound was hit."""
        return {
            "look-ups-forgotten": self.lookups.forgotten,
            "hidden-names-evicted": self.hidden.evicted,
            "dns-tunnels-evicted": self._tunnelling.evicted,
            "swarms-evicted": self._swarms.evicted,
            "dark-rooms-evicted": self.dark.evicted,
            "servers-not-learnt": self._tunnels.proxies.full + self._resolvers.custom.full,
            "findings-forgotten": self._forgotten,
        }

    def _name_asked(self, key: str, seen: Seen) -> Iterable[Found]:
        assert isinstance(seen, NameAsked)
        self._tunnels.asked(key, seen.time, seen.name)
        self.lookups.asked(key, seen.time, seen.name)
        found = (self._resolvers.judge_question(key, seen), self._tunnelling.judge(key, seen))
        return [(key, finding) for finding in found if finding]

    def _dns_answer(self, key: str, seen: Seen) -> Iterable[Found]:
        assert isinstance(seen, DnsAnswer)
        self.lookups.answered(key, seen)
        if seen.ech:
            self.hidden.learn(key, seen)
        return ()

    def _hello(self, key: str, seen: Seen) -> Iterable[Found]:
        assert isinstance(seen, TlsHello)
        self._tunnels.proxies.meet(key)
        looked_up = bool(self.lookups.name_at(key, seen.server, seen.time))
        found = [(dark.key, dark.finding) for dark in self._place(key, seen, looked_up)]
        rules = (self._resolvers.judge_hello, self._swarms.judge_hello, self._hidden_name)
        return found + [(key, finding) for rule in rules if (finding := rule(key, seen))]

    def _listed(self, key: str, seen: Seen) -> Iterable[Verdict]:
        """A place that a list of addresses holds, unless the school sends devices there or a rule of ours has told it."""
        verdict = self.places.judge(key, seen)
        if verdict is None or seen.server in self._resolvers.announced or seen.server in RESOLVERS:
            return ()
        protocol = "doh" if verdict.category == "encrypted_dns" else ""
        return [verdict] if self._may_tell(key, "listed", seen.server, protocol, seen.time) else ()

    def _place(self, key: str, seen: TlsHello, looked_up: bool) -> Iterable[Dark]:
        """Count the place for the dark rooms: outside connections for the web, by whoever makes them directly."""
        if seen.after or seen.port not in _WEB or not is_outside(seen.server, seen.client):
            return ()
        looked_up = looked_up or (bool(seen.name) and self.lookups.has_asked(key, seen.name, seen.time))
        return self.dark.connect(key, seen.time, seen.server, looked_up=looked_up)

    def _hidden_name(self, key: str, seen: TlsHello) -> Finding | None:
        """A real Encrypted ClientHello whose site the look-ups don't tell either."""
        if not self.hidden.is_real(seen) or self.hidden.site(key, seen) or self.lookups.name_at(key, seen.server, seen.time):
            return None
        return Finding(
            shape="hidden-name",
            name=seen.name,
            evidence=f"It showed the cover name {seen.name}, and its look-up of the site itself was out of sight.",
            protocol="ech",
            confidence="high",
        )

    def _http_host(self, key: str, seen: Seen) -> Iterable[Found]:
        assert isinstance(seen, HttpHost)
        finding = self._tunnels.judge_request(key, seen)
        return [(key, finding)] if finding else ()

    def _opened(self, key: str, seen: Seen) -> Iterable[Found]:
        assert isinstance(seen, Opened)
        finding = self._swarms.judge_opened(key, seen)
        return [(key, finding)] if finding else ()

    def _dhcp(self, key: str, seen: Seen) -> Iterable[Found]:
        assert isinstance(seen, DhcpSeen)
        self._resolvers.announce(seen.resolvers)
        return ()

    def _tunnel(self, key: str, seen: Seen) -> Iterable[Found]:
        assert isinstance(seen, TunnelSeen)
        finding = self._tunnels.judge(key, seen, self._resolvers.announced)
        return [(key, finding)] if finding else ()

    def _is_news(self, key: str, finding: Finding, time: float) -> bool:
        """Whether it is neither allowed nor told just now."""
        allowed = self._is_allowed(key, finding.protocol, time)
        if not allowed and finding.shape in ("vpn", "hidden-lookups", "tor"):
            self.dark.hint(key)
        return not allowed and self._may_tell(key, finding.shape, finding.name, finding.protocol, time)

    def _may_tell(self, key: str, shape: str, name: str, protocol: str, time: float) -> bool:
        """Whether it is neither allowed nor told just now; from now on it is told."""
        if self._is_allowed(key, protocol, time):
            return False
        what = (key, shape, name)
        if abs(time - self._told.get(what, float("-inf"))) < REPEAT_SECONDS:
            return False
        self._told.pop(what, None)
        if len(self._told) >= TOLD:
            del self._told[next(iter(self._told))]
            self._forgotten += 1
        self._told[what] = time
        return True
