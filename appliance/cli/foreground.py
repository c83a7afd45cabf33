"""Programs in the foreground: start them in order, restart what dies, stop them all in the opposite order.

Each child is the leader of its own process group, so that Ctrl-C reaches only the parent, which then ends them one by one; and
the kernel ends a child whose parent vanishes without a word, so that nothing is left behind.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence

from msgspec import Struct

LOOK_EVERY = 0.2  # seconds between two looks at the children
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds before a child is started again, doubled each time
CALM_AFTER = 60.0  # seconds of running after which a child's earlier deaths are forgotten
PATIENCE = 5.0  # seconds that a child has for going by itself
PR_SET_PDEATHSIG = 1  # prctl(2)


class Part(Struct, frozen=True):
    """A program of the box: what to call it, how to start it, and whether it may end: a killed one is started again anyhow."""

    name: str
    command: tuple[str, ...]
    may_finish: bool = False


class Child:
    """One part as it runs: its process, how often it died, and when it may start again."""

    def __init__(self, part: Part, *, clock: Callable[[], float]) -> None:
        self.part = part
        self.process: subprocess.Popen[bytes] | None = None
        self.finished = False
        self._clock = clock
        self._started = 0.0
        self._pause = FIRST_PAUSE
        self._start_at = 0.0

    def start(self) -> None:
        """Start the program. OSError where it can't be."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("NOTIFY_", "WATCHDOG_"))}
        self.process = subprocess.Popen(
            self.part.command,
            stdin=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )
        self._started = self._clock()

    def look(self) -> str | None:
        """Take note if the program ended, start it again when its pause is over. A sentence where there is something to say."""
        if self.finished:
            return None
        if self.process is None:
            if self._clock() >= self._start_at:
                self.start()
            return None
        code = self.process.poll()
        return None if code is None else self._ended(code)

    def stop(self) -> None:
        """End the program and all that it started: by asking, and after a while by force."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(PATIENCE)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def _ended(self, code: int) -> str | None:
        self.process = None
        if code >= 0 and self.part.may_finish:
            self.finished = True
            if code == 0:
                return f"The {self.part.name} has come to its end."
            return f"The {self.part.name} can't go on ({_how(code)}) and is not started again."
        now = self._clock()
        again = self._pause > FIRST_PAUSE and now - self._started < CALM_AFTER
        pause = self._pause if again else FIRST_PAUSE
        self._start_at = now + pause
        self._pause = min(pause * 2, LONGEST_PAUSE)
        # Said once; a program that dies again and again is not news each time.
        return None if again else f"The {self.part.name} stopped ({_how(code)}); it is started again."


class Foreground:
    """All parts together. `say` takes one sentence at a time."""

    def __init__(self, parts: Sequence[Part], say: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._say = say
        self.children = [Child(part, clock=clock) for part in parts]

    def start(self) -> None:
        """Start every part, in order."""
        for child in self.children:
            child.start()

    def look(self) -> None:
        """Look after every part once."""
        for child in self.children:
            sentence = child.look()
            if sentence:
                self._say(sentence)

    def run(self, stop: threading.Event) -> None:
        """Look after the parts until `stop` is set."""
        while not stop.wait(LOOK_EVERY):
            self.look()

    def stop(self) -> None:
        """End every part, the last one first."""
        for child in reversed(self.children):
            child.stop()


def _die_with_parent() -> None:
    """Ask the kernel for a SIGTERM when the parent ends (prctl(2)); in the child, between fork and exec."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _how(code: int) -> str:
    """A return code in words."""
    if code >= 0:
        return f"with status {code}"
    try:
        return f"by {signal.Signals(-code).name}"
    except ValueError:
        return f"by signal {-code}"
