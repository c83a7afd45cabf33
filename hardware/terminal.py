"""The lamp for a machine without one: a line in the terminal with a coloured dot, a word and the sentence."""

from __future__ import annotations

import shutil
from typing import TextIO

from appliance.model import Lamp
from hardware.lamp import LampDriver
from hardware.patterns import BLIND, Levels, pattern_for

_COLOURS = {"green": "\x1b[32m", "amber": "\x1b[33m", "red": "\x1b[31m", "blind": "\x1b[35m"}
_PLAIN = "\x1b[0m"
_CLEAR_LINE = "\r\x1b[K"


class TerminalLamp:
    """Keeps one line up to date on a terminal; in a pipe or file it prints a line for each new state."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._live = stream.isatty()
        self._line = ""

    def show(self, driver: LampDriver) -> None:
        """Write the driver's state, if it looks different from before."""
        line = self._coloured(driver) if self._live else f"Lamp: {colour_of(driver.lamp)}, {text_of(driver)}"
        if line == self._line:
            return
        self._line = line
        self._stream.write(_CLEAR_LINE + line if self._live else line + "\n")
        self._stream.flush()

    def close(self) -> None:
        """Leave the terminal at the start of a clean line."""
        if self._live and self._line:
            self._stream.write(_CLEAR_LINE)
            self._stream.flush()

    def _coloured(self, driver: LampDriver) -> str:
        dot = "●" if is_lit(driver.levels) else "○"
        room = max(shutil.get_terminal_size().columns - 3, 10)
        text = text_of(driver)
        text = text if len(text) <= room else text[: room - 1] + "…"
        return f"{_COLOURS[colour_of(driver.lamp)]}{dot}{_PLAIN} {text}"


def is_lit(levels: Levels) -> bool:
    """Whether any lamp is on, by half."""
    return max(levels.green, levels.amber, levels.red) >= 0.5


def colour_of(lamp: Lamp) -> str:
    """The lamp's colour in words: green, amber, red, or blind."""
    return "blind" if pattern_for(lamp) is BLIND else lamp.colour


def text_of(driver: LampDriver) -> str:
    """The word and the sentence, without anything that a terminal could take for an order."""
    return "".join(c for c in f"{driver.pattern.word}: {driver.lamp.sentence}" if c.isprintable())
