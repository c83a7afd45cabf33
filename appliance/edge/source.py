"""What frames come from, as the rest sees it: something that is read in batches, live or from a file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice

from appliance.model import Frame

# Frames in one batch from a file: enough to make the cost per batch vanish, few enough to hold and to stop between.
BATCH = 512

# A longer silence in a recording is cut to this, so that a capture with a broken clock still plays to its end.
LONGEST_GAP = 30.0
# How long a paced source sleeps at most before it lets the sensor do its other work.
NAP = 0.02


class Source(ABC):
    """A stream of frames with its counters.

    `offered` counts frames before the filter, None where nobody counts them; `problem` says what ended the stream, if it was
    not its natural end; `reasons` counts what was lost on the way, and why.
    """

    live = False

    def __init__(self, name: str) -> None:
        self.name = name
        self.packets = self.bytes = self.dropped = 0
        self.offered: int | None = None
        self.interface_up = True
        self.problem = ""
        self.reasons: dict[str, int] = {}

    @abstractmethod
    def read(self) -> list[Frame] | None:
        """The next frames; empty where none came in a short while, None at the end."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the file or socket."""

    def count(self, frames: list[Frame]) -> list[Frame]:
        """The same frames, after counting them."""
        self.packets += len(frames)
        self.bytes += sum(len(frame.data) for frame in frames)
        return frames


class Replay(Source):
    """Frames of a recording with the times of a live capture: shifted to now and handed out when they are due.

    With `loop` the recording starts again at its end, for ever.
    """

    def __init__(
        self, reopen: Callable[[], Source], *, now: Callable[[], float], sleep: Callable[[float], None], loop: bool = False
    ) -> None:
        self._source = reopen()
        super().__init__(self._source.name)
        self._reopen, self._now, self._sleep, self._loop = reopen, now, sleep, loop
        self._pending: deque[Frame] = deque()
        self._shift: float | None = None
        self._last = 0.0

    def read(self) -> list[Frame] | None:
        """The frames that are due by now, at their new times."""
        if not self._pending and not self._fill():
            return None
        due = list(self._due(self._now()))
        if not due and self._pending:
            self._sleep(min(NAP, max(0.0, self._pending[0].time + (self._shift or 0.0) - self._now())))
        return self.count(due)

    def close(self) -> None:
        """Close the recording."""
        self._source.close()

    def _fill(self) -> bool:
        """Read on in the recording, from its start again where it loops; False at its end."""
        batch = self._source.read()
        if batch is None:
            self.problem = self._source.problem
            # A recording without a single frame would spin.
            if not self._loop or not self._source.packets:
                return False
            self._source.close()
            self._source = self._reopen()
            self._shift = None
            return True
        self._pending.extend(batch)
        return True

    def _due(self, now: float) -> Iterator[Frame]:
        """Take the frames off the queue whose time has come."""
        while self._pending:
            frame = self._pending[0]
            shift = self._shifted(frame.time, now)
            if frame.time + shift > now:
                return
            self._pending.popleft()
            self._last = frame.time + shift
            yield Frame(self._last, frame.data, frame.link, frame.vlan)

    def _shifted(self, time: float, now: float) -> float:
        """How far to move this frame in time: as the one before, unless the recording jumps."""
        if self._shift is None:
            self._shift, self._last = now - time, now
        gap = time + self._shift - self._last
        if gap > LONGEST_GAP:
            self._shift -= gap - LONGEST_GAP
        elif gap < 0:
            self._shift -= gap
        return self._shift


class Looped(Source):
    """A recording read again and again as fast as it goes; each round's times follow the last round's."""

    def __init__(self, reopen: Callable[[], Source]) -> None:
        self._source = reopen()
        super().__init__(self._source.name)
        self._reopen = reopen
        self._first: float | None = None
        self._latest = 0.0
        self._shift = 0.0

    def read(self) -> list[Frame] | None:
        """The next frames; None only where the recording has none at all."""
        batch = self._source.read()
        if batch is None:
            self.problem = self._source.problem
            if not self._source.packets:
                return None
            self._source.close()
            self._source = self._reopen()
            self._shift += self._latest - (self._first or 0.0)
            return []
        if batch:
            self._first = batch[0].time if self._first is None else self._first
            self._latest = max(self._latest, max(frame.time for frame in batch))
        return self.count([Frame(frame.time + self._shift, frame.data, frame.link, frame.vlan) for frame in batch])

    def close(self) -> None:
        """Close the recording."""
        self._source.close()


def in_batches(frames: Iterator[Frame], size: int = BATCH) -> Iterator[list[Frame]]:
    """The frames in lists of at most `size`."""
    while batch := list(islice(frames, size)):
        yield batch
