from __future__ import annotations

import dnslib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.wire.dns import MAX_QUESTIONS, Question, first_question, looks_like_dns, parse_header, parse_message, unframe
from appliance.wire.reader import Malformed
from tests.wire.rubbish import bounded, survives

QUERY = bytes(dnslib.DNSRecord.question("www.Example.org", "AAAA").pack())
WITH_OPT = QUERY[:11] + b"\x01" + QUERY[12:] + b"\0\0\x29\x04\xd0\0\0\0\0\0\0"
ANSWER = bytes(dnslib.DNSRecord.question("example.org").replyZone("example.org 60 A 192.0.2.1").pack())
LABELS = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_", min_size=1, max_size=63)


def header(**counts: int) -> bytes:
    """A query's header with these counts."""
    sections = (counts.get(name, 0) for name in ("questions", "answers", "authorities", "additionals"))
    return b"\x12\x34\x01\0" + b"".join(count.to_bytes(2, "big") for count in sections)


def test_first_question_is_name_type_and_class() -> None:
    assert first_question(QUERY) == Question("www.example.org", 28, 1)


def test_responses_and_queries_without_questions_ask_nothing() -> None:
    assert first_question(ANSWER) is None
    assert first_question(header() + b"rest") is None


@pytest.mark.parametrize("length", range(len(QUERY)))
def test_query_cut_anywhere_is_malformed(length: int) -> None:
    with pytest.raises(Malformed):
        first_question(QUERY[:length])


def test_compressed_first_question_goes_the_long_way_and_a_loop_is_refused() -> None:
    with pytest.raises(Malformed):
        first_question(header(questions=1) + b"\x01a\xc0\x0c\0\x01\0\x01")


def test_header_tells_flags_and_counts() -> None:
    head = parse_header(ANSWER)
    assert (head.response, head.opcode, head.rcode, head.questions, head.answers) == (True, 0, 0, 1, 1)


def test_every_question_of_a_message_is_read() -> None:
    record = dnslib.DNSRecord(questions=[dnslib.DNSQuestion(name) for name in ("a.local", "b.local", "c.d.local")])
    assert [question.name for question in parse_message(bytes(record.pack())).questions] == ["a.local", "b.local", "c.d.local"]


def test_count_that_promises_more_questions_does_not_spoil_the_first() -> None:
    lying = QUERY[:4] + b"\xff\xff" + QUERY[6:]
    assert [question.name for question in parse_message(lying).questions] == ["www.example.org"]
    assert first_question(lying) == Question("www.example.org", 28, 1)


def test_flood_of_questions_is_read_up_to_its_bound() -> None:
    flood = header(questions=2 * MAX_QUESTIONS) + b"\x01a\0\0\x01\0\x01" * 2 * MAX_QUESTIONS
    assert len(parse_message(flood).questions) == MAX_QUESTIONS


def test_two_messages_and_half_of_a_third_in_a_stream() -> None:
    framed = len(QUERY).to_bytes(2, "big") + QUERY
    messages, taken = unframe(framed * 2 + framed[:9])
    assert (messages, taken) == ([QUERY, QUERY], 2 * len(framed))
    assert unframe(b"\0") == ([], 0)


def test_stream_whose_length_holds_no_header_is_malformed() -> None:
    with pytest.raises(Malformed):
        unframe(b"\0\x0b" + b"x" * 11)


@pytest.mark.parametrize(
    "message", [QUERY, WITH_OPT, ANSWER, QUERY[:2] + b"\0\x10" + QUERY[4:]], ids=["query", "with OPT", "answer", "other flags"]
)
def test_messages_are_known_on_any_port(message: bytes) -> None:
    assert looks_like_dns(message)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        QUERY[:-1],
        QUERY + b"\0",
        QUERY[:5] + b"\x02" + QUERY[6:],
        QUERY[:7] + b"\x01" + QUERY[8:],
        QUERY[:2] + b"\x29" + QUERY[3:],
        QUERY[:-3] + b"\x99\0\x01",
        QUERY[:-2] + b"\0\x07",
        QUERY.replace(b"Example", b"Ex/mple"),
        header(questions=1) + b"\x20" + b"CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" + b"\0\0\x21\0\x01",
        ANSWER[:7] + b"\xff" + ANSWER[8:],
    ],
    ids=["empty", "cut", "more", "two", "answers", "opcode", "type", "class", "letters", "netbios", "counts"],
)
def test_what_only_resembles_a_message_is_not_one_on_any_port(message: bytes) -> None:
    assert not looks_like_dns(message)


@bounded
@given(st.lists(LABELS, min_size=1, max_size=4).filter(lambda labels: sum(map(len, labels)) < 240), st.integers(0, 65_535))
def test_dnslib_and_we_agree_on_questions(labels: list[str], qtype: int) -> None:
    name = ".".join(labels)
    wire = bytes(dnslib.DNSRecord(q=dnslib.DNSQuestion(dnslib.DNSLabel([label.encode() for label in labels]), qtype)).pack())
    assert first_question(wire) == Question(name, qtype, 1) == parse_message(wire).questions[0]


@bounded
@given(st.binary(min_size=12, max_size=80))
def test_the_fast_path_and_the_full_one_agree_on_any_bytes(data: bytes) -> None:
    query = data[:2] + b"\x01\0\0\x01" + data[6:]
    try:
        expected = parse_message(query).questions[0]
    except Malformed:
        with pytest.raises(Malformed):
            first_question(query)
    else:
        assert first_question(query) == expected


def test_any_bytes_are_dns_or_malformed() -> None:
    for parse in (first_question, parse_message, unframe, looks_like_dns):
        survives(parse, QUERY, WITH_OPT, ANSWER, header(questions=1) + b"\x01a\xc0\x0c\0\x01\0\x01")
