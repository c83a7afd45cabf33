"""`safespan lists update|add|remove|back|catalogue|sign`: from files on a stick, without any network."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from appliance.cli import main
from appliance.edge.list_shelf import Shelf


class Desk:
    """A data folder, a stick, and the command line."""

    def __init__(self, folder: Path) -> None:
        self.data, self.stick = folder / "data", folder / "stick"
        self.stick.mkdir()
        self.settings = folder / "safespan.toml"
        self.settings.write_text("")

    def run(self, *arguments: str, data: bool = True) -> Result:
        more = ["--data-dir", str(self.data)] if data else []
        return CliRunner().invoke(main, ["lists", *arguments, *more])

    def update(self, *arguments: str) -> Result:
        return self.run("update", *arguments, "--from", str(self.stick), "--settings", str(self.settings))

    def put(self, key: str, count: int, start: int = 0) -> None:
        names = (f"site{number}.listed.example\n" for number in range(start, start + count))
        (self.stick / f"{key}.txt").write_text("".join(names))

    def category(self, name: str) -> str | None:
        arguments = ["judge", name, "--data-dir", str(self.data), "--settings", str(self.settings), "--format", "jsonl"]
        found: str | None = json.loads(CliRunner().invoke(main, arguments).stdout)["category"]
        return found


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def records(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]


def test_update_takes_what_is_on_the_stick_and_says_what_came_of_it(desk: Desk) -> None:
    desk.put("sw-shock", 30)
    result = desk.update()
    assert result.exit_code == 0, result.output
    assert [(record["id"], record["what"], record["entries"]) for record in records(result)] == [("sw-shock", "new", 30)]
    assert desk.category("site7.listed.example") == "violence"


def test_everything_that_the_fetcher_makes_is_open_to_the_guardians_group(desk: Desk) -> None:
    desk.put("sw-shock", 30)
    before = os.umask(0o007)  # as in the fetcher's unit
    try:
        desk.update()
    finally:
        os.umask(before)
    made = [path for path in (desk.data / "lists").rglob("*") if not path.is_symlink()]
    assert len(made) > 5
    assert {path.name for path in made if path.stat().st_mode & 0o060 != 0o060} == set()


def test_update_that_brings_nothing_good_fails_and_keeps_the_old(desk: Desk) -> None:
    desk.put("sw-shock", 60)
    desk.update()
    desk.put("sw-shock", 25)
    result = desk.update("sw-shock")
    assert result.exit_code == 1
    assert "shrank from 60 to 25 entries. What it said before stays in force." in result.stderr
    assert desk.category("site59.listed.example") == "violence"
    status = desk.run("status", "--settings", str(desk.settings), "--format", "jsonl")
    assert "shrank" in status.stderr
    assert desk.update("sw-shock", "--anyway").exit_code == 0
    assert desk.category("site59.listed.example") is None


def test_back_returns_to_the_version_before(desk: Desk) -> None:
    for start in (0, 10):
        desk.put("sw-shock", 30, start)
        desk.update()
    result = desk.run("back", "sw-shock", "--settings", str(desk.settings))
    assert "The list “ShadowWhisperer: shock” is as it was before: 30 entries." in result.output
    assert desk.category("site3.listed.example") == "violence"
    assert "No earlier version" in desk.run("back", "sw-shock").output


def test_remove_and_add_again(desk: Desk) -> None:
    desk.put("sw-shock", 30)
    desk.update()
    assert desk.run("remove", "sw-shock", "--settings", str(desk.settings)).exit_code == 0
    assert desk.category("site3.listed.example") is None
    assert not records(desk.update())
    assert desk.run("add", "sw-shock").exit_code == 0
    assert [record["what"] for record in records(desk.update())] == ["new"]


def test_add_takes_an_address_of_the_schools_own_choice(desk: Desk) -> None:
    result = desk.run("add", "https://lists.example/mine.txt", "--category", "games", "--name", "Mine")
    assert result.exit_code == 0
    (held,) = Shelf(desk.data / "lists").all()
    assert (held.offer.name, held.offer.category, held.own) == ("Mine", "games", True)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["https://lists.example/x"], "say what the list is for with --category"),
        (["https://lists.example/x", "--category", "sorcery"], "“sorcery” is not known here"),
        (["http://lists.example/x", "--category", "games"], "only addresses that begin with https://"),
        (["https://raw.example/blocklistproject/x", "--category", "games"], "never used"),
        (["nothing-like-it"], "there is no list called nothing-like-it"),
    ],
)
def test_add_refuses_in_one_sentence(desk: Desk, arguments: list[str], reason: str) -> None:
    result = desk.run("add", *arguments)
    assert result.exit_code == 1
    assert reason.lower() in result.output.lower()
    assert not Shelf(desk.data / "lists").all()


def test_catalogue_shows_what_is_wanted_what_is_off_and_what_is_never_used(desk: Desk) -> None:
    found = records(desk.run("catalogue", "--format", "jsonl"))
    states = {record["id"] or record["name"]: record["state"] for record in found}
    assert (states["hagezi-doh"], states["ut1-adult"], states["UT1 chat"]) == ("wanted", "off", "never")


def test_unknown_ids_are_one_sentence(desk: Desk) -> None:
    for arguments in (("remove", "nothing"), ("back", "nothing")):
        result = desk.run(*arguments)
        assert result.exit_code == 1 and "list called nothing" in result.output
    assert "list called nothing" in desk.update("nothing").output


def test_a_supplier_signs_and_a_box_takes(desk: Desk, tmp_path: Path) -> None:
    publics = {}
    for name in ("root", "list"):
        publics[name] = desk.run("new-key", str(tmp_path / f"{name}.key"), data=False).output.strip()
    assert (tmp_path / "root.key").stat().st_mode & 0o777 == 0o600
    keys = ["--root-key", publics["root"], "--list-key", publics["list"], "--key", str(tmp_path / "root.key")]
    about = ["--supplier", "acme", "--version", "1", "--expires", "2099-12-31"]
    assert desk.run("sign-root", str(desk.stick), *about, *keys, data=False).exit_code == 0
    (desk.stick / "mine.txt").write_text("signed.example\n")
    entry = '[[list]]\nid = "mine"\nname = "Acme: games"\ncategory = "games"\nfile = "mine.txt"\n'
    (desk.stick / "lists.toml").write_text(f'supplier = "acme"\nversion = 1\nexpires = "2099-12-31"\n{entry}')
    signed = desk.run("sign", str(desk.stick), "--key", str(tmp_path / "list.key"), data=False)
    assert "version 1, 1 list." in signed.output
    assert desk.run("add", "stick", "--root", str(desk.stick / "1.root.json")).exit_code == 0
    assert [record["what"] for record in records(desk.update())] == ["new"]
    assert desk.category("www.signed.example") == "games"
    again = desk.run("sign", str(desk.stick), "--key", str(tmp_path / "list.key"), data=False)
    assert "the catalogue there has version 1, and version 1 is not above it" in again.output
    toml = (desk.stick / "lists.toml").read_text().replace("version = 1", "version = 2")
    for found, put, reason in (
        ("", "", ""),
        ('"games"', '"sorcery"', "of the list mine, its category “sorcery” is not known here"),
        ("mine.txt", "../root.key", "the list mine has to be a file in"),
        ("mine.txt", "nothing.txt", "of the list mine, the file is not there"),
        ("mine.txt", "1.root.json", "of the list mine, most of its lines are no names"),
        ("2099-12-31", "2020-01-01", "its last day is over"),
        ("2099-12-31", "tomorrow", "“tomorrow” is no day"),
    ):
        (desk.stick / "lists.toml").write_text(toml.replace(found, put) if found else toml.replace("[[list]]", "[[lists]]"))
        refused = desk.run("sign", str(desk.stick), "--key", str(tmp_path / "list.key"), data=False)
        assert refused.exit_code == 1 and "Nothing was signed" in refused.output and reason in refused.output, (
            put,
            refused.output,
        )
    assert [path.read_text() for path in (desk.stick / "files").iterdir()] == ["signed.example\n"]
    (desk.stick / "lists.toml").write_text(toml)
    stranger = desk.run("sign", str(desk.stick), "--key", str(tmp_path / "root.key"), data=False)
    assert "not signed by enough" in stranger.output
