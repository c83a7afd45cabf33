from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from appliance.config import ListFile, Settings, load
from appliance.edge import children, clock
from appliance.edge.channel import ChannelWriter, pair
from appliance.edge.list_shelf import Shelf, Shelved
from appliance.edge.lists import ensure, open_at_once
from appliance.edge.store import Store
from appliance.guardian import Guardian
from appliance.judge.domains import DomainLists
from appliance.list_follower import ListFollower
from appliance.model import DhcpSeen, DnsAnswer, NameAsked, SensorMessage, SensorReport, Sight
from appliance.pipeline import Pipeline
from appliance.recorder import Recorder

MAC = "f0:18:98:00:07:07"
URGENT, LOOK, HELP = "selfharm.trigger.example", "proxy.trigger.example", "www.childline.org.uk"


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> DomainLists:
    return ensure(Settings(), tmp_path_factory.mktemp("lists"))


@pytest.fixture
def folder() -> Iterator[Path]:
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as base:
        yield Path(base)


class Bench:
    """A guardian in the test's hands: `hear` sends it messages, `turn` lets it work, the clock moves by `later`."""

    def __init__(self, folder: Path, lists: DomainLists, at: float = 1_795_262_400.0) -> None:
        self.store = Store.open(folder / "data", folder / "recent")
        self.page = Store.open(folder / "data", folder / "recent")
        self.time = at
        self.pipeline = Pipeline(lists, zone=clock.zone_of(Settings()))
        self.recorder = Recorder(self.store, self.pipeline)
        self.recorder.restore(at)
        self.guardian = Guardian(
            self.recorder, Settings(), lists, now=lambda: self.time, monotonic=lambda: self.time - 1_795_000_000.0
        )
        self.connect()
        self.packets = 0

    def connect(self) -> None:
        ours, theirs = pair()
        self.guardian.attach(ours)
        self.writer = ChannelWriter(theirs)

    def hear(self, *messages: SensorMessage) -> Bench:
        self.writer.send(messages)
        return self.turn()

    def report(self, **facts: Any) -> Bench:
        self.packets += 10
        fields: dict[str, Any] = {"packets": self.packets, "foreign_unicast": self.packets, "live": True}
        return self.hear(SensorReport(time=self.time, **fields | facts))

    def later(self, seconds: float) -> Bench:
        self.time += seconds
        return self

    def turn(self) -> Bench:
        self.guardian.step(0.0)
        return self

    def close(self) -> None:
        """The daily copy may still be writing into the folder that is taken away after the test."""
        self.guardian.close()

    def asked(self, name: str, **facts: Any) -> NameAsked:
        return NameAsked(time=self.time, mac=MAC, client="192.168.7.9", name=name, **facts)

    @property
    def colour(self) -> str:
        lamp = self.page.lamp()
        return lamp.colour if lamp else ""

    @property
    def problems(self) -> tuple[str, ...]:
        health = self.page.health()
        assert health is not None
        return tuple(problem for problem in health.problems if problem != "clock")


@pytest.fixture
def bench(folder: Path, lists: DomainLists) -> Iterator[Bench]:
    with closing(Bench(folder, lists)) as bench:
        yield bench.report()


def test_watching_and_well_is_green(bench: Bench) -> None:
    assert bench.later(1.5).report().colour == "green"
    assert bench.problems == ()


def test_urgent_name_is_in_the_store_and_on_the_lamp_after_one_turn(bench: Bench) -> None:
    bench.hear(bench.asked(URGENT))
    (incident,) = bench.page.incidents()
    assert (incident.level, incident.category, incident.exercise) == ("urgent", "self_harm", True)
    assert bench.colour == "red"
    assert bench.page.device(MAC).addresses == ("192.168.7.9",)


def test_something_to_look_at_is_amber(bench: Bench) -> None:
    assert bench.hear(bench.asked(LOOK)).colour == "amber"


def test_help_lines_reach_neither_file(bench: Bench, folder: Path) -> None:
    bench.hear(bench.asked(HELP)).later(10.0).report().later(10.0).report()
    assert bench.page.incidents() == []
    assert bench.page.recent() == []
    for file in folder.rglob("*.db*"):
        assert b"childline" not in file.read_bytes()


def test_acknowledgement_on_the_page_turns_red_off_within_a_tick(bench: Bench) -> None:
    bench.hear(bench.asked(URGENT))
    bench.page.acknowledge_all_urgent(by="button", now=bench.time)
    assert bench.later(0.25).turn().colour == "amber"
    bench.page.decide(1, "exercise", by="head", now=bench.time)
    assert bench.later(0.25).turn().colour == "green"


