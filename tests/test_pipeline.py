from __future__ import annotations

import random
from typing import Any

import pytest

from appliance.edge.word_lists import open_words
from appliance.judge.domains import Match
from appliance.judge.policy import make_policy
from appliance.judge.recent_names import WAITING
from appliance.judge.remembered import VERDICTS
from appliance.judge.words_matching import Words
from appliance.model import (
    DhcpSeen,
    DnsAnswer,
    HelloAnswered,
    HttpHost,
    Incident,
    MdnsAsked,
    NameAsked,
    Opened,
    QuicHello,
    Sighting,
    TlsHello,
    TunnelSeen,
)
from appliance.pipeline import Pipeline
from appliance.school import Rule

MAC = "f0:18:98:00:07:07"


class FakeLists:
    """Lists by hand: `flag` and `help` add entries; counts how often it is asked."""

    def __init__(self) -> None:
        self.entries: dict[str, Match] = {}
        self.asked = 0

    def flag(self, entry: str, category: str = "gambling", level: Any = "look", **more: Any) -> FakeLists:
        self.entries[entry] = Match(
            kind="block", category=category, level=level, list_name="by hand", entry=entry, version="1", checked=True, **more
        )
        return self

    def help(self, entry: str) -> FakeLists:
        self.entries[entry] = Match(kind="help", category="", level=None, list_name="help", entry=entry, version="1")
        return self

    def match(self, name: str) -> Match | None:
        self.asked += 1
        labels = name.split(".")
        parents = (".".join(labels[start:]) for start in range(len(labels)))
        return next((self.entries[parent] for parent in parents if parent in self.entries), None)


@pytest.fixture
def lists() -> FakeLists:
    return FakeLists().flag("bet.example").flag("end.example", "suicide", "urgent").help("childline.org.uk")


def on(kind: type, time: float = 100.0, mac: str = MAC, **facts: Any) -> Any:
    return kind(time=time, mac=mac, client="192.168.7.9", **facts)


def incidents(pipeline: Pipeline) -> list[Incident]:
    """What is to be saved, saved."""
    found = []
    for number, case in enumerate(list(pipeline.folder.due()), 1):
        incident = pipeline.folder.incident(case, pipeline.last_time)
        pipeline.folder.settle(case, Incident(**{**_fields(incident), "id": incident.id or number}))
        found.append(incident)
    return found


def _fields(incident: Incident) -> dict[str, Any]:
    return {field: getattr(incident, field) for field in incident.__struct_fields__}


@pytest.mark.parametrize(
    "seen",
    [
        on(NameAsked, name="www.bet.example"),
        on(TlsHello, name="www.bet.example"),
        on(QuicHello, name="www.bet.example"),
        on(HttpHost, name="www.bet.example"),
    ],
)
def test_listed_name_of_any_kind_makes_one_incident(lists: FakeLists, seen: Sighting) -> None:
    pipeline = Pipeline(lists)
    pipeline.feed([on(DhcpSeen, name="ipad-07"), seen])
    (found,) = incidents(pipeline)
    assert (found.category, found.level, found.device, found.mac, found.count) == ("gambling", "look", "ipad-07", MAC, 1)
    assert found.names == ("www.bet.example",)


def test_look_up_answer_and_hello_of_one_visit_fold_into_one_with_its_outcome(lists: FakeLists) -> None:
    pipeline = Pipeline(lists)
    pipeline.feed(
        [
            on(NameAsked, name="bet.example"),
            on(NameAsked, name="bet.example", qtype=28),
            on(DnsAnswer, name="bet.example", addresses=("192.0.2.1",)),
            on(TlsHello, name="bet.example", time=100.1),
            on(HelloAnswered, name="bet.example", outcome="server-hello", time=100.2),
        ]
    )
    (found,) = incidents(pipeline)
    assert (found.count, found.outcome) == (1, "reached")
    assert found.sentence == "Apple 0707 opened a gambling site at 0:01."


def test_sinkhole_answer_stops_it(lists: FakeLists) -> None:
    pipeline = Pipeline(lists)
    pipeline.feed([on(NameAsked, name="bet.example"), on(DnsAnswer, name="bet.example", addresses=("0.0.0.0",))])
    assert [found.outcome for found in incidents(pipeline)] == ["stopped"]


