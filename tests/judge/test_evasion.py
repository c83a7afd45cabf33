from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from appliance.edge.capture_files import open_capture
from appliance.judge.evasion import REPEAT_SECONDS, TOLD, Evasion
from appliance.judge.intent import site_of
from appliance.model import Seen, Sighting
from appliance.wire.dissector import Dissector

from .seen import INSIDE, IPAD, NOON, OUTSIDE, answer, asked, dhcp, http, opened, quic, tls, tunnel

CAPTURES = Path(__file__).parents[3] / "shared" / "captures" / "dev"


def observe(evasion: Evasion, *sightings: Seen) -> list[Any]:
    return [hit for seen in sightings for hit in evasion.observe(seen.mac or seen.client, seen, lambda key: f"device {key}")]


def shapes(hits: Sequence[Any]) -> list[str]:
    return [hit.verdict.source.removeprefix("rule: ") for hit in hits]


@pytest.fixture
def evasion() -> Evasion:
    return Evasion(site_of)


@pytest.mark.parametrize(
    ("sightings", "found"),
    [
        ([tunnel("wireguard")], ["vpn"]),
        ([tls(server="1.1.1.1")], ["hidden-lookups"]),
        ([quic(server="8.8.4.4")], ["hidden-lookups"]),
        ([tunnel("doq", "94.140.14.14"), quic("dns.adguard-dns.com", "94.140.14.14", port=853)], ["hidden-lookups"]),
        ([http("a.example", method="CONNECT", target="a.example:443")], ["proxy"]),
        ([dhcp(INSIDE), *(asked(f"n{n}.example", server="8.8.8.8") for n in range(3))], ["foreign-resolver"]),
        ([tls("cloudflare-ech.com", ech_config=9)], ["hidden-name"]),
        # The device's own look-up tells which site it is.
        ([answer("shop.example", ech=(("cloudflare-ech.com", 9),)), tls("cloudflare-ech.com", ech_config=9)], []),
        ([answer("shop.example", OUTSIDE), tls("cloudflare-ech.com", ech_config=9)], []),
        ([tls("www.bbc.co.uk", ech_config=9)], []),
        ([tls("www.bbc.co.uk"), quic("www.bbc.co.uk"), http("bbc.co.uk"), opened(), asked("bbc.co.uk")], []),
        ([tls()], []),
    ],
)
def test_each_sighting_meets_its_rules(evasion: Evasion, sightings: list[Seen], found: list[str]) -> None:
    assert shapes(observe(evasion, *sightings)) == found


def test_hits_carry_the_device_and_what_to_say(evasion: Evasion) -> None:
    (hit,) = observe(evasion, tunnel("openvpn"))
    assert (hit.mac, hit.device, hit.time) == (IPAD, f"device {IPAD}", NOON)
    assert hit.verdict.category == "proxy_avoidance" and hit.verdict.reason.startswith("The first packets look like OpenVPN")


def test_a_protocol_seen_with_every_packet_is_told_now_and_then(evasion: Evasion) -> None:
    hits = observe(evasion, *(tunnel("dnscrypt", time=NOON + n) for n in range(1_000)))
    assert len(hits) == 1_000 // REPEAT_SECONDS + 1


def test_its_own_tools_are_allowed_by_group() -> None:
    evasion = Evasion(site_of, is_allowed=lambda key, tool, _time: tool == "ssh" or (key == IPAD and tool == "teamviewer"))
    assert observe(evasion, tunnel("teamviewer"), tunnel("ssh"), tunnel("ssh", mac="other")) == []
    assert shapes(observe(evasion, tunnel("teamviewer", mac="other"), tunnel("rdp"))) == ["remote", "remote"]


def test_what_was_told_is_remembered_within_bounds(evasion: Evasion) -> None:
    for n in range(TOLD + 100):
        observe(evasion, tunnel("wireguard", f"198.{18 + n // 62_500}.{n // 250 % 250}.{n % 250}"))
    assert len(evasion._told) == TOLD and evasion.bounds()["findings-forgotten"] == 100