def test_repeats_fold_and_a_decision_makes_the_next_one_new(bench: Bench) -> None:
    bench.hear(bench.asked(LOOK)).later(60.0).hear(bench.asked(LOOK)).later(4.0).turn()
    assert [found.count for found in bench.page.incidents()] == [2]
    bench.page.decide(1, "behaviour", by="head", now=bench.time)
    bench.later(60.0).hear(bench.asked(LOOK)).later(4.0).turn()
    assert [(found.id, found.count) for found in bench.page.incidents()] == [(2, 1), (1, 2)]


def test_outcome_follows_within_the_batch(bench: Bench) -> None:
    bench.hear(bench.asked(LOOK))
    answer = DnsAnswer(time=bench.time, mac=MAC, client="192.168.7.9", name=LOOK, addresses=("0.0.0.0",))
    bench.hear(answer).later(4.0).turn()
    assert bench.page.incident(1).outcome == "stopped"


def test_urgent_one_that_comes_back_after_an_hour_is_red_again(bench: Bench) -> None:
    bench.hear(bench.asked(URGENT))
    bench.page.acknowledge_all_urgent(by="button", now=bench.time)
    bench.later(0.5).report()
    assert bench.colour == "amber"
    bench.later(4_000.0).hear(bench.asked(URGENT))
    assert bench.colour == "red"


def test_names_reach_the_memory_within_seconds_and_age_out(bench: Bench) -> None:
    bench.hear(bench.asked("bbc.co.uk")).later(4.0).turn()
    assert [row.name for row in bench.page.recent(MAC)] == ["bbc.co.uk"]
    bench.later(49 * 3600.0).turn()
    assert bench.page.recent(MAC) == []


def test_restart_goes_on_with_the_same_incident_and_names(bench: Bench, folder: Path, lists: DomainLists) -> None:
    bench.hear(DhcpSeen(time=bench.time, mac=MAC, name="ipad-07"), bench.asked(LOOK)).later(4.0).turn()
    bench.page.name_device(MAC, "Beech iPad", by="head", now=bench.time)
    with closing(Bench(folder, lists, at=bench.time + 60.0)) as again:
        again.hear(again.asked(LOOK)).later(4.0).turn()
        (incident,) = again.page.incidents()
    assert (incident.id, incident.count, incident.device) == (1, 2, "Beech iPad")


def test_name_given_on_the_page_is_in_the_sentence_within_seconds(bench: Bench) -> None:
    bench.hear(bench.asked(LOOK)).later(4.0).turn()
    bench.page.name_device(MAC, "Beech iPad", by="head", now=bench.time)
    bench.later(4.0).turn()
    assert "Beech iPad" in bench.page.incident(1).sentence


def test_sensor_that_goes_away_is_told_and_taken_back(bench: Bench) -> None:
    bench.writer.close()
    bench.turn().later(3.0).turn()
    assert bench.problems == ("no-sensor",)
    assert bench.later(0.25).turn().colour == "amber"
    bench.connect()
    bench.report().later(1.5).report().later(0.25).turn()
    assert bench.problems == ()
    assert bench.colour == "green"


