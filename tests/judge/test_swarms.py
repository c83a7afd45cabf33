from __future__ import annotations

import pytest

from appliance.judge.lookups import SEEING, Lookups
from appliance.judge.shapes import Finding
from appliance.judge.swarms import SWARM, Swarms, looks_made_up

from .seen import IPAD, NOON, answer, opened, tls


def burst(ports: tuple[int, ...], count: int = 40, step: float = 1.0, known: bool = False) -> list[Finding]:
    lookups = Lookups()
    swarms = Swarms(lookups)
    found = []
    for n in range(count):
        address, time = f"198.51.100.{n}", NOON + n * step
        if known:
            lookups.answered(IPAD, answer(f"n{n}.example", address, time=time))
        found.append(swarms.judge_opened(IPAD, opened(address, ports[n % len(ports)], time)))
    return [one for one in found if one]


def test_many_unknown_addresses_by_several_doors_look_like_a_way_round() -> None:
    (found,) = burst((22, 53, 80, 443, 554))
    assert found.shape == "swarm" and str(SWARM) in found.evidence


@pytest.mark.parametrize(
    ("ports", "options"),
    [
        ((443, 80), {}),  # a page
        ((443, 22, 80), {"known": True}),
        ((443, 22, 80), {"step": 5.0}),
        ((443, 22, 80), {"count": SWARM - 1}),
        ((51413, 6881, 34567, 40001, 443), {}),  # an exchange of files
    ],
)
def test_ordinary_bursts_are_nothing(ports: tuple[int, ...], options: dict[str, object]) -> None:
    assert burst(ports, **options) == []  # type: ignore[arg-type]


def test_connections_within_the_school_are_nothing() -> None:
    swarms = Swarms(Lookups())
    assert not any(swarms.judge_opened(IPAD, opened(f"10.0.0.{n}", 20 + n % 5)) for n in range(100))


@pytest.mark.parametrize(
    ("name", "made_up"),
    [
        ("www.ct7ctrgb6cr7.com", True),
        ("www.gfu7hbxpfp.com", True),
        ("www.t3i3ru.com", True),
        ("www.xkqvbnrtwz.net", True),
        ("www.google.com", False),
        ("www.wikipedia.com", False),
        ("www.bbc.com", False),
        ("www.ct7ctrgb6cr7.org", False),
        ("ct7ctrgb6cr7.com", False),
    ],
)
def test_names_drawn_by_lot_are_told_from_words(name: str, made_up: bool) -> None:
    assert looks_made_up(name) is made_up


TOR = ["www.ct7ctrgb6cr7.com", "www.e6r5p57kbafwrxj3plz.com", "www.q4cyamnc6mtokjurvdclt.com"]


def hellos(names: list[str], lookups: Lookups, **facts: object) -> list[Finding]:
    swarms = Swarms(lookups)
    found = (swarms.judge_hello(IPAD, tls(name, f"198.51.100.{n}", NOON + n, **facts)) for n, name in enumerate(names))
    return [one for one in found if one]


def test_made_up_names_that_were_never_looked_up_look_like_tor() -> None:
    seeing = Lookups()
    for n in range(SEEING):
        seeing.asked(IPAD, NOON, f"n{n}.example")
    assert [found.confidence for found in hellos(TOR[:2], seeing)] == ["high"]
    # Where no look-up is in sight at all, want of one proves less.
    assert hellos(TOR[:2], Lookups()) == []
    assert [found.confidence for found in hellos(TOR, Lookups())] == ["medium"]


def test_made_up_names_that_were_looked_up_are_some_sites() -> None:
    lookups = Lookups()
    for name in TOR:
        lookups.asked(IPAD, NOON, name)
    assert hellos(TOR, lookups) == []


def test_one_made_up_name_again_and_again_or_on_another_port_is_not_tor() -> None:
    assert hellos(TOR[:1] * 20, Lookups()) == []
    assert hellos(TOR, Lookups(), port=8883) == []


def test_nameless_hellos_to_a_port_without_services_are_noted_weakly() -> None:
    swarms = Swarms(Lookups())
    assert swarms.judge_hello(IPAD, tls(port=50053)) is None
    found = swarms.judge_hello(IPAD, tls(port=50053))
    assert found is not None and (found.shape, found.confidence) == ("nameless", "low")
    assert not any(swarms.judge_hello(IPAD, tls(port=port)) for port in (443, 8883, 5223, 443, 8883, 5223))


def test_more_devices_than_fit_make_room_and_are_counted() -> None:
    swarms = Swarms(Lookups(), devices=10)
    for n in range(25):
        swarms.judge_opened(f"device {n}", opened())
    assert len(swarms) == 10 and swarms.evicted == 15


def test_one_devices_flood_keeps_only_a_minute() -> None:
    swarms = Swarms(Lookups())
    for n in range(10_000):
        swarms.judge_opened(IPAD, opened(f"198.{18 + n // 62_500}.{n // 250 % 250}.{n % 250}", 443))
    assert len(swarms._traces[IPAD].swarm) <= 64
