"""Addresses in networks of lists: the narrowest decides."""

from __future__ import annotations

import ipaddress

import pytest

from appliance.judge.address_lists import AddressLists, Network
from appliance.judge.domains import Rule

DOH = Rule(list_name="doh", category="encrypted_dns")
VPN = Rule(list_name="vpn", category="proxy_avoidance")


def network(text: str) -> Network:
    parsed = ipaddress.ip_network(text)
    return Network(parsed.version, int(parsed.network_address), int(parsed.broadcast_address), text)


def lists_of(entries: dict[str, Rule]) -> AddressLists:
    return AddressLists((network(text), rule) for text, rule in entries.items())


LISTS = lists_of(
    {"5.0.0.0/8": VPN, "5.6.0.0/16": DOH, "5.6.7.8/32": VPN, "9.9.9.9/32": DOH, "2001:db8:1::/48": VPN, "5.6.9.0/24": VPN}
)


@pytest.mark.parametrize(
    ("address", "entry"),
    [
        ("5.6.7.8", "5.6.7.8/32"),
        ("5.6.7.9", "5.6.0.0/16"),
        ("5.6.10.1", "5.6.0.0/16"),
        ("5.6.9.255", "5.6.9.0/24"),
        ("5.200.0.1", "5.0.0.0/8"),
        ("5.255.255.255", "5.0.0.0/8"),
        ("9.9.9.9", "9.9.9.9/32"),
        ("2001:db8:1::77", "2001:db8:1::/48"),
    ],
)
def test_the_narrowest_network_decides(address: str, entry: str) -> None:
    match = LISTS.match(address)
    assert match is not None and match.entry == entry


@pytest.mark.parametrize(
    "address", ["4.255.255.255", "6.0.0.0", "9.9.9.8", "9.9.9.10", "2001:db8:2::", "::", "0.0.0.0", "name.example", ""]
)
def test_near_misses_and_rubbish_match_nothing(address: str) -> None:
    assert LISTS.match(address) is None
    assert AddressLists().match(address) is None


def test_networks_are_bounded_and_counted() -> None:
    lists = AddressLists(((network(f"5.0.{n}.0/24"), VPN) for n in range(10)), limit=4)
    assert (len(lists), lists.refused) == (4, 6)