def test_help_lines_leave_no_trace_at_all(lists: FakeLists) -> None:
    pipeline = Pipeline(lists)
    pipeline.feed([on(kind, name="www.childline.org.uk") for kind in (NameAsked, TlsHello, QuicHello, HttpHost)])
    pipeline.feed([on(DnsAnswer, name="www.childline.org.uk", rcode=3)])
    assert incidents(pipeline) == []
    assert pipeline.take_recent() == []


def test_ordinary_names_go_to_memory_only_counted_by_the_minute(lists: FakeLists) -> None:
    pipeline = Pipeline(lists)
    pipeline.feed([on(NameAsked, name="bbc.co.uk", time=time) for time in (60.0, 70.0, 125.0)])
    assert incidents(pipeline) == []
    assert [(row.time, row.name, row.count) for row in pipeline.take_recent()] == [
        (60.0, "bbc.co.uk", 2),
        (125.0, "bbc.co.uk", 1),
    ]
    assert pipeline.take_recent() == []


def test_names_asked_for_on_the_local_network_are_not_judged(lists: FakeLists) -> None:
    pipeline = Pipeline(lists)
    pipeline.feed([on(MdnsAsked, name="bet.example")])
    assert incidents(pipeline) == []


def test_connections_with_and_without_names_are_counted(lists: FakeLists) -> None:
    pipeline = Pipeline(lists)
    pipeline.feed(
        [on(TlsHello, name="a.example"), on(TlsHello), on(Opened), on(Opened, transport="udp"), on(NameAsked, name="x.y")]
    )
    counts = pipeline.counts
    assert (counts.named, counts.unnamed, counts.hellos, counts.queries, counts.sightings) == (1, 2, 2, 1, 5)


def test_new_lists_judge_from_the_next_name_on(lists: FakeLists) -> None:
    pipeline = Pipeline(FakeLists())
    pipeline.feed([on(NameAsked, name="bet.example")])
    pipeline.use_lists(lists)
    pipeline.feed([on(NameAsked, name="bet.example", time=200.0)])
    assert len(incidents(pipeline)) == 1


def test_label_of_the_school_names_the_device_in_the_next_sentence(lists: FakeLists) -> None:
    pipeline = Pipeline(lists)
    pipeline.feed([on(NameAsked, name="bet.example")])
    device = pipeline.devices.device(MAC)
    pipeline.follow([], [type(device)(mac=MAC, label="Library iPad")])
    pipeline.feed([on(NameAsked, name="bet.example", time=200.0)])
    assert incidents(pipeline)[0].device == "Library iPad"


def test_incident_is_read_at_once_and_amended_by_what_followed(lists: FakeLists) -> None:
    pipeline = Pipeline(lists)
    pipeline.feed([on(NameAsked, name="bet.example"), on(TlsHello, name="bet.example", time=100.1)])
    (told,) = incidents(pipeline)
    assert (told.intent, told.level) == ("person", "look")
    assert "does not look like part of another page" in told.intent_reasons[0]
    pipeline.feed([on(NameAsked, name=f"part{n}.example.org", time=100.5 + n / 10) for n in range(5)])
    assert incidents(pipeline) == []
    pipeline.advance(109.0)
    (amended,) = incidents(pipeline)
    assert amended.intent == "person" and any("5 other names followed" in reason for reason in amended.intent_reasons)
    assert amended.id == 1 and len(amended.intent_reasons) <= 3


def test_name_amid_another_pages_adverts_is_lowered_to_a_note_and_says_why(lists: FakeLists) -> None:
    pipeline = Pipeline(lists, third_parties={"ads.example"})
    pipeline.feed([on(TlsHello, name=f"www.part{n}.test", time=100.0 + n / 10) for n in range(2)])
    pipeline.feed([on(NameAsked, name="bet.example", time=101.0)])
    (told,) = incidents(pipeline)
    assert (told.intent, told.level) == ("unclear", "look")
    pipeline.feed([on(DnsAnswer, name="bet.example", addresses=("192.0.2.1",), time=101.1)])
    pipeline.advance(110.0)
    (amended,) = incidents(pipeline)
    assert (amended.intent, amended.level) == ("page", "note")
    assert "nothing was loaded" in " ".join(amended.intent_reasons) and "part of another page" in " ".join(amended.reasons)


