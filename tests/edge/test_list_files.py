"""List files as they come: gzipped, tarred, folders, odd encodings, rubbish without end."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.edge import list_files, list_json
from appliance.edge.list_files import MOST_EXAMPLES, ListError, Refusals, read_names


def names(path: Path, form: str = "auto") -> list[str]:
    return list(read_names(path, form, Refusals()))


def tar_of(path: Path, members: dict[str, bytes | str]) -> Path:
    """An archive; a `str` member is a link to that target."""
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            if isinstance(content, str):
                info.type, info.linkname = tarfile.SYMTYPE, content
                archive.addfile(info)
            else:
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
    return path


def test_byte_order_mark_and_windows_line_ends(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_bytes(b"\xef\xbb\xbfone.example\r\ntwo.example\r\n")
    assert names(file) == ["one.example", "two.example"]


def test_latin_1_is_read_where_utf_8_fails(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_bytes("# liste été\nbücher.example\none.example\n".encode("latin-1"))
    assert names(file) == ["xn--bcher-kva.example", "one.example"]


def test_gzip_is_known_by_its_first_bytes_not_its_name(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_bytes(gzip.compress(b"0.0.0.0 one.example\n"))
    assert names(file) == ["one.example"]


def test_the_last_line_needs_no_line_end(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_bytes(b"one.example\ntwo.example")
    assert names(file) == ["one.example", "two.example"]


def test_an_empty_file_is_an_empty_list(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.touch()
    assert names(file) == []


def test_lines_cut_by_a_block_stay_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_files, "_BLOCK", 7)
    file = tmp_path / "list.txt"
    file.write_bytes(b"\xef\xbb\xbfone.example\nb\xc3\xbccher.example\nthree.example")
    assert names(file) == ["one.example", "xn--bcher-kva.example", "three.example"]


def test_binary_rubbish_is_counted_with_a_few_printable_examples(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_bytes(os.urandom(300_000) + b"\nok.example\n")
    refusals = Refusals()
    assert "ok.example" in set(read_names(file, "auto", refusals))
    assert refusals.total > 100
    for examples in refusals.examples.values():
        assert len(examples) <= MOST_EXAMPLES
        assert all(text.isprintable() and len(text) <= 80 for text in examples)


def test_a_line_without_end_is_refused_and_never_held_whole(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_bytes(b"a" * (5 << 20) + b"\nok.example\n")
    refusals = Refusals()
    assert list(read_names(file, "domains", refusals))[-1:] == ["ok.example"]
    assert refusals.reasons["not a name"] >= 1


def test_a_gzip_bomb_ends_at_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_files, "MOST_TEXT", 3 << 20)
    file = tmp_path / "list.gz"
    file.write_bytes(gzip.compress(b"\n" * (8 << 20)))
    with pytest.raises(ListError, match="unpacks to more than"):
        names(file)


def test_a_cut_gzip_gives_what_it_holds_and_then_one_clear_error(tmp_path: Path) -> None:
    whole = gzip.compress(b"".join(b"site%d.example\n" % number for number in range(200_000)))
    file = tmp_path / "list.gz"
    file.write_bytes(whole[: len(whole) // 2])
    seen: list[str] = []
    with pytest.raises(ListError, match=r"can't be read"):
        seen.extend(read_names(file, "domains", Refusals()))


def test_a_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ListError, match="not there"):
        names(tmp_path / "none.txt")


def test_a_category_folder_is_read_and_a_folder_of_categories_refused(tmp_path: Path) -> None:
    for category in ("drugs", "gambling"):
        (tmp_path / category).mkdir()
        (tmp_path / category / "domains").write_text(f"{category}.example\n192.0.2.1\n")
        (tmp_path / category / "urls").write_text("page.example/only\n")
    (tmp_path / "drogue").symlink_to("drugs")
    assert names(tmp_path / "gambling", "ut1") == ["gambling.example"]
    assert names(tmp_path / "drogue", "ut1") == ["drugs.example"]
    with pytest.raises(ListError, match="holds 2 categories"):
        names(tmp_path, "ut1")


def test_a_folder_around_one_category_is_that_category(tmp_path: Path) -> None:
    (tmp_path / "drugs").mkdir()
    (tmp_path / "drugs" / "domains").write_text("one.example\n")
    (tmp_path / "drogue").symlink_to("drugs")
    assert names(tmp_path) == ["one.example"]


def test_a_folder_without_domains_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ListError, match="no file called domains"):
        names(tmp_path)


def test_an_archive_is_read_without_writing_anything(tmp_path: Path) -> None:
    archive = tar_of(
        tmp_path / "drogue.tar.gz",
        {
            "drogue/domains": b"one.example\n",
            "drogue/urls": b"page.example/only\n",
            "drugs": "drogue",
        },
    )
    assert names(archive) == ["one.example"]
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["drogue.tar.gz"]


@pytest.mark.parametrize("member", ["../../escape/domains", "/etc/domains", "domains"])
def test_paths_that_lead_out_of_an_archive_write_nothing(tmp_path: Path, member: str) -> None:
    assert names(tar_of(tmp_path / "a.tar.gz", {member: b"one.example\n"})) == ["one.example"]
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.tar.gz"]


def test_an_archive_of_several_categories_is_refused_whole(tmp_path: Path) -> None:
    archive = tar_of(tmp_path / "a.tar.gz", {"a/domains": b"one.example\n", "b/domains": b"two.example\n"})
    with pytest.raises(ListError, match="holds 2 categories"):
        names(archive)


def test_a_link_in_an_archive_is_not_followed(tmp_path: Path) -> None:
    archive = tar_of(tmp_path / "a.tar.gz", {"a/domains": "/etc/hostname", "b/domains": b"one.example\n"})
    assert names(archive) == ["one.example"]


def test_an_archive_without_domains_and_a_cut_one_are_clear_errors(tmp_path: Path) -> None:
    with pytest.raises(ListError, match="no file called domains"):
        names(tar_of(tmp_path / "a.tar.gz", {"readme": b"hello"}))
    body = os.urandom(400_000).hex().encode()
    whole = tar_of(tmp_path / "b.tar.gz", {"a/domains": body}).read_bytes()
    (tmp_path / "c.tar.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ListError, match=r"can't be read"):
        names(tmp_path / "c.tar.gz")


def test_reading_tells_how_far_it_is(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_bytes(b"one.example\n" * 200_000)
    told: list[int] = []
    list(read_names(file, "domains", Refusals(), told.append))
    assert told == sorted(told)
    assert told[-1] == file.stat().st_size


LITTLE_SNITCH = b"""{"name": "A list", "description": "of bad.example",
 "denied-remote-domains": ["one.example", "*.two.example", "uk", "192.0.2.1"], "denied-remote-hosts": "three.example"}"""
CERT = b'[{"DomainAddress": "one.example", "InsertDate": "2026-11-21"}, {"DomainAddress": "two.example"}]'


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_json_is_known_by_its_beginning_and_read_by_its_keys(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    file = tmp_path / "list"
    file.write_bytes(pack(b"\xef\xbb\xbf " + LITTLE_SNITCH))
    assert names(file) == names(file, "json") == ["one.example", "two.example", "three.example"]
    file.write_bytes(pack(CERT))
    assert names(file) == ["one.example", "two.example"]
    file.write_bytes(pack(b"[Adblock Plus]\n||one.example^\n"))
    assert names(file) == ["one.example"]


@pytest.mark.parametrize("content", [LITTLE_SNITCH[:80], b"{" * 5_000, b'{"a": ', b"[\xff]"])
def test_json_cut_short_or_without_end_is_one_clear_error(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "list.json"
    file.write_bytes(content)
    with pytest.raises(ListError, match="no JSON, or was cut short"):
        names(file, "json")


def test_json_beyond_all_measure_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_json, "MOST_BYTES", 100)
    file = tmp_path / "list.json"
    file.write_bytes(b"[" + b'"one.example",' * 20 + b'"two.example"]')
    with pytest.raises(ListError, match="larger than a list in JSON may be"):
        names(file)
