"""The frozen types that the stages exchange: frames, sightings, devices, verdicts, incidents, health.

A `Sighting` is one fact read off the wire. Each kind is a class of its own, tagged with the `kind` that the command line
prints; all of them say which machine it concerns (`mac`, `vlan`, `client`) and when. Times are seconds since the epoch.
Names are lower case without the final dot, but what a machine calls itself keeps its case; addresses and MACs are text,
IPv6 in its shortest form, MACs `aa:bb:cc:dd:ee:ff`.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

Level = Literal["urgent", "look", "note"]
Outcome = Literal["tried", "stopped", "reached", "unknown"]
Confidence = Literal["high", "medium", "low"]
IntentKind = Literal["person", "page", "background", "unclear"]
Decision = Literal["no_concern", "behaviour", "safeguarding", "technical", "staff_matter", "filter_fault", "exercise"]
LampColour = Literal["green", "amber", "red", "grey"]
Role = Literal["head", "deputy", "technician", "governor", "supplier"]
NoteKind = Literal[
    "note",
    "decision",
    "acknowledged",
    "correction",
    "passed",
    "read",
    "linked",
    "unlinked",
    "name asked",
    "name agreed",
    "name refused",
]


class Frame(Struct, frozen=True, gc=False):
    """One captured frame. `link` is the LINKTYPE/DLT number; `vlan` a tag that the kernel had already taken off."""

    time: float
    data: bytes
    link: int = 1
    vlan: int | None = None


# --- sightings ------------------------------------------------------------------------------------------------------


class Seen(Struct, frozen=True, tag_field="kind", omit_defaults=True, kw_only=True):
    """What every sighting says: when, and which machine (the client's side, also in answers)."""

    time: float
    mac: str = ""
    vlan: int | None = None
    client: str = ""
    server: str = ""
    port: int = 0


class NameAsked(Seen, frozen=True, tag="dns", kw_only=True):
    """A name asked for in a DNS query (RFC 1035 section 4). `qtype` is the number: 1 A, 28 AAAA, 65 HTTPS."""

    name: str
    qtype: int = 1
    transport: Literal["udp", "tcp"] = "udp"


class MdnsAsked(NameAsked, frozen=True, tag="mdns", kw_only=True):
    """A name asked for by multicast DNS (RFC 6762)."""


class LlmnrAsked(NameAsked, frozen=True, tag="llmnr", kw_only=True):
    """A name asked for by LLMNR (RFC 4795)."""


class NetbiosAsked(Seen, frozen=True, tag="netbios", kw_only=True):
    """A NetBIOS name asked for or registered (RFC 1002 section 4.2); a registration tells the machine's own name."""

    name: str
    registers: bool = False
    suffix: int = 0


class TlsHello(Seen, frozen=True, tag="tls", kw_only=True):
    """A TLS ClientHello (RFC 8446 section 4.1.2). `name` is its SNI, empty where it has none.

    `ech_config` is the config id of an outer encrypted_client_hello extension (RFC 9849), None where there is none.
    """

    name: str = ""
    alpn: tuple[str, ...] = ()
    ech_config: int | None = None
    fingerprint: str = ""
    after: str = ""  # the protocol that was spoken before: "starttls", "socks", "connect", "" for none


class QuicHello(TlsHello, frozen=True, tag="quic", kw_only=True):
    """A ClientHello carried in QUIC Initial packets (RFC 9001 section 4). `version` is the QUIC version."""

    version: int = 1


class HttpHost(Seen, frozen=True, tag="http", kw_only=True):
    """A plain HTTP request's host (RFC 9112 section 3.2), or the target of a CONNECT."""

    name: str
    method: str = ""
    target: str = ""


class DnsAnswer(Seen, frozen=True, tag="dns-answer", kw_only=True):
    """A DNS answer to `client` from `server`: what the name turned into.

    `ech` are (public name, config id) pairs from HTTPS records (RFC 9460); `ede` the extended error code (RFC 8914).
    """

    name: str
    qtype: int = 1
    rcode: int = 0
    addresses: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    ttl: int = 0
    ede: int | None = None
    ech: tuple[tuple[str, int], ...] = ()


class HelloAnswered(Seen, frozen=True, tag="hello-answer", kw_only=True):
    """What followed a ClientHello: the server's hello, an alert, or a reset. `name` is the hello's SNI."""

    name: str = ""
    outcome: Literal["server-hello", "alert", "reset"]


class Opened(Seen, frozen=True, tag="connection", kw_only=True):
    """A connection attempt: the first SYN, or a QUIC flow whose name stayed unknown (`transport` udp)."""

    transport: Literal["tcp", "udp"] = "tcp"


class DhcpSeen(Seen, frozen=True, tag="dhcp", kw_only=True):
    """A DHCP or DHCPv6 client message (RFC 2131, 8415). `name` is the host name it gives itself."""

    name: str = ""
    vendor: str = ""
    client_id: str = ""
    parameters: tuple[int, ...] = ()
    resolvers: tuple[str, ...] = ()  # option 6 of an offer or acknowledgement


class Announced(Seen, frozen=True, tag="announced", kw_only=True):
    """A machine's own name told by mDNS: `name` (without `.local`) is at `client`. `service` e.g. `_airplay._tcp`."""

    name: str = ""
    service: str = ""
    model: str = ""


class Neighbour(Seen, frozen=True, tag="neighbour", kw_only=True):
    """`mac` says it has the address `client` (ARP, RFC 826; neighbour discovery, RFC 4861)."""


class LoggedOn(Seen, frozen=True, tag="log-on", kw_only=True):
    """A user name seen at log-on: Kerberos AS-REQ, RADIUS accounting, NTLM."""

    user: str
    realm: str = ""
    via: Literal["kerberos", "radius", "ntlm"]


class TunnelSeen(Seen, frozen=True, tag="tunnel", kw_only=True):
    """A handshake that looks like `protocol` (wireguard, openvpn, ikev2, pptp, l2tp, socks, ssh, tor, dot, doq ...)."""

    protocol: str
    confidence: Confidence = "high"
    name: str = ""  # the host asked for through it, where that is in clear (SOCKS)


class SensorReport(Struct, frozen=True, tag_field="kind", tag="sensor-report", kw_only=True):
    """What the sensor says of itself once a second. Counters only grow; `reasons` counts what was dropped or refused."""

    time: float
    source: str = ""
    live: bool = False
    finished: bool = False
    interface_up: bool = True
    packets: int = 0  # frames that passed the filter
    offered: int | None = None  # frames before the filter, where that is known
    bytes: int = 0
    dropped: int = 0  # by the kernel, for want of room
    foreign_unicast: int = 0  # frames between two other machines: proof of a mirror
    sightings: int = 0
    last_packet: float = 0.0
    peak_megabytes: float = 0.0  # the most memory the sensor has had
    reasons: dict[str, int] = {}


Sighting: TypeAlias = (
    NameAsked
    | MdnsAsked
    | LlmnrAsked
    | NetbiosAsked
    | TlsHello
    | QuicHello
    | HttpHost
    | DnsAnswer
    | HelloAnswered
    | Opened
    | DhcpSeen
    | Announced
    | Neighbour
    | LoggedOn
    | TunnelSeen
)
SensorMessage: TypeAlias = Sighting | SensorReport


# --- what the guardian makes of them --------------------------------------------------------------------------------


class Device(Struct, frozen=True, kw_only=True):
    """A machine on the school's network, known by its MAC (or, behind a router, by its address)."""

    mac: str
    addresses: tuple[str, ...] = ()
    label: str | None = None  # the name that somebody in the school gave it
    heard_name: str | None = None  # what it calls itself (DHCP, mDNS, NetBIOS)
    maker: str | None = None  # from the MAC's prefix
    private: bool = False  # a locally administered (random) MAC: may change
    vlan: int | None = None
    first_seen: float = 0.0
    last_seen: float = 0.0
    group: str | None = None  # the id of the group that the school put it in
    person: str | None = None  # who has it now, by the school's register
    last_user: str | None = None  # the log-on name seen last

    @property
    def name(self) -> str:
        """The best name to show: the school's label, its own name, its maker, or the end of its MAC."""
        if self.label or self.heard_name:
            return self.label or self.heard_name or ""
        tail = self.mac[-5:].replace(":", "").upper() if self.mac[2:3] == ":" else self.mac or "?"
        return f"{self.maker} {tail}" if self.maker else f"Unknown device {tail}"


GUESSED = "Safespan: words"  # how the source of a verdict begins that rests on words alone


class Verdict(Struct, frozen=True, kw_only=True):
    """What the box thinks of one name. `category` is None where it has nothing to say."""

    name: str
    category: str | None = None
    level: Level | None = None
    source: str = ""  # the list or rule that said so, with its version
    entry: str = ""  # the very entry that matched
    reason: str = ""  # one sentence
    confidence: Confidence = "high"
    exercise: bool = False  # a harmless test name

    @property
    def guess(self) -> bool:
        """Whether no list knows the name, and only its words or what was typed there say something."""
        return self.source.startswith(GUESSED)


class Intent(Struct, frozen=True):
    """Person or page: who probably asked for a name, how sure that is, and up to three sentences that say why."""

    kind: IntentKind = "unclear"
    confidence: Confidence = "low"
    reasons: tuple[str, ...] = ()


class Incident(Struct, frozen=True, kw_only=True):
    """What one device did in one category, folded: one line for the head, however often it happened."""

    id: int
    category: str
    level: Level
    device: str
    mac: str
    first_seen: float
    last_seen: float
    count: int
    names: tuple[str, ...]
    outcome: Outcome = "unknown"
    confidence: Confidence = "high"
    decision: Decision | None = None
    decided_at: float = 0.0  # told only in the store's answer to a save that came too late
    sentence: str = ""
    reason: str = ""
    reasons: tuple[str, ...] = ()  # why it is as urgent as it is, whole sentences; none where that is simply its category's
    source: str = ""
    acknowledged: bool = False
    seen: bool = False  # somebody has opened it on the page
    exercise: bool = False  # made by a harmless test name
    intent: IntentKind | None = None  # None: not read, as for a tunnel or a test name
    intent_reasons: tuple[str, ...] = ()  # the sentences of the reading, up to three

    @property
    def guess(self) -> bool:
        """Whether it rests on the words of names that no list knows, and on nothing surer."""
        return self.source.startswith(GUESSED)


class Tally(Struct, frozen=True):
    """How many incidents are alike in kind, level, outcome, and in whether somebody has decided on them."""

    category: str
    level: Level
    outcome: Outcome
    closed: bool
    count: int


class Note(Struct, frozen=True, kw_only=True):
    """One entry in an incident's append-only record.

    `facts` are pairs of a key and a value for what a program must know of it: `action` (something that was done), `corrects` and
    `ask` (the id of another note), `to` and `who` (a username), `incident` (the number of another one), `keys` (one or two).
    """

    time: float
    by: str
    text: str
    kind: NoteKind = "note"
    id: int = 0
    facts: tuple[tuple[str, str], ...] = ()

    def all(self, key: str) -> tuple[str, ...]:
        """The values of a fact, in the order in which they were written."""
        return tuple(value for known, value in self.facts if known == key)

    def one(self, key: str) -> str:
        """The first value of a fact, empty where it has none."""
        return next(iter(self.all(key)), "")


class ListStatus(Struct, frozen=True, kw_only=True):
    """One list in force: how many entries it gave, how many lines were refused, and how old it is."""

    name: str
    category: str
    entries: int
    refused: int = 0
    version: str = ""
    updated: float = 0.0
    licence: str = ""
    problem: str = ""
    checked: float = 0.0  # when a fetched list was last known to be its maker's newest; 0 for all others


class Sight(Struct, frozen=True, kw_only=True):
    """How much of what one device did in one hour was in sight. `mac` is empty for the whole school.

    `reasons` count connections without a name by why they have none; "silent" ones never got as far as a name and are not in
    `seen`.
    """

    hour: float  # when it began
    mac: str = ""
    heard: int = 0  # sightings of any kind
    asked: int = 0  # look-ups in sight
    answered: int = 0
    seen: int = 0  # connections
    named: int = 0  # of these, how many the box can say where they went
    quiet: int = 0  # of the school: devices that were heard and named nothing
    reasons: dict[str, int] = {}


class Health(Struct, frozen=True, kw_only=True):
    """Whether the box works and what it cannot see. Written by the guardian once a second."""

    time: float
    started: float
    source: str = ""
    demonstration: bool = False
    live: bool = False
    interface_up: bool = True
    packets: int = 0
    bytes: int = 0
    dropped: int = 0
    foreign_unicast: int = 0
    last_packet: float = 0.0
    devices: int = 0
    sightings: int = 0
    queries: int = 0
    answers: int = 0
    hellos: int = 0
    named: int = 0  # connections that gave a name
    unnamed: int = 0  # connections that gave none
    lists: tuple[ListStatus, ...] = ()
    clock_synced: bool | None = None
    reasons: dict[str, int] = {}
    sight: Sight | None = None  # the school in the hour at hand
    sight_sentence: str = ""  # the same in one sentence
    problems: tuple[str, ...] = ()  # ids of what is wrong: "no-packets", "no-mirror", "drops", "no-lists", ...


class Lamp(Struct, frozen=True, kw_only=True):
    """The one lamp: its colour, whether the buzzer sounds, and the sentence that goes with it."""

    colour: LampColour
    sentence: str
    buzzer: bool = False
    time: float = 0.0
    urgent: int = 0  # open urgent incidents
    look: int = 0  # open incidents to look at
    blind: bool = False  # amber because the box cannot see


class RecentName(Struct, frozen=True, kw_only=True):
    """A name in the memory of the last hours (tmpfs only): the hour around an incident."""

    time: float
    mac: str
    kind: str
    name: str
    count: int = 1


class AuditEntry(Struct, frozen=True, kw_only=True):
    """Who did what in the page or at the box, and when."""

    time: float
    who: str
    action: str
    subject: str = ""


class Account(Struct, frozen=True, kw_only=True):
    """A person who may log in to the page. `password_hash` is made and checked by the page, never shown."""

    username: str
    full_name: str
    role: Role
    password_hash: str
    created: float = 0.0
    active: bool = True  # False: may not log in any more


class Session(Struct, frozen=True, kw_only=True):
    """A log-in in one browser, known by the hash of its token. Times are when it began, was last used, and ends.

    `proved` is when its passphrase was last typed, `source` the address that it began from.
    """

    token_hash: str
    username: str
    created: float
    seen: float
    expires: float
    proved: float = 0.0
    source: str = ""
