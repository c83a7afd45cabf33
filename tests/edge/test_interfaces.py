from __future__ import annotations

from pathlib import Path

import pytest

from appliance.edge import interfaces
from appliance.edge.interfaces import Interface, choose_interface, list_interfaces, may_listen


def card(sysfs: Path, name: str, *, real: bool = True, carrier: str = "1", state: str = "up") -> None:
    folder = sysfs / name
    folder.mkdir(parents=True)
    (folder / "carrier").write_text(carrier + "\n")
    (folder / "operstate").write_text(state + "\n")
    if real:
        (folder / "device").mkdir()


def test_cards_are_told_from_bridges_and_cables_from_none(tmp_path: Path) -> None:
    card(tmp_path, "zz1")
    card(tmp_path, "zz2", carrier="0", state="down")
    card(tmp_path, "zz3", real=False)
    assert list_interfaces(tmp_path) == [
        Interface("zz1"), Interface("zz2", up=False, cable=False), Interface("zz3", real=False),
    ]  # fmt: skip


def test_a_machine_that_shows_none_has_none(tmp_path: Path) -> None:
    assert list_interfaces(tmp_path / "nowhere") == []
    assert choose_interface([]) is None


def test_this_machines_loopback_has_an_address() -> None:
    loopback = next(one for one in list_interfaces() if one.name == "lo")
    assert loopback.address
    assert not loopback.real


def test_an_address_beyond_the_link_counts_and_a_link_address_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "if_inet6"
    table.write_text(
        "fe800000000000000000000000000001 02 40 20 80 zz1\nfd070000000000000000000000000001 03 40 00 80 zz2\nbroken\n"
    )
    monkeypatch.setattr(interfaces, "IPV6_TABLE", table)
    for name in ("zz1", "zz2"):
        card(tmp_path / "net", name)
    assert [one.address for one in list_interfaces(tmp_path / "net")] == [False, True]


def test_a_card_with_a_cable_goes_before_one_without_and_an_address_rules_out() -> None:
    cards = [Interface("eth0", address=True), Interface("eth1", cable=False), Interface("eth2"), Interface("br0", real=False)]
    chosen = choose_interface(cards)
    assert chosen is not None
    assert chosen.name == "eth2"
    fallback = choose_interface(cards[:2])
    assert fallback is not None
    assert fallback.name == "eth1"


def test_the_right_to_listen_is_read_from_the_kernel() -> None:
    assert may_listen() in (True, False)
