"""gpiozero pins on Linux's GPIO character device, through libgpiod: a pin factory like gpiozero's own.

The chip is chosen by its label and never by its number: a Pi 5's header was gpiochip4 on one kernel and 0 on the next.
gpiozero finds the factory under the name `safespan_gpiod` (`GPIOZERO_PIN_FACTORY=safespan_gpiod`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import gpiod
from gpiod.line import Bias, Direction, Edge, Value
from gpiozero.exc import (
    BadPinFactory,
    GPIOPinInUse,
    PinFixedPull,
    PinInvalidBounce,
    PinInvalidEdges,
    PinInvalidFunction,
    PinInvalidPull,
    PinPWMFixedValue,
    PinSetInput,
    PinUnknownPi,
)
from gpiozero.pins.local import LocalPiFactory, LocalPiPin

from appliance.config import Lights
from hardware.soft_pwm import SoftPwm

CONSUMER = "safespan"
# Which header a machine has that does not say which Pi it is (an emulator): every 40-pin header is numbered as the 3B's.
USUAL_REVISION = 0xA02082
_EDGE_WAIT = 0.2  # seconds after which the edge thread looks whether it may end
_BIASES = {"up": Bias.PULL_UP, "down": Bias.PULL_DOWN, "floating": Bias.DISABLED}
_EDGES = {"both": Edge.BOTH, "rising": Edge.RISING, "falling": Edge.FALLING}


def chip_paths() -> list[str]:
    """The machine's GPIO chips, by number."""
    return sorted(map(str, Path("/dev").glob("gpiochip*")), key=lambda path: (len(path), path))


def find_chip(labels: Sequence[str], paths: Sequence[str], open_chip: Callable[[str], Any] = gpiod.Chip) -> str | None:
    """The path of the first chip with one of the labels; None where there is none. OSError where it may not be opened."""
    refused: OSError | None = None
    for path in paths:
        try:
            with open_chip(path) as chip:
                if chip.get_info().label in labels:
                    return path
        except OSError as error:
            refused = refused or error
    if refused:
        raise refused
    return None


class GpiodFactory(LocalPiFactory):
    """Makes gpiozero pins out of the lines of one chip. BadPinFactory where the machine has no such chip."""

    def __init__(
        self,
        labels: Sequence[str] = Lights().chip_labels,
        paths: Sequence[str] | None = None,
        open_chip: Callable[[str], Any] = gpiod.Chip,
    ) -> None:
        super().__init__()
        self.pin_class = GpiodPin
        self.chip: Any = None
        try:
            path = find_chip(labels, chip_paths() if paths is None else paths, open_chip)
        except OSError as error:
            raise BadPinFactory(f"the GPIO chip can't be opened: {error.strerror}") from error
        if path is None:
            raise BadPinFactory(f"no GPIO chip with a label of {', '.join(labels)}")
        self.chip = open_chip(path)

    def close(self) -> None:
        """Let go of every line and of the chip."""
        for pin in list(self.pins.values()):  # a pin that closes takes itself out
            pin.close()
        if self.chip is not None:
            self.chip.close()
            self.chip = None

    def _get_revision(self) -> int:
        try:
            return int(super()._get_revision())
        except PinUnknownPi:
            return USUAL_REVISION


