from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from appliance.cli import main
from appliance.edge.store import Store

GOOD = "three brown owls at dusk"


@pytest.fixture(autouse=True)
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))


def users(folder: Path, *arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, ["users", *arguments, "--data-dir", str(folder)], input=typed)


def test_account_is_made_and_its_passphrase_kept_as_a_hash(tmp_path: Path) -> None:
    done = users(tmp_path, "add", "head", "--name", "Ms Head", typed=f"{GOOD}\n{GOOD}\n")
    assert done.exit_code == 0, done.output
    with Store.open(tmp_path) as store:
        account = store.account("head")
    assert account is not None
    assert (account.full_name, account.role) == ("Ms Head", "head")
    assert account.password_hash.startswith("$argon2id$")
    assert GOOD not in done.output


def test_weak_passphrase_and_taken_or_odd_names_are_refused(tmp_path: Path) -> None:
    assert "at least 12" in users(tmp_path, "add", "head", typed="short\nshort\n").output
    users(tmp_path, "add", "head", typed=f"{GOOD}\n{GOOD}\n")
    assert "already an account" in users(tmp_path, "add", "head").output
    for odd in ("two words", "", "x" * 100, "a\x1b"):
        assert users(tmp_path, "add", odd).exit_code == 1


def test_reset_gives_a_new_passphrase(tmp_path: Path) -> None:
    users(tmp_path, "add", "head", typed=f"{GOOD}\n{GOOD}\n")
    with Store.open(tmp_path) as store:
        before = store.account("head")
    assert users(tmp_path, "reset", "head", typed="quite another phrase\nquite another phrase\n").exit_code == 0
    with Store.open(tmp_path) as store:
        assert store.account("head") != before
    assert "no account" in users(tmp_path, "reset", "nobody").output


def test_code_is_printed_until_there_is_an_account(tmp_path: Path) -> None:
    code = users(tmp_path, "code").output.strip()
    with Store.open(tmp_path) as store:
        assert store.check_first_run_code(code)
    users(tmp_path, "add", "head", typed=f"{GOOD}\n{GOOD}\n")
    done = users(tmp_path, "code")
    assert done.exit_code == 1 and "already" in done.output
