"""Slows down whoever guesses passphrases, without ever shutting the head out for good."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque

WINDOW = 15 * 60.0
TRIES = 6
PLACES = 1_000


class Throttle:
    """Counts wrong tries per key within the last 15 minutes; at most 1,000 keys are remembered, the oldest goes first.

    A wait ends by itself: it never grows beyond the window, and another key (another source) is counted on its own.
    """

    def __init__(self, tries: int = TRIES, window: float = WINDOW, places: int = PLACES) -> None:
        self._tries, self._window, self._places = tries, window, places
        self._wrong: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()
        self.evicted = 0

    def wait(self, key: str, now: float) -> float:
        """Seconds until `key` may try again; 0 where it may now."""
        with self._lock:
            times = self._recent(key, now)
            if len(times) < self._tries:
                return 0.0
            return max(0.0, times[0] + self._window - now)

    def note_wrong(self, key: str, now: float) -> None:
        """Remember a wrong try."""
        with self._lock:
            times = self._recent(key, now)
            times.append(now)
            self._wrong[key] = times
            self._wrong.move_to_end(key)
            if len(self._wrong) > self._places:
                self._wrong.popitem(last=False)
                self.evicted += 1

    def forget(self, key: str) -> None:
        """A right try clears the wrong ones."""
        with self._lock:
            self._wrong.pop(key, None)

    def _recent(self, key: str, now: float) -> deque[float]:
        times = self._wrong.get(key)
        if times is None:
            return deque(maxlen=self._tries)
        while times and times[0] <= now - self._window:
            times.popleft()
        return times
