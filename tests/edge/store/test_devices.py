from __future__ import annotations

import pytest

from appliance.edge.store import NotFound, Store
from appliance.model import Device

from .conftest import MAC, incident


def device(mac: str = MAC, **changes: object) -> Device:
    fields: dict[str, object] = {"addresses": ("192.168.7.9",), "heard_name": "ipad", "first_seen": 10.0, "last_seen": 20.0}
    return Device(mac=mac, **fields | changes)  # type: ignore[arg-type]


def test_device_comes_back_as_it_was(store: Store) -> None:
    store.save_devices([device(vlan=7, private=True, maker="Apple")])
    assert store.device(MAC) == device(vlan=7, private=True, maker="Apple")


def test_unknown_device_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        store.device(MAC)
    with pytest.raises(NotFound):
        store.name_device(MAC, "x", by="head", now=1.0)


def test_saving_again_keeps_the_schools_name(store: Store) -> None:
    store.save_devices([device()])
    store.name_device(MAC, "  Year 6\u202e iPad\n", by="head", now=1.0)
    store.save_devices([device(heard_name="other", last_seen=30.0)])
    found = store.device(MAC)
    assert (found.label, found.heard_name, found.last_seen) == ("Year 6 iPad", "other", 30.0)


def test_empty_name_takes_the_label_away(store: Store) -> None:
    store.save_devices([device()])
    store.name_device(MAC, "Library", by="head", now=1.0)
    assert store.name_device(MAC, "  ", by="head", now=2.0).label is None
    assert [entry.action for entry in store.audit_log()] == ["device name removed", "device named"]


def test_time_never_runs_backwards_for_a_device(store: Store) -> None:
    store.save_devices([device(first_seen=10.0, last_seen=20.0)])
    store.save_devices([device(first_seen=15.0, last_seen=5.0)])
    assert (store.device(MAC).first_seen, store.device(MAC).last_seen) == (10.0, 20.0)


def test_forgotten_devices_go_save_the_named_and_those_with_incidents(store: Store) -> None:
    macs = [f"02:00:00:00:00:0{n}" for n in range(3)]
    store.save_devices([device(mac) for mac in macs])
    store.name_device(macs[0], "Head's laptop", by="head", now=1.0)
    store.save_incident(incident(mac=macs[1]))
    store.forget_devices(macs)
    assert {found.mac for found in store.devices()} == set(macs[:2])
