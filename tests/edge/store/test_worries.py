from __future__ import annotations

from pathlib import Path

import pytest

from appliance.edge.store import Store, StoreError, TooManyWorries
from appliance.edge.store.worries import KEPT, NAME_LIMIT, PER_DAY, PER_HOUR, TEXT_LIMIT
from appliance.school import Worry

from .conftest import incident, open_store
from .test_chain import tampering

DAY = 86_400.0


def test_a_worry_comes_back_as_it_was_written(store: Store) -> None:
    kept = store.worries.add(Worry(text="  My friend\nis sad. ", name=" Sam  B ", about="bevan", today=True), now=100.0)
    assert kept == Worry(id=1, time=100.0, text="My friend\nis sad.", name="Sam B", about="bevan", today=True)
    assert store.worries.unread() == [kept]


def test_a_worry_that_became_an_incident_is_not_read_again(store: Store) -> None:
    first, second = (store.worries.add(Worry(text=text), now=100.0) for text in ("one", "two"))
    store.worries.tie(first.id, store.save_incident(incident(category="worry", mac="worry")).id)
    assert store.worries.unread() == [second]
    assert store.worries.of_incident(1) == first and store.worries.of_incident(2) is None


@pytest.mark.parametrize("sql", ["UPDATE worries SET text = 'nothing'", "DELETE FROM worries"])
def test_worries_are_only_ever_added_to(store: Store, sql: str) -> None:
    store.worries.add(Worry(text="one"), now=100.0)
    with pytest.raises(StoreError):
        store._lasting.execute(sql)


def test_a_worry_that_somebody_changes_breaks_the_chain(store: Store, folder: Path) -> None:
    store.worries.add(Worry(text="one"), now=100.0)
    assert store.verify_chain().broken is None
    store.close()
    with tampering(folder) as raw:
        raw.execute("UPDATE worries SET text = 'nothing'")
    with open_store(folder) as opened:
        broken = opened.verify_chain().broken
        assert broken is not None and (broken.kind, broken.source, broken.row) == ("changed", "worries", 1)


def test_what_is_too_long_is_cut_and_nothing_is_refused(store: Store) -> None:
    kept = store.worries.add(Worry(text="a" * (TEXT_LIMIT + 5), name="b" * 500), now=1.0)
    assert len(kept.text) == TEXT_LIMIT and len(kept.name) == NAME_LIMIT
    with pytest.raises(StoreError, match="words"):
        store.worries.add(Worry(text="  \n "), now=1.0)


def test_an_hour_and_a_day_take_only_so_many(store: Store) -> None:
    for number in range(PER_HOUR):
        store.worries.add(Worry(text=f"worry {number}"), now=1_000.0 + number)
    with pytest.raises(TooManyWorries):
        store.worries.add(Worry(text="one more"), now=1_100.0)
    hours = PER_DAY // PER_HOUR
    for hour in range(1, hours):
        for number in range(PER_HOUR):
            store.worries.add(Worry(text="later"), now=1_000.0 + hour * 3_700.0 + number)
    assert store.worries.is_full(1_000.0 + hours * 3_700.0)
    assert not store.worries.is_full(1_100.0 + DAY + hours * 3_700.0)


def test_a_full_table_takes_no_more(store: Store) -> None:
    sql = """WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
        INSERT INTO worries (time, text, name, about, today, box, boot, seq) SELECT 0, 'x', '', '', 0, '', '', i FROM n"""
    store._lasting.execute(sql, (KEPT,))
    with pytest.raises(TooManyWorries):
        store.worries.add(Worry(text="one more"), now=10 * DAY)


def test_a_worry_is_hidden_from_whom_it_is_about_and_from_nobody_else(store: Store) -> None:
    store.save_incident(incident(category="worry", mac=Worry(text="x", about="bevan").target))
    store.save_incident(incident(category="worry", mac=Worry(text="x").target))
    assert store.ownership.owns("bevan") and not store.ownership.owns("rees")
    assert store.ownership.hides("bevan", 1) and not store.ownership.hides("bevan", 2)
    assert [found.id for found in store.incidents(hidden_from="bevan")] == [2]
    assert store.count_open("bevan")["urgent"] == 1 and store.count_open("rees")["urgent"] == 2
