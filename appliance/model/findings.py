"""What the guardian makes of sightings: devices, verdicts, readings, incidents, and what people wrote on those."""

from __future__ import annotations

from msgspec import Struct

from appliance.model.kinds import Confidence, Decision, IntentKind, Level, NoteKind, Outcome


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
