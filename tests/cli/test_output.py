"""What the network, a list or a person wrote can't steer a terminal, whichever command prints it and however."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from appliance.cli import main
from appliance.cli.output import print_records, printable
from appliance.edge.store import Store
from appliance.school import Rule
from tests.web_ui import school
from tests.web_ui.test_hostile import NASTY, fill

# Controls (C0 but line breaks, C1), bidi overrides, invisible letters, tags.
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]")
COMMANDS = [
    *(["incidents"], ["incidents", "--open"], ["devices"], ["health"], ["rules", "list"]),
    *(["rules", "preview", "allow", "nasty.example"], ["audit", "verify"]),
]


@pytest.mark.parametrize("nasty", [text for text in NASTY if text])
def test_no_command_that_reads_the_records_lets_a_name_steer_the_terminal(
    nasty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with Store.open(tmp_path) as store:
        store.add_account(school.HEAD, "Mrs Bevan", "head", "hash", now=school.NOW)
        fill(store, nasty)
        store.save_incident(
            school.an_incident(device=nasty, names=("nasty.example",), sentence=nasty, reason=nasty, source=nasty)
        )
        rule = Rule(kind="deny", pattern="a.example", category="games", reason=nasty, until=school.NOW + 60)
        store.rulebook.add_rule(rule, by=nasty, now=school.NOW)
    for command in COMMANDS:
        for form in ("table", "jsonl"):
            options = ["--format", form] if "audit" not in command and "preview" not in command else []
            done = CliRunner().invoke(main, [*command, *options, "--data-dir", str(tmp_path)], color=True)
            assert done.exit_code == 0, (command, done.output)
            own = re.sub(r"\x1b\[[01]m", "", done.output)  # our own bold headings
            assert not STEERING.search(own), (command, form, own)


def test_what_a_program_reads_from_json_lines_is_what_was_kept(capsys: pytest.CaptureFixture[str]) -> None:
    record = {"name": "a\x1b[2J\x9b31m\u202eb\ud800é \U000e0041", "n": [1, "\u200b"]}
    print_records([record], (), "jsonl")
    line = capsys.readouterr().out
    assert json.loads(line) == record and "é" in line and not STEERING.search(line.rstrip("\n"))


@pytest.mark.parametrize("text", ["[red]x[/red]", r"\[red]x", r"\\[bold]", "[/]", "[link=https://a.example]x"])
def test_brackets_in_a_cell_are_brackets(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    print_records([{"name": text}], ("name",), "table")
    assert text in capsys.readouterr().out


def test_letters_of_every_script_stay() -> None:
    assert printable("Ashfield Ysgol Llŷn 学校 — “iPad”") == "Ashfield Ysgol Llŷn 学校 — “iPad”"
