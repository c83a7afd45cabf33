"""Shows the lamp's state on a board: the pattern that belongs to it, from its beginning, until the state changes."""

from __future__ import annotations

import time
from collections.abc import Callable

from appliance.model import Lamp
from hardware.board import Board
from hardware.patterns import BLIND, Levels, Pattern, pattern_for

SELF_TEST_SECONDS = 0.3
TICKS_PER_SECOND = 20
# Until the store has been read the box has seen nothing, and says so.
STARTING = Lamp(colour="amber", blind=True, sentence="The box is starting.")


class LampDriver:
    """Drives a board by the lamp's state. Times are seconds of one monotonic clock."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.lamp = STARTING
        self.levels = Levels()
        self._pattern: Pattern = BLIND
        self._began = 0.0

    @property
    def pattern(self) -> Pattern:
        """The pattern that is being shown."""
        return self._pattern

    def show(self, lamp: Lamp, now: float) -> None:
        """Take up a new state; the rhythm starts afresh only where it is another one."""
        pattern = pattern_for(lamp)
        if pattern is not self._pattern:
            self._pattern, self._began = pattern, now
        self.lamp = lamp

    def tick(self, now: float) -> None:
        """Put on the pins what the pattern wants now."""
        self.levels = self._pattern.at(max(now - self._began, 0.0))
        self.board.set(self.levels)

    def self_test(self, sleep: Callable[[float], None] = time.sleep) -> None:
        """Light each lamp for a moment, one after the other: a dead LED shows itself at start. The buzzer keeps quiet."""
        for levels in (Levels(green=1.0), Levels(amber=1.0), Levels(red=1.0)):
            self.board.set(levels)
            sleep(SELF_TEST_SECONDS)
        self.board.set(Levels())

    def close(self) -> None:
        """Everything off."""
        self.board.set(Levels())
        self.board.close()
