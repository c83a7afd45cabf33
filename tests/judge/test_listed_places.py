"""Addresses of lists count only for connections that say nothing of where they go."""

from __future__ import annotations

import ipaddress

import pytest

from appliance.judge.address_lists import AddressLists, Network
from appliance.judge.domains import Rule
from appliance.judge.evasion import REPEAT_SECONDS, Evasion
from appliance.judge.intent import site_of
from appliance.model import Seen

from .seen import INSIDE, NOON, OUTSIDE, answer, dhcp, opened, quic, tls

DOH = Rule(list_name="doh by number", category="encrypted_dns", version="2026-11-21")


def network(text: str) -> Network:
    parsed = ipaddress.ip_network(text)
    return Network(parsed.version, int(parsed.network_address), int(parsed.broadcast_address), text)


@pytest.fixture
def evasion() -> Evasion:
    evasion = Evasion(site_of)
    evasion.places.use(AddressLists((network(text), DOH) for text in (OUTSIDE, INSIDE, "1.1.1.1")))
    return evasion


def reasons(evasion: Evasion, *sightings: Seen) -> list[str]:
    hits = [hit for seen in sightings for hit in evasion.observe(seen.mac, seen, lambda key: key)]
    return [hit.verdict.reason for hit in hits if hit.verdict.source.startswith("doh by number")]


def test_a_connection_without_a_name_to_a_listed_address_is_told_with_its_list(evasion: Evasion) -> None:
    (hit,) = evasion.observe("ipad", tls(server=OUTSIDE), lambda key: key)
    assert (hit.verdict.category, hit.verdict.confidence, hit.verdict.entry) == ("encrypted_dns", "medium", OUTSIDE)
    assert hit.verdict.source == "doh by number, 2026-11-21"
    assert hit.verdict.reason == (
        f"{OUTSIDE} is on the list “doh by number” as a service that hides which sites a device looks up."
    )


@pytest.mark.parametrize("seen", [quic(server=OUTSIDE), opened(server=OUTSIDE, transport="udp")])
def test_quic_without_a_name_counts_too(evasion: Evasion, seen: Seen) -> None:
    assert len(reasons(evasion, seen)) == 1


@pytest.mark.parametrize(
    "sightings",
    [
        [tls("shop.example", server=OUTSIDE)],
        [answer("shop.example", OUTSIDE), tls(server=OUTSIDE)],
        [tls(server="198.51.100.99")],
        [opened(server=OUTSIDE)],
        [tls(server=INSIDE)],
        [dhcp(OUTSIDE), tls(server=OUTSIDE)],
    ],
    ids=["it told a name", "it looked one up", "not listed", "a SYN says nothing yet", "in the school", "announced by DHCP"],
)
def test_what_is_known_or_harmless_is_not_told(evasion: Evasion, sightings: list[Seen]) -> None:
    assert reasons(evasion, *sightings) == []


def test_a_resolver_that_a_rule_of_ours_knows_is_told_once(evasion: Evasion) -> None:
    (hit,) = evasion.observe("ipad", tls(server="1.1.1.1"), lambda key: key)
    assert hit.verdict.source == "rule: hidden-lookups"


def test_no_place_is_told_where_it_is_allowed() -> None:
    allowing = Evasion(site_of, is_allowed=lambda _key, tool, _time: tool == "doh")
    allowing.places.use(AddressLists([(network(OUTSIDE), DOH)]))
    assert reasons(allowing, tls(server=OUTSIDE)) == []


def test_the_same_place_is_told_again_only_after_a_while(evasion: Evasion) -> None:
    assert len(reasons(evasion, tls(server=OUTSIDE), tls(server=OUTSIDE, time=NOON + 1.0))) == 1
    assert len(reasons(evasion, tls(server=OUTSIDE, time=NOON + 2 * REPEAT_SECONDS))) == 1
