from __future__ import annotations

import logging
import threading
from pathlib import Path

import pytest

from appliance.edge.store import Store, StoreError
from appliance.edge.systemd import Notifier
from appliance.model import Incident, Lamp
from hardware.board import DarkBoard
from hardware.lamp import LampDriver
from hardware.lights import LOST, Lights, StoreLamp
from hardware.patterns import BLIND, LOOK, URGENT

RED = Lamp(colour="red", sentence="Urgent.", buzzer=True)
LOOK_LAMP = Lamp(colour="amber", sentence="Look.")
SILENT = Notifier("")


class FakeSource:
    """A lamp that can be changed, broken and mended."""

    def __init__(self, lamp: Lamp) -> None:
        self.lamp = lamp
        self.broken = False
        self.presses: list[float] = []

    def read(self, now: float) -> Lamp:
        if self.broken:
            raise StoreError("The records are damaged.")
        return self.lamp

    def acknowledge(self, now: float) -> None:
        if self.broken:
            raise StoreError("The records are damaged.")
        self.presses.append(now)
        self.lamp = LOOK_LAMP


def lights(source: FakeSource) -> tuple[Lights, LampDriver]:
    driver = LampDriver(DarkBoard())
    return Lights(source, driver, SILENT), driver


def test_the_drivers_pattern_follows_the_source() -> None:
    source = FakeSource(RED)
    loop, driver = lights(source)
    loop.look(1.0, 1.0)
    assert driver.pattern is URGENT
    source.lamp = LOOK_LAMP
    loop.look(2.0, 2.0)
    assert driver.pattern is LOOK


def test_a_press_of_the_button_acknowledges_and_is_forgotten() -> None:
    source = FakeSource(RED)
    loop, driver = lights(source)
    loop.press()
    loop.look(5.0, 1.0)
    loop.look(6.0, 2.0)
    assert source.presses == [5.0]
    assert driver.pattern is LOOK


def test_a_press_that_could_not_be_written_is_tried_again() -> None:
    source = FakeSource(RED)
    loop, _ = lights(source)
    source.broken = True
    loop.press()
    loop.look(5.0, 1.0)
    source.broken = False
    loop.look(6.0, 2.0)
    assert source.presses == [6.0]


def test_records_that_cannot_be_read_make_the_box_blind_and_are_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    source = FakeSource(LOOK_LAMP)
    loop, driver = lights(source)
    source.broken = True
    with caplog.at_level(logging.WARNING):
        for second in range(5):
            loop.look(second, second)
        assert driver.pattern is BLIND
        source.broken = False
        loop.look(6.0, 6.0)
    assert [record.getMessage() for record in caplog.records] == [
        "The lamp can't be read: The records are damaged.",
        "The lamp can be read again.",
    ]


def test_red_stays_red_when_the_records_can_no_longer_be_read() -> None:
    source = FakeSource(RED)
    loop, driver = lights(source)
    loop.look(1.0, 1.0)
    source.broken = True
    loop.look(2.0, 2.0)
    assert driver.pattern is URGENT


def test_the_loop_ends_when_it_is_told_to() -> None:
    loop, _ = lights(FakeSource(RED))
    stop = threading.Event()
    thread = threading.Thread(target=loop.run, args=(stop,))
    thread.start()
    stop.set()
    thread.join(2)
    assert not thread.is_alive()


def incident(now: float) -> Incident:
    return Incident(
        id=0, category="suicide", level="urgent", device="iPad-07", mac="02:00:00:00:00:07", first_seen=now, last_seen=now,
        count=1, names=("x.example",),
    )  # fmt: skip


def test_the_lamp_in_the_store_is_followed_and_goes_blind_with_age(tmp_path: Path) -> None:
    data, recent = tmp_path / "data", tmp_path / "recent"
    source = StoreLamp(data, recent)
    with pytest.raises(StoreError):
        source.read(100.0)
    with Store.open(data, recent) as store:
        store.save_lamp(Lamp(colour="green", sentence="Well.", time=101.0))
        assert source.read(101.5).colour == "green"
        store.save_lamp(Lamp(colour="amber", sentence="Look.", time=101.6))
        assert source.read(101.7).colour == "amber"
        stale = source.read(120.0)
        assert stale.blind or stale.colour == "grey"
    source.close()


def test_a_file_in_memory_that_appears_later_is_found(tmp_path: Path) -> None:
    data, recent = tmp_path / "data", tmp_path / "recent"
    Store.open(data, recent).close()
    (recent / "recent.db").unlink()
    source = StoreLamp(data, recent)
    assert source.read(100.0).blind or source.read(100.0).colour == "grey"
    with Store.open(data, recent) as store:
        store.save_lamp(Lamp(colour="green", sentence="Well.", time=101.0))
    assert source.read(101.5).colour == "green"
    source.close()


def test_the_button_acknowledges_every_urgent_incident_in_the_store(tmp_path: Path) -> None:
    data, recent = tmp_path / "data", tmp_path / "recent"
    with Store.open(data, recent) as store:
        kept = store.save_incident(incident(100.0))
        source = StoreLamp(data, recent)
        source.acknowledge(101.0)
        assert store.incident(kept.id).acknowledged
        assert store.incident(kept.id).decision is None
        assert any(entry.who == "button" for entry in store.audit_log(10))
    source.close()


def test_lost_touch_is_shown_as_blind() -> None:
    assert LOST.blind
