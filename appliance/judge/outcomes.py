"""Tried, stopped, or reached: what the wire says happened to an attempt, in the order of weight of evidence.

A name that one resolver stopped and another led to is reached: the weightier evidence stays, whatever comes first.
"""

from __future__ import annotations

from typing import TypeVar

from msgspec import Struct

from appliance.judge.addresses import is_ipv4, is_local
from appliance.model import DnsAnswer, HelloAnswered, Outcome

V = TypeVar("V")

# Answers that lead nowhere: what filters and blocking resolvers give (Cloudflare for Families, Pi-hole, AdGuard, dnsmasq lists).
SINKHOLES = frozenset(("0.0.0.0", "::", "127.0.0.1", "::1"))  # noqa: S104 - an answer, not an address to bind
# Cisco Umbrella's block pages by kind (Umbrella documentation, "block page IP addresses"), also as mapped IPv6.
_UMBRELLA = tuple(f"146.112.61.{last}" for last in range(104, 111))
BLOCK_PAGES = frozenset((*_UMBRELLA, *(f"::ffff:{address}" for address in _UMBRELLA)))
BLOCK_ALIASES = (
    *(f"hit-{kind}.opendns.com" for kind in ("adult", "block", "botnet", "malware", "phish")),
    # What AdGuard Home and NextDNS lead to where their own page is switched on (their documentation).
    *("standard-block.dns.adguard.com", "family-block.dns.adguard.com", "blockpage.nextdns.io"),
)

ADDRESS_TYPE = 1  # A, RFC 1035; many good names have no AAAA, so that nothing there says nothing
NXDOMAIN, REFUSED = 3, 5  # RFC 1035 section 4.1.1
EDE_BLOCKED = frozenset((15, 16, 17, 18))  # RFC 8914 sections 4.16-4.19: blocked, censored, filtered, prohibited

HTTPS = 443
NAMES = 5_000  # flagged names whose answers are remembered
RESOLVERS = 200
WELL_KNOWN = 3  # sites known to be there that a resolver denies before it is believed to filter
DAY = 86_400.0

_WEIGHT: dict[Outcome, int] = {"unknown": 0, "tried": 1, "stopped": 2, "reached": 3}


class Evidence(Struct, frozen=True):
    """What happened, and one sentence that says how we know. Not `sure`: something else may be the cause as well."""

    outcome: Outcome
    reason: str
    sure: bool = True


_SUNK = Evidence("stopped", "The answer to the look-up leads nowhere, which is how a filter stops a site.")
_PAGED = Evidence("stopped", "The answer to the look-up was a filter's block page.")
_SAID = Evidence("stopped", "The answer to the look-up said that the site is blocked.")
_REFUSED = Evidence("stopped", "The look-up was refused, which is how a filter stops a site.")
_MISSING = Evidence(
    "stopped", "The answer was that there is no such site; filters say so, and so does a site that has gone.", sure=False
)
_DENIED = Evidence("stopped", "The answer was that there is no such site, while others are given its address.")
_FILTERED = Evidence("stopped", "The answer was that there is no such site, which this resolver says of sites that it blocks.")
_LED_HOME = Evidence("stopped", "The answer to the look-up was an address inside the school, where filters show their own page.")
_CUT = Evidence("stopped", "The connection was cut as soon as it said where it was going.")
_ANSWERED_COVERED = Evidence(
    "reached", "The address that the look-up gave answered, over a connection that hides its name, so it was probably opened."
)
_ANSWERED = Evidence("reached", "The site answered. We can see that it was opened, not what was read or typed.")


def weigh_answer(answer: DnsAnswer) -> Evidence | None:
    """What a DNS answer says of an attempt; None where it is an ordinary answer."""
    if answer.ede in EDE_BLOCKED:
        return _SAID
    if any(address in BLOCK_PAGES for address in answer.addresses) or any(alias in BLOCK_ALIASES for alias in answer.aliases):
        return _PAGED
    if answer.addresses and all(address in SINKHOLES for address in answer.addresses):
        return _SUNK
    if answer.addresses and all(is_ipv4(address) and is_local(address) for address in answer.addresses):
        return _LED_HOME
    if answer.rcode == REFUSED:
        return _REFUSED
    return _MISSING if answer.rcode == NXDOMAIN else None