class GpiodPin(LocalPiPin):
    """One line of the chip, requested for as long as the pin lives."""

    def __init__(self, factory: GpiodFactory, info: Any) -> None:
        super().__init__(factory, info)
        self._settings = gpiod.LineSettings(direction=Direction.INPUT)
        self._pull = info.pull or "floating"
        self._edges = "both"
        self._pwm: SoftPwm | None = None
        self._watch: _EdgeWatch | None = None
        # libgpiod's requests ask to be locked by whoever shares them between threads (PWM, edges, main).
        self._lock = threading.RLock()
        try:
            self._request = factory.chip.request_lines({self._number: self._settings}, consumer=CONSUMER)
        except OSError as error:
            raise GPIOPinInUse(f"GPIO{self._number} can't be taken: {error.strerror}") from error

    def close(self) -> None:
        """Stop what drives the line, make it an input again and release it."""
        if self._request is None:
            return
        self.frequency = None
        self.when_changed = None
        self._configure(direction=Direction.INPUT, edge_detection=Edge.NONE)
        self._request.release()
        self._request = None
        self.factory.pins.pop(self.info, None)

    def output_with_state(self, state: float) -> None:
        """Make it an output that has the right level from the first moment."""
        self._configure(direction=Direction.OUTPUT, output_value=Value(int(bool(state))), bias=Bias.AS_IS)
        self._pull = "floating"

    def input_with_pull(self, pull: str) -> None:
        """Make it an input with a pull, in one step."""
        self._set_function("input")
        self._set_pull(pull)

    def write(self, high: bool) -> None:
        """Put a level on the line; PWM calls this from its own thread."""
        with self._lock:
            if self._request is not None:
                self._request.set_value(self._number, Value.ACTIVE if high else Value.INACTIVE)

    def _configure(self, **changes: Any) -> None:
        with self._lock:
            for key, value in changes.items():
                setattr(self._settings, key, value)
            self._request.reconfigure_lines({self._number: self._settings})

    def _get_function(self) -> str:
        return "output" if self._settings.direction == Direction.OUTPUT else "input"

    def _set_function(self, value: str) -> None:
        if value not in ("input", "output"):
            raise PinInvalidFunction(f'invalid function "{value}" for pin {self!r}')
        self.when_changed = None
        self._configure(direction=Direction.OUTPUT if value == "output" else Direction.INPUT)

    def _get_state(self) -> float:
        if self._pwm is not None:
            return self._pwm.duty
        with self._lock:
            return int(self._request.get_value(self._number) == Value.ACTIVE)

    def _set_state(self, value: float) -> None:
        if self._pwm is not None:
            self._pwm.duty = value
        elif self._get_function() == "input":
            raise PinSetInput(f"cannot set state of pin {self!r}")
        else:
            self.write(bool(value))

    def _get_pull(self) -> str:
        return str(self._pull)

    def _set_pull(self, value: str) -> None:
        if self._get_function() != "input":
            raise PinFixedPull(f"cannot set pull on non-input pin {self!r}")
        if self.info.pull not in (value, ""):
            raise PinFixedPull(f"{self!r} has a physical pull-{self.info.pull} resistor")
        if value not in _BIASES:
            raise PinInvalidPull(f'invalid pull "{value}" for pin {self!r}')
        self._configure(bias=_BIASES[value])
        self._pull = value

    def _get_frequency(self) -> float | None:
        return self._pwm.frequency if self._pwm else None

    def _set_frequency(self, value: float | None) -> None:
        if not value:
            if self._pwm is not None:
                self._pwm.stop()
                self._pwm = None
        elif self._get_function() != "output":
            raise PinPWMFixedValue(f"cannot start PWM on pin {self!r}")
        elif self._pwm is None:
            self._pwm = SoftPwm(self.write, value)
        else:
            self._pwm.frequency = value

    def _get_bounce(self) -> float | None:
        return self._settings.debounce_period.total_seconds() or None

    def _set_bounce(self, value: float | None) -> None:
        if value is not None and value < 0:
            raise PinInvalidBounce("bounce must be 0 or greater")
        self._configure(debounce_period=timedelta(seconds=value or 0))

    def _get_edges(self) -> str:
        return self._edges

    def _set_edges(self, value: str) -> None:
        if value not in _EDGES:
            raise PinInvalidEdges(f'invalid edges "{value}" for pin {self!r}')
        self._edges = value
        if self._watch is not None:
            self._configure(edge_detection=_EDGES[value])

    def _enable_event_detect(self) -> None:
        self._configure(edge_detection=_EDGES[self._edges])
        self._watch = _EdgeWatch(self._request, self._call_when_changed)

    def _disable_event_detect(self) -> None:
        if self._watch is not None:
            self._watch.stop()
            self._watch = None
            self._configure(edge_detection=Edge.NONE)


class _EdgeWatch:
    """A thread that passes a line's edges on as (seconds, level)."""

    def __init__(self, request: Any, tell: Callable[[float, int], None]) -> None:
        self._request = request
        self._tell = tell
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="edges", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread; also from within its own callback."""
        self._ended.set()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _follow(self) -> None:
        while not self._ended.is_set():
            if self._request.wait_edge_events(_EDGE_WAIT):
                for event in self._request.read_edge_events():
                    rising = event.event_type == gpiod.EdgeEvent.Type.RISING_EDGE
                    self._tell(event.timestamp_ns / 1e9, int(rising))
