"""A board of pins that exist only in memory, and that remember every state they passed through.

It speaks RPi.GPIO's language (`mock_gpio` is its face), so that gpiozero's own driver for that library runs on it unchanged.
Beyond that it can be looked at (`states`), driven from outside like a real wire (`drive`), and it can keep a log file.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct

BCM, BOARD = 11, 10
OUT, IN = 0, 1
LOW, HIGH = 0, 1
PUD_OFF, PUD_DOWN, PUD_UP = 20, 21, 22
RISING, FALLING, BOTH = 31, 32, 33
UNKNOWN = -1

# A pin of the 40-pin header by its place -> its BCM number (the Raspberry Pi's pinout; power and ground are absent).
HEADER: dict[int, int] = {
    3: 2, 5: 3, 7: 4, 8: 14, 10: 15, 11: 17, 12: 18, 13: 27, 15: 22, 16: 23, 18: 24, 19: 10, 21: 9, 22: 25, 23: 11, 24: 8, 26: 7,
    27: 0, 28: 1, 29: 5, 31: 6, 32: 12, 33: 13, 35: 19, 36: 16, 37: 26, 38: 20, 40: 21,
}  # fmt: skip
# States kept for each pin; older ones are forgotten, as a breathing lamp makes twenty a second.
STATES_KEPT = 4096

Channels: TypeAlias = int | Iterable[int]
EdgeCallback: TypeAlias = Callable[[int], object]


class PinState(Struct, frozen=True):
    """A state that a pin took: `time` in seconds of the board's clock, `value` from 0 to 1 (between them under PWM)."""

    time: float
    value: float


class _Pin:
    """One pin: which way it points, its level, what it has been through, and who waits for its edges."""

    def __init__(self) -> None:
        self.direction = UNKNOWN
        self.pull = PUD_OFF
        self.value = 0.0
        self.states: deque[PinState] = deque(maxlen=STATES_KEPT)
        self.edge: int | None = None
        self.callbacks: list[EdgeCallback] = []
        self.happened = False

    def watches(self, value: float) -> bool:
        """Whether somebody waits for the edge that leads to `value`."""
        return self.edge == BOTH or self.edge == (RISING if value else FALLING)


