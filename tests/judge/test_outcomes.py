from __future__ import annotations

import pytest

from appliance.judge.outcomes import outweighs, weigh_answer, weigh_hello
from appliance.model import DnsAnswer, HelloAnswered, Outcome


def answer(**facts: object) -> DnsAnswer:
    return DnsAnswer(time=1.0, name="x.example", **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "stopping",
    [
        answer(addresses=("0.0.0.0",)),
        answer(addresses=("::",), qtype=28),
        answer(addresses=("127.0.0.1",)),
        answer(addresses=("146.112.61.106",)),
        answer(addresses=("::ffff:146.112.61.104",), qtype=28),
        answer(addresses=("192.0.2.1",), aliases=("hit-adult.opendns.com",)),
        answer(rcode=3),
        answer(rcode=5),
        answer(rcode=0, ede=15),
        answer(rcode=0, ede=17, addresses=("192.0.2.1",)),
    ],
)
def test_answers_of_filters_count_as_stopped(stopping: DnsAnswer) -> None:
    evidence = weigh_answer(stopping)
    assert evidence is not None and evidence.outcome == "stopped" and evidence.reason.endswith(".")


@pytest.mark.parametrize(
    "ordinary",
    [
        answer(addresses=("192.0.2.1",)),
        answer(addresses=("192.0.2.1", "0.0.0.0")),
        answer(),
        answer(rcode=2),
        answer(ede=3, addresses=("192.0.2.1",)),
        answer(addresses=("146.112.61.1",)),
    ],
)
def test_ordinary_answers_say_nothing(ordinary: DnsAnswer) -> None:
    assert weigh_answer(ordinary) is None


def hello_answer(outcome: str, server: str = "192.0.2.1") -> HelloAnswered:
    return HelloAnswered(time=1.0, name="x.example", server=server, outcome=outcome)  # type: ignore[arg-type]


def test_servers_hello_reaches_and_a_cut_connection_stops() -> None:
    assert weigh_hello(hello_answer("server-hello")).outcome == "reached"
    assert weigh_hello(hello_answer("reset")).outcome == "stopped"
    assert weigh_hello(hello_answer("alert")).outcome == "stopped"


def test_block_page_that_answers_has_still_stopped_it() -> None:
    assert weigh_hello(hello_answer("server-hello", "146.112.61.106")).outcome == "stopped"


def test_weightier_evidence_wins() -> None:
    order: list[Outcome] = ["unknown", "tried", "stopped", "reached"]
    for low, one in enumerate(order):
        for high, other in enumerate(order):
            assert outweighs(other, one) == (high > low)
