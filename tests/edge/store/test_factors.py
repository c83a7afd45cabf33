from __future__ import annotations

from pathlib import Path

from appliance.edge.store import Store

CODES = ["AAAA-BBBBB", "CCCC-DDDDD"]


def test_a_factor_is_there_from_when_it_is_switched_on_until_off(store: Store) -> None:
    assert store.factors.find("head") is None
    store.factors.switch_on("head", "KEY", CODES, step=7, by="Ms Head", now=1.0)
    found = store.factors.find("head")
    assert found is not None and (found.key, found.last_step) == ("KEY", 7)
    store.factors.switch_off("head", by="at the box", now=2.0)
    assert store.factors.find("head") is None and store.factors.count_codes("head") == 0
    assert [entry.action for entry in store.audit_log()] == ["second factor off", "second factor on"]


def test_a_step_is_used_once_and_an_earlier_one_never(store: Store) -> None:
    store.factors.switch_on("head", "KEY", CODES, step=7, by="Ms Head", now=1.0)
    assert [store.factors.use_step("head", step) for step in (7, 8, 8, 6, 9)] == [False, True, False, False, True]


def test_a_recovery_code_works_once_for_its_owner_only_and_is_kept_as_a_hash(store: Store, folder: Path) -> None:
    store.factors.switch_on("head", "KEY", CODES, step=7, by="Ms Head", now=1.0)
    assert not store.factors.use_code("deputy", CODES[0], now=2.0)
    assert store.factors.use_code("head", CODES[0], now=2.0)
    assert not store.factors.use_code("head", CODES[0], now=3.0)
    assert store.factors.count_codes("head") == 1
    store.close()
    assert CODES[1].encode() not in (folder / "safespan.db").read_bytes()


def test_new_codes_make_the_old_ones_worthless(store: Store) -> None:
    store.factors.switch_on("head", "KEY", CODES, step=7, by="Ms Head", now=1.0)
    store.factors.renew_codes("head", ["EEEE-FFFFF"], by="Ms Head", now=2.0)
    assert not store.factors.use_code("head", CODES[0], now=3.0)
    assert store.factors.use_code("head", "EEEE-FFFFF", now=3.0)
