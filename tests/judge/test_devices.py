from __future__ import annotations

import pytest

from appliance.judge.devices import PRIVATE_DAYS, PRIVATE_LIMIT, DeviceTable
from appliance.model import Announced, Device, DhcpSeen, NameAsked, Neighbour, NetbiosAsked, Seen

MAC, OTHER = "f0:18:98:00:07:07", "3c:52:82:00:02:04"


def asked(mac: str = MAC, client: str = "192.168.7.9", time: float = 100.0) -> Seen:
    return NameAsked(time=time, mac=mac, client=client, name="x.example")


def observe(table: DeviceTable, *sightings: Seen) -> list[str]:
    return [table.observe(seen) for seen in sightings]


def test_addresses_of_both_kinds_join_under_one_mac() -> None:
    table = DeviceTable()
    observe(table, asked(), asked(client="2001:db8::9"), Neighbour(time=101.0, mac=MAC, client="2001:db8::a"))
    assert table.device(MAC).addresses == ("192.168.7.9", "2001:db8::9", "2001:db8::a")
    assert len(table) == 1


@pytest.mark.parametrize("address", ["0.0.0.0", "255.255.255.255", "224.0.0.251", "::", "ff02::1", "fe80::1", "", "rubbish"])
def test_addresses_that_are_nobodys_own_are_left_out(address: str) -> None:
    table = DeviceTable()
    observe(table, asked(client=address))
    assert table.device(MAC).addresses == ()


def test_address_that_moves_leaves_its_former_machine() -> None:
    table = DeviceTable()
    observe(table, asked(), asked(mac=OTHER))
    assert table.device(MAC).addresses == ()
    assert table.device(OTHER).addresses == ("192.168.7.9",)


def test_sighting_without_a_mac_goes_to_the_machine_known_for_the_address() -> None:
    table = DeviceTable()
    assert observe(table, asked(), asked(mac="")) == [MAC, MAC]
    assert observe(table, asked(mac="", client="10.0.0.5")) == ["10.0.0.5"]


def test_name_follows_the_order_of_trust() -> None:
    table = DeviceTable()
    observe(table, asked())
    table.observe_name(MAC, NetbiosAsked(time=1.0, mac=MAC, name="NETBIOS", registers=True))
    assert table.device(MAC).name == "NETBIOS"
    table.observe_name(MAC, Announced(time=1.0, mac=MAC, name="Announced"))
    assert table.device(MAC).name == "Announced"
    table.observe_name(MAC, DhcpSeen(time=1.0, mac=MAC, name="leased"))
    assert table.device(MAC).name == "leased"
    table.set_labels({MAC: "Year 6 iPad"})
    assert table.device(MAC).name == "Year 6 iPad"


def test_without_a_name_the_maker_and_the_end_of_the_mac_speak() -> None:
    table = DeviceTable()
    observe(table, asked(), asked(mac="00:00:5e:00:12:34", client="192.168.7.10"), asked(mac="", client="10.0.0.5"))
    assert table.device(MAC).name == "Apple 0707"
    assert table.device("00:00:5e:00:12:34").name == "Unknown device 1234"
    assert "10.0.0.5" in table.device("10.0.0.5").name


def test_makers_default_name_gives_way_to_a_chosen_one_and_gets_a_tail() -> None:
    table = DeviceTable()
    observe(table, asked())
    table.observe_name(MAC, DhcpSeen(time=1.0, mac=MAC, name="iPad"))
    assert table.device(MAC).name == "iPad 0707"
    table.observe_name(MAC, Announced(time=1.0, mac=MAC, name="Beech Class"))
    assert table.device(MAC).name == "Beech Class"


def test_netbios_questions_name_nobody() -> None:
    table = DeviceTable()
    observe(table, asked())
    table.observe_name(MAC, NetbiosAsked(time=1.0, mac=MAC, name="FILESERVER"))
    table.observe_name(MAC, NetbiosAsked(time=1.0, mac=MAC, name="WORKGROUP", registers=True, suffix=0x1E))
    assert table.device(MAC).heard_name is None


def test_serial_numbers_are_no_names() -> None:
    table = DeviceTable()
    observe(table, asked())
    assert not table.observe_name(MAC, Announced(time=1.0, mac=MAC, name="79d88e83-725c-b71b-bad0-5862d5b22386"))
    assert table.device(MAC).name == "Apple 0707"


def test_hostile_names_are_cleaned_on_the_way_in() -> None:
    table = DeviceTable()
    observe(table, asked())
    table.observe_name(MAC, DhcpSeen(time=1.0, mac=MAC, name="\u202e\x1b[2Jevil" + "x" * 500))
    name = table.device(MAC).name
    assert name.isprintable() and len(name) <= 63


def test_private_macs_are_marked() -> None:
    table = DeviceTable()
    observe(table, asked(mac="da:a1:19:00:00:01"))
    assert table.device("da:a1:19:00:00:01").private
    assert not table.device(MAC).private


def test_mac_with_many_addresses_is_a_router_and_those_behind_it_are_told_apart() -> None:
    table = DeviceTable()
    observe(table, *(asked(client=f"192.168.7.{n}") for n in range(10, 17)))
    assert table.routers == {MAC}
    assert observe(table, asked(client="192.168.7.10"), asked(client="192.168.7.11")) == ["192.168.7.10", "192.168.7.11"]
    assert table.device(MAC).addresses == ()


