from __future__ import annotations

import pytest

from appliance.judge.categories import CATEGORIES
from appliance.judge.lookups import Lookups
from appliance.judge.shapes import SHAPES
from appliance.judge.tunnels import CALLERS, SIGNATURES, Tunnels

from .seen import INSIDE, IPAD, LAPTOP, NOON, OUTSIDE, answer, http, tunnel

NONE: frozenset[str] = frozenset()
EPDG = "epdg.epc.mnc015.mcc234.pub.3gppnetwork.org"


@pytest.fixture
def tunnels() -> Tunnels:
    return Tunnels(Lookups())


@pytest.mark.parametrize(
    ("protocol", "shape", "confidence", "level"),
    [
        ("wireguard", "vpn", "high", None),
        ("tunnelbear", "vpn", "high", None),
        ("warp", "vpn", "high", None),
        ("openvpn", "vpn", "high", None),
        ("l2tp", "vpn", "high", None),
        ("pptp", "vpn", "high", None),
        ("tailscale", "vpn", "high", None),
        ("ikev2", "vpn", "medium", None),
        ("teredo", "vpn", "low", "note"),
        ("socks", "proxy", "high", None),
        ("ssh", "ssh", "high", None),
        ("rdp", "remote", "high", None),
        ("teamviewer", "remote", "high", None),
        ("dot", "hidden-lookups", "high", None),
        ("doq", "hidden-lookups", "high", None),
        ("dnscrypt", "hidden-lookups", "high", None),
    ],
)
def test_each_handshake_has_its_shape(tunnels: Tunnels, protocol: str, shape: str, confidence: str, level: str | None) -> None:
    found = tunnels.judge(IPAD, tunnel(protocol), NONE)
    assert found is not None
    assert (found.shape, found.confidence, found.level) == (shape, confidence, level)
    assert found.name == OUTSIDE and SHAPES[found.shape].category in CATEGORIES


def test_a_weak_sighting_is_not_made_stronger(tunnels: Tunnels) -> None:
    found = tunnels.judge(IPAD, tunnel("wireguard", confidence="medium"), NONE)
    assert found is not None and found.confidence == "medium"


def test_a_protocol_that_nobody_knows_is_nothing(tunnels: Tunnels) -> None:
    assert tunnels.judge(IPAD, tunnel("carrier-pigeon"), NONE) is None


@pytest.mark.parametrize("protocol", ["ssh", "rdp", "teamviewer"])
def test_remote_work_within_the_school_is_ordinary(tunnels: Tunnels, protocol: str) -> None:
    assert tunnels.judge(IPAD, tunnel(protocol, INSIDE), NONE) is None


def test_a_tunnel_within_the_school_is_less_sure_and_secret_look_ups_there_are_noted(tunnels: Tunnels) -> None:
    found = tunnels.judge(IPAD, tunnel("openvpn", INSIDE), NONE)
    assert found is not None and (found.shape, found.confidence, found.level) == ("vpn", "medium", None)
    secret = tunnels.judge(IPAD, tunnel("dot", INSIDE), NONE)
    assert secret is not None and secret.level == "note"


def test_every_signature_has_words_and_a_shape() -> None:
    assert all(signature.label and signature.shape in SHAPES for signature in SIGNATURES.values())


def test_wifi_calling_is_no_vpn(tunnels: Tunnels) -> None:
    tunnels.asked(IPAD, NOON, EPDG)
    assert tunnels.judge(IPAD, tunnel("ikev2", time=NOON + 60), NONE) is None
    assert tunnels.judge(LAPTOP, tunnel("ikev2", time=NOON + 60), NONE) is not None
    assert tunnels.judge(IPAD, tunnel("ikev2", time=NOON + 90_000), NONE) is not None
    assert tunnels.judge(IPAD, tunnel("wireguard", time=NOON + 60), NONE) is not None


def test_callers_are_bounded(tunnels: Tunnels) -> None:
    for n in range(CALLERS + 50):
        tunnels.asked(f"phone {n}", NOON, EPDG)
    assert len(tunnels) == CALLERS
    assert tunnels.judge("phone 0", tunnel("ikev2"), NONE) is not None
    assert tunnels.judge(f"phone {CALLERS}", tunnel("ikev2"), NONE) is None


def test_secret_look_ups_at_the_schools_own_resolver_are_only_noted(tunnels: Tunnels) -> None:
    found = tunnels.judge(IPAD, tunnel("dot", "1.1.1.3"), frozenset(("1.1.1.3",)))
    assert found is not None and found.level == "note"


def test_the_name_that_led_there_is_told() -> None:
    lookups = Lookups()
    lookups.answered(IPAD, answer("nl4.vpn.example", OUTSIDE))
    found = Tunnels(lookups).judge(IPAD, tunnel("wireguard"), NONE)
    assert found is not None and found.name == "nl4.vpn.example"


def test_what_is_asked_for_through_a_proxy_is_not_where_the_proxy_is(tunnels: Tunnels) -> None:
    found = tunnels.judge(IPAD, tunnel("socks", name="www.example.com"), NONE)
    assert found is not None and found.name == OUTSIDE


def test_a_web_proxy_outside_is_looked_at_once_there_are_others_to_compare_with(tunnels: Tunnels) -> None:
    request = http("a.example", method="CONNECT", target="a.example:443", port=3128)
    early = tunnels.judge_request(IPAD, request)
    assert early is not None and (early.shape, early.level) == ("proxy", "note")
    for n in range(10):
        tunnels.proxies.meet(f"device {n}")
    late = tunnels.judge_request(IPAD, request)
    assert late is not None and (late.shape, late.level, late.confidence) == ("proxy", None, "medium")


def test_the_schools_own_proxy_is_learnt(tunnels: Tunnels) -> None:
    request = http("a.example", INSIDE, method="CONNECT", target="a.example:443", port=3128)
    found = [tunnels.judge_request(f"device {n}", request) for n in range(4)]
    assert [one is not None for one in found] == [True, True, False, False]
    assert found[0] is not None and (found[0].shape, found[0].confidence) == ("inner-proxy", "low")


@pytest.mark.parametrize(
    "request_",
    [
        http("a.example", method="GET", target="/"),
        http("/", method="CONNECT", target="/"),
        http("a.example", method="GET", target="http://a.example/"),
    ],
)
def test_ordinary_requests_are_no_proxy(tunnels: Tunnels, request_: object) -> None:
    assert tunnels.judge_request(IPAD, request_) is None  # type: ignore[arg-type]


def test_a_whole_address_sent_to_the_site_itself_is_no_proxy() -> None:
    lookups = Lookups()
    lookups.answered(IPAD, answer("a.example", OUTSIDE))
    request = http("a.example", method="GET", target="http://a.example:8080/", port=8080)
    assert Tunnels(lookups).judge_request(IPAD, request) is None
    assert Tunnels(Lookups()).judge_request(IPAD, request) is not None
