"""The middle of the box as one object: sightings go in, devices, incidents, recent names and counters come out.

Pure: no file, no clock, no randomness; time comes with the sightings, so a replay gives the same answer. Everything that the
network can make grow is bounded: devices, cases, names waiting to be written, remembered verdicts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, tzinfo

from msgspec import Struct

from appliance.judge.blindness import Meter
from appliance.judge.cases import Hit
from appliance.judge.devices import DeviceTable
from appliance.judge.evasion import Evasion
from appliance.judge.filter_checks import is_check
from appliance.judge.folding import Folder
from appliance.judge.forwarders import Forwarders
from appliance.judge.hidden_names import COVERS, as_asked
from appliance.judge.intent import site_of
from appliance.judge.log_ons import LogOns
from appliance.judge.outcomes import Answers, Evidence, weigh_covered, weigh_hello
from appliance.judge.policy import Policy
from appliance.judge.recent_names import RecentNames
from appliance.judge.remembered import NameLists, Verdicts
from appliance.judge.scales import Scales
from appliance.judge.visits import Visits, as_reading
from appliance.judge.witnesses import Witnesses
from appliance.judge.words import judge_query
from appliance.judge.words_matching import Words
from appliance.model import (
    Announced,
    Device,
    DhcpSeen,
    DnsAnswer,
    HelloAnswered,
    HttpHost,
    Incident,
    LoggedOn,
    NameAsked,
    NetbiosAsked,
    Opened,
    QuicHello,
    RecentName,
    Seen,
    Sighting,
    TlsHello,
    Verdict,
)

SETTLED_SECONDS = 30.0  # after the last sighting: everything that waits for what follows is settled
_NAMING = (NameAsked, DnsAnswer, TlsHello, QuicHello, HttpHost, HelloAnswered)


class Counts(Struct):
    """Counters for health; they only grow. `named` and `unnamed` are of connections."""

    sightings: int = 0
    queries: int = 0
    answers: int = 0
    hellos: int = 0
    named: int = 0
    unnamed: int = 0
    flagged: int = 0


class Pipeline:
    """One box's judgement. Feed it sightings; then take what changed and hand it to whoever owns the store."""

    def __init__(
        self,
        lists: NameLists,
        *,
        zone: tzinfo = UTC,
        devices: DeviceTable | None = None,
        registrable: Callable[[str], str] = site_of,
        third_parties: Collection[str] = frozenset(),
        background: Collection[str] = frozenset(),
        words: Words | None = None,
    ) -> None:
        """`registrable` gives the part of a name that somebody can own, empty where there is none.

        Pages load `third_parties`, machines ask for `background` names; by `words` names are judged that no list knows.
        """
        self.zone = zone
        self.devices = devices or DeviceTable()
        self.scales = Scales(Policy(zone=zone), vlan_of=self.devices.vlan)
        self.folder = Folder(zone, scales=self.scales)
        self.log_ons = LogOns()
        self.forwarders = Forwarders(self.devices.owner_of)
        self.counts = Counts()
        self.evasion = Evasion(registrable, is_allowed=self.scales.allows_tool)
        self.meter = Meter(self.evasion.lookups, self.evasion.hidden)
        self.words = words
        self.visits = Visits(third_parties, background)
        self._verdicts = Verdicts(lists, words, self.visits.is_idle)
        self.answers = Answers()
        self.witnesses = Witnesses(zone)
        self._recent = RecentNames()
        self._handlers: dict[type, Callable[[str, Seen], None]] = {
            NameAsked: self._name_asked,
            DnsAnswer: self._dns_answer,
            TlsHello: self._hello,
            QuicHello: self._hello,
            HttpHost: self._http_host,
            HelloAnswered: self._hello_answered,
            Opened: self._opened,
            DhcpSeen: self._own_name,
            Announced: self._own_name,
            NetbiosAsked: self._own_name,
            LoggedOn: self._logged_on,
        }
        self.last_time = 0.0

    def feed(self, sightings: Sequence[Sighting]) -> None:
        """Take a batch of sightings in, in the order of the wire."""
        observe, handlers = self.devices.observe, self._handlers
        for seen in sightings:
            key = observe(seen)
            handler = handlers.get(type(seen))
            if handler is not None and key:
                handler(key, seen)
            if key:
                self._look_for_evasion(key, seen)
        if sightings:
            self.counts.sightings += len(sightings)
            self.last_time = max(self.last_time, sightings[-1].time)
            self.advance(sightings[-1].time)

    def advance(self, now: float) -> None:
        """Time goes on without anything to see: what waited for what follows is settled."""
        for visit in self.visits.settled(now):
            reading = as_reading(visit)
            if reading is not None:
                self.folder.amend(visit.device, visit.verdict, visit.began, reading)
        self.witnesses.settle(now, lambda device: self.devices.device(device).name)

    def use_policy(self, policy: Policy) -> None:
        """From now on judge as the school says."""
        self.scales.policy = policy

    def use_lists(self, lists: NameLists) -> None:
        """From now on judge by these lists."""
        self._verdicts = Verdicts(lists, self.words, self.visits.is_idle)

    def follow(self, open_incidents: Iterable[Incident], devices: Iterable[Device]) -> None:
        """What people have done in the store: decided, acknowledged, reopened, named."""
        self.folder.follow(open_incidents)
        known = list(devices)
        labels = {device.mac: device.label for device in known if device.label}
        self.devices.set_labels(labels)
        self.devices.set_known({device.mac for device in known if device.group or device.person})
        self.folder.rename(labels)

    def take_recent(self) -> list[RecentName]:
        """The names since the last call, counted by device, kind and minute."""
        return self._recent.take()

    def reasons(self) -> dict[str, int]:
        """Bounds that were hit, by what they bound; only those that were."""
        found = {
            "devices-evicted": self.devices.evicted,
            "incidents-capped": self.folder.capped,
            "recent-names-dropped": self._recent.dropped,
            "patterns-evicted": self.scales.patterns.evicted,
            "log-ons-evicted": self.log_ons.evicted,
            "visits-evicted": self.visits.evicted,
            "answers-evicted": self.answers.evicted,
            **self.witnesses.bounds(),
            "sight-evicted": self.meter.evicted,
            **self.evasion.bounds(),
        }
        return {reason: count for reason, count in found.items() if count}

    def _look_for_evasion(self, key: str, seen: Seen) -> None:
        """What no list knows: tunnels, hidden look-ups, shapes; and how much of it all was in sight."""
        name = getattr(seen, "name", "")
        if name and type(seen) in _NAMING and (self._verdicts.is_help(name) or is_check(name)):
            return
        for hit in self.evasion.observe(key, seen, lambda device: self.devices.device(device).name):
            self.counts.flagged += 1
            self.folder.hit(hit)
        self.meter.observe(key, seen)

    def _name_asked(self, key: str, seen: Seen) -> None:
        assert isinstance(seen, NameAsked)
        self.counts.queries += 1
        self.forwarders.note(key, seen.time, query=True)
        self._judge(key, seen, "dns", seen.name)

    def _hello(self, key: str, seen: Seen) -> None:
        assert isinstance(seen, TlsHello)
        self.counts.hellos += 1
        self.forwarders.note(key, seen.time, query=False)
        if seen.name:
            self.counts.named += 1
            self._judge(key, seen, "quic" if type(seen) is QuicHello else "tls", seen.name)
        else:
            self.counts.unnamed += 1
        self.visits.connected(key, seen.time, seen.server)

    def _http_host(self, key: str, seen: Seen) -> None:
        assert isinstance(seen, HttpHost)
        self.counts.named += 1
        self._judge(key, seen, "http", seen.name)
        self._judge_query(key, seen)

    def _opened(self, key: str, seen: Seen) -> None:
        assert isinstance(seen, Opened)
        # A TCP connection is counted by the hello that follows; a QUIC flow is told only once its name stayed unknown.
        self.counts.unnamed += seen.transport == "udp"
        self.visits.connected(key, seen.time, seen.server)

    def _dns_answer(self, key: str, seen: Seen) -> None:
        assert isinstance(seen, DnsAnswer)
        self.counts.answers += 1
        self.witnesses.safesearch.observe(key, seen)
        verdict = None if self.witnesses.check(key, seen, seen.name) else self._flagged(key, seen.time, seen.name)
        if verdict is None:
            return
        evidence = self.answers.weigh(seen, well_known=verdict.confidence == "high")
        if evidence is not None:
            self._learn(key, seen.time, verdict, evidence)
        elif seen.addresses:
            self.visits.answered(key, seen.time, seen.name, seen.addresses)

    def _hello_answered(self, key: str, seen: Seen) -> None:
        assert isinstance(seen, HelloAnswered)
        if self.witnesses.check(key, seen, seen.name):
            return
        covered = not seen.name or seen.name in COVERS
        name = self.evasion.lookups.name_at(key, seen.server, seen.time) if covered else seen.name
        verdict = self._flagged(key, seen.time, name) if name else None
        evidence = weigh_covered(seen) if covered else weigh_hello(seen)
        if verdict is not None and evidence is not None:
            self._learn(key, seen.time, verdict, evidence)

    def _learn(self, key: str, time: float, verdict: Verdict, evidence: Evidence) -> None:
        """What happened to an attempt."""
        self.advance(time)
        self.folder.learn(key, verdict, evidence)
        self.witnesses.filter.learn(key, time, verdict, evidence)

    def _own_name(self, key: str, seen: Seen) -> None:
        assert isinstance(seen, DhcpSeen | Announced | NetbiosAsked)
        if self.devices.observe_name(key, seen):
            self.folder.rename({key: self.devices.device(key).name})

    def _logged_on(self, key: str, seen: Seen) -> None:
        assert isinstance(seen, LoggedOn)
        self.log_ons.observe(key, seen)

    def _judge(self, key: str, seen: Seen, kind: str, name: str) -> None:
        """One name that a device asked for or connected to."""
        if self._verdicts.is_help(name):
            return  # no trace at all
        time, is_test = seen.time, self.witnesses.check(key, seen, name)
        verdict = None if is_test else self._flagged(key, time, name)
        if verdict is not None and not self.forwarders.is_echo(key, seen.server, name, time):
            self.counts.flagged += 1
            if kind == "dns":
                verdict = as_asked(verdict)
            else:
                self.meter.expect(key, verdict.category)
            self.advance(time)
            visit = self.visits.visit(key, time, verdict)
            name_now, intent = self.devices.device(key).name, as_reading(visit)
            hit = Hit(time=time, mac=key, device=name_now, verdict=verdict, intent=intent, visit=visit.began)
            if self.folder.hit(hit) is not None:
                self.witnesses.filter.note_try(key, time, verdict)
        self.visits.note(key, time, name, connects=kind != "dns")
        self._recent.note(key, time, kind, name)

    def _judge_query(self, key: str, seen: HttpHost) -> None:
        """What was typed into a search field, in the rare case that the page is not encrypted. The words are not kept."""
        if self.words is None or "?" not in seen.target or self._verdicts.is_help(seen.name):
            return
        verdict = judge_query(seen.name, seen.target, self.words)
        if verdict is not None:
            self.counts.flagged += 1
            self.folder.hit(Hit(time=seen.time, mac=key, device=self.devices.device(key).name, verdict=verdict))

    def _flagged(self, key: str, time: float, name: str) -> Verdict | None:
        """The verdict of the lists and of the school's own rules on a name that is no help line's; None: nothing to say."""
        verdict = self._verdicts.of(name)
        return None if verdict is not None and verdict.category is None else self.scales.ruled(key, time, name, verdict)