def test_router_does_not_hide_machines_whose_own_mac_is_known() -> None:
    table = DeviceTable()
    observe(table, *(asked(client=f"192.168.7.{n}") for n in range(10, 17)))
    observe(table, Neighbour(time=100.0, mac=OTHER, client="192.168.7.10"))
    assert observe(table, asked(client="192.168.7.10")) == [OTHER]


def test_strangers_from_outside_behind_a_router_are_nobodys_device() -> None:
    table = DeviceTable()
    observe(table, *(asked(client=f"192.168.7.{n}") for n in range(10, 17)))
    before = len(table)
    assert observe(table, asked(client="203.0.113.9")) == [""]
    assert len(table) == before


def test_machine_that_gets_a_new_lease_now_and_then_is_no_router() -> None:
    table = DeviceTable()
    observe(table, *(asked(client=f"192.168.7.{n}", time=n * 4000.0) for n in range(10, 30)))
    assert not table.routers


def test_many_privacy_addresses_make_no_router_and_the_oldest_go() -> None:
    table = DeviceTable()
    observe(table, *(asked(client=f"2001:db8::{n:x}", time=float(n)) for n in range(1, 40)))
    assert not table.routers
    assert len(table.device(MAC).addresses) == 16
    assert "2001:db8::27" in table.device(MAC).addresses


def test_table_is_bounded_and_private_macs_go_first() -> None:
    table = DeviceTable(limit=100)
    observe(table, asked(time=1.0))
    observe(table, *(asked(mac=f"02:00:00:00:{n >> 8:02x}:{n & 255:02x}", client="", time=2.0 + n) for n in range(5_000)))
    assert len(table) <= 100
    assert table.device(MAC).first_seen == 1.0
    assert table.evicted >= 4_900
    assert 0 < len(table.take_forgotten()) <= 100
    assert table.take_forgotten() == []


def test_flood_of_real_looking_macs_is_bounded_too_and_named_devices_stay() -> None:
    table = DeviceTable(limit=100)
    observe(table, asked(time=1.0))
    table.set_labels({MAC: "Library"})
    observe(
        table, *(asked(mac=f"00:00:5e:00:{n >> 8:02x}:{n & 255:02x}", client=f"10.0.{n >> 8}.{n & 255}") for n in range(2_000))
    )
    assert len(table) <= 100
    assert table.device(MAC).label == "Library"
    assert table.device(MAC).first_seen == 1.0


def test_changes_are_handed_out_once_and_last_heard_only_now_and_then() -> None:
    table = DeviceTable()
    observe(table, asked(time=100.0))
    assert [device.mac for device in table.take_changes()] == [MAC]
    observe(table, asked(time=200.0))
    assert table.take_changes() == []
    observe(table, asked(time=500.0))
    assert [device.last_seen for device in table.take_changes()] == [500.0]


def test_restored_device_goes_on_where_it_was() -> None:
    table = DeviceTable()
    table.restore(Device(mac=MAC, addresses=("192.168.7.9",), heard_name="ipad-07", first_seen=1.0, last_seen=2.0))
    assert observe(table, asked(mac="", time=50.0)) == [MAC]
    device = table.device(MAC)
    assert (device.first_seen, device.last_seen, device.name, device.maker) == (1.0, 50.0, "ipad-07", "Apple")


def private_mac(number: int) -> str:
    return f"02:00:00:00:{number >> 8:02x}:{number & 255:02x}"


def test_private_macs_never_fill_the_table_and_known_ones_stay() -> None:
    table = DeviceTable()
    table.set_known({private_mac(0)})
    table.set_labels({private_mac(1): "Head's phone"})
    for number in range(2 * PRIVATE_LIMIT):
        table.observe(asked(mac=private_mac(number), client="", time=100.0 + number))
        table.observe(asked(mac=MAC, time=100.0 + number))
    assert len(table) <= PRIVATE_LIMIT + 1
    for kept in (private_mac(0), private_mac(1), private_mac(2 * PRIVATE_LIMIT - 1), MAC):
        assert table.device(kept).first_seen > 0.0
    assert private_mac(2) in table.take_forgotten()


def test_private_mac_that_has_been_silent_for_weeks_is_forgotten() -> None:
    table = DeviceTable()
    observe(table, asked(mac=private_mac(1), client="10.0.0.1"), asked(mac=MAC, client="10.0.0.2"))
    late = 100.0 + (PRIVATE_DAYS + 1) * 86_400.0
    observe(table, asked(mac=OTHER, client="10.0.0.3", time=late))
    assert table.take_forgotten() == [private_mac(1)]
    assert len(table) == 2


def test_vlan_and_owner_of_an_address_are_known() -> None:
    table = DeviceTable()
    table.observe(NameAsked(time=1.0, mac=MAC, client="10.0.0.1", vlan=30, name="x.example"))
    assert (table.vlan(MAC), table.vlan(OTHER)) == (30, None)
    assert (table.owner_of("10.0.0.1"), table.owner_of("10.0.0.2")) == (MAC, "")