class MockBoard:
    """Pins in memory behind RPi.GPIO's functions. Errors are RuntimeError and ValueError, as there. Callbacks run at once."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._mode: int | None = None
        self._pins: dict[int, _Pin] = {}
        self._log: Path | None = None
        self._edge = threading.Condition()

    # -- the face that RPi.GPIO has --

    def setmode(self, mode: int) -> None:
        """Choose how pins are numbered: BCM or BOARD."""
        if mode not in (BCM, BOARD):
            raise ValueError("An invalid mode was passed to setmode(): BCM or BOARD is wanted")
        if self._mode not in (None, mode):
            raise ValueError("A different mode has already been set")
        self._mode = mode

    def getmode(self) -> int | None:
        """The numbering in force, or None."""
        return self._mode

    def setwarnings(self, wanted: bool) -> None:
        """Accepted and without effect: this board has nothing to warn of."""

    def setup(self, channel: Channels, direction: int, pull_up_down: int = PUD_OFF, initial: int = -1) -> None:
        """Make pins inputs (with a pull) or outputs (with a first level)."""
        if direction not in (IN, OUT):
            raise ValueError("An invalid direction was passed to setup()")
        if pull_up_down not in (PUD_OFF, PUD_DOWN, PUD_UP):
            raise ValueError("Invalid value for pull_up_down")
        for number in self._numbers(channel):
            pin = self._pins.setdefault(number, _Pin())
            pin.direction, pin.pull = direction, pull_up_down
            if direction == IN:
                self._change(number, pin, float(pull_up_down == PUD_UP))
            elif initial >= 0:
                self._change(number, pin, float(bool(initial)))

    def output(self, channel: Channels, value: int | bool | Iterable[int | bool]) -> None:
        """Set outputs: one level for all of them, or one for each."""
        numbers = self._numbers(channel)
        levels = [value] * len(numbers) if isinstance(value, int) else list(value)
        if len(levels) != len(numbers):
            raise RuntimeError("Number of channels != number of values")
        for number, level in zip(numbers, levels, strict=True):
            self._change(number, self._output_pin(number), float(bool(level)))

    def input(self, channel: int) -> int:
        """The level of a pin, 0 or 1."""
        return int(self._pin(self._number(channel)).value > 0)

    def gpio_function(self, channel: int) -> int:
        """IN, OUT, or UNKNOWN where a pin was not set up."""
        pin = self._pins.get(self._number(channel))
        return pin.direction if pin else UNKNOWN

    def add_event_detect(self, channel: int, edge: int, callback: EdgeCallback | None = None, bouncetime: int = -666) -> None:
        """Wait for edges of an input; `bouncetime` (ms) is accepted, this board's edges do not bounce."""
        if edge not in (RISING, FALLING, BOTH):
            raise ValueError("The edge must be set to RISING, FALLING or BOTH")
        pin = self._pin(self._number(channel))
        if pin.direction != IN:
            raise RuntimeError("You must setup() the GPIO channel as an input first")
        if pin.edge is not None:
            raise RuntimeError("Conflicting edge detection already enabled for this GPIO channel")
        pin.edge = edge
        pin.callbacks = [callback] if callback else []

    def add_event_callback(self, channel: int, callback: EdgeCallback, bouncetime: int = -666) -> None:
        """One more callback for edges that are already waited for."""
        pin = self._pin(self._number(channel))
        if pin.edge is None:
            raise RuntimeError("Add event detection using add_event_detect first before adding a callback")
        pin.callbacks.append(callback)

    def remove_event_detect(self, channel: int) -> None:
        """Stop waiting for edges."""
        pin = self._pins.get(self._number(channel))
        if pin:
            pin.edge, pin.callbacks, pin.happened = None, [], False

    def event_detected(self, channel: int) -> bool:
        """Whether an edge came since the last time of asking."""
        pin = self._pin(self._number(channel))
        happened, pin.happened = pin.happened, False
        return happened

    def wait_for_edge(self, channel: int, edge: int, bouncetime: int = -666, timeout: int = -1) -> int | None:
        """Block until an edge comes: the channel, or None after `timeout` milliseconds (-1: no limit)."""
        self.add_event_detect(channel, edge)
        try:
            with self._edge:
                came = self._edge.wait_for(lambda: self.event_detected(channel), None if timeout < 0 else timeout / 1000)
        finally:
            self.remove_event_detect(channel)
        return channel if came else None

    def cleanup(self, channel: Channels | None = None) -> None:
        """Make pins plain inputs again; without a channel all of them, and the numbering is forgotten."""
        numbers = list(self._pins) if channel is None else self._numbers(channel)
        for number in numbers:
            pin = self._pins.get(number)
            if pin:
                self._change(number, pin, 0.0)
                pin.direction, pin.pull, pin.edge, pin.callbacks = UNKNOWN, PUD_OFF, None, []
        if channel is None:
            self._mode = None

    # -- what only a mock can do --

    def states(self, number: int) -> list[PinState]:
        """The states that a pin (by its BCM number) passed through, oldest first."""
        return list(self._pins[number].states) if number in self._pins else []

    def drive(self, number: int, value: int) -> None:
        """Put a level on an input (by its BCM number) from outside, as a pressed button does."""
        pin = self._pin(number)
        if pin.direction != IN:
            raise RuntimeError(f"GPIO{number} is not an input")
        changed = self._change(number, pin, float(bool(value)))
        if changed and pin.watches(value):
            with self._edge:
                pin.happened = True
                self._edge.notify_all()
            for callback in list(pin.callbacks):
                callback(number if self._mode != BOARD else _place(number))

    def set_duty(self, channel: int, duty: float) -> None:
        """What PWM does to an output: a level between 0 and 1."""
        number = self._number(channel)
        self._change(number, self._output_pin(number), duty)

    def log_to(self, file: Path | None) -> None:
        """From now on write each change to a file as a JSON line: `time` (epoch seconds), `pin` (BCM), `state` (0 to 1)."""
        self._log = file

    def reset(self) -> None:
        """Forget everything: a new board."""
        self._mode, self._log = None, None
        self._pins.clear()

    # -- inside --

    def _change(self, number: int, pin: _Pin, value: float) -> bool:
        if pin.value == value and pin.states:
            return False
        pin.value = value
        state = PinState(self._clock(), value)
        pin.states.append(state)
        if self._log is not None:
            with self._log.open("a", encoding="utf-8") as log:
                log.write(json.dumps({"time": round(state.time, 4), "pin": number, "state": round(value, 3)}) + "\n")
        return True

    def _numbers(self, channel: Channels) -> list[int]:
        return [self._number(one) for one in ([channel] if isinstance(channel, int) else channel)]

    def _number(self, channel: int) -> int:
        """The BCM number of a channel in the numbering in force."""
        if self._mode is None:
            raise RuntimeError("Please set pin numbering mode using GPIO.setmode(GPIO.BOARD) or GPIO.setmode(GPIO.BCM)")
        number = HEADER.get(channel) if self._mode == BOARD else channel
        if number is None or not 0 <= number <= 53:
            raise ValueError("The channel sent is invalid on a Raspberry Pi")
        return number

    def _pin(self, number: int) -> _Pin:
        pin = self._pins.get(number)
        if pin is None or pin.direction == UNKNOWN:
            raise RuntimeError("You must setup() the GPIO channel first")
        return pin

    def _output_pin(self, number: int) -> _Pin:
        pin = self._pin(number)
        if pin.direction != OUT:
            raise RuntimeError("The GPIO channel has not been set up as an OUTPUT")
        return pin


def _place(number: int) -> int:
    """A BCM number's place on the header."""
    return next((place for place, bcm in HEADER.items() if bcm == number), number)