def test_serious_name_amid_another_page_is_never_less_than_something_to_look_at(lists: FakeLists) -> None:
    lists.entries["end.example"] = Match(
        kind="block", category="suicide", level="urgent", list_name="downloaded", entry="end.example", version="1"
    )
    pipeline = Pipeline(lists, third_parties={"example"})
    pipeline.feed([on(NameAsked, name=f"www.part{n}.test", time=100.0 + n / 10) for n in range(8)])
    pipeline.feed([on(NameAsked, name="end.example", time=101.0)])
    (told,) = incidents(pipeline)
    assert (told.intent, told.level) == ("page", "look")


def test_answers_of_others_and_covered_connections_tell_what_happened(lists: FakeLists) -> None:
    pipeline = Pipeline(lists)
    pipeline.feed([on(DnsAnswer, name="bet.example", addresses=("192.0.2.1",), mac="f0:18:98:00:00:09")])
    pipeline.feed([on(NameAsked, name="bet.example"), on(DnsAnswer, name="bet.example", rcode=3)])
    (told,) = incidents(pipeline)
    assert told.outcome == "stopped" and "others are given its address" in told.reason
    pipeline.feed([on(DnsAnswer, name="bet.example", addresses=("192.0.2.1",), server="192.0.2.53", time=101.0)])
    pipeline.feed([on(HelloAnswered, name="cloudflare-ech.com", server="192.0.2.1", outcome="server-hello", time=102.0)])
    (reached,) = incidents(pipeline)
    assert reached.outcome == "reached" and "probably" in reached.reason
    pipeline.advance(200.0)
    assert [(row.reached, row.stopped) for row in pipeline.witnesses.take().counts] == [(1, 0)]


def test_tests_of_the_filter_are_witnessed_and_never_make_an_incident(lists: FakeLists) -> None:
    for name in ("testfiltering.com", "iwf.testfiltering.com", "ctiru.testfiltering.com"):
        lists.flag(name, "extremism", "urgent")
    pipeline = Pipeline(lists)
    for name in ("testfiltering.com", "www.testfiltering.com", "iwf.testfiltering.com", "ctiru.testfiltering.com"):
        pipeline.feed([on(kind, name=name) for kind in (NameAsked, TlsHello, QuicHello, HttpHost)])
    pipeline.feed([on(DnsAnswer, name="iwf.testfiltering.com", addresses=("0.0.0.0",))])
    pipeline.feed([on(HelloAnswered, name="ctiru.testfiltering.com", server="192.0.2.7", outcome="server-hello")])
    pipeline.advance(200.0)
    assert incidents(pipeline) == [] and len(pipeline.folder) == 0
    witnessed = pipeline.witnesses.take()
    assert {check.test: check.result for check in witnessed.checks} == {
        "Start page": "asked",
        "IWF list": "active",
        "CTIRU list": "not active",
    }
    assert witnessed.counts == []


def test_safe_search_is_witnessed_and_never_makes_an_incident(lists: FakeLists) -> None:
    pipeline = Pipeline(lists)
    pipeline.feed([on(NameAsked, name="www.google.com"), on(NameAsked, name="www.bing.com")])
    pipeline.feed([on(DnsAnswer, name="www.google.com", addresses=("216.239.38.120",))])
    pipeline.feed([on(DnsAnswer, name="www.bing.com", addresses=("192.0.2.8",))])
    pipeline.advance(200.0)
    assert incidents(pipeline) == []
    assert [(row.engine, row.seen, row.unseen) for row in pipeline.witnesses.take().safesearch] == [
        ("bing", 0, 1),
        ("google", 1, 0),
    ]


def test_exercises_are_not_counted_as_tries(lists: FakeLists) -> None:
    lists.flag("test.example", exercise=True)
    pipeline = Pipeline(lists)
    pipeline.feed([on(NameAsked, name="test.example"), on(NameAsked, name="bet.example")])
    pipeline.advance(200.0)
    assert [row.tries for row in pipeline.witnesses.take().counts] == [1]


def test_what_has_been_told_as_urgent_is_amended_in_words_only(lists: FakeLists) -> None:
    pipeline = Pipeline(lists)
    pipeline.feed([on(NameAsked, name="news.test", time=99.5), on(NameAsked, name="end.example")])
    assert [told.level for told in incidents(pipeline)] == ["urgent"]
    pipeline.feed([on(DnsAnswer, name="end.example", addresses=("192.0.2.1",)), on(TlsHello, name="news.test", time=100.5)])
    pipeline.advance(110.0)
    (amended,) = incidents(pipeline)
    assert (amended.intent, amended.level) == ("page", "urgent")


