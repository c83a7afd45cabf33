from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.cli import foreground
from appliance.cli.foreground import Child, Foreground, Part

PYTHON = (sys.executable, "-S", "-c")
SLEEPS = (*PYTHON, "import time; time.sleep(60)")


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_parts_start_in_order_and_all_are_gone_after_stop() -> None:
    box = Foreground([Part("one", SLEEPS), Part("two", SLEEPS)], print)
    box.start()
    pids = [child.process.pid for child in box.children if child.process]
    assert pids == sorted(pids)
    assert len(pids) == 2
    box.stop()
    assert not any(is_running(pid) for pid in pids)


def test_a_part_that_dies_is_started_again_and_that_is_said_once(tmp_path: Path) -> None:
    said: list[str] = []
    clock = Clock()
    count = tmp_path / "starts"
    dies = (*PYTHON, f"open({str(count)!r}, 'a').write('x'); raise SystemExit(3)")
    box = Foreground([Part("sensor", dies)], said.append, clock)
    box.start()
    for expected in (1, 2, 3, 4):
        until(lambda: box.look() or box.children[0].process is None)
        assert count.read_text() == "x" * expected
        clock.now += 31
        box.look()
    box.stop()
    assert said == ["The sensor stopped (with status 3); it is started again."]


def test_the_pause_before_a_start_doubles_up_to_its_limit() -> None:
    clock = Clock()
    child = Child(Part("sensor", (*PYTHON, "raise SystemExit(1)")), clock=clock)
    child.start()
    pauses: list[float] = []
    for _ in range(7):
        until(lambda: child.look() or child.process is None)
        died = clock.now
        while child.process is None:
            clock.now += 1
            child.look()
        pauses.append(clock.now - died)
    child.stop()
    assert pauses == [1, 2, 4, 8, 16, 30, 30]


def test_a_death_after_a_calm_time_is_news_again() -> None:
    clock = Clock()
    child = Child(Part("page", (*PYTHON, "raise SystemExit(1)")), clock=clock)
    said: list[str | None] = []
    for _ in range(2):
        child.start()
        clock.now += 100
        until(lambda: said.append(child.look()) or child.process is None)
    assert len([sentence for sentence in said if sentence]) == 2


def test_a_part_that_may_finish_is_not_started_again() -> None:
    said: list[str] = []
    box = Foreground([Part("recording", (*PYTHON, "pass"), may_finish=True)], said.append)
    box.start()
    until(lambda: box.look() or said)
    time.sleep(0.05)
    box.look()
    assert said == ["The recording has come to its end."]
    assert box.children[0].process is None
    box.stop()


def test_a_part_that_may_finish_and_fails_is_not_tried_for_ever() -> None:
    said: list[str] = []
    box = Foreground([Part("recording", (*PYTHON, "raise SystemExit(1)"), may_finish=True)], said.append)
    box.start()
    until(lambda: box.look() or said)
    assert said == ["The recording can't go on (with status 1) and is not started again."]
    assert box.children[0].finished
    box.stop()


def test_a_killed_part_is_named_with_its_signal() -> None:
    said: list[str] = []
    box = Foreground([Part("page", SLEEPS)], said.append)
    box.start()
    process = box.children[0].process
    assert process is not None
    process.kill()
    until(lambda: box.look() or said)
    assert said == ["The page stopped (by SIGKILL); it is started again."]
    box.stop()


def test_a_part_that_will_not_go_is_ended_by_force_with_its_own_children(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pid_file = tmp_path / "grandchild"
    stubborn = (
        "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "p = subprocess.Popen([sys.executable, '-S', '-c', 'import time; time.sleep(60)']);"
        f"open({str(pid_file)!r}, 'w').write(str(p.pid)); time.sleep(60)"
    )
    box = Foreground([Part("page", (*PYTHON, stubborn))], print)
    box.start()
    until(lambda: pid_file.exists() and pid_file.read_text())
    monkeypatch.setattr(foreground, "PATIENCE", 0.2)
    box.stop()
    until(lambda: not is_running(int(pid_file.read_text())))


def test_children_end_when_the_parent_is_killed(tmp_path: Path) -> None:
    pid_file = tmp_path / "child"
    parent = (
        "import sys, time; from appliance.cli.foreground import Foreground, Part;"
        "box = Foreground([Part('page', (sys.executable, '-S', '-c', 'import time; time.sleep(60)'))], print); box.start();"
        f"open({str(pid_file)!r}, 'w').write(str(box.children[0].process.pid)); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", parent]) as process:
        until(lambda: pid_file.exists() and pid_file.read_text())
        child = int(pid_file.read_text())
        assert is_running(child)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    until(lambda: not is_running(child))


def test_running_ends_with_the_stop_event() -> None:
    box = Foreground([], print)
    stop = threading.Event()
    stop.set()
    box.run(stop)
