from __future__ import annotations

import stat
from pathlib import Path

import pytest

from appliance.edge.store import NotFound, Store, StoreError

from .conftest import open_store


def test_code_is_the_same_until_the_first_account_and_then_gone(store: Store) -> None:
    code = store.first_run_code(1.0)
    assert code == store.first_run_code(2.0)
    assert store.check_first_run_code(code)
    store.add_account("head", "Ms Head", "head", "hash", now=3.0)
    assert not store.check_first_run_code(code)
    assert store.first_run_code(4.0) == ""


def test_code_may_be_typed_in_small_letters_with_spaces(store: Store) -> None:
    code = store.first_run_code(1.0)
    assert store.check_first_run_code(" " + code.lower().replace("-", "  "))
    assert not store.check_first_run_code("")
    assert not store.check_first_run_code(code[:-1])


def test_code_lies_in_memory_only_and_for_its_owner_only(store: Store, folder: Path) -> None:
    code = store.first_run_code(1.0)
    file = folder / "recent" / "first-run-code"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert code not in (folder / "safespan.db").read_bytes().decode("latin-1")
    store.add_account("head", "Ms Head", "head", "hash", now=3.0)
    assert not file.exists()


def test_power_cut_makes_a_new_code_and_the_old_one_worthless(folder: Path) -> None:
    with open_store(folder) as store:
        old = store.first_run_code(1.0)
    (folder / "recent" / "first-run-code").unlink()
    with open_store(folder) as store:
        new = store.first_run_code(2.0)
        assert new != old
        assert not store.check_first_run_code(old)
        assert store.check_first_run_code(new)


def test_name_of_an_account_is_taken_once(store: Store) -> None:
    store.add_account("head", "Ms Head", "head", "hash", now=3.0)
    with pytest.raises(StoreError, match="already an account called head"):
        store.add_account("head", "Another", "deputy", "hash", now=4.0)
    assert [account.full_name for account in store.accounts()] == ["Ms Head"]


def test_new_password_ends_the_sessions(store: Store) -> None:
    store.add_account("head", "Ms Head", "head", "old", now=1.0)
    store.add_session("token", "head", 1.0, 100.0)
    store.set_password("head", "new", by="head", now=2.0)
    account = store.account("head")
    assert account is not None and account.password_hash == "new"
    assert store.session("token", 3.0) is None
    with pytest.raises(NotFound):
        store.set_password("nobody", "new", by="head", now=2.0)


def test_failed_logins_count_since_the_last_that_worked(store: Store) -> None:
    for time, ok in ((1.0, False), (2.0, True), (3.0, False), (4.0, False)):
        store.note_login("head", ok, now=time, source="192.168.7.2")
    assert store.failed_logins("head", since=0.0) == 2
    assert store.failed_logins("head", since=4.0) == 1
    assert store.failed_logins("other", since=0.0) == 0


def test_session_ends_at_its_time_or_when_told(store: Store) -> None:
    store.add_session("token", "head", 1.0, 100.0)
    assert store.session("token", 99.0) is not None
    assert store.session("token", 100.0) is None
    store.end_session("token")
    assert store.session("token", 2.0) is None


def test_touching_a_session_writes_at_most_once_a_minute(store: Store) -> None:
    store.add_session("token", "head", 1.0, 100.0)
    store.touch_session("token", 30.0, 500.0)
    session = store.session("token", 31.0)
    assert session is not None and (session.seen, session.expires) == (1.0, 100.0)
    store.touch_session("token", 62.0, 500.0)
    session = store.session("token", 63.0)
    assert session is not None and (session.seen, session.expires) == (62.0, 500.0)


def test_log_of_attempts_is_bounded(store: Store) -> None:
    with store.write():
        for n in range(10_050):
            store.note_login("head", False, now=float(n))
    assert store.failed_logins("head", since=0.0) == 10_000
