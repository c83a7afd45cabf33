"""Pulse-width modulation by a thread, for lines that can only be on or off."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class SoftPwm:
    """Switches a line on and off so often that an LED looks dimmed. Fully on or off it sleeps and costs nothing."""

    def __init__(self, write: Callable[[bool], None], frequency: float) -> None:
        self._write = write
        self.frequency = frequency
        self._duty = 0.0
        self._changed = threading.Event()
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="pwm", daemon=True)
        self._thread.start()

    @property
    def duty(self) -> float:
        """The share of time that the line is on, from 0 to 1."""
        return self._duty

    @duty.setter
    def duty(self, value: float) -> None:
        if value != self._duty:
            self._duty = min(max(float(value), 0.0), 1.0)
            self._changed.set()

    def stop(self) -> None:
        """End the thread and leave the line off."""
        self._ended = True
        self._changed.set()
        if self._thread is not threading.current_thread():
            self._thread.join()
        self._write(False)

    def _run(self) -> None:
        while not self._ended:
            duty = self._duty
            self._changed.clear()
            if duty in (0.0, 1.0):
                self._write(bool(duty))
                self._wait_for_change(duty)
            else:
                self._pulse(duty)

    def _wait_for_change(self, duty: float) -> None:
        # The duty may have changed between reading it and clearing the event.
        if self._duty == duty and not self._ended:
            self._changed.wait()

    def _pulse(self, duty: float) -> None:
        """One period. It is never cut short: a lamp that is set twenty times a second would lose its rhythm."""
        period = 1 / self.frequency
        self._write(True)
        time.sleep(period * duty)
        self._write(False)
        time.sleep(period * (1 - duty))
