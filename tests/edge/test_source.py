"""Recordings played at their own speed and in circles, under a clock that the test turns."""

from __future__ import annotations

import pytest

from appliance.edge.source import LONGEST_GAP, NAP, Looped, Replay, in_batches
from appliance.model import Frame


class Tape:
    """A source of frames at the given times."""

    live = False

    def __init__(self, *times: float, size: int = 2, problem: str = "") -> None:
        self._batches = in_batches((Frame(time, b"x") for time in times), size)
        self._ending = problem
        self.name, self.problem = "tape", ""
        self.packets = self.bytes = self.dropped = 0
        self.offered: int | None = None
        self.closed = False

    def read(self) -> list[Frame] | None:
        batch = next(self._batches, None)
        if batch is None:
            self.problem = self._ending
        self.packets += len(batch or ())
        return batch

    def close(self) -> None:
        self.closed = True


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self, time: float) -> None:
        self.time = time

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        assert 0 <= seconds <= NAP
        self.time += max(seconds, 1e-6)


def played(replay: Replay, clock: Clock, until: float) -> list[tuple[float, float]]:
    """(the frame's time, when it came out), relative to the start."""
    start, out = clock.time, []
    while clock.time - start < until:
        batch = replay.read()
        if batch is None:
            break
        out += [(round(frame.time - start, 3), round(clock.time - start, 2)) for frame in batch]
    return out


def test_frames_come_out_when_they_are_due_with_times_of_now() -> None:
    clock = Clock(5000.0)
    replay = Replay(lambda: Tape(100.0, 100.5, 102.0), now=clock.now, sleep=clock.sleep)
    assert played(replay, clock, 60) == [(0.0, 0.0), (0.5, 0.5), (2.0, 2.0)]
    assert replay.packets == 3


def test_long_silence_is_cut_and_a_clock_that_jumps_back_costs_no_time() -> None:
    clock = Clock(5000.0)
    replay = Replay(lambda: Tape(100.0, 90_000.0, 4.0, 5.0), now=clock.now, sleep=clock.sleep)
    gap = LONGEST_GAP
    assert played(replay, clock, 600) == [(0.0, 0.0), (gap, gap), (gap, gap), (gap + 1, gap + 1)]


def test_loop_starts_again_at_its_end() -> None:
    clock = Clock(5000.0)
    replay = Replay(lambda: Tape(100.0, 101.0), now=clock.now, sleep=clock.sleep, loop=True)
    times = [time for time, _ in played(replay, clock, 3.5)]
    assert len(times) >= 6
    assert times == sorted(times)


@pytest.mark.parametrize("loop", [False, True])
def test_empty_or_broken_recording_ends_with_its_problem(loop: bool) -> None:
    clock = Clock(5000.0)
    replay = Replay(lambda: Tape(problem="broken"), now=clock.now, sleep=clock.sleep, loop=loop)
    assert replay.read() is None
    assert replay.problem == "broken"


def test_circling_at_full_speed_keeps_time_going_forward() -> None:
    looped = Looped(lambda: Tape(100.0, 101.0, 103.0))
    times = [frame.time for _ in range(12) for frame in looped.read() or ()]
    assert times == sorted(times)
    assert times[3:6] == [103.0, 104.0, 106.0]


def test_circling_over_nothing_ends() -> None:
    assert Looped(lambda: Tape()).read() is None
