from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest

from appliance.judge.safesearch import DAYS, DEVICES, ENGINES, SafeSearchWatch, engine_of, is_search, look_at, say_safesearch
from appliance.model import DnsAnswer
from appliance.witness import SafeSearch

DAY = 86_400.0


def answer(name: str = "www.google.com", time: float = 100.0, **facts: Any) -> DnsAnswer:
    return DnsAnswer(time=time, name=name, **{"addresses": ("192.0.2.1",)} | facts)


@pytest.mark.parametrize(
    "enforced",
    [
        answer(addresses=("216.239.38.120",)),
        answer("www.google.de", aliases=("forcesafesearch.google.com",)),
        answer(qtype=28, addresses=("2001:4860:4802:32::78",)),
        answer("www.bing.com", aliases=("strict.bing.com",)),
        answer("duckduckgo.com", aliases=("safe.duckduckgo.com",)),
        answer("www.youtube.com", aliases=("restrictmoderate.youtube.com",)),
        answer("youtubei.googleapis.com", addresses=("216.239.38.120",)),
        answer("search.brave.com", aliases=("forcesafe.search.brave.com",)),
        answer("ecosia.org", aliases=("strict-safe-search.ecosia.org",)),
        answer("yandex.ru", addresses=("213.180.193.56",)),
        answer("pixabay.com", aliases=("safesearch.pixabay.com",), addresses=()),
    ],
)
def test_answers_that_lead_to_the_strict_side(enforced: DnsAnswer) -> None:
    found = look_at(enforced)
    assert found is not None and found[1] == "enforced"


@pytest.mark.parametrize("plain", [answer(), answer("www.bing.com", aliases=("www-bing-com.dual-a.example",))])
def test_ordinary_answers_are_plain(plain: DnsAnswer) -> None:
    found = look_at(plain)
    assert found is not None and found[1] == "plain"


@pytest.mark.parametrize(
    "other",
    [answer("bbc.co.uk"), answer(qtype=65), answer(rcode=3, addresses=()), answer(addresses=()), answer("maps.google.com")],
)
def test_other_answers_say_nothing(other: DnsAnswer) -> None:
    assert look_at(other) is None


def test_engines_are_told_by_their_hosts() -> None:
    assert engine_of("www.google.fr") is ENGINES[0] and engine_of("mail.google.com") is None
    assert is_search("www.bing.com") and not is_search("www.youtube.com")


def test_last_answer_of_each_device_counts_and_days_stand_apart() -> None:
    watch = SafeSearchWatch(UTC)
    watch.observe("a", answer())
    watch.observe("a", answer(time=200.0, addresses=("216.239.38.120",)))
    watch.observe("b", answer(time=300.0))
    watch.observe("b", answer(time=DAY + 1.0))
    assert watch.take_changes() == [
        SafeSearch(day="1970-01-01", engine="google", seen=1, unseen=1, last=300.0),
        SafeSearch(day="1970-01-02", engine="google", seen=0, unseen=1, last=DAY + 1.0),
    ]
    assert watch.take_changes() == []


def test_devices_and_days_are_bounded() -> None:
    watch = SafeSearchWatch(UTC)
    for n in range(DEVICES + 100):
        watch.observe(f"m{n}", answer())
    assert (len(watch), watch.full) == (DEVICES, 100)
    for day in range(500):
        watch.observe("m", answer(time=day * DAY))
    assert len(watch.take_changes()) <= DAYS * len(ENGINES)


def test_words_never_say_that_safe_search_is_off() -> None:
    day = "2026-11-24"
    rows = [SafeSearch(day=day, engine="google", seen=seen, unseen=unseen) for seen, unseen in ((0, 4), (4, 0), (3, 1))]
    told = [say_safesearch(row) for row in rows]
    assert "not seen in DNS" in told[0] and "every device that asked (4)" in told[1] and "3 of 4 devices" in told[2]
    assert all(day in sentence and " off" not in sentence for sentence in told)