def test_rubbish_from_the_sensor_ends_that_connection_only(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    ours, theirs = socket.socketpair()
    bench.guardian.attach(ours)
    theirs.sendall(b"\xff\xff\xff\xff rubbish")
    bench.turn()
    assert "guardian: The sensor sent a frame of" in capsys.readouterr().err
    bench.connect()
    assert bench.report().hear(bench.asked(URGENT)).colour == "red"


def test_no_packets_for_a_minute_is_blindness(bench: Bench) -> None:
    for _ in range(70):
        bench.later(1.0).hear(SensorReport(time=bench.time, packets=10, foreign_unicast=10, live=True))
    assert bench.problems == ("no-packets",)
    lamp = bench.page.lamp()
    assert lamp is not None and (lamp.colour, lamp.blind) == ("amber", True)


def test_store_that_is_locked_loses_nothing_and_the_lamp_is_red_all_the_same(bench: Bench, folder: Path) -> None:
    other = sqlite3.connect(folder / "data" / "safespan.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    bench.hear(bench.asked(URGENT), bench.asked("bbc.co.uk"))
    assert bench.colour == "red"
    bench.later(1.5).report()
    assert bench.problems == ("store",)
    other.execute("ROLLBACK")
    other.close()
    bench.later(3.0).report().later(1.5).report()
    assert [found.count for found in bench.page.incidents()] == [1]
    assert bench.problems == ()


def test_lamp_is_red_before_a_slow_card_has_kept_the_incident(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    colours = []
    keep = bench.recorder.commit_flagged

    def keep_slowly(now: float) -> None:
        colours.append(bench.colour)
        keep(now)

    monkeypatch.setattr(bench.recorder, "commit_flagged", keep_slowly)
    bench.hear(bench.asked(URGENT))
    assert colours == ["red"]


def test_lamp_is_written_every_second_even_when_nothing_changes(bench: Bench) -> None:
    times = []
    for _ in range(12):
        bench.later(0.25).turn()
        lamp = bench.page.lamp()
        assert lamp is not None
        times.append(lamp.time)
    assert len(set(times)) >= 3
    assert bench.time - times[-1] <= 1.0


def test_yesterdays_sentence_names_its_day(bench: Bench) -> None:
    bench.hear(bench.asked(LOOK))
    assert bench.page.incident(1).sentence.endswith("at 12:00.")
    bench.later(86_400.0).turn()
    assert bench.page.incident(1).sentence.endswith("at 12:00 on Saturday 21 November.")


def test_a_mirror_that_goes_in_class_is_an_incident_for_it(folder: Path, lists: DomainLists) -> None:
    tuesday = 1_795_514_400.0
    with closing(Bench(folder, lists, at=tuesday)) as bench:
        bench.pipeline.meter.usual.restore(Sight(hour=tuesday - n * 3_600, seen=100, named=95, asked=90) for n in (3, 2, 1))
        for _ in range(10):
            bench.later(60.0).report(interface_up=False)
            bench.later(1.0).report(interface_up=False)
        (incident,) = bench.page.incidents(open_only=True)
        assert (incident.category, incident.level) == ("sight", "look")
        assert incident.sentence.startswith("The box hears nothing of the school's devices.")
        assert bench.colour == "amber"
        bench.page.decide(incident.id, "technical", by="head", now=bench.time)
        for _ in range(10):
            bench.later(60.0).report(interface_up=False)
        assert not bench.page.incidents(open_only=True)


@pytest.mark.parametrize(("synced", "left"), [(True, 0), (None, 0), (False, 1)])
def test_what_is_old_goes_where_the_clock_is_not_known_to_be_wrong(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, synced: bool | None, left: int
) -> None:
    monkeypatch.setattr(clock, "is_synced", lambda: synced)
    bench.hear(bench.asked(LOOK))
    bench.page.decide(1, "exercise", by="head", now=bench.time)
    for _ in range(370):
        bench.later(86_400.0).report()
    assert len(bench.page.incidents()) == left
    assert bench.page.verify_chain().broken is None


def test_counts_of_the_sensor_and_the_pipeline_are_in_health(bench: Bench) -> None:
    bench.hear(bench.asked("bbc.co.uk")).later(1.5)
    bench.report(dropped=1, packets=5_000, reasons={"malformed-dns": 3}, source="eth0").later(1.5).turn()
    health = bench.page.health()
    assert health is not None
    assert (health.packets, health.dropped, health.queries, health.devices, health.source) == (5_000, 1, 1, 1, "eth0")
    assert health.reasons == {"malformed-dns": 3}
    assert sum(status.entries for status in health.lists) > 1_000


def test_copy_of_the_records_is_kept(bench: Bench, folder: Path) -> None:
    bench.later(61.0).turn()
    copies = folder / "data" / "copies"
    until(lambda: copies.exists() and [file.name for file in copies.iterdir()] == ["safespan-2026-11-21.db"])


def test_copy_that_can_not_be_made_is_said_once_and_nothing_else_suffers(
    bench: Bench, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "data" / "copies").write_text("a file where the folder should be")
    bench.later(61.0).turn()
    bench.guardian._copy.wait()
    bench.later(3600.0).turn()
    bench.guardian._copy.wait()
    bench.later(3600.0).turn()
    assert capsys.readouterr().err.count("No copy of the records could be kept") == 1
    assert bench.hear(bench.asked(URGENT)).colour == "red"
    bench.guardian._copy.wait()


def until(so: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not so():
        assert time.monotonic() < end
        time.sleep(0.02)


def started(folder: Path) -> tuple[subprocess.Popen[bytes], Path]:
    meeting = folder / "guardian.sock"
    data = str(folder / "data")
    guardian = children.spawn("appliance.guardian", "--data-dir", data, "--socket", str(meeting), stderr=subprocess.PIPE)
    for _ in range(300):
        if meeting.exists() or guardian.poll() is not None:
            break
        time.sleep(0.05)
    return guardian, meeting


def knock(meeting: Path) -> socket.socket:
    """A connection to the guardian; its socket has a name a moment before anybody listens."""
    for _ in range(300):
        if (sock := children.connect(meeting)) is not None:
            return sock
        time.sleep(0.05)
    pytest.fail("nobody listens")


def test_program_hears_a_sensor_commits_quickly_and_stops_when_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    guardian, meeting = started(folder)
    try:
        sock = knock(meeting)
        writer = ChannelWriter(sock)
        writer.send([SensorReport(time=time.time(), packets=1, live=True, foreign_unicast=1)])
        with Store.open(folder / "data") as store:
            for _ in range(200):
                if store.health() is not None:
                    break
                time.sleep(0.05)
            began = time.monotonic()
            writer.send([NameAsked(time=time.time(), mac=MAC, client="192.168.7.9", name=URGENT)])
            while not store.count_open()["urgent"] and time.monotonic() - began < 5.0:
                time.sleep(0.005)
            took = time.monotonic() - began
            time.sleep(0.3)
            lamp = store.lamp()
        assert took < 1.0
        assert lamp is not None and lamp.colour == "red"
    finally:
        guardian.send_signal(signal.SIGTERM)
        _, complaints = guardian.communicate(timeout=10)
    assert guardian.returncode == 0
    assert complaints == b""


def test_program_says_in_one_line_why_it_can_not_start(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    (folder / "in-the-way").write_text("a file where a folder should be")
    guardian, _ = started(folder / "in-the-way")
    _, complaints = guardian.communicate(timeout=20)
    assert guardian.returncode == 1
    assert complaints.decode().count("\n") == 1
    assert complaints.startswith(b"guardian: ")


def test_new_set_looks_back_into_the_recent_hours(bench: Bench, folder: Path) -> None:
    bench.hear(bench.asked("www.known.example"), bench.asked("www.new.example")).later(1.0).turn()
    assert not bench.page.count_open()["look"]
    listed = folder / "mine.txt"
    listed.write_text("new.example\n")
    settings = Settings(lists=(ListFile(path=str(listed), category="proxy_avoidance", name="Ours"),))
    ensure(settings, folder / "data")
    for _ in range(4):
        bench.later(31.0).turn()
    (incident,) = bench.page.incidents(open_only=True)
    assert incident.names == ("www.new.example",)
    assert incident.level == "look"
    assert "went there earlier today, before the name was known" in incident.reason
    assert bench.page.lists()


def test_damaged_new_set_leaves_the_old_one(bench: Bench, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = folder / "mine.txt"
    listed.write_text("new.example\n")
    ensure(Settings(lists=(ListFile(path=str(listed), category="games", name="Ours"),)), folder / "data")
    trie = folder / "data" / "lists" / "current" / "names-0.trie"
    data = bytearray(trie.read_bytes())
    data[len(data) // 2] ^= 0xFF
    trie.write_bytes(data)
    bench.later(31.0).turn()
    bench.hear(bench.asked(LOOK))
    assert bench.colour == "amber"
    assert "the old ones stay" in capsys.readouterr().err


def test_stale_set_is_used_at_once_and_made_anew_by_a_child(folder: Path, lists: DomainLists) -> None:
    settings_file = folder / "safespan.toml"
    (folder / "mine.txt").write_text("new.example\n")
    ensure(Settings(), folder / "data")
    settings_file.write_text(f'[[lists]]\npath = "{folder / "mine.txt"}"\ncategory = "games"\n')
    opened, fresh = open_at_once(load(settings_file), folder / "data")
    assert opened.match(URGENT) and not opened.match("new.example") and not fresh
    with Store.open(folder / "data", folder / "recent") as store:
        follower = ListFollower(opened, Pipeline(opened), store, load(settings_file), settings_file=settings_file)
        follower.renew()
        for _ in range(400):
            follower.follow(time.time())
            if follower.lists.match("new.example"):
                break
            time.sleep(0.05)
        follower.close()
        assert follower.lists.match("new.example")


def test_a_shelf_that_may_not_be_read_is_said_and_what_is_in_force_stays(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ensure(Settings(), folder / "data")

    def forbidden(_: Shelf) -> list[Shelved]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Shelf, "all", forbidden)
    opened, fresh = open_at_once(Settings(), folder / "data")
    assert not fresh
    with closing(Bench(folder, opened)) as bench:
        bench.report().later(400.0).turn()
        assert bench.hear(bench.asked(URGENT)).colour == "red"
    assert "the old ones stay" in capsys.readouterr().err
