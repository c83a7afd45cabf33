from __future__ import annotations

import pytest

from appliance.edge.store import NotFound, Store, StoreError
from appliance.edge.store.merging import MOST
from appliance.model import Device
from appliance.school import Group


def mac(number: int) -> str:
    return f"da:00:00:00:00:{number:02x}"


@pytest.fixture
def known(store: Store) -> Store:
    """Thirty devices; the first has a name and a group."""
    store.save_devices([Device(mac=mac(number), first_seen=1.0, last_seen=2.0) for number in range(30)])
    store.name_device(mac(0), "Library tablet", by="x", now=1.0)
    store.register.save_group(Group(id="oak", name="Oak", kind="trolley"), by="x", now=1.0)
    store.register.set_group(mac(0), "oak", by="x", now=1.0)
    return store


def test_another_record_takes_over_name_and_group(known: Store) -> None:
    known.merging.merge(mac(1), mac(0), by="Mrs Bevan", now=100.0)
    assert known.device(mac(1)).label == "Library tablet" and known.device(mac(1)).group == "oak"
    assert known.merging.family(mac(1)) == known.merging.family(mac(0)) == [mac(0), mac(1)]
    assert known.audit_log()[0].action == "devices merged"


def test_records_of_records_belong_to_one_machine(known: Store) -> None:
    known.merging.merge(mac(2), mac(1), by="x", now=1.0)
    known.merging.merge(mac(3), mac(2), by="x", now=1.0)
    known.merging.merge(mac(1), mac(0), by="x", now=1.0)
    assert known.merging.family(mac(3)) == [mac(0), mac(1), mac(2), mac(3)]
    assert known.device(mac(3)).label == "Library tablet"


def test_what_was_merged_can_be_parted(known: Store) -> None:
    known.merging.merge(mac(1), mac(0), by="x", now=1.0)
    known.merging.part(mac(1), by="x", now=2.0)
    assert known.merging.all() == {} and known.merging.family(mac(1)) == [mac(1)]
    assert known.audit_log()[0].action == "devices parted"


@pytest.mark.parametrize(("one", "other"), [(mac(0), mac(0)), (mac(1), mac(0))])
def test_the_same_record_is_not_merged_twice(known: Store, one: str, other: str) -> None:
    known.merging.merge(mac(1), mac(0), by="x", now=1.0)
    with pytest.raises(StoreError, match="same record"):
        known.merging.merge(one, other, by="x", now=1.0)


@pytest.mark.parametrize(("one", "other"), [("nothing", mac(0)), (mac(0), "nothing")])
def test_a_device_that_is_not_there_is_not_merged(known: Store, one: str, other: str) -> None:
    with pytest.raises(NotFound):
        known.merging.merge(one, other, by="x", now=1.0)
    assert known.merging.all() == {}


def test_one_machine_has_a_bounded_number_of_records(known: Store) -> None:
    for number in range(1, MOST):
        known.merging.merge(mac(number), mac(0), by="x", now=1.0)
    with pytest.raises(StoreError, match="at most 20"):
        known.merging.merge(mac(MOST), mac(0), by="x", now=1.0)


def test_a_merged_device_is_not_forgotten(known: Store) -> None:
    known.merging.merge(mac(2), mac(1), by="x", now=1.0)
    known.forget_devices([mac(1), mac(2), mac(3)])
    assert {mac(1), mac(2)} <= {device.mac for device in known.devices()} and mac(3) not in {d.mac for d in known.devices()}