def test_name_learnt_later_corrects_the_open_incident(lists: FakeLists) -> None:
    pipeline = Pipeline(lists)
    pipeline.feed([on(NameAsked, name="bet.example")])
    assert incidents(pipeline)[0].device == "Apple 0707"
    pipeline.feed([on(DhcpSeen, name="ipad-07")])
    assert [(one.device, one.count) for one in incidents(pipeline)] == [("ipad-07", 1)]
    pipeline.feed([on(DhcpSeen, name="ipad-07")])
    assert incidents(pipeline) == []


def test_verdicts_are_remembered_and_the_memory_is_bounded(lists: FakeLists) -> None:
    pipeline = Pipeline(lists)
    pipeline.feed([on(NameAsked, name="bbc.co.uk")] * 50)
    assert lists.asked == 1
    pipeline.feed([on(NameAsked, name=f"n{n}.example") for n in range(3 * VERDICTS)])
    memory = pipeline._verdicts
    assert len(memory._young) + len(memory._old) <= 2 * VERDICTS


def test_flood_of_names_is_bounded_and_counted(lists: FakeLists) -> None:
    pipeline = Pipeline(lists)
    pipeline.feed([on(NameAsked, name=f"n{n}.example") for n in range(WAITING + 1_000)])
    assert pipeline.reasons()["recent-names-dropped"] == 1_000
    assert len(pipeline.take_recent()) == WAITING


@pytest.mark.parametrize(
    "name", ["", ".", "a" * 300, "\\000.example", "bet.example\x00", "..", "xn--", "1.2.3.4", "[::1]", "é" * 70]
)
def test_names_that_are_none_are_taken_without_harm(lists: FakeLists, name: str) -> None:
    pipeline = Pipeline(lists)
    pipeline.feed([on(kind, name=name) for kind in (NameAsked, DnsAnswer, TlsHello, QuicHello, HttpHost, DhcpSeen)])
    pipeline.feed([on(HelloAnswered, name=name, outcome="reset")])
    assert incidents(pipeline) == []


def test_same_sightings_give_the_same_incidents_however_they_are_cut_and_saved(lists: FakeLists) -> None:
    chance = random.Random(7)
    names = ["bet.example", "www.bet.example", "end.example", "bbc.co.uk"]
    sightings: list[Sighting] = [
        on(NameAsked, time=n * 600.0, mac=f"f0:18:98:00:00:0{chance.randrange(4)}", name=chance.choice(names)) for n in range(800)
    ]

    def replayed(step: int) -> dict[tuple[str, str, float], tuple[int, float, tuple[str, ...]]]:
        pipeline = Pipeline(lists)
        last: dict[tuple[str, str, float], tuple[int, float, tuple[str, ...]]] = {}
        for start in range(0, len(sightings), step):
            pipeline.feed(sightings[start : start + step])
            pipeline.folder.forget_quiet(pipeline.last_time)
            for one in incidents(pipeline):
                last[one.mac, one.category, one.first_seen] = (one.count, one.last_seen, one.names)
        return last

    assert replayed(1) == replayed(37) == replayed(len(sightings))


def test_readings_outcomes_and_counts_are_the_same_however_the_sightings_are_cut(lists: FakeLists) -> None:
    chance = random.Random(11)
    names = [
        "bet.example",
        "www.bet.example",
        "end.example",
        "www.google.com",
        "iwf.testfiltering.com",
        *map("p{}.test".format, range(9)),
    ]
    sightings: list[Sighting] = []
    time = 0.0
    for _ in range(3_000):
        time += chance.choice((0.05, 0.3, 2.0, 9.0, 40.0, 700.0))
        name, mac = chance.choice(names), f"f0:18:98:00:00:0{chance.randrange(3)}"
        kind = chance.choice((NameAsked, NameAsked, TlsHello, DnsAnswer, HelloAnswered, Opened))
        facts: dict[str, Any] = {} if kind is Opened else {"name": name}
        if kind is DnsAnswer:
            facts |= chance.choice(({"rcode": 3}, {"addresses": ("192.0.2.1",)}, {"addresses": ("0.0.0.0",)}))
        if kind is HelloAnswered:
            facts["outcome"] = chance.choice(("server-hello", "reset"))
        sightings.append(on(kind, time=time, mac=mac, server="192.0.2.1", **facts))

    def replayed(step: int) -> tuple[Any, ...]:
        pipeline, found = Pipeline(lists), {}
        for start in range(0, len(sightings), step):
            pipeline.feed(sightings[start : start + step])
        pipeline.advance(time + 100.0)
        for case in pipeline.folder.due():
            one = pipeline.folder.incident(case, time)
            found[one.mac, one.category, one.first_seen] = (one.level, one.outcome, one.intent, one.intent_reasons, one.reasons)
        witnessed = pipeline.witnesses.take()
        return found, sorted(witnessed.counts, key=str), witnessed.safesearch, sorted(witnessed.checks, key=str)

    once = replayed(1)
    assert once[0] and once[1] and once[2] and once[3]
    assert once == replayed(37) == replayed(len(sightings))


