from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from appliance.cli import main
from appliance.edge.store import Store


@pytest.fixture(autouse=True)
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))


def verify(folder: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["audit", "verify", *options, "--data-dir", str(folder)])


def test_a_whole_record_is_said_to_be_whole_with_its_code(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.set_setting("school_name", "Ashdown", by="head", now=1.0)
        store.set_setting("school_name", "Ashdown Primary", by="head", now=2.0)
        code = store.chain_head().code
    done = verify(tmp_path, "--code", code)
    assert done.exit_code == 0
    assert done.output == f"The record is whole: 2 links, and the code {code} lies on it; its evidence code is {code}.\n"


def test_a_changed_entry_is_named_in_one_sentence(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.set_setting("school_name", "Ashdown", by="head", now=1.0)
    with sqlite3.connect(tmp_path / "safespan.db") as raw:
        raw.execute("DROP TRIGGER audit_no_update")
        raw.execute("UPDATE audit SET who = 'somebody else'")
    done = verify(tmp_path)
    assert done.exit_code == 1
    assert done.output == "Error: The record breaks at link 1: the audit entry 1 was changed after it was written.\n"


def test_a_code_that_was_never_the_head_and_a_folder_without_records_are_errors(tmp_path: Path) -> None:
    assert "no records" in verify(tmp_path).output
    with Store.open(tmp_path):
        pass
    assert "nothing has been written yet" in verify(tmp_path).output
    done = verify(tmp_path, "--code", "7-AAAA")
    assert done.exit_code == 1 and "does not hold that evidence code" in done.output
