from __future__ import annotations

import pytest

from appliance.judge.hidden_names import SHORTEST, HiddenNames, as_asked, is_relay
from appliance.model import Verdict

from .seen import IPAD, LAPTOP, NOON, answer, tls

PAIR = ("cover.example", 52)


@pytest.fixture
def hidden() -> HiddenNames:
    hidden = HiddenNames()
    hidden.learn(IPAD, answer("shop.example", ech=(PAIR,), ttl=600))
    return hidden


def test_hello_that_repeats_an_announced_pair_is_real_and_its_site_is_known(hidden: HiddenNames) -> None:
    hello = tls("cover.example", ech_config=52, time=NOON + 1)
    assert hidden.is_real(hello) and hidden.site(IPAD, hello) == "shop.example"


@pytest.mark.parametrize(
    "hello",
    [
        tls("www.bbc.co.uk", ech_config=52),  # the site itself with a number drawn by lot
        tls("cover.example", ech_config=53),
        tls("cover.example", ech_config=52, time=NOON + 601),
        tls("cover.example"),
    ],
)
def test_an_imitation_is_not_real(hidden: HiddenNames, hello: object) -> None:
    assert not hidden.is_real(hello)  # type: ignore[arg-type]


def test_a_pair_that_another_device_learnt_is_real_but_its_site_unknown(hidden: HiddenNames) -> None:
    hello = tls("cover.example", ech_config=52)
    assert hidden.is_real(hello) and hidden.site(LAPTOP, hello) == ""


def test_a_well_known_cover_is_real_without_any_look_up() -> None:
    assert HiddenNames().is_real(tls("cloudflare-ech.com", ech_config=209))


def test_a_short_announcement_holds_for_some_minutes() -> None:
    hidden = HiddenNames()
    hidden.learn(IPAD, answer("shop.example", ech=(PAIR,), ttl=1))
    assert hidden.is_real(tls("cover.example", ech_config=52, time=NOON + SHORTEST))


def test_floods_of_announcements_stay_within_bounds() -> None:
    hidden = HiddenNames(pairs=10, covered=20)
    for n in range(100):
        hidden.learn(f"device {n}", answer("shop.example", ech=((f"c{n}.example", n),)))
    assert len(hidden) == 30 and hidden.evicted == 90 + 80


@pytest.mark.parametrize(
    ("name", "relay"),
    [("mask.icloud.com", True), ("mask-h2.icloud.com", True), ("a.mask.icloud.com", True), ("icloud.com", False)],
)
def test_only_the_ways_into_the_relay_are_the_relay(name: str, relay: bool) -> None:
    assert is_relay(name) is relay


def test_relay_asked_for_is_noted_and_used_is_looked_at() -> None:
    used = Verdict(name="mask.icloud.com", category="encrypted_dns", level="look", reason="It is on a list.")
    assert (as_asked(used).level, as_asked(used).confidence) == ("note", "low")
    assert "asking alone hides nothing" in as_asked(used).reason
    other = Verdict(name="dns.google", category="encrypted_dns", level="look")
    assert as_asked(other) is other
