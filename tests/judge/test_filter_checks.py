from __future__ import annotations

from typing import Any, Literal

import pytest

from appliance.judge.filter_checks import CANARIES, RUNS, SETTLING, WAITING, FilterChecks, is_check
from appliance.model import DnsAnswer, HelloAnswered
from appliance.witness import FilterCheck

IWF = "iwf.testfiltering.com"


def done(checks: FilterChecks, now: float = 1_000.0) -> list[FilterCheck]:
    checks.settle(now, lambda mac: f"iPad {mac}")
    return checks.take_done()


def hello(outcome: Literal["server-hello", "alert", "reset"], name: str = IWF, time: float = 101.0) -> HelloAnswered:
    return HelloAnswered(time=time, name=name, server="192.0.2.1", port=443, outcome=outcome)


def answer(name: str = IWF, **facts: Any) -> DnsAnswer:
    return DnsAnswer(time=100.5, name=name, **facts)


@pytest.mark.parametrize(
    ("signs", "result", "words"),
    [
        ((), "asked", "not in sight"),
        ((answer(rcode=3),), "active", "the look-up was stopped"),
        ((answer(addresses=("0.0.0.0",)),), "active", "the look-up was stopped"),
        ((answer(addresses=("192.0.2.1",)), hello("reset")), "active", "the connection was cut"),
        ((answer(addresses=("192.0.2.1",)), hello("alert")), "active", "the connection was cut"),
        ((answer(addresses=("192.0.2.1",)), hello("server-hello")), "not active", "the test page answered"),
        ((answer(rcode=3), hello("server-hello")), "not active", "the test page answered"),
    ],
)
def test_canaries_say_whether_the_list_is_active(signs: tuple[Any, ...], result: str, words: str) -> None:
    checks = FilterChecks()
    checks.asked("m", 100.0, IWF)
    for sign in signs:
        checks.answered("m", sign) if isinstance(sign, DnsAnswer) else checks.hello_answered("m", sign)
    (check,) = done(checks)
    assert (check.time, check.mac, check.device, check.test, check.result) == (100.0, "m", "iPad m", "IWF list", result)
    assert words in check.seen


def test_start_page_and_both_canaries_are_three_entries_and_the_start_page_proves_nothing() -> None:
    checks = FilterChecks()
    for name in ("testfiltering.com", "www.testfiltering.com", *CANARIES):
        checks.asked("m", 100.0, name)
    checks.hello_answered("m", hello("server-hello", "testfiltering.com"))
    assert [(check.test, check.result) for check in done(checks)] == [
        ("Start page", "asked"),
        ("IWF list", "asked"),
        ("CTIRU list", "asked"),
    ]


def test_runs_apart_are_checks_of_their_own_however_often_time_is_told() -> None:
    def run(*, often: bool) -> list[float]:
        checks = FilterChecks()
        for time in (100.0, 110.0, 125.0, 200.0):
            checks.asked("m", time, IWF)
            if often:
                checks.settle(time, str)
        return [check.time for check in done(checks)]

    assert run(often=True) == run(often=False) == [100.0, 200.0]


def test_run_is_written_down_once_it_has_been_quiet() -> None:
    checks = FilterChecks()
    checks.asked("m", 100.0, IWF)
    assert done(checks, 100.0 + SETTLING) == [] and len(done(checks, 100.1 + SETTLING)) == 1


def test_signs_without_a_run_are_nothing() -> None:
    checks = FilterChecks()
    checks.answered("m", answer(rcode=3))
    checks.hello_answered("m", hello("reset"))
    assert done(checks) == []


@pytest.mark.parametrize(
    ("name", "is_one"),
    [(IWF, True), ("testfiltering.com", True), ("nottestfiltering.com", False), ("testfiltering.com.evil.example", False)],
)
def test_names_of_the_test_are_told_by_whole_labels(name: str, is_one: bool) -> None:
    assert is_check(name) is is_one


def test_runs_and_results_are_bounded_and_counted() -> None:
    checks = FilterChecks()
    for n in range(RUNS + 50):
        checks.asked(f"m{n}", 100.0, IWF)
    assert (len(checks), checks.full) == (RUNS, 50)
    for n in range(WAITING + 50):
        checks.asked("again", 1_000.0 * n, IWF)
        checks.settle(1_000.0 * n + 500.0, str)
    assert len(checks) <= RUNS + WAITING
