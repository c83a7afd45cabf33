"""Tried, stopped, or reached: what the wire says happened to an attempt, in the order of weight of evidence."""

from __future__ import annotations

from msgspec import Struct

from appliance.model import DnsAnswer, HelloAnswered, Outcome

# Answers that lead nowhere: what filters and blocking resolvers give (Cloudflare for Families, Pi-hole, AdGuard, dnsmasq lists).
SINKHOLES = frozenset(("0.0.0.0", "::", "127.0.0.1", "::1"))  # noqa: S104 - an answer, not an address to bind
# Cisco Umbrella's block pages by kind (Umbrella documentation, "block page IP addresses"), also as mapped IPv6.
_UMBRELLA = tuple(f"146.112.61.{last}" for last in range(104, 111))
BLOCK_PAGES = frozenset((*_UMBRELLA, *(f"::ffff:{address}" for address in _UMBRELLA)))
BLOCK_ALIASES = tuple(f"hit-{kind}.opendns.com" for kind in ("adult", "block", "botnet", "malware", "phish"))

NXDOMAIN, REFUSED = 3, 5  # RFC 1035 section 4.1.1
EDE_BLOCKED = frozenset((15, 16, 17, 18))  # RFC 8914 sections 4.16-4.19: blocked, censored, filtered, prohibited

_WEIGHT: dict[Outcome, int] = {"unknown": 0, "tried": 1, "stopped": 2, "reached": 3}


class Evidence(Struct, frozen=True):
    """What happened, and one sentence that says how we know."""

    outcome: Outcome
    reason: str


_SUNK = Evidence("stopped", "The answer to the look-up leads nowhere, which is how a filter stops a site.")
_PAGED = Evidence("stopped", "The answer to the look-up was a filter's block page.")
_SAID = Evidence("stopped", "The answer to the look-up said that the site is blocked.")
_REFUSED = Evidence("stopped", "The look-up was refused, which is how a filter stops a site.")
_MISSING = Evidence("stopped", "The answer was that there is no such site; filters say so, and so does a site that has gone.")
_CUT = Evidence("stopped", "The connection was cut as soon as it said where it was going.")
_ANSWERED = Evidence("reached", "The site answered. We can see that it was opened, not what was read or typed.")


def weigh_answer(answer: DnsAnswer) -> Evidence | None:
    """What a DNS answer says of an attempt; None where it is an ordinary answer."""
    if answer.ede in EDE_BLOCKED:
        return _SAID
    if any(address in BLOCK_PAGES for address in answer.addresses) or any(alias in BLOCK_ALIASES for alias in answer.aliases):
        return _PAGED
    if answer.addresses and all(address in SINKHOLES for address in answer.addresses):
        return _SUNK
    if answer.rcode == REFUSED:
        return _REFUSED
    return _MISSING if answer.rcode == NXDOMAIN else None


def weigh_hello(answered: HelloAnswered) -> Evidence:
    """What followed a ClientHello. A block page answers too, with the site's name, from its own address."""
    if answered.server in BLOCK_PAGES or answered.server in SINKHOLES:
        return _PAGED
    return _ANSWERED if answered.outcome == "server-hello" else _CUT


def outweighs(new: Outcome, old: Outcome) -> bool:
    """Whether new evidence changes what an incident says."""
    return _WEIGHT[new] > _WEIGHT[old]
