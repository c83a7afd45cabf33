"""The short way and the long way through the layers agree on every frame that the short way takes."""

from __future__ import annotations

import pytest
from hypothesis import given

from appliance.wire import ip, link, link_types
from appliance.wire.envelope import Envelope
from appliance.wire.plain import open_plain
from tests.wire.packets import IPV6, TCP, UDP, dns_query, ethernet, ip4, ip6, tagged, tcp, udp
from tests.wire.rubbish import bounded, spoilt

FRAMES = {
    "dns": ethernet(ip4(udp(dns_query("a.example")), UDP)),
    "dns over IPv6": ethernet(ip6(udp(dns_query("a.example")), UDP), IPV6),
    "segment": ethernet(ip4(tcp(b"x" * 40), TCP)),
    "segment over IPv6, padded": ethernet(ip6(tcp(b"x"), TCP), IPV6) + b"padding",
    "padded": ethernet(ip4(tcp(b""), TCP)) + bytes(6),
}


def by_the_long_way(data: bytes) -> tuple[object, Envelope]:
    """What `link` and `ip` make of a frame."""
    envelope = Envelope()
    ethertype, at = link_types.open_frame(1, data, envelope)
    opener = ip.open_v4 if ethertype == link.IPV4 else ip.open_v6
    return opener(data, at, envelope), envelope


def addresses(envelope: Envelope) -> tuple[bytes, ...]:
    """All four."""
    return envelope.mac_from, envelope.mac_to, envelope.sender, envelope.target


@pytest.mark.parametrize("name", FRAMES)
def test_common_frames_take_the_short_way(name: str) -> None:
    assert open_plain(FRAMES[name], Envelope()) is not None


@bounded
@given(spoilt(*FRAMES.values()))
def test_short_way_leads_where_the_long_way_does(data: bytes) -> None:
    envelope = Envelope()
    segment = open_plain(data, envelope)
    if segment is None:
        assert addresses(envelope) == (b"",) * 4
        return
    found, other = by_the_long_way(data)
    assert found == (segment, None)
    assert addresses(envelope) == addresses(other)


@pytest.mark.parametrize(
    "data",
    [
        tagged(FRAMES["dns"][14:], (0x8100, 7)),
        FRAMES["dns"][:33],
        FRAMES["dns over IPv6"][:53],
        FRAMES["dns"][:14] + b"\x46" + FRAMES["dns"][15:],
        FRAMES["dns"][:20] + b"\x20\0" + FRAMES["dns"][22:],
        FRAMES["dns"][:16] + b"\0\0" + FRAMES["dns"][18:],
        FRAMES["dns"][:23] + b"\x2f" + FRAMES["dns"][24:],
        FRAMES["dns over IPv6"][:20] + b"\0" + FRAMES["dns over IPv6"][21:],
    ],
)
def test_tags_options_fragments_tunnels_and_cut_frames_do_not(data: bytes) -> None:
    assert open_plain(data, Envelope()) is None
