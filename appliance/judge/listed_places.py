"""Connections that say nothing of where they go, to an address that a list holds: hidden look-ups and relays reached by number.

A name says more than an address, which a hosting firm gives to many sites: where the device looked one up or told one, the lists
of names decide alone.
"""

from __future__ import annotations

from appliance.judge.address_lists import AddressLists
from appliance.judge.addresses import is_outside
from appliance.judge.lookups import Lookups
from appliance.judge.verdicts import judge_match
from appliance.model import Opened, Seen, TlsHello, Verdict


class ListedPlaces:
    """The address lists in force, asked only of what gave no name."""

    def __init__(self, lookups: Lookups) -> None:
        self._lookups = lookups
        self._lists = AddressLists()

    def use(self, lists: AddressLists) -> None:
        """From now on judge by these lists."""
        self._lists = lists

    def judge(self, key: str, seen: Seen) -> Verdict | None:
        """What the lists say of a nameless connection's address; None for nothing, and for all other sightings."""
        nameless = isinstance(seen, TlsHello) and not seen.name
        unnamed = isinstance(seen, Opened) and seen.transport == "udp"
        if not (nameless or unnamed) or not len(self._lists) or not is_outside(seen.server, seen.client):
            return None
        match = self._lists.match(seen.server)
        if match is None or self._lookups.name_at(key, seen.server, seen.time):
            return None
        return judge_match(seen.server, match)
