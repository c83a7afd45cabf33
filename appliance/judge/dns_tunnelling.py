"""Look-ups that carry something: very many different names of one site within minutes, long ones or of odd types.

Per device and registrable domain in five minutes: 100 different names, of which the longest twentieth is over 80 characters or
more than half ask for NULL, TXT, MX or CNAME (measured on iodine and dnscat2; ordinary names stay below 31).
"""

from __future__ import annotations

from collections.abc import Callable
from zlib import crc32

from appliance.judge.shapes import Finding
from appliance.model import NameAsked

WINDOW = 300.0
UNIQUE = 100
LONG = 80  # characters at the 95th percentile of lengths
ODD_SHARE = 0.5
ENTRIES = 10_000  # (device, domain) at once; a busy school has some thousands
HELD = 200_000  # checksums of names over all entries
REMEMBERED = 128  # different names, by checksum, of one entry
# NULL, CNAME, MX, TXT, SRV, KEY and the private range's beginning, as tunnels offer them.
_ODD = frozenset((5, 10, 15, 16, 25, 33, 65399))
# Virus scanners ask for a checksum as a name, mail servers for a reversed address on a block list, CDNs number their machines.
_EXEMPT = """
    arpa local mx-verification.google.com
    sophosxl.net sophosxl.com mcafee.com trellix.com e5.sk eset.com trendmicro.com kaspersky-labs.com ksn.kaspersky.com
    avast.com avg.com avcdn.net bitdefender.net symantec.com f-secure.com webroot.com brightcloud.com
    spamhaus.org spamhaus.net surbl.org uribl.com barracudacentral.org sorbs.net spamcop.net dnswl.org senderbase.org
    mailspike.net abuseat.org njabl.org habeas.com cymru.com
    akamaiedge.net akamai.net akamaihd.net edgekey.net edgesuite.net rackcdn.com cloudfront.net amazonaws.com
    googlevideo.com gvt1.com fbcdn.net nflxvideo.net llnwd.net fastly.net azureedge.net trafficmanager.net windows.net
"""
EXEMPT = frozenset(_EXEMPT.split())


class _Talk:
    """What one device asked of one domain within one window."""

    __slots__ = ("began", "lengths", "names", "odd", "told", "total")

    def __init__(self, began: float) -> None:
        self.began = began
        self.names: set[int] = set()
        self.lengths: list[int] = []
        self.odd = self.total = 0
        self.told = False


class DnsTunnelling:
    """Counts the names of each (device, domain). `registrable` gives the domain that somebody can own. `evicted` counts."""

    def __init__(self, registrable: Callable[[str], str], *, entries: int = ENTRIES, held: int = HELD) -> None:
        self._registrable = registrable
        self._limit, self._most_held = entries, held
        self._held = 0
        self._talks: dict[tuple[str, str], _Talk] = {}
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._talks)

    def judge(self, key: str, seen: NameAsked) -> Finding | None:
        """Take a question in; a finding once in a window where the questions so far look like a tunnel."""
        domain = self._registrable(seen.name)
        if not domain or _is_exempt(seen.name):
            return None
        talk = self._talk(key, domain, seen.time)
        self._held += _count(talk, seen)
        if talk.told or len(talk.names) < UNIQUE or not _looks_like_tunnel(talk):
            return None
        talk.told = True
        return Finding(
            shape="dns-tunnel",
            name=domain,
            evidence=f"It asked for {len(talk.names)} different names of {domain} within five minutes, long or of unusual kinds.",
            protocol="dns-tunnel",
            confidence="high" if talk.odd > ODD_SHARE * talk.total and _percentile(talk.lengths) > LONG else "medium",
        )

    def _talk(self, key: str, domain: str, time: float) -> _Talk:
        talk = self._talks.get((key, domain))
        if talk is None or not 0 <= time - talk.began < WINDOW:
            self._drop((key, domain))
            while len(self._talks) >= self._limit or (self._talks and self._held >= self._most_held):
                oldest = next(iter(self._talks))
                self.evicted += time - self._talks[oldest].began < WINDOW
                self._drop(oldest)
            talk = self._talks[key, domain] = _Talk(time)
        return talk

    def _drop(self, what: tuple[str, str]) -> None:
        talk = self._talks.pop(what, None)
        self._held -= len(talk.names) if talk else 0


def _count(talk: _Talk, seen: NameAsked) -> int:
    """Take one question in; returns how many names that adds."""
    talk.total += 1
    talk.odd += seen.qtype in _ODD
    # Not hash(): a replay must count the same.
    check = crc32(seen.name.encode("utf-8", "surrogatepass"))
    if check in talk.names or len(talk.names) >= REMEMBERED:
        return 0
    talk.names.add(check)
    talk.lengths.append(len(seen.name))
    return 1


def _looks_like_tunnel(talk: _Talk) -> bool:
    return talk.odd > ODD_SHARE * talk.total or _percentile(talk.lengths) > LONG


def _percentile(lengths: list[int]) -> int:
    """The 95th percentile."""
    return sorted(lengths)[int(0.95 * (len(lengths) - 1))]


def _is_exempt(name: str) -> bool:
    """Whether the name or one of its parents is exempt."""
    labels = name.split(".")
    return any(".".join(labels[start:]) in EXEMPT for start in range(len(labels)))
