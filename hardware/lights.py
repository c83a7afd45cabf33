"""The lights process: follows the lamp in the store, drives the pins, and takes the button's press back to the store."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from appliance.edge.store import Store, StoreError
from appliance.edge.systemd import Notifier
from appliance.model import Lamp
from hardware.lamp import TICKS_PER_SECOND, LampDriver
from hardware.terminal import TerminalLamp

log = logging.getLogger(__name__)

POLLS_PER_SECOND = 5
# The guardian writes the lamp once a second; ten silent seconds mean that it is gone.
STALE_AFTER = 10.0
LOST = Lamp(colour="amber", blind=True, sentence="We have lost touch with the part of the box that watches.")


class LampSource(Protocol):
    """Where the lamp's state is read, and where a press of the button goes."""

    def read(self, now: float) -> Lamp:
        """The lamp at `now` (epoch seconds); StoreError where it can't be read."""

    def acknowledge(self, now: float) -> None:
        """Somebody is there and has heard the buzzer; StoreError where it can't be written."""


class StoreLamp:
    """The lamp in the records of `data_dir`, opened when it is first needed and again after an error."""

    def __init__(self, data_dir: Path, recent_dir: Path) -> None:
        self._folders = (data_dir, recent_dir)
        self._store: Store | None = None
        self._lamp: Lamp | StoreError = LOST
        self._read_at = float("-inf")

    def read(self, now: float) -> Lamp:
        """The lamp at `now`; the row is looked at when something changed, and once a second for its age or after an error."""
        due = not 0 <= now - self._read_at < 1.0
        try:
            if due or (self._store is not None and self._store.changed()):
                self._read_at = now
                self._lamp = self._look(now)
        except StoreError as error:
            self.close()
            self._lamp = error
        if isinstance(self._lamp, StoreError):
            raise self._lamp
        return self._lamp

    def _look(self, now: float) -> Lamp:
        if self._store is None:
            self._store = Store.open(*self._folders, readonly=True)
        lamp, newest = self._store.lamp_now(now, STALE_AFTER), self._store.lamp()
        if newest is None or now - newest.time > STALE_AFTER:
            # The file in memory may have been made anew since it was opened; holding on to the old one would be silence for ever.
            self.close()
        return lamp

    def acknowledge(self, now: float) -> None:
        """Acknowledge every urgent incident: the lamp turns amber, the incidents stay open."""
        with Store.open(*self._folders) as store:
            store.acknowledge_all_urgent(by="button", now=now)

    def close(self) -> None:
        """Let go of the records."""
        if self._store is not None:
            self._store.close()
            self._store = None


class Lights:
    """The loop: a tick drives the pins, every fourth tick looks at the store."""

    def __init__(self, source: LampSource, driver: LampDriver, notifier: Notifier, terminal: TerminalLamp | None = None) -> None:
        self._source = source
        self._driver = driver
        self._terminal = terminal
        self._notifier = notifier
        self._pressed = threading.Event()
        self._failing = False
        driver.board.when_pressed(self.press)

    def press(self) -> None:
        """The button was pressed; the loop takes it from here, the pin's thread must not wait for a database."""
        self._pressed.set()

    def run(self, stop: threading.Event, clock: Callable[[], float] = time.time) -> None:
        """Follow the store until `stop` is set."""
        count = 0
        while not stop.is_set():
            if count % (TICKS_PER_SECOND // POLLS_PER_SECOND) == 0:
                self.look(clock(), time.monotonic())
                self._notifier.alive()
            self._driver.tick(time.monotonic())
            count += 1
            stop.wait(1 / TICKS_PER_SECOND)

    def look(self, now: float, tick: float) -> None:
        """Take a press of the button to the store, and the store's lamp to the driver."""
        try:
            if self._pressed.is_set():
                self._source.acknowledge(now)
                self._pressed.clear()
            lamp = self._source.read(now)
            self._say_once(None)
        except StoreError as error:
            lamp = self._lost()
            self._say_once(error)
        self._driver.show(lamp, tick)
        if self._terminal:
            self._terminal.show(self._driver)

    def _lost(self) -> Lamp:
        """Red stays red when the store can't be read: somebody may be waiting to be found."""
        return self._driver.lamp if self._driver.lamp.colour == "red" else LOST

    def _say_once(self, error: StoreError | None) -> None:
        """Log when reading starts to fail and when it works again."""
        if error is not None and not self._failing:
            log.warning("The lamp can't be read: %s", error)
        elif error is None and self._failing:
            log.warning("The lamp can be read again.")
        self._failing = error is not None
