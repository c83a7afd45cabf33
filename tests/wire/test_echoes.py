from __future__ import annotations

from appliance.wire.echoes import MOST, Echoes
from tests.wire.packets import PUPIL_MAC, ROUTER_MAC, UDP, Wire, dns_query, ethernet, ip4, udp

QUESTION = ip4(udp(dns_query("a.example"), 53), UDP)


def test_question_on_both_sides_of_a_router_is_told_once_and_of_the_asker() -> None:
    wire = Wire().show(ethernet(QUESTION, sender=PUPIL_MAC), ethernet(QUESTION, sender=ROUTER_MAC))
    assert [(one.mac, one.name) for one in wire.seen] == [(PUPIL_MAC, "a.example")]  # type: ignore[union-attr]


def test_question_asked_again_is_told_again() -> None:
    own = ethernet(QUESTION, sender=PUPIL_MAC)
    assert Wire().show(own, own).names == ["a.example"] * 2
    later = Wire().show(own)
    later.now += 0.1
    assert later.show(ethernet(QUESTION, sender=ROUTER_MAC)).names == ["a.example"] * 2


def test_what_is_remembered_is_bounded() -> None:
    wire = Wire()
    for number in range(5 * MOST):
        wire.show(ethernet(ip4(udp(dns_query(f"n{number}.example"), 53), UDP)))
    echoes: Echoes = wire.dissector._datagrams._echoes
    assert len(echoes._heard) <= MOST
    assert echoes.repeated == 0
