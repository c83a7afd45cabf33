"""What lists of addresses say of a destination without a name: the narrowest network that holds it.

Addresses of big firms serve many sites, so a hit is weak: it says which service may be behind an address, never which page.
"""

from __future__ import annotations

import ipaddress
from bisect import bisect_right
from collections.abc import Iterable

from msgspec import Struct

from appliance.judge.categories import CATEGORIES
from appliance.judge.domains import Match, Rule

MOST_NETWORKS = 50_000


class Network(Struct, frozen=True):
    """A span of addresses of one version (4 or 6) as numbers, both ends included, and its text."""

    version: int
    first: int
    last: int
    text: str


class AddressLists:
    """Networks of all lists. `refused` counts those beyond the bound."""

    def __init__(self, entries: Iterable[tuple[Network, Rule]] = (), *, limit: int = MOST_NETWORKS) -> None:
        """Of two lists that hold the same network, the first decides."""
        self.refused = 0
        self._spans: dict[int, dict[tuple[int, int], tuple[str, Rule]]] = {4: {}, 6: {}}
        for network, rule in entries:
            if sum(map(len, self._spans.values())) >= limit:
                self.refused += 1
            else:
                self._spans[network.version].setdefault((network.first, network.last), (network.text, rule))
        # CIDR networks nest or are apart, never overlap in part: sorted like this, a network's holders stand before it.
        self._order = {version: sorted(spans, key=lambda span: (span[0], -span[1])) for version, spans in self._spans.items()}
        self._above = {version: _holders(order) for version, order in self._order.items()}

    def __len__(self) -> int:
        return sum(map(len, self._spans.values()))

    def match(self, address: str) -> Match | None:
        """The narrowest network that holds an address; None for none, and for what is not an address."""
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return None
        order, number = self._order[parsed.version], int(parsed)
        at = bisect_right(order, number, key=lambda span: span[0]) - 1
        while at >= 0 and order[at][1] < number:
            at = self._above[parsed.version][at]
        return self._matched(parsed.version, order[at]) if at >= 0 else None

    def _matched(self, version: int, span: tuple[int, int]) -> Match:
        text, rule = self._spans[version][span]
        return Match(
            kind=rule.kind,
            category=rule.category,
            level=CATEGORIES[rule.category].level if rule.category in CATEGORIES else None,
            list_name=rule.list_name,
            entry=text,
            version=rule.version,
            phrase=rule.phrase,
            checked=rule.checked,
        )


def _holders(order: list[tuple[int, int]]) -> list[int]:
    """For each span the place of the narrowest one that holds it, -1 for none."""
    holders: list[int] = []
    for at, (first, _) in enumerate(order):
        above = at - 1
        while above >= 0 and order[above][1] < first:
            above = holders[above]
        holders.append(above)
    return holders
