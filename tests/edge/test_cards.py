"""What a card says of itself, from a folder that looks like /sys/class/net."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.edge.cards import Card, counted, is_up, own_macs, switch_off_merging


class FakeSys:
    """Builds such a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def card(self, name: str, **files: str) -> FakeSys:
        for file, text in files.items():
            path = self.folder / name / file.replace("__", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text + "\n")
        return self


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        ({"flags": "0x1003", "carrier": "1"}, True),
        ({"flags": "0x1003", "carrier": "0"}, False),
        ({"flags": "0x1002", "carrier": "1"}, False),
        ({"flags": "0x1003"}, False),
        ({"flags": "rubbish", "carrier": "1"}, False),
    ],
)
def test_port_is_up_with_a_carrier_only(tmp_path: Path, files: dict[str, str], wanted: bool) -> None:
    assert is_up("eth0", FakeSys(tmp_path).card("eth0", **files).folder) is wanted
    assert not is_up("absent", tmp_path)


def test_losses_of_every_kind_are_added_up_since_the_start(tmp_path: Path) -> None:
    sys = FakeSys(tmp_path).card(
        "eth0",
        statistics__rx_packets="1000",
        statistics__rx_missed_errors="3",
        statistics__rx_fifo_errors="4",
        statistics__rx_crc_errors="5",
        statistics__rx_frame_errors="6",
    )
    now = counted("eth0", sys.folder)
    assert now == Card(1000, 7, 11)
    assert now.since(Card(900, 7, 1)) == Card(100, 0, 10)
    assert counted("absent", sys.folder).since(now) == Card()


def test_own_macs_are_those_of_all_cards_and_rubbish_is_passed_over(tmp_path: Path) -> None:
    sys = (
        FakeSys(tmp_path)
        .card("eth0", address="02:00:00:00:00:01")
        .card("lo", address="00:00:00:00:00:00")
        .card("tun0", address="?")
    )
    assert own_macs(sys.folder) == {b"\x02\0\0\0\0\x01", bytes(6)}
    assert own_macs(tmp_path / "absent") == frozenset()


def test_card_that_cannot_be_asked_counts_as_not_merging() -> None:
    assert switch_off_merging("absent0")
