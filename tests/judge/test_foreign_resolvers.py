from __future__ import annotations

from ipaddress import ip_address

import pytest

from appliance.judge.foreign_resolvers import ANNOUNCED, DEVICES, FORWARDERS, QUESTIONS, RESOLVERS, ForeignResolvers
from appliance.judge.lookups import Lookups
from appliance.judge.shapes import Finding

from .seen import INSIDE, IPAD, LAPTOP, asked, quic, tls


@pytest.fixture
def resolvers() -> ForeignResolvers:
    return ForeignResolvers(Lookups())


def ask(resolvers: ForeignResolvers, server: str, key: str = IPAD, times: int = QUESTIONS, **facts: object) -> list[Finding]:
    found = (resolvers.judge_question(key, asked(f"n{n}.example", server=server, **facts)) for n in range(times))
    return [one for one in found if one]


def test_a_resolver_that_dhcp_did_not_announce_is_told_once(resolvers: ForeignResolvers) -> None:
    resolvers.announce((INSIDE,))
    (found,) = ask(resolvers, "8.8.8.8", times=50)
    assert (found.shape, found.name) == ("foreign-resolver", "8.8.8.8") and "Google" in found.evidence
    assert ask(resolvers, "9.9.9.9", times=50) == []
    assert len(ask(resolvers, "9.9.9.9", LAPTOP)) == 1


def test_a_single_question_is_somebody_testing(resolvers: ForeignResolvers) -> None:
    resolvers.announce((INSIDE,))
    assert ask(resolvers, "8.8.8.8", times=QUESTIONS - 1) == []


def test_the_announced_resolver_may_stand_outside(resolvers: ForeignResolvers) -> None:
    resolvers.announce(("1.1.1.3",))
    assert ask(resolvers, "1.1.1.3") == []


def test_a_resolver_in_the_school_is_never_foreign(resolvers: ForeignResolvers) -> None:
    resolvers.announce((INSIDE,))
    assert ask(resolvers, "192.168.7.200", times=50) == []


def test_the_schools_own_resolver_may_ask_others(resolvers: ForeignResolvers) -> None:
    resolvers.announce((INSIDE,))
    ask(resolvers, INSIDE, LAPTOP)
    assert ask(resolvers, "8.8.8.8", "the server", times=50, client=INSIDE) == []


def test_without_dhcp_in_sight_what_most_use_is_usual(resolvers: ForeignResolvers) -> None:
    assert ask(resolvers, "8.8.8.8") == []  # nothing to compare with yet
    for n in range(10):
        assert ask(resolvers, "203.0.113.53", f"device {n}") == []
    assert len(ask(resolvers, "9.9.9.9", "odd one")) == 1


def test_other_ports_are_not_plain_dns(resolvers: ForeignResolvers) -> None:
    resolvers.announce((INSIDE,))
    assert ask(resolvers, "8.8.8.8", port=5353) == []


def test_floods_stay_within_bounds(resolvers: ForeignResolvers) -> None:
    resolvers.announce(tuple(f"10.9.{n // 250}.{n % 250}" for n in range(1_000)))
    for n in range(3_000):
        resolvers.judge_question(f"device {n}", asked("a.example", server=f"203.0.{n // 250}.{n % 250}"))
        resolvers.judge_question(f"device {n}", asked("a.example", server=f"10.8.{n // 250}.{n % 250}"))
    assert len(resolvers) == ANNOUNCED + FORWARDERS + DEVICES


@pytest.mark.parametrize("hello", [tls(server="1.1.1.1"), quic(server="8.8.8.8"), tls(server="2606:4700:4700::1111")])
def test_a_nameless_hello_to_a_well_known_resolver_looks_hidden(resolvers: ForeignResolvers, hello: object) -> None:
    found = resolvers.judge_hello(IPAD, hello)  # type: ignore[arg-type]
    assert found is not None and (found.shape, found.confidence) == ("hidden-lookups", "high")


def test_a_hello_with_a_name_is_less_sure_and_other_addresses_are_nothing(resolvers: ForeignResolvers) -> None:
    named = resolvers.judge_hello(IPAD, tls("dns.google", "8.8.8.8"))
    assert named is not None and (named.name, named.confidence) == ("dns.google", "medium")
    assert resolvers.judge_hello(IPAD, tls("www.bbc.co.uk")) is None
    assert resolvers.judge_hello(IPAD, tls(server="8.8.8.8", port=5228)) is None


def test_the_table_holds_addresses_in_the_form_that_sightings_have() -> None:
    assert all(str(ip_address(address)) == address for address in RESOLVERS)
