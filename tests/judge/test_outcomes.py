from __future__ import annotations

import pytest

from appliance.judge.outcomes import DAY, NAMES, RESOLVERS, Answers, outweighs, weigh_answer, weigh_covered, weigh_hello
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
        answer(addresses=("192.168.4.2",)),
        answer(addresses=("10.0.0.9", "10.0.0.10")),
        answer(addresses=("94.140.14.35",), aliases=("family-block.dns.adguard.com",)),
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


def test_own_page_inside_the_school_stops_and_a_proxy_there_does_not() -> None:
    def home(port: int) -> HelloAnswered:
        return HelloAnswered(time=1.0, name="x.example", server="192.168.4.2", port=port, outcome="server-hello")

    assert weigh_hello(home(443)).outcome == "stopped"
    assert weigh_hello(home(8080)).outcome == "reached"


def test_covered_connection_counts_only_where_the_address_answered() -> None:
    reached = weigh_covered(hello_answer("server-hello"))
    assert reached is not None and reached.outcome == "reached" and "probably" in reached.reason
    assert weigh_covered(hello_answer("reset")) is None
    assert weigh_covered(hello_answer("server-hello", "146.112.61.106")) is None


GIVEN = answer(addresses=("192.0.2.1",), server="192.0.2.53")
DENIED = answer(rcode=3, server="10.0.0.1")
NOTHING = answer(server="10.0.0.1")


def test_missing_site_alone_is_no_sure_sign_of_a_filter() -> None:
    evidence = Answers().weigh(DENIED)
    assert evidence is not None and (evidence.outcome, evidence.sure) == ("stopped", False)
    assert Answers().weigh(NOTHING) is None


@pytest.mark.parametrize("denial", [DENIED, NOTHING])
def test_denial_of_what_others_are_given_is_a_filters(denial: DnsAnswer) -> None:
    answers = Answers()
    assert answers.weigh(GIVEN) is None
    evidence = answers.weigh(denial)
    assert evidence is not None and evidence.sure and "others are given its address" in evidence.reason


def test_answer_of_another_day_proves_nothing() -> None:
    answers = Answers()
    answers.weigh(GIVEN)
    late = answers.weigh(DnsAnswer(time=2.0 + DAY, name="x.example", rcode=3, server="10.0.0.1"))
    assert late is not None and not late.sure


def test_resolver_once_caught_is_believed_to_filter() -> None:
    answers = Answers()
    answers.weigh(DENIED)
    answers.weigh(GIVEN)
    other = DnsAnswer(time=5.0, name="y.example", rcode=3, server="10.0.0.1")
    assert answers.weigh(other).sure  # type: ignore[union-attr]
    elsewhere = DnsAnswer(time=5.0, name="z.example", rcode=3, server="10.0.0.2")
    assert not answers.weigh(elsewhere).sure  # type: ignore[union-attr]


def test_resolver_that_denies_three_well_known_sites_is_believed_to_filter() -> None:
    answers = Answers()
    told = [
        answers.weigh(DnsAnswer(time=1.0, name=name, rcode=3, server="10.0.0.1"), well_known=True)
        for name in ("a.example", "a.example", "b.example", "c.example", "d.example")
    ]
    assert [one.sure for one in told if one] == [False, False, False, True, True]
    for n in range(3 * RESOLVERS):
        answers.weigh(DnsAnswer(time=1.0, name="a.example", rcode=3, server=f"10.1.{n >> 8}.{n & 255}"), well_known=True)
    assert len(answers._suspects) == RESOLVERS


def test_address_type_without_answer_says_nothing_for_ipv6() -> None:
    answers = Answers()
    answers.weigh(GIVEN)
    assert answers.weigh(answer(qtype=28)) is None


def test_memory_of_answers_is_bounded() -> None:
    answers = Answers()
    for n in range(3 * NAMES):
        answers.weigh(DnsAnswer(time=1.0, name=f"n{n}.example", addresses=("192.0.2.1",)))
        answers.weigh(DnsAnswer(time=1.0, name=f"d{n}.example", rcode=3, server=f"10.0.{n >> 8}.{n & 255}"))
        answers.weigh(DnsAnswer(time=1.0, name=f"n{n}.example", rcode=3, server=f"10.9.{n >> 8}.{n & 255}"))
    assert len(answers) == 2 * NAMES + RESOLVERS
    assert answers.evicted == 4 * NAMES
