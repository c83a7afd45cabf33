"""Names covered by others: Encrypted ClientHello told from its imitation, Apple's Private Relay in use or only asked for.

Browsers send a meaningless ECH extension with every hello, so that the real one does not stand out (RFC 9849 section 6.2). Both
look alike; but the real one carries a public name and a config id that some HTTPS record has announced, and the imitation
carries the site's own name and a random id.
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from appliance.model import DnsAnswer, TlsHello, Verdict

PAIRS = 2_000  # (public name, config id) announced on the whole network
COVERED = 5_000  # (device, public name, config id): the site asked for last
SHORTEST = 300.0  # seconds for which an announcement counts at least; browsers keep records a little longer than told
LONGEST = 86_400.0
# Public names that cover every customer of a provider, whoever announced them (Cloudflare's ECHConfig).
COVERS = frozenset(("cloudflare-ech.com",))

# Apple's names for reaching the relay (Apple, "Prepare your network for iCloud Private Relay").
RELAY_NAMES = ("mask.icloud.com", "mask-h2.icloud.com", "mask.apple-dns.net", "mask-t.apple-dns.net")
_ASKED = "Apple's devices ask for this name by themselves; asking alone hides nothing."


class Pair(NamedTuple):
    """What an HTTPS record announces and a real ClientHello repeats."""

    public_name: str
    config: int


class HiddenNames:
    """The announcements heard, and what each device had asked for when it got one."""

    def __init__(self, *, pairs: int = PAIRS, covered: int = COVERED) -> None:
        self._limits = (pairs, covered)
        self._pairs: dict[Pair, float] = {}  # until when
        self._covered: dict[tuple[str, Pair], tuple[float, str]] = {}  # until when, and the site
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._pairs) + len(self._covered)

    def learn(self, key: str, answer: DnsAnswer) -> None:
        """Take in the ECH configs of an HTTPS answer."""
        until = answer.time + min(max(float(answer.ttl), SHORTEST), LONGEST)
        for public_name, config in answer.ech:
            pair = Pair(public_name, config)
            self._pairs.pop(pair, None)
            self._pairs[pair] = until
            self._covered.pop((key, pair), None)
            self._covered[key, pair] = (until, answer.name)
        self._make_room()

    def is_real(self, hello: TlsHello) -> bool:
        """Whether a hello with an ECH extension really hides a name behind the one it shows."""
        if hello.ech_config is None:
            return False
        if hello.name in COVERS:
            return True
        return self._pairs.get(Pair(hello.name, hello.ech_config), 0.0) >= hello.time

    def site(self, key: str, hello: TlsHello) -> str:
        """The site that the device had asked for when it was given this hello's config; empty where that was not in sight."""
        if hello.ech_config is None:
            return ""
        until, name = self._covered.get((key, Pair(hello.name, hello.ech_config)), (0.0, ""))
        return name if until >= hello.time else ""

    def _make_room(self) -> None:
        pairs, covered = self._limits
        while len(self._pairs) > pairs:
            del self._pairs[next(iter(self._pairs))]
            self.evicted += 1
        while len(self._covered) > covered:
            del self._covered[next(iter(self._covered))]
            self.evicted += 1


def is_relay(name: str) -> bool:
    """Whether a name is the way into Apple's Private Relay."""
    return any(name == relay or name.endswith("." + relay) for relay in RELAY_NAMES)


def as_asked(verdict: Verdict) -> Verdict:
    """The verdict where a name was only looked up: devices look for the relay whenever they join a network."""
    if not is_relay(verdict.name) or verdict.exercise:
        return verdict
    return replace(verdict, level="note", confidence="low", reason=f"{verdict.reason} {_ASKED}")
