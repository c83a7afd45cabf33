"""The lists in force: compiled when something changed, opened otherwise, mended when damaged."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from appliance.config import ListFile, Settings
from appliance.edge import list_manifest, list_writer, lists
from appliance.edge.list_manifest import CorruptError
from appliance.edge.list_seeds import seed_sources
from appliance.edge.lists import ensure, manifest_of, open_lists
from appliance.judge.verdicts import judge_name
from appliance.model import ListStatus

URGENT = "urgent.listed.example"


class Box:
    """A data folder, and a list file named in its settings."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.file = folder / "school.txt"
        self.file.write_text("proxy.listed.example\n")
        self.entry = ListFile(path=str(self.file), category="proxy_avoidance", name="Our list", licence="CC0")

    @property
    def settings(self) -> Settings:
        return Settings(lists=(self.entry,))

    def category(self, name: str) -> str | None:
        return judge_name(name, ensure(self.settings, self.data)).category

    def status(self, name: str = "Our list") -> ListStatus:
        return next(status for status in ensure(self.settings, self.data).statuses if status.name == name)


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A count of compilations."""
    made: list[int] = []
    real = lists.compile_lists

    def counted(*args: object, **kwargs: object) -> object:
        made.append(1)
        return real(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(lists, "compile_lists", counted)
    return made


def test_a_file_of_the_settings_is_in_force_with_its_status(box: Box) -> None:
    assert box.category("www.proxy.listed.example") == "proxy_avoidance"
    status = box.status()
    assert (status.category, status.entries, status.refused, status.licence, status.problem) == (
        "proxy_avoidance",
        1,
        0,
        "CC0",
        "",
    )
    assert status.updated == pytest.approx(box.file.stat().st_mtime)


def test_a_second_opening_does_not_compile(box: Box, compilations: list[int]) -> None:
    box.category(URGENT)
    box.category(URGENT)
    assert len(compilations) == 1


def test_a_changed_file_is_compiled_again(box: Box, compilations: list[int]) -> None:
    assert box.category(URGENT) is None
    box.file.write_text(f"{URGENT}\n")
    box.entry = ListFile(path=str(box.file), category="suicide", name="Our list")
    assert box.category(URGENT) == "suicide"
    assert len(compilations) == 2


def test_any_category_may_be_given_to_a_file(box: Box) -> None:
    box.file.write_text(f"{URGENT}\n")
    box.entry = ListFile(path=str(box.file), category="self_harm")
    verdict = judge_name(f"www.{URGENT}", ensure(box.settings, box.data))
    assert (verdict.category, verdict.level, verdict.exercise) == ("self_harm", "urgent", False)


def test_an_unknown_category_is_a_problem_and_the_rest_goes_on(box: Box) -> None:
    box.entry = ListFile(path=str(box.file), category="gaming", name="Our list")
    assert box.category("proxy.listed.example") is None
    assert box.category("proxy.trigger.example") == "proxy_avoidance"
    assert "no category “gaming”" in box.status().problem
    assert "games" in box.status().problem


def test_a_list_whose_category_became_unknown_keeps_what_it_said(box: Box) -> None:
    assert box.category("proxy.listed.example") == "proxy_avoidance"
    box.entry = ListFile(path=str(box.file), category="gaming", name="Our list")
    assert box.category("proxy.listed.example") == "proxy_avoidance"
    assert "no category “gaming”" in box.status().problem
    assert box.status().problem.endswith("What it said before stays in force.")


def test_a_missing_file_is_a_problem_and_the_rest_goes_on(box: Box) -> None:
    box.file.unlink()
    assert box.category("proxy.trigger.example") == "proxy_avoidance"
    status = box.status()
    assert (status.entries, status.category) == (0, "proxy_avoidance")
    assert status.problem == f"The list “Our list” can't be used: there is no file {box.file}."


def test_what_a_vanished_file_said_stays_in_force_with_its_date(box: Box, compilations: list[int]) -> None:
    os.utime(box.file, (1_700_000_000, 1_700_000_000))
    before = box.status()
    box.file.unlink()
    assert box.category("proxy.listed.example") == "proxy_avoidance"
    status = box.status()
    assert status.problem.endswith("What it said before stays in force.")
    assert (status.entries, status.version, status.updated) == (1, before.version, 1_700_000_000)
    assert len(compilations) == 2
    box.file.write_text("other.listed.example\n")
    assert box.category("other.listed.example") == "proxy_avoidance"
    assert box.category("proxy.listed.example") is None
    assert box.status().problem == ""


def test_a_file_that_became_rubbish_keeps_what_it_said(box: Box) -> None:
    box.status()
    box.file.write_bytes(b"\x1f\x8b\x08not gzip at all")
    assert box.category("proxy.listed.example") == "proxy_avoidance"
    assert "can't be read" in box.status().problem


def test_an_allow_file_clears_names(box: Box) -> None:
    box.file.write_text("roblox.com\n")
    box.entry = ListFile(path=str(box.file), category="allow", name="Our list")
    assert box.category("www.roblox.com") is None
    assert box.status().entries == 1


def test_an_allow_file_can_not_clear_the_serious_core(box: Box) -> None:
    box.file.write_text("suicide.trigger.example\n")
    box.entry = ListFile(path=str(box.file), category="allow", name="Our list")
    assert box.category("suicide.trigger.example") == "suicide"


@pytest.mark.parametrize("piece", ["names-0.trie", "rules-0.bin", "manifest.json"])
@pytest.mark.parametrize("damage", ["flip", "cut", "remove"])
def test_a_damaged_set_is_made_again(box: Box, compilations: list[int], piece: str, damage: str) -> None:
    box.category(URGENT)
    file = box.data / "lists" / "current" / piece
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0x10
    if damage == "remove":
        file.unlink()
    else:
        file.write_bytes(content if damage == "flip" else content[: len(content) // 2])
    assert box.category("proxy.listed.example") == "proxy_avoidance"
    assert len(compilations) == 2


def test_a_set_of_another_version_is_made_again(box: Box, compilations: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    box.category(URGENT)
    later = list_manifest.FORM + 1
    for module in (list_manifest, lists):
        monkeypatch.setattr(module, "FORM", later)
    box.category(URGENT)
    assert len(compilations) == 2


def test_a_failed_compilation_leaves_the_old_set_and_no_litter(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    ensure(box.settings, box.data)
    box.file.write_text("new.listed.example\nmore.listed.example\n")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(lists, "write_names", full)
    with pytest.raises(OSError, match="No space left"):
        ensure(box.settings, box.data)
    assert judge_name("proxy.listed.example", open_lists(box.data / "lists")).category == "proxy_avoidance"
    assert sorted(path.name[:4] for path in (box.data / "lists").iterdir()) == [".loc", "curr", "set-"]


def test_a_copy_that_followed_the_link_is_replaced_once_it_is_stale(box: Box) -> None:
    ensure(box.settings, box.data)
    current = box.data / "lists" / "current"
    real = current.resolve()
    current.unlink()
    real.rename(current)
    assert box.category("proxy.listed.example") == "proxy_avoidance"
    box.file.write_text("new.listed.example\nmore.listed.example\n")
    assert box.category("new.listed.example") == "proxy_avoidance"
    assert current.is_symlink()


def test_an_open_set_outlives_its_replacement(box: Box) -> None:
    before = ensure(box.settings, box.data)
    box.file.write_text("new.listed.example\nmore.listed.example\n")
    after = ensure(box.settings, box.data)
    assert judge_name("proxy.listed.example", before).category == "proxy_avoidance"
    assert judge_name("proxy.listed.example", after).category is None
    assert before.version != after.version == manifest_of(box.data).key[:12]


def test_two_programs_at_once_compile_once(box: Box, compilations: list[int]) -> None:
    found: list[str | None] = []
    threads = [threading.Thread(target=lambda: found.append(box.category("proxy.listed.example"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["proxy_avoidance"] * 4
    assert len(compilations) == 1


def test_a_folder_without_a_set_can_not_be_opened(tmp_path: Path) -> None:
    with pytest.raises(CorruptError):
        open_lists(tmp_path)


def test_many_names_make_several_tries_that_all_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_writer, "SHARD_NAMES", 500)
    file = tmp_path / "many.txt"
    file.write_text("".join(f"site{number}.example\n" for number in range(5000)))
    settings = Settings(lists=(ListFile(path=str(file), category="gambling"),))
    opened = ensure(settings, tmp_path / "data")
    assert len(manifest_of(tmp_path / "data").tries) > 5
    assert all(judge_name(f"www.site{number}.example", opened).category == "gambling" for number in range(5000))
    assert judge_name("site5001.example", opened).category is None


def test_more_rules_than_one_byte_holds(tmp_path: Path) -> None:
    entries = []
    for number in range(120):
        file = tmp_path / f"list{number}.txt"
        file.write_text(f"site{number}.example\n")
        entries.append(ListFile(path=str(file), category="gambling", name=f"List {number}"))
    opened = ensure(Settings(lists=tuple(entries)), tmp_path / "data")
    assert [judge_name(f"site{number}.example", opened).source[:8].strip(", ") for number in (0, 119)] == ["List 0", "List 119"]


def test_progress_is_told_by_list_and_bytes_and_then_for_putting_all_in_order(box: Box) -> None:
    told: list[tuple[str, int, int]] = []
    ensure(box.settings, box.data, progress=lambda *step: told.append(step))
    size = box.file.stat().st_size
    assert ("Our list", size, size) in told
    last = told[-1]
    assert last[0] == "all names once more, in order" and last[1] == last[2] > size


def test_the_key_changes_with_the_seeds_and_nothing_else() -> None:
    assert lists._key(seed_sources()) == lists._key(seed_sources())
    assert lists._key(seed_sources()) != lists._key(seed_sources()[:-1])


def test_a_set_is_open_to_the_group_of_guardian_and_fetcher(tmp_path: Path) -> None:
    ensure(Settings(), tmp_path)
    assert (tmp_path / "lists" / "current").stat().st_mode & 0o777 == 0o770
