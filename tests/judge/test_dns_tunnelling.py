from __future__ import annotations

import pytest

from appliance.judge.dns_tunnelling import UNIQUE, WINDOW, DnsTunnelling
from appliance.judge.intent import site_of
from appliance.judge.shapes import Finding

from .seen import IPAD, NOON, asked

NULL, A, TXT, CNAME, MX = 10, 1, 16, 5, 15


def ask(names: list[str], qtypes: tuple[int, ...] = (A,), step: float = 0.5) -> list[Finding]:
    rule = DnsTunnelling(site_of)
    found = (rule.judge(IPAD, asked(name, NOON + n * step, qtype=qtypes[n % len(qtypes)])) for n, name in enumerate(names))
    return [one for one in found if one]


def long_names(count: int, domain: str = "t.example") -> list[str]:
    """As iodine and dnscat2 make them: labels nearly full."""
    return [f"{n:060x}.{n:060x}.{n:060x}.{domain}" for n in range(count)]


def short_names(count: int, domain: str = "t.example") -> list[str]:
    return [f"h{n}.{domain}" for n in range(count)]


@pytest.mark.parametrize(
    ("names", "qtypes", "confidence"),
    [
        (long_names(222), (NULL,), "high"),
        (long_names(150), (MX, CNAME, TXT), "high"),
        (long_names(150), (A,), "medium"),
        (short_names(150), (TXT,), "medium"),
    ],
)
def test_tunnels_are_told_once(names: list[str], qtypes: tuple[int, ...], confidence: str) -> None:
    (found,) = ask(names, qtypes)
    assert (found.shape, found.name, found.confidence) == ("dns-tunnel", "t.example", confidence)


@pytest.mark.parametrize(
    ("names", "qtypes"),
    [
        (short_names(500), (A,)),  # many machines of one service
        (long_names(UNIQUE - 1), (NULL,)),
        (["www.t.example"] * 500, (TXT,)),
        (long_names(300, "a.sophosxl.net"), (TXT,)),
        (long_names(300, "e5.sk"), (A,)),
        ([f"{n}.1.168.192.in-addr.arpa" for n in range(250)], (TXT,)),
        ([f"{n:080x}" for n in range(200)], (NULL,)),
    ],
)
def test_ordinary_look_ups_are_not_tunnels(names: list[str], qtypes: tuple[int, ...]) -> None:
    rule = [one for one in ask(names, qtypes) if one.name.count(".")]
    assert rule == []


def test_a_slow_drip_is_not_a_tunnel() -> None:
    assert ask(long_names(150), (NULL,), step=WINDOW / UNIQUE * 1.5) == []


def test_a_flood_of_domains_and_of_names_stays_within_bounds() -> None:
    rule = DnsTunnelling(site_of, entries=50, held=2_000)
    for n in range(500):
        rule.judge(IPAD, asked(f"www.d{n}.example", NOON))
    assert len(rule) == 50 and rule.evicted == 450
    for n in range(60 * 128):
        rule.judge(IPAD, asked(f"h{n}.e{n // 128}.example", NOON))
    assert len(rule) <= 50 and rule._held <= 2_000 + 128
