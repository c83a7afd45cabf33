from __future__ import annotations

import pytest

from appliance.edge.store import NotFound, Store
from appliance.edge.store.invitations import LIFE, MOST


def test_a_code_makes_the_account_once(store: Store) -> None:
    code = store.invitations.invite("rees", "Mr Rees", "deputy", by="Ms Head", now=1.0)
    found = store.invitations.find(code.lower().replace("-", " "), 2.0)
    assert found is not None and (found.full_name, found.role, found.made_by) == ("Mr Rees", "deputy", "Ms Head")
    assert store.invitations.accept(code, "hash", now=3.0).role == "deputy"
    assert store.invitations.find(code, 4.0) is None and store.invitations.waiting(4.0) == []
    with pytest.raises(NotFound):
        store.invitations.accept(code, "other", now=4.0)


def test_a_code_is_too_old_after_a_week_and_worthless_once_there_is_a_newer_one(store: Store) -> None:
    old = store.invitations.invite("rees", "Mr Rees", "deputy", by="Ms Head", now=1.0)
    new = store.invitations.invite("rees", "Mr Rees", "deputy", by="Ms Head", now=2.0)
    assert store.invitations.find(old, 3.0) is None
    assert store.invitations.find(new, 2.0 + LIFE) is None
    assert store.invitations.find("", 3.0) is None


def test_an_invitation_for_an_existing_account_gives_it_a_new_passphrase_and_opens_it(store: Store) -> None:
    store.add_account("rees", "Mr Rees", "deputy", "old", now=1.0)
    store.add_session("token", "rees", 1.0, 100.0)
    store.set_active("rees", False, by="Ms Head", now=2.0)
    assert store.session("token", 3.0) is None
    code = store.invitations.invite("rees", "Mr Rees", "deputy", by="Ms Head", now=3.0)
    account = store.invitations.accept(code, "new", now=4.0)
    assert account.active and account.password_hash == "new" and len(store.accounts()) == 1


def test_a_withdrawn_code_is_worth_nothing(store: Store) -> None:
    code = store.invitations.invite("rees", "Mr Rees", "deputy", by="Ms Head", now=1.0)
    store.invitations.withdraw("rees", by="Ms Head", now=2.0)
    assert store.invitations.find(code, 3.0) is None


def test_unused_invitations_are_bounded_and_the_oldest_goes_first(store: Store) -> None:
    codes = [store.invitations.invite(f"n{n}", f"N {n}", "deputy", by="Ms Head", now=float(n)) for n in range(MOST + 1)]
    assert len(store.invitations.waiting(60.0)) == MOST
    assert store.invitations.find(codes[0], 60.0) is None and store.invitations.find(codes[1], 60.0) is not None