def test_flood_of_machines_and_listed_names_stays_within_every_bound(lists: FakeLists) -> None:
    pipeline = Pipeline(lists)
    for n in range(20_000):
        pipeline.feed([on(NameAsked, time=n / 10, mac=f"02:00:00:00:{n >> 8:02x}:{n & 255:02x}", name=f"n{n}.bet.example")])
    assert len(pipeline.devices) <= 1_000
    assert len(pipeline.folder) <= 500
    assert len(list(pipeline.folder.due())) <= 500
    assert len(pipeline.take_recent()) <= WAITING
    reasons = pipeline.reasons()
    assert reasons["devices-evicted"] == pytest.approx(19_600, abs=60) and reasons["incidents-capped"] == 19_500


@pytest.fixture(scope="module")
def worded() -> Words:
    return open_words()


def test_a_name_that_no_list_knows_is_judged_by_its_words_and_never_urgent(lists: FakeLists, worded: Words) -> None:
    pipeline = Pipeline(lists, words=worded)
    pipeline.feed([on(TlsHello, name="unblocked-games-proxy.github.io"), on(TlsHello, name="www.phonicsplay.example")])
    (incident,) = incidents(pipeline)
    assert incident.level != "urgent"
    assert incident.names == ("unblocked-games-proxy.github.io",)


def test_note_of_a_name_that_machines_ask_for_by_themselves_is_nothing(lists: FakeLists) -> None:
    lists.flag("graph.social.example", "social_media", "note").flag("relay.example", "encrypted_dns", "look")
    pipeline = Pipeline(lists, background={"graph.social.example", "relay.example"})
    pipeline.feed([on(TlsHello, name="graph.social.example"), on(TlsHello, name="relay.example")])
    (incident,) = incidents(pipeline)
    assert (incident.category, incident.intent) == ("encrypted_dns", "background")
    pipeline.use_lists(lists)
    pipeline.feed([on(TlsHello, 200.0, name="graph.social.example")])
    assert {one.category for one in incidents(pipeline)} <= {"encrypted_dns"}


def test_lists_and_help_lines_come_before_words(lists: FakeLists, worded: Words) -> None:
    lists.help("porn-addiction-help.example")
    pipeline = Pipeline(lists, words=worded)
    pipeline.feed([on(TlsHello, name="porn-addiction-help.example"), on(TlsHello, name="poker.local")])
    assert incidents(pipeline) == []


def test_words_typed_on_an_unencrypted_page_are_judged_and_not_kept(lists: FakeLists, worded: Words) -> None:
    pipeline = Pipeline(lists, words=worded)
    pipeline.feed([on(HttpHost, name="search.example", target="/find?q=online+casino+roulette", method="GET")])
    (incident,) = incidents(pipeline)
    assert (incident.category, incident.names) == ("gambling", ("search.example",))
    assert "roulette" not in repr(incident)
    assert not any("roulette" in repr(row) for row in pipeline.take_recent())


def test_a_tool_that_the_school_allows_is_no_incident_and_is_one_again_when_the_rule_ends(lists: FakeLists) -> None:
    pipeline = Pipeline(lists)
    allow = Rule(kind="allow", pattern="wireguard", reason="IT's own", since=0.0, until=1_000.0)
    pipeline.use_policy(make_policy(rules=[allow]))
    pipeline.feed([on(TunnelSeen, 500.0, server="198.51.100.7", protocol="wireguard")])
    assert incidents(pipeline) == []
    pipeline.feed([on(TunnelSeen, 1_500.0, server="198.51.100.7", protocol="wireguard")])
    assert [one.category for one in incidents(pipeline)] == ["proxy_avoidance"]
