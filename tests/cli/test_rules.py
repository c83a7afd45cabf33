from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from appliance.cli import main
from appliance.edge.store import Store
from appliance.model import Incident, RecentName


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["rules", *words, "--data-dir", str(folder)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    now = time.time()
    with Store.open(tmp_path) as store:
        store.add_recent([RecentName(time=now - 60.0, mac="m1", kind="dns", name="www.chess.example", count=3)])
        fields = {"first_seen": now - 60.0, "last_seen": now - 60.0, "count": 1, "names": ("bet.example",)}
        store.save_incident(
            Incident(id=0, category="gambling", level="look", device="iPad", mac="m1", sentence="It was so.", **fields)  # type: ignore[arg-type]
        )
    return tmp_path


def test_rule_is_made_listed_and_ended(folder: Path) -> None:
    made = run(folder, "add", "deny", "chess.example", "--category", "games", "--reason", "Distracts", "--days", "7")
    assert (made.exit_code, made.output) == (0, "Rule 1 counts from now on.\n")
    (listed,) = [json.loads(line) for line in run(folder, "list", "--format", "jsonl").output.splitlines()]
    assert (listed["pattern"], listed["by"], listed["kind"]) == ("chess.example", "at the box", "deny")
    assert run(folder, "end", "1").exit_code == 0
    assert run(folder, "list", "--format", "jsonl").output == ""
    assert len(run(folder, "list", "--all", "--format", "jsonl").output.splitlines()) == 1


def test_rule_that_cannot_be_made_is_one_sentence(folder: Path) -> None:
    for words in (("allow", "--category", "suicide", "--reason", "x"), ("allow", "a.example"), ("end", "7")):
        failed = run(folder, *(("add", *words) if words[0] == "allow" else words))
        assert failed.exit_code == 1
        assert failed.output.startswith("Error: ")
        assert failed.output.count("\n") == 1


def test_preview_says_what_would_have_been_and_makes_nothing(folder: Path) -> None:
    deny = run(folder, "preview", "deny", "chess.example", "--category", "games")
    assert deny.output == ("One name on one device would have been shown.\n- shown: www.chess.example on m1, 3 times\n")
    allow = run(folder, "preview", "allow", "bet.example")
    assert allow.output == "One incident would have been hidden.\n- hidden: It was so.\n"
    assert run(folder, "list", "--all", "--format", "jsonl").output == ""
