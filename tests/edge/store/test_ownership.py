from __future__ import annotations

from appliance.edge.store import Store

from .conftest import MAC, incident


def numbers(store: Store, username: str | None) -> list[int]:
    return sorted(found.id for found in store.incidents(hidden_from=username))


def test_what_came_up_on_a_persons_own_device_is_hidden_from_them_alone(store: Store) -> None:
    store.save_incident(incident())
    store.save_incident(incident(mac="f0:18:98:00:07:08"))
    store.ownership.add("head", MAC, by="Ms Head", now=50.0)
    assert numbers(store, "head") == [2] and numbers(store, "deputy") == [1, 2] and numbers(store, None) == [1, 2]
    assert store.count_open("head")["urgent"] == 1 and store.count_open()["urgent"] == 2
    assert store.ownership.hides("head", 1) and not store.ownership.hides("head", 2)
    assert store.ownership.hidden("head") == {1} and store.ownership.count_open("head") == 1


def test_taking_the_mark_away_shows_only_what_begins_later(store: Store) -> None:
    store.save_incident(incident(first_seen=100.0))
    store.ownership.add("head", MAC, by="Ms Head", now=50.0)
    store.ownership.remove("head", MAC, by="Ms Head", now=200.0)
    store.save_incident(incident(first_seen=300.0))
    assert store.ownership.devices("head") == ()
    assert numbers(store, "head") == [2]
    assert [entry.action for entry in store.audit_log()] == ["own device unmarked", "own device marked"]
