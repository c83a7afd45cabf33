"""RPi.GPIO's face on a mock board: `from hardware import mock_gpio as GPIO`, and a program for a Pi runs on any machine.

`board` is what is behind it; it tells which states the pins passed through and lets a test press buttons.
"""

from __future__ import annotations

import sys
from types import ModuleType

from hardware.mock_board import (
    BCM,
    BOARD,
    BOTH,
    FALLING,
    HIGH,
    IN,
    LOW,
    OUT,
    PUD_DOWN,
    PUD_OFF,
    PUD_UP,
    RISING,
    UNKNOWN,
    MockBoard,
)

__all__ = [
    "BCM", "BOARD", "BOTH", "FALLING", "HARD_PWM", "HIGH", "I2C", "IN", "LOW", "OUT", "PUD_DOWN", "PUD_OFF", "PUD_UP", "PWM",
    "RISING", "RPI_INFO", "RPI_REVISION", "SERIAL", "SPI", "UNKNOWN", "VERSION", "add_event_callback", "add_event_detect",
    "board", "cleanup", "event_detected", "getmode", "gpio_function", "input", "output", "pose_as_rpi_gpio",
    "remove_event_detect", "setmode", "setup", "setwarnings", "wait_for_edge",
]  # fmt: skip

SERIAL, SPI, I2C, HARD_PWM = 40, 41, 42, 43
VERSION = "0.7.1"
RPI_REVISION = 3
RPI_INFO = {"P1_REVISION": 3, "TYPE": "Mock", "REVISION": "a02082", "RAM": "1G", "PROCESSOR": "None", "MANUFACTURER": "Safespan"}

# The one piece of state that belongs to a module here: RPi.GPIO is itself a module with one board behind it.
board = MockBoard()

setmode = board.setmode
getmode = board.getmode
setwarnings = board.setwarnings
setup = board.setup
output = board.output
input = board.input
gpio_function = board.gpio_function
add_event_detect = board.add_event_detect
add_event_callback = board.add_event_callback
remove_event_detect = board.remove_event_detect
event_detected = board.event_detected
wait_for_edge = board.wait_for_edge
cleanup = board.cleanup


class PWM:
    """Pulse-width modulation on an output, seen by the board as a level between 0 and 1."""

    def __init__(self, channel: int, frequency: float) -> None:
        if frequency <= 0:
            raise ValueError("frequency must be greater than 0.0")
        if board.gpio_function(channel) != OUT:
            raise RuntimeError("You must setup() the GPIO channel as an output first")
        self._channel = channel
        self._running = False
        self._duty = 0.0
        self.frequency = frequency

    def start(self, dutycycle: float) -> None:
        """Start with a duty cycle from 0 to 100."""
        self._running = True
        self.ChangeDutyCycle(dutycycle)

    def ChangeDutyCycle(self, dutycycle: float) -> None:  # noqa: N802 - RPi.GPIO's own name
        """A new duty cycle, from 0 to 100."""
        if not 0 <= dutycycle <= 100:
            raise ValueError("dutycycle must have a value from 0.0 to 100.0")
        self._duty = dutycycle
        if self._running:
            board.set_duty(self._channel, dutycycle / 100)

    def ChangeFrequency(self, frequency: float) -> None:  # noqa: N802 - RPi.GPIO's own name
        """A new frequency in hertz."""
        if frequency <= 0:
            raise ValueError("frequency must be greater than 0.0")
        self.frequency = frequency

    def stop(self) -> None:
        """Stop; the pin goes low."""
        if self._running:
            self._running = False
            board.set_duty(self._channel, 0.0)


def pose_as_rpi_gpio() -> None:
    """Let `from RPi import GPIO` find this module in this process, as gpiozero's driver for RPi.GPIO does."""
    package = ModuleType("RPi")
    package.GPIO = sys.modules[__name__]  # type: ignore[attr-defined]
    sys.modules["RPi"] = package
    sys.modules["RPi.GPIO"] = sys.modules[__name__]
