from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from appliance.cli import main
from appliance.edge.store import Store
from appliance.judge.sight import say_sight
from appliance.model import Device, Health, Incident, Sight
from appliance.witness import FilterCheck, SafeSearch, WitnessCount


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with Store.open(tmp_path / "data") as store:
        for level in ("look", "urgent", "note"):
            store.save_incident(
                Incident(
                    id=0,
                    category="gambling",
                    level=level,
                    device="iPad \x1b[31m[red]",
                    mac="m",
                    first_seen=1.0,
                    last_seen=2.0,
                    count=1,
                    names=("a.example",),
                    sentence=f"A {level} sentence.",
                )
            )
        store.decide(1, "no_concern", by="head", now=3.0)
        store.save_devices([Device(mac="f0:18:98:00:07:07", heard_name="[bold]x\x1b[2J")])
    return tmp_path / "data"


def safespan(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_open_ones_and_levels_can_be_picked(folder: Path) -> None:
    rows = [json.loads(line) for line in safespan("incidents", "--data-dir", folder, "--open").stdout.splitlines()]
    assert [row["level"] for row in rows] == ["urgent", "note"]
    rows = [json.loads(line) for line in safespan("incidents", "--data-dir", folder, "--level", "look").stdout.splitlines()]
    assert [(row["level"], row["decision"]) for row in rows] == [("look", "no_concern")]
    assert len(safespan("incidents", "--data-dir", folder, "--limit", "1").stdout.splitlines()) == 1


@pytest.mark.parametrize("command", ["incidents", "devices"])
def test_hostile_names_can_not_steer_a_terminal(command: str, folder: Path) -> None:
    done = safespan(command, "--data-dir", folder, "--format", "table")
    assert done.exit_code == 0
    assert "\x1b[31m" not in done.stdout and "\x1b[2J" not in done.stdout


@pytest.mark.parametrize("command", ["incidents", "devices", "health"])
def test_folder_without_records_is_one_sentence(command: str, tmp_path: Path) -> None:
    done = safespan(command, "--data-dir", tmp_path / "none")
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: There are no records in ")
    assert not (tmp_path / "none").exists()


def test_health_before_the_first_start_is_one_sentence(folder: Path) -> None:
    done = safespan("health", "--data-dir", folder)
    assert done.exit_code == 1
    assert "has not been running" in done.stderr


def test_health_tells_how_much_is_in_sight_and_why_not_more(folder: Path) -> None:
    sight = Sight(hour=0.0, seen=10, named=7, quiet=1, reasons={"relay": 2, "no-sni": 1})
    with Store.open(folder) as store:
        store.save_health(Health(time=1.0, started=0.0, sight=sight, sight_sentence=say_sight(sight)))
    text = safespan("health", "--data-dir", folder, "--format", "table").stdout
    assert "In this hour the box could tell of 70% of 10 connections where they went; one device was heard" in text
    assert text.index("2 went through Apple's Private Relay.") < text.index("1 gave no name")
    told = json.loads(safespan("health", "--data-dir", folder, "--format", "jsonl").stdout)
    assert told["sight"]["reasons"] == {"relay": 2, "no-sni": 1}


def test_health_says_what_was_witnessed_of_the_filter(folder: Path) -> None:
    at = datetime(2026, 11, 24, 12).timestamp()
    with Store.open(folder) as store:
        store.save_health(Health(time=at, started=0.0))
        counts = [WitnessCount(day=day, category="gambling", stopped=13, reached=1) for day in ("2026-11-24", "2026-10-01")]
        safesearch = [SafeSearch(day="2026-11-24", engine="google", unseen=3)]
        check = FilterCheck(time=at, mac="m", device="iPad \x1b[2J", test="IWF list", result="active", seen="The IWF list is on.")
        store.save_witnessed(counts, safesearch, [check])
    text = safespan("health", "--data-dir", folder, "--format", "table").stdout
    assert "Tries of listed names: 14; the filter stopped 13, 1 got through." in text
    assert "Google: safe search not seen in DNS on 2026-11-24" in text
    assert "Test on iPad ?[2J, 2026-11-24 12:00: The IWF list is on." in text and "\x1b" not in text
    row = json.loads(safespan("health", "--data-dir", folder, "--format", "jsonl").stdout)
    assert [count["stopped"] for count in row["witness"]] == [13]
    assert (row["safesearch"][0]["unseen"], row["checks"][0]["result"]) == (3, "active")


def test_health_tells_what_is_wrong_first(folder: Path) -> None:
    with Store.open(folder) as store:
        store.save_health(
            Health(time=1.0, started=0.0, packets=7, named=3, unnamed=1, problems=("no-mirror",), reasons={"odd": 2})
        )
    text = safespan("health", "--data-dir", folder, "--format", "table").stdout
    assert text.startswith("! The box hears nothing but its own switch.")
    assert "75% of 4 connections" in text and "2 x odd" in text
    assert json.loads(safespan("health", "--data-dir", folder, "--format", "jsonl").stdout)["problems"] == ["no-mirror"]
