"""`safespan judge`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from appliance.cli import main
from appliance.edge import lists


def run(data: Path, *words: str, settings: Path | None = None, typed: str | bytes | None = None) -> Result:
    options = ["--data-dir", str(data)] + (["--settings", str(settings)] if settings else [])
    return CliRunner().invoke(main, ["judge", *options, "--format", "jsonl", *words], input=typed)


def records(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


def test_each_name_is_one_record_with_the_promised_fields(data: Path) -> None:
    found = records(run(data, "www.croxyproxy.com", "nothing.example"))
    assert [set(record) >= {"name", "category", "level", "source", "reason", "confidence", "entry"} for record in found] == [
        True
    ] * 2
    assert (found[0]["category"], found[0]["level"], found[0]["entry"]) == ("proxy_avoidance", "look", "croxyproxy.com")
    assert found[1]["category"] is None
    assert found[1]["level"] is None


@pytest.mark.parametrize(
    ("name", "category", "level"),
    [
        ("suicide.trigger.example", "suicide", "urgent"),
        ("selfharm.trigger.example", "self_harm", "urgent"),
        ("extremism.trigger.example", "extremism", "urgent"),
        ("exploitation.trigger.example", "cse", "urgent"),
        ("proxy.trigger.example", "proxy_avoidance", "look"),
        ("adult.trigger.example", "pornography", "look"),
        ("games.trigger.example", "games", "note"),
    ],
)
def test_harmless_test_names_cover_every_level(data: Path, name: str, category: str, level: str) -> None:
    (record,) = records(run(data, name))
    assert (record["category"], record["level"], record["exercise"]) == (category, level, True)


@pytest.mark.parametrize(
    "name",
    [
        "childline.org.uk", "www.samaritans.org", "bbc.co.uk", "www.gov.uk", "teams.microsoft.com", "ttrockstars.com",
        "essex.gov.uk", "www.someschool.anytown.sch.uk", "iwf.testfiltering.com", "support.trigger.example", "localhost",
        "192.0.2.1", "uk", "",
    ],
)  # fmt: skip
def test_help_lines_school_sites_filter_tests_and_junk_have_no_category(data: Path, name: str) -> None:
    (record,) = records(run(data, "--", name))
    assert record["category"] is None
    assert record["reason"]


def test_private_relay_has_its_own_words(data: Path) -> None:
    (record,) = records(run(data, "mask.icloud.com"))
    assert record["category"] == "encrypted_dns"
    assert "Private Relay" in record["reason"]


def test_a_list_of_the_settings_counts(tmp_path: Path) -> None:
    listed = tmp_path / "mine.txt"
    listed.write_text("0.0.0.0 listed.example\n")
    settings = tmp_path / "safespan.toml"
    settings.write_text(f'[[lists]]\npath = "{listed}"\ncategory = "weapons"\nname = "Mine"\n')
    (record,) = records(run(tmp_path / "data", "www.listed.example", settings=settings))
    assert (record["category"], record["entry"], record["confidence"]) == ("weapons", "listed.example", "medium")
    assert record["source"].startswith("Mine, ")


def test_names_come_from_standard_input_too_whatever_bytes_they_are(data: Path) -> None:
    found = records(run(data, "-", typed=b"tiktok.com\r\n\xff\xfe\x00\n"))
    assert [record["category"] for record in found] == ["social_media", None]


def test_the_second_use_compiles_nothing(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records(run(data, "example.com"))
    monkeypatch.delattr(lists, "compile_lists")
    records(run(data, "example.com"))


def test_settings_that_can_not_be_used_are_one_sentence(tmp_path: Path) -> None:
    result = run(tmp_path, "example.com", settings=tmp_path / "none.toml")
    assert result.exit_code == 1
    assert "can't be read" in result.output
    assert "Traceback" not in result.output


def test_a_folder_that_may_not_be_written_is_replaced_by_a_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("appliance.cli.lists.os.access", lambda *_: False)
    assert records(run(tmp_path / "data", "tiktok.com"))[0]["category"] == "social_media"
    assert (tmp_path / "cache" / "safespan" / "lists" / "current").exists()
    assert not (tmp_path / "data").exists()


def test_without_a_name_the_usage_is_shown(data: Path) -> None:
    assert run(data).exit_code == 2


def test_a_table_carries_no_control_characters(data: Path) -> None:
    result = CliRunner().invoke(main, ["judge", "--data-dir", str(data), "--format", "table", "\x1b[31mred", "[bold]x"])
    assert result.exit_code == 0
    assert "\x1b[31m" not in result.output


def test_group_says_how_a_name_counts_on_its_devices(data: Path) -> None:
    names = ("www.pornhub.com", "nothing.example")
    (kept, _), (left, nothing) = (records(run(data, *names, "--group", group)) for group in ("unknown", "staff"))
    assert (kept["level"], left["level"], nothing["category"]) == ("look", None, None)
    assert left["reason"].endswith("Nothing of it is kept for this group.")


def test_unknown_group_is_one_line_that_names_those_there_are(data: Path) -> None:
    result = run(data, "a.example", "--group", "year-99")
    assert result.exit_code == 1
    assert result.output.strip() == "Error: There is no group year-99; there are: unknown, guest, staff."


def test_an_address_is_judged_by_the_lists_of_addresses(tmp_path: Path) -> None:
    (tmp_path / "doh.txt").write_text("198.51.100.0/24\n9.9.9.0/24 # resolvers\n")
    settings = tmp_path / "safespan.toml"
    settings.write_text(
        f'[[lists]]\npath = "{tmp_path}/doh.txt"\ncategory = "encrypted_dns"\nformat = "addresses"\nname = "By number"\n'
    )
    listed, other = records(run(tmp_path / "data", "9.9.9.77", "192.0.2.1", settings=settings))
    assert (listed["category"], listed["entry"], listed["confidence"]) == ("encrypted_dns", "9.9.9.0/24", "medium")
    assert listed["reason"].startswith("9.9.9.77 belongs to 9.9.9.0/24, which is on the list “By number”")
    assert other["category"] is None
