"""The box's three lamps, buzzer and button as gpiozero devices, on whichever pins the machine has.

`open_board` never fails: where pins can't be had there is a `DarkBoard`, which says why and does nothing.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, Protocol

from gpiozero import LED, PWMLED, Button, Buzzer
from gpiozero.exc import BadPinFactory, GPIOZeroError

from appliance.config import Lights
from hardware import mock_gpio
from hardware.gpiod_pins import GpiodFactory, chip_paths
from hardware.patterns import Levels

log = logging.getLogger(__name__)

Choice = Literal["auto", "gpiod", "mock", "none"]
PWM_FREQUENCY = 100  # hertz: high enough not to be seen
BOUNCE = 0.05  # seconds in which a button's contacts come to rest
MOCK_REVISION = 0xA02082  # the mock board's header is a Pi 3B's
PI_REVISION = Path("/proc/device-tree/system/linux,revision")


class Board(Protocol):
    """What shows levels and hears the button."""

    name: str

    def set(self, levels: Levels) -> None:
        """Put levels on the pins."""

    def when_pressed(self, act: Callable[[], None]) -> None:
        """Call `act` (from any thread) each time the button is pressed."""

    def close(self) -> None:
        """Everything off, pins let go."""


class DarkBoard:
    """No pins: everything is accepted and nothing shown. `name` says why."""

    def __init__(self, name: str = "no lamp") -> None:
        self.name = name

    def set(self, levels: Levels) -> None:
        """Nothing."""

    def when_pressed(self, act: Callable[[], None]) -> None:
        """Never."""

    def close(self) -> None:
        """Nothing."""


class PinBoard:
    """Lamps, buzzer and button on the pins of a gpiozero factory. GPIOZeroError or OSError where a pin can't be had."""

    def __init__(self, pins: Lights, factory: Any, name: str = "pins") -> None:
        self.name = name
        self._factory = factory
        self._shown = Levels()
        self._devices: list[Any] = []
        self._act: Callable[[], None] | None = None
        try:
            self._green = self._keep(PWMLED(pins.green, frequency=PWM_FREQUENCY, pin_factory=factory))
            self._amber = self._keep(LED(pins.amber, pin_factory=factory))
            self._red = self._keep(LED(pins.red, pin_factory=factory))
            self._buzzer = self._keep(Buzzer(pins.buzzer, pin_factory=factory))
            self._button = self._keep(Button(pins.button, bounce_time=BOUNCE, pin_factory=factory))
        except (GPIOZeroError, OSError):
            self.close()
            raise

    def set(self, levels: Levels) -> None:
        """Put levels on the pins; pins whose level stays are not touched."""
        if levels.green != self._shown.green:
            self._green.value = levels.green
        for device, new, old in (
            (self._amber, levels.amber, self._shown.amber),
            (self._red, levels.red, self._shown.red),
            (self._buzzer, levels.buzzer, self._shown.buzzer),
        ):
            if new != old:
                device.value = new >= 0.5
        self._shown = levels

    def when_pressed(self, act: Callable[[], None]) -> None:
        """Call `act` from the pin's thread each time the button is pressed."""
        self._act = act  # gpiozero keeps only a weak hold on bound methods
        self._button.when_pressed = act

    def close(self) -> None:
        """Everything off, pins let go."""
        for device in self._devices:
            device.close()
        self._devices.clear()
        self._factory.close()

    def _keep(self, device: Any) -> Any:
        self._devices.append(device)
        return device


def open_board(pins: Lights, choice: Choice | None = None) -> Board:
    """The board that `choice` (or the settings) asks for; a DarkBoard and one line in the log where it can't be had."""
    choice = choice or pins.board
    if choice == "none":
        return DarkBoard("no lamp: switched off in the settings")
    try:
        return _open(pins, choice)
    except (GPIOZeroError, OSError, RuntimeError) as error:
        board = DarkBoard(f"no lamp: {error}")
        log.warning("The lamp stays dark: %s. Everything else goes on.", error)
        return board


def _open(pins: Lights, choice: Choice) -> Board:
    if choice == "mock":
        return PinBoard(pins, _mock_factory(), "mock pins")
    if choice == "gpiod" or chip_paths():
        return _open_gpiod(pins, choice)
    return _open_without_chip(pins)


def _open_gpiod(pins: Lights, choice: Choice) -> Board:
    try:
        return PinBoard(pins, GpiodFactory(pins.chip_labels), "pins through gpiod")
    except BadPinFactory:
        # A laptop has GPIO chips too, only not ours: there the mock board is right. On a Pi it would hide a fault.
        if choice == "gpiod" or PI_REVISION.exists():
            raise
        return _open_without_chip(pins)


def _open_without_chip(pins: Lights) -> Board:
    """A Pi whose system has another library than ours for its pins, else the mock board."""
    if not PI_REVISION.exists():
        return PinBoard(pins, _mock_factory(), "mock pins")
    for module, factory in (("lgpio", "LGPIOFactory"), ("rpigpio", "RPiGPIOFactory")):
        try:
            return PinBoard(
                pins, getattr(importlib.import_module(f"gpiozero.pins.{module}"), factory)(), f"pins through {module}"
            )
        except ImportError:
            continue
    raise BadPinFactory("this machine has a GPIO header and no way to use it: install python3-libgpiod or lgpio")


def _mock_factory() -> Any:
    """Gpiozero's own driver for RPi.GPIO, on the mock board instead of a Pi's."""
    mock_gpio.pose_as_rpi_gpio()
    from gpiozero.pins.rpigpio import RPiGPIOFactory  # only now is there an RPi.GPIO to import

    class MockPiFactory(RPiGPIOFactory):
        """A Pi 3B without a Pi."""

        def _get_revision(self) -> int:
            return MOCK_REVISION

    return MockPiFactory()
