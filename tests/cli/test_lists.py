"""`safespan lists status`."""

from __future__ import annotations

import json
import os
import random
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from appliance.cli import lists, main


class Desk:
    """A data folder, a list and the settings that name it."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.list = folder / "mine.txt"
        self.settings = folder / "safespan.toml"
        self.list.write_text("listed.example\nco.uk\n198.51.100.1\nbbc.co.uk\n")
        self.settings.write_text(f'[[lists]]\npath = "{self.list}"\ncategory = "weapons"\nname = "Mine"\nlicence = "CC0"\n')

    def status(self, *words: str) -> Result:
        return CliRunner().invoke(
            main, ["lists", "status", "--data-dir", str(self.data), "--settings", str(self.settings), *words]
        )

    def records(self) -> dict[str, dict[str, Any]]:
        result = self.status("--format", "jsonl")
        assert result.exit_code == 0, result.output
        return {record["name"]: record for record in map(json.loads, result.stdout.splitlines())}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_every_list_is_a_record_with_counts_age_and_licence(desk: Desk) -> None:
    os.utime(desk.list, (1_000_000_000, 1_000_000_000))
    mine = desk.records()["Mine"]
    assert (mine["category"], mine["entries"], mine["refused"], mine["licence"], mine["problem"]) == ("weapons", 1, 3, "CC0", "")
    assert mine["version"] == "2001-09-09"
    assert int(mine["age"].split()[0]) > 8000


def test_own_lists_are_told_with_date_and_licence(desk: Desk) -> None:
    records = desk.records()
    own = [record for name, record in records.items() if name.startswith("Safespan: ")]
    assert len(own) == 7
    assert all(record["entries"] and record["version"] and record["licence"] == "MIT" and not record["refused"] for record in own)


def test_refused_lines_are_told_by_reason_with_examples(desk: Desk) -> None:
    mine = desk.records()["Mine"]
    assert mine["reasons"] == {"a public suffix, not one site": 1, "an address": 1, "a site that schools need": 1}
    assert mine["examples"]["a site that schools need"] == ["bbc.co.uk"]
    table = desk.status("--format", "table", "--refused").output
    assert "Refused of “Mine”:" in table
    assert "1  an address, such as 198.51.100.1" in table


def test_a_problem_is_said_once_on_standard_error(desk: Desk) -> None:
    desk.list.unlink()
    result = desk.status("--format", "jsonl")
    assert result.exit_code == 0
    assert result.stderr.strip() == f"The list “Mine” can't be used: there is no file {desk.list}."


def test_a_clock_set_back_makes_no_negative_age(desk: Desk) -> None:
    os.utime(desk.list, (4_000_000_000, 4_000_000_000))
    assert desk.records()["Mine"]["age"] == "today"


def test_a_file_of_random_bytes_is_no_list_and_what_was_there_before_stays(desk: Desk) -> None:
    assert desk.records()["Mine"]["entries"] == 1
    desk.list.write_bytes(bytes(random.Random(1).randbytes(400_000)))
    result = desk.status("--format", "table")
    assert "The list “Mine” can't be used: most of its lines are no names" in result.stderr
    assert "What it said before stays in force." in result.stderr
    assert desk.records()["Mine"]["entries"] == 1
    assert "in force, but see below" in " ".join(result.stdout.split())


@pytest.mark.parametrize(
    ("text", "why"),
    [("", "the file is empty"), ("<html><body>Log in to the Wi-Fi</body></html>\n", "there is not one name in it")],
)
def test_a_file_that_lost_its_names_leaves_what_was_there_before(desk: Desk, text: str, why: str) -> None:
    assert desk.records()["Mine"]["entries"] == 1
    desk.list.write_text(text)
    told = f"The list “Mine” can't be used: {why}. What it said before stays in force."
    assert desk.status("--format", "table").stderr.strip() == told
    assert desk.records()["Mine"]["entries"] == 1


def test_a_list_without_names_that_says_so_is_simply_empty(desk: Desk) -> None:
    desk.list.write_text("# Nothing at the moment.\n")
    assert desk.status("--format", "table").stderr == "" and desk.records()["Mine"]["state"] == "empty"


def test_a_fetched_list_that_nobody_looked_for_since_a_month_is_warned_of(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    stick = desk.data.parent / "stick"
    stick.mkdir()
    (stick / "sw-shock.txt").write_text("".join(f"site{number}.listed.example\n" for number in range(30)))
    update = ["lists", "update", "--from", str(stick), "--data-dir", str(desk.data), "--settings", str(desk.settings)]
    assert CliRunner().invoke(main, update).exit_code == 0
    monkeypatch.setattr(lists.clock, "is_synced", lambda: True)
    assert "last brought up to date" not in desk.status().stderr
    now = time.time()
    monkeypatch.setattr(lists.time, "time", lambda: now + 45.5 * 86_400.0)
    assert (
        "“ShadowWhisperer: shock” was last brought up to date 45 days ago: run `safespan lists update`." in desk.status().stderr
    )
    monkeypatch.setattr(lists.time, "time", lambda: now - 45.5 * 86_400.0)
    assert "was brought up to date while the clock was wrong: run `safespan lists update`." in desk.status().stderr
    monkeypatch.setattr(lists.clock, "is_synced", lambda: False)
    assert "last brought up to date" not in desk.status().stderr


def test_a_list_that_adds_nothing_is_not_called_broken(desk: Desk) -> None:
    desk.list.write_text("bet365.com\npornhub.com\n")
    assert desk.records()["Mine"]["state"] == "all on other lists"
    desk.list.write_text("# nothing yet\n")
    assert desk.records()["Mine"]["state"] == "empty"
    desk.list.unlink()
    assert desk.records()["Mine"]["state"] == "not in force"
