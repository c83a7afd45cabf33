"""One answer for many tabs: what every open first screen asks for twice a second is worked out at most five times a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Latest(Generic[Value]):
    """Keeps the newest value of each key for `seconds`, until somebody changes something; `most` keys at a time."""

    def __init__(self, seconds: float = 0.2, most: int = 8) -> None:
        self._seconds, self._most = seconds, most
        self._lock = threading.Lock()
        self._kept: dict[Hashable, tuple[float, Value]] = {}

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of `key`, made anew where it is older than `seconds`. While one thread makes it the others wait for it."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and time.monotonic() - kept[0] < self._seconds:
                return kept[1]
            value = make()
            if len(self._kept) >= self._most:
                self._kept.clear()
            self._kept[key] = (time.monotonic(), value)
            return value

    def forget(self) -> None:
        """Something was changed through this page: the next to ask sees it."""
        with self._lock:
            self._kept.clear()
