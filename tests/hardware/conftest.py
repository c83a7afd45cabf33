"""Boards and clocks for the lamps' tests."""

from __future__ import annotations

from collections.abc import Iterator

import gpiozero.pins.mock
import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from hardware import mock_gpio


class FakeClock:
    """A monotonic clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """The clock that gpiozero's mock pins go by."""
    clock = FakeClock()
    monkeypatch.setattr(gpiozero.pins.mock, "monotonic", clock)
    return clock


@pytest.fixture
def factory() -> Iterator[MockFactory]:
    """gpiozero's own mock pins."""
    factory = MockFactory(pin_class=MockPWMPin)
    yield factory
    factory.reset()


@pytest.fixture
def mock_board() -> Iterator[mock_gpio.MockBoard]:
    """The board behind `mock_gpio`, empty before and after."""
    mock_gpio.board.reset()
    yield mock_gpio.board
    mock_gpio.board.reset()
