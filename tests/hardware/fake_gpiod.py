"""A hand-written stand-in for libgpiod's chips and line requests: the calls that the pin factory makes, with edges on demand."""

from __future__ import annotations

import copy
import threading
from collections import deque
from typing import Any

import gpiod
from gpiod.line import Bias, Direction, Edge, Value


class Event:
    """An edge as libgpiod reports it."""

    def __init__(self, rising: bool, timestamp_ns: int) -> None:
        self.event_type = gpiod.EdgeEvent.Type.RISING_EDGE if rising else gpiod.EdgeEvent.Type.FALLING_EDGE
        self.timestamp_ns = timestamp_ns


class Request:
    """A requested line: its settings, the levels it was given, and its edges."""

    def __init__(self, offset: int, settings: gpiod.LineSettings, consumer: str) -> None:
        self.offset, self.consumer = offset, consumer
        self.settings = copy.copy(settings)
        self.outside: bool | None = None  # what somebody drives an input to
        self.levels: list[bool] = []
        self.released = False
        self._events: deque[Event] = deque()
        self._came = threading.Condition()

    def reconfigure_lines(self, config: dict[int, gpiod.LineSettings]) -> None:
        assert not self.released
        self.settings = copy.copy(config[self.offset])
        if self.settings.direction == Direction.OUTPUT:
            self.levels.append(bool(self.settings.output_value))

    def set_value(self, line: int, value: Value) -> None:
        assert line == self.offset
        assert not self.released
        assert self.settings.direction == Direction.OUTPUT
        self.levels.append(bool(value))

    def get_value(self, line: int) -> Value:
        assert line == self.offset
        if self.settings.direction == Direction.OUTPUT:
            return Value(int(self.levels[-1]))
        pulled = self.settings.bias == Bias.PULL_UP
        return Value(int(pulled if self.outside is None else self.outside))

    def drive(self, high: bool, timestamp_ns: int = 1) -> None:
        """Drive the input from outside; an edge comes if it is waited for."""
        self.outside = high
        if self.settings.edge_detection in (Edge.BOTH, Edge.RISING if high else Edge.FALLING):
            with self._came:
                self._events.append(Event(high, timestamp_ns))
                self._came.notify_all()

    def wait_edge_events(self, timeout: float) -> bool:
        with self._came:
            return self._came.wait_for(lambda: bool(self._events), timeout)

    def read_edge_events(self) -> list[Event]:
        with self._came:
            events, self._events = list(self._events), deque()
        return events

    def release(self) -> None:
        self.released = True


class FakeGpio:
    """A machine's chips: `chips` are labels by path, `refused` paths that may not be opened, `busy` lines that somebody has."""

    def __init__(self, chips: dict[str, str], refused: tuple[str, ...] = (), busy: tuple[int, ...] = ()) -> None:
        self.chips, self.refused, self.busy = chips, refused, busy
        self.requests: dict[int, Request] = {}
        self.opened: list[str] = []

    def open_chip(self, path: str) -> Chip:
        """What stands in for `gpiod.Chip`."""
        if path in self.refused:
            raise PermissionError(13, "Permission denied")
        self.opened.append(path)
        return Chip(self, path)


class Chip:
    """One chip."""

    def __init__(self, gpio: FakeGpio, path: str) -> None:
        self._gpio, self.path, self.closed = gpio, path, False

    def __enter__(self) -> Chip:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.closed = True

    def get_info(self) -> Any:
        return gpiod.ChipInfo(self.path.rpartition("/")[2], self._gpio.chips[self.path], 54)

    def request_lines(self, config: dict[int, gpiod.LineSettings], consumer: str) -> Request:
        ((offset, settings),) = config.items()
        if offset in self._gpio.busy:
            raise OSError(16, "Device or resource busy")
        self._gpio.requests[offset] = Request(offset, settings, consumer)
        return self._gpio.requests[offset]
