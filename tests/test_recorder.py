from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import phrase_lists
from appliance.edge.store import Store
from appliance.model import DhcpSeen, DnsAnswer, LoggedOn, NameAsked, Sighting
from appliance.pipeline import Pipeline
from appliance.recorder import Recorder
from appliance.school import Group, Rule

from .test_pipeline import FakeLists

DAY = 86_400.0
MAC, RESOLVER = "f0:18:98:00:07:07", "3c:52:82:00:02:04"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "data", tmp_path / "recent") as opened:
        yield opened


@pytest.fixture
def page(tmp_path: Path, store: Store) -> Iterator[Store]:
    """The same records, opened by another program."""
    with Store.open(store.data_dir, store.recent_dir) as opened:
        yield opened


def started(store: Store, now: float = 0.0) -> Recorder:
    lists = FakeLists().flag("bet.example").flag("end.example", "suicide", "urgent").flag("film.example", "piracy", "note")
    recorder = Recorder(store, Pipeline(lists.help("childline.org.uk")))
    recorder.restore(now)
    return recorder


def asked(name: str, time: float, mac: str = MAC, client: str = "192.168.7.9", server: str = "8.8.8.8") -> NameAsked:
    return NameAsked(time=time, mac=mac, client=client, server=server, name=name)


def hear(recorder: Recorder, *sightings: Sighting) -> None:
    """Take sightings in, let what waits for what follows settle, and write it all down."""
    recorder.pipeline.feed(sightings)
    recorder.pipeline.advance(sightings[-1].time + 60.0)
    recorder.commit(sightings[-1].time + 60.0)
    assert recorder.problem == ""


def told(store: Store) -> list[tuple[str, str]]:
    return sorted((incident.category, incident.level) for incident in store.incidents())


def rule(kind: Any, pattern: str, **changes: Any) -> Rule:
    return Rule(kind=kind, pattern=pattern, reason="Because.", until=10 * DAY, **changes)


def test_rule_of_the_page_counts_from_the_next_name_on(store: Store, page: Store) -> None:
    recorder = started(store)
    page.rulebook.add_rule(rule("allow", "bet.example"), by="head", now=1.0)
    page.rulebook.add_rule(rule("allow", "end.example"), by="head", now=1.0)
    page.rulebook.add_rule(rule("deny", "chess.example", category="games"), by="head", now=1.0)
    recorder.follow(2.0)
    hear(recorder, asked("www.bet.example", 100.0), asked("end.example", 200.0), asked("www.chess.example", 300.0))
    assert told(store) == [("games", "look"), ("suicide", "urgent")]


def test_denied_name_learns_what_became_of_it(store: Store, page: Store) -> None:
    page.rulebook.add_rule(rule("deny", "chess.example", category="games"), by="head", now=1.0)
    sunk = DnsAnswer(time=100.1, mac=MAC, client="192.168.7.9", name="chess.example", addresses=("0.0.0.0",))
    hear(started(store), asked("chess.example", 100.0), sunk)
    assert [incident.outcome for incident in store.incidents()] == ["stopped"]


def test_help_lines_stay_untold_whatever_a_rule_says(store: Store, page: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as earlier:  # a rule from before the box refused it
        earlier.setattr(phrase_lists, "help_names", frozenset)
        page.rulebook.add_rule(rule("deny", "childline.org.uk", category="games"), by="head", now=1.0)
    hear(started(store), asked("www.childline.org.uk", 100.0))
    assert (told(store), store.recent(), store.register.pattern_days()) == ([], [], [])


def test_group_made_on_the_page_changes_what_is_kept(store: Store, page: Store) -> None:
    recorder = started(store)
    hear(recorder, asked("bet.example", 100.0))
    page.register.set_group(MAC, "staff", by="head", now=200.0)
    page.register.save_group(Group(id="year-6", name="Year 6", kind="year"), by="head", now=200.0)
    recorder.follow(300.0)
    hear(recorder, asked("film.example", 400.0), asked("end.example", 500.0))
    assert told(store) == [("gambling", "look"), ("suicide", "urgent")]


def days_apart(store: Store, *, restarts: bool) -> list[tuple[str, str, tuple[str, ...]]]:
    recorder = started(store)
    for day in range(3):
        now = 1e9 + day * DAY
        hear(recorder, DhcpSeen(time=now, mac=MAC, client="192.168.7.9", name="ipad-07"), asked("film.example", now))
        if restarts:
            recorder = started(store, now + 120.0)
    return sorted((incident.category, incident.level, incident.reasons) for incident in store.incidents())


def test_pattern_over_days_is_the_same_through_restarts(tmp_path: Path) -> None:
    found = []
    for restarts in (False, True):
        with Store.open(tmp_path / str(restarts), tmp_path / f"{restarts}-recent") as store:
            found.append(days_apart(store, restarts=restarts))
    assert found[0] == found[1]
    assert ("piracy", "look", ("Raised because this device did so on 3 days within a week.",)) in found[0]


def test_resolver_of_the_school_is_not_told_for_what_others_asked_of_it(store: Store) -> None:
    recorder = started(store)
    hear(
        recorder,
        asked("example.org", 90.0, mac=RESOLVER, client="192.168.7.2"),
        asked("bet.example", 100.0, server="192.168.7.2"),
        asked("bet.example", 100.1, mac=RESOLVER, client="192.168.7.2"),
        asked("film.example", 200.0, mac=RESOLVER, client="192.168.7.2"),
    )
    assert [(incident.mac, incident.category) for incident in store.incidents()] == [(RESOLVER, "piracy"), (MAC, "gambling")]


def test_log_on_names_are_kept_with_the_device(store: Store) -> None:
    log_on = LoggedOn(time=101.0, mac=MAC, client="192.168.7.9", user="sb1", via="kerberos")
    hear(started(store), asked("bbc.co.uk", 100.0), log_on)
    assert store.device(MAC).last_user == "sb1"
    assert store.who_had(MAC, 200.0).how == "log-on"