def test_rubbish_in_a_sighting_raises_nothing(evasion: Evasion) -> None:
    odd = ("", "\x00", "..", "a" * 300, "é.example", "\udcff")
    sightings = [
        make(text, server=text, client=text)  # type: ignore[operator]
        for make in (asked, tls, quic, http, tunnel)
        for text in odd
    ]
    observe(evasion, *sightings, *(answer(text, text) for text in odd), *(opened(text) for text in odd), dhcp(*odd))


# --- real captures ---------------------------------------------------------------------------------------------------

RAISED = {
    "mercury--pcaps__openvpn_tcp_single.pcap": {"vpn"},  # with WireGuard in it
    "mercury--pcaps__openvpn_tcp_multi.pcap": {"vpn"},
    "ndpi--443-opvn.pcap": {"vpn"},
    "ndpi--openvpn_nohmac.pcapng": {"vpn"},
    "ndpi--tor.pcap": {"tor"},
    "ndpi--ultrasurf.pcap": {"nameless"},
    "ndpi--dns_dot.pcap": {"hidden-lookups"},
    "ndpi--googledns_android10.pcap": {"hidden-lookups"},
    "ndpi--doq_adguard.pcapng": {"hidden-lookups"},
    "ndpi--dnscrypt-v1-and-resolver-pings.pcap": {"hidden-lookups"},
    "ndpi--dnscrypt-v2-doh.pcap": {"hidden-lookups"},
    "ndpi--dns2tcp_tunnel.pcap": {"hidden-lookups"},
    "zeek--tls__tls13-ech.pcap": {"hidden-name"},
    "zeek--socks-with-ssl.pcap": {"proxy"},
    "ndpi--socks.pcapng": {"inner-proxy"},
    "ndpi--http_connect.pcap": {"inner-proxy"},
    "pcapdroid--pcap__http_proxy.pcap": {"proxy"},
}
# What looks alike and is ordinary: imitations of ECH, hellos without a name, calls, games, pages, a tunnel's bare connection.
ORDINARY = (
    "ndpi--tls_ech.pcapng", "ndpi--google_chat.pcapng", "ndpi--google_meet.pcapng", "ja4--tls3.pcapng", "retina--quic.pcap",
    "ndpi--teams.pcap", "ndpi--signal.pcap", "ndpi--zoom.pcapng", "ndpi--whatsapp_login_call.pcap", "ndpi--steam.pcapng",
    "ndpi--netflix.pcap", "ndpi--443-firefox.pcap", "ndpi--443-safari.pcap", "ndpi--youtube_quic.pcap", "ndpi--android.pcap",
    "ndpi--alexa-app.pcapng", "ndpi--sonos.pcapng", "ndpi--dns_long_domainname.pcap", "arkime--pcap__dns-wiresharkrepo.pcap",
    "ndpi--webex.pcap", "ndpi--gnutella.pcap", "mercury--pcaps__quic-crypto-packets.pcap", "zeek--dns__long-connection.pcap",
)  # fmt: skip


def replayed(name: str) -> set[str]:
    path = CAPTURES / name
    if not path.exists():
        pytest.skip("the peers' captures are not beside this checkout")
    dissector, evasion, found = Dissector(), Evasion(site_of), list[Sighting]()
    source, time = open_capture(path), 0.0
    while (batch := source.read()) is not None:
        for frame in batch:
            found.extend(dissector.feed(frame))
            time = frame.time
    found.extend(dissector.flush(time + 100.0))
    return set(shapes(observe(evasion, *(seen for seen in found if isinstance(seen, Seen)))))


@pytest.mark.captures
@pytest.mark.parametrize(("name", "expected"), RAISED.items())
def test_captures_of_evasion_raise_what_they_look_like(name: str, expected: set[str]) -> None:
    assert replayed(name) == expected


@pytest.mark.captures
@pytest.mark.parametrize("name", ORDINARY)
def test_captures_of_ordinary_life_raise_nothing(name: str) -> None:
    assert replayed(name) == set()
