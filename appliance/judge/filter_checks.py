"""Tests of the filter that somebody runs (testfiltering.com): witnessed, written down as checks, never held against a device.

The test asks for pages that every filter with the Internet Watch Foundation's and the police's lists must stop. What the box sees
of that is evidence for the school's yearly review. The names stand for the test only: nothing in here is ever an incident.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from appliance.judge.outcomes import weigh_answer, weigh_hello
from appliance.model import DnsAnswer, HelloAnswered
from appliance.witness import CheckResult, FilterCheck

START = "testfiltering.com"
CANARIES = {f"iwf.{START}": "IWF list", f"ctiru.{START}": "CTIRU list"}
START_TITLE = "Start page"
SETTLING = 20.0  # seconds after the last sign of one run
RUNS = 500  # (device, test) open at once
WAITING = 500  # results not taken yet

_SAID: dict[CheckResult, str] = {
    "active": "The {title} is active on this device: {how}.",
    "not active": (
        "The {title} is not active on this device as far as the box can see: the test page answered. "
        "Compare with what the test's own page said; a filter that reads encrypted pages may have answered in its place."
    ),
    "asked": "The test of the {title} was run; what came of it was not in sight.",
}
_OPENED = "Somebody opened the test's start page on this device."
_UNANSWERED = "the look-up was stopped"
_CUT = "the connection was cut"
_WEIGHT: dict[CheckResult, int] = {"asked": 0, "active": 1, "not active": 2}


class _Run(Struct):
    began: float
    last: float
    result: CheckResult = "asked"
    how: str = ""


def is_check(name: str) -> bool:
    """Whether a name belongs to the test."""
    return name.endswith(START) and (name == START or name[-len(START) - 1] == ".")


class FilterChecks:
    """Runs of the test that are going on, by device and canary. `full` counts what found no room."""

    def __init__(self) -> None:
        self._runs: dict[tuple[str, str], _Run] = {}
        self._over: list[tuple[tuple[str, str], _Run]] = []
        self._done: list[FilterCheck] = []
        self.full = 0

    def __len__(self) -> int:
        return len(self._runs) + len(self._over) + len(self._done)

    def asked(self, device: str, time: float, name: str) -> None:
        """A device asked for a name of the test or connected to it."""
        key = (device, name if name in CANARIES else START)
        run = self._runs.get(key)
        if run is not None and abs(time - run.last) <= SETTLING:
            run.last = max(run.last, time)
            return
        if run is not None:
            self._end(key)
        if len(self._runs) >= RUNS:
            self.full += 1
        else:
            self._runs[key] = _Run(time, time)

    def answered(self, device: str, answer: DnsAnswer) -> None:
        """The answer to a look-up of the test: a filter may stop it there."""
        if weigh_answer(answer) is not None:
            self._learn(device, answer.name, answer.time, "active", _UNANSWERED)

    def hello_answered(self, device: str, answered: HelloAnswered) -> None:
        """What followed a connection to the test."""
        if weigh_hello(answered).outcome == "stopped":
            self._learn(device, answered.name, answered.time, "active", _CUT)
        else:
            self._learn(device, answered.name, answered.time, "not active", "")

    def settle(self, now: float, name_of: Callable[[str], str]) -> None:
        """Write down the runs that are over, with each device's name as `name_of` gives it."""
        for key, run in list(self._runs.items()):
            if abs(now - run.last) > SETTLING:
                self._end(key)
        self._done.extend(_as_check(*key, run, name_of(key[0])) for key, run in self._over)
        self._over.clear()

    def take_done(self) -> list[FilterCheck]:
        """The checks since the last call, in the order in which they ended."""
        done, self._done = self._done, []
        return done

    def _end(self, key: tuple[str, str]) -> None:
        run = self._runs.pop(key)
        if len(self._over) + len(self._done) >= WAITING:
            self.full += 1
        else:
            self._over.append((key, run))

    def _learn(self, device: str, name: str, time: float, result: CheckResult, how: str) -> None:
        run = self._runs.get((device, name))
        if run is None or name not in CANARIES or abs(time - run.last) > SETTLING:
            return
        run.last = max(run.last, time)
        if _WEIGHT[result] > _WEIGHT[run.result]:
            run.result, run.how = result, how


def _as_check(mac: str, name: str, run: _Run, device: str) -> FilterCheck:
    title = CANARIES.get(name, START_TITLE)
    seen = _SAID[run.result].format(title=title, how=run.how) if name in CANARIES else _OPENED
    return FilterCheck(time=run.began, mac=mac, device=device, test=title, result=run.result, seen=seen)