def weigh_hello(answered: HelloAnswered) -> Evidence:
    """What followed a ClientHello. A block page answers too, with the site's name, from its own address."""
    if answered.server in BLOCK_PAGES or answered.server in SINKHOLES or _is_own_page(answered):
        return _PAGED
    return _ANSWERED if answered.outcome == "server-hello" else _CUT


def outweighs(new: Outcome, old: Outcome) -> bool:
    """Whether new evidence changes what an incident says."""
    return _WEIGHT[new] > _WEIGHT[old]


def weigh_covered(answered: HelloAnswered) -> Evidence | None:
    """What followed a ClientHello with a covering name to an address that a flagged name had led to; None unless it answered."""
    evidence = weigh_hello(answered)
    return _ANSWERED_COVERED if evidence.outcome == "reached" else None


class Answers:
    """What flagged names turned into, whoever asked: so that "no such site" can be held against what others were told."""

    def __init__(self, *, names: int = NAMES) -> None:
        self._limit = names
        self._given: dict[str, float] = {}  # when an address was last given
        self._denied: dict[str, str] = {}  # the resolver that last denied the name
        self._deniers: dict[str, None] = {}  # resolvers caught at it
        self._suspects: dict[str, set[str]] = {}  # well-known names that a resolver denied
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._given) + len(self._denied) + len(self._deniers) + len(self._suspects)

    def weigh(self, answer: DnsAnswer, *, well_known: bool = False) -> Evidence | None:
        """What an answer about a flagged name says of the attempt, by itself and beside the answers of others.

        `well_known`: somebody has checked that there is such a site; several of those don't vanish at once.
        """
        evidence = weigh_answer(answer)
        if evidence is None and answer.addresses:
            self._give(answer)
        elif evidence is _MISSING or (evidence is None and _is_empty(answer)):
            if evidence is _MISSING and well_known:
                self._suspect(answer)
            return self._weigh_denial(answer, evidence)
        return evidence

    def _give(self, answer: DnsAnswer) -> None:
        denier = self._denied.pop(answer.name, None)
        if denier is not None:
            self._catch(denier)
        self._put(self._given, answer.name, answer.time)

    def _weigh_denial(self, answer: DnsAnswer, otherwise: Evidence | None) -> Evidence | None:
        given = self._given.get(answer.name)
        if given is not None and abs(answer.time - given) <= DAY:
            self._catch(answer.server)
            return _DENIED
        if otherwise is None:
            return None
        self._put(self._denied, answer.name, answer.server)
        return _FILTERED if answer.server in self._deniers else otherwise

    def _suspect(self, answer: DnsAnswer) -> None:
        names = self._suspects.get(answer.server)
        if names is None and len(self._suspects) < RESOLVERS:
            names = self._suspects[answer.server] = set()
        if names is None or len(names) >= WELL_KNOWN:
            return
        names.add(answer.name)
        if len(names) == WELL_KNOWN:
            self._catch(answer.server)

    def _catch(self, resolver: str) -> None:
        if len(self._deniers) < RESOLVERS:
            self._deniers[resolver] = None

    def _put(self, table: dict[str, V], name: str, value: V) -> None:
        table.pop(name, None)
        table[name] = value
        if len(table) > self._limit:
            del table[next(iter(table))]
            self.evicted += 1


def _is_empty(answer: DnsAnswer) -> bool:
    """Nothing where an address was asked for (NODATA, RFC 2308 section 2.2)."""
    return answer.qtype == ADDRESS_TYPE and not answer.rcode and not answer.addresses and not answer.aliases


def _is_own_page(answered: HelloAnswered) -> bool:
    """Whether a web server inside the school answered for the site; a proxy there listens on ports of its own."""
    return answered.port == HTTPS and is_ipv4(answered.server) and is_local(answered.server)
