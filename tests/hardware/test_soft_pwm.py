from __future__ import annotations

import threading
import time

from hardware.soft_pwm import SoftPwm


class Line:
    """A line that notes each level with its time."""

    def __init__(self) -> None:
        self.levels: list[tuple[float, bool]] = []

    def __call__(self, high: bool) -> None:
        self.levels.append((time.monotonic(), high))


def test_a_dimmed_line_is_on_for_its_share_of_the_time() -> None:
    line = Line()
    pwm = SoftPwm(line, 50)
    pwm.duty = 0.25
    time.sleep(0.5)
    pwm.stop()
    on = sum(b[0] - a[0] for a, b in zip(line.levels, line.levels[1:], strict=False) if a[1])
    # A busy machine wakes threads late, which shifts the share a little.
    assert 0.1 < on / 0.5 < 0.45
    assert line.levels[-1][1] is False


def test_fully_on_or_off_the_thread_sleeps() -> None:
    line = Line()
    pwm = SoftPwm(line, 1000)
    pwm.duty = 1.0
    time.sleep(0.1)
    count = len(line.levels)
    time.sleep(0.1)
    assert len(line.levels) == count
    assert line.levels[-1][1] is True
    pwm.stop()


def test_stopping_ends_the_thread_and_leaves_the_line_off() -> None:
    before = threading.active_count()
    line = Line()
    pwm = SoftPwm(line, 100)
    pwm.duty = 0.5
    pwm.stop()
    assert threading.active_count() == before
    assert line.levels[-1][1] is False


def test_a_duty_outside_its_range_is_brought_into_it() -> None:
    pwm = SoftPwm(Line(), 100)
    pwm.duty = 7
    assert pwm.duty == 1
    pwm.stop()
