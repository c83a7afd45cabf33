"""DNS messages: their questions, their header, how TCP frames them, and whether bytes on another port are one (RFC 1035)."""

from __future__ import annotations

from functools import lru_cache
from struct import Struct as Layout
from typing import Final

from msgspec import Struct

from appliance.wire.dns_names import MAX_NAME, read_name, skip_name, text_of
from appliance.wire.reader import Malformed

HEADER: Final = 12  # bytes
MAX_QUESTIONS: Final = 64  # more in one message is a flood, not a question; mDNS asks a few dozen at most

_RESPONSE: Final = 0x80
_LONGEST_LABEL: Final = 63
_REMEMBERED: Final = 1_024  # names; a bound for the memory of a flood of them, no more is gained by a higher one
_SRV: Final = 33
_COUNTS: Final = Layout("!HHHH").unpack_from
_TWO: Final = Layout("!HH").unpack_from
_PLAUSIBLE_TYPES: Final = frozenset(
    (1, 2, 5, 6, 10, 12, 13, 15, 16, 28, 33, 35, 37, 43, 44, 46, 47, 48, 52, 64, 65, 99, 252, 255, 257)
)
_PLAUSIBLE_CLASSES: Final = frozenset((1, 3, 255))
_HOST_LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_.")


class Question(Struct, frozen=True, gc=False):
    """One entry of the question section (RFC 1035 section 4.1.2)."""

    name: str
    qtype: int
    qclass: int


class Header(Struct, frozen=True, gc=False):
    """The fixed part of a message (RFC 1035 section 4.1.1); `rcode` without the extension that an OPT record adds."""

    id: int
    response: bool
    opcode: int
    truncated: bool
    rcode: int
    questions: int
    answers: int
    authorities: int
    additionals: int


class Message(Struct, frozen=True):
    """A message's header and questions; its records start at `records_at` and are read by `dns_records`."""

    header: Header
    questions: tuple[Question, ...]
    records_at: int


def first_question(data: bytes) -> Question | None:
    """The first question of a query; None for a response or a query without questions; raises `Malformed`."""
    if len(data) < HEADER:
        raise Malformed("shorter than a DNS header")
    if data[2] & _RESPONSE or not (data[5] or data[4]):
        return None
    return read_question(data)[0]


def read_question(data: bytes, at: int = HEADER) -> tuple[Question, int]:
    """The question at offset `at` and the offset after it; raises `Malformed`.

    This is the hot path: a name without pointers, which is all that a question can sensibly have, ends at the first zero.
    """
    end = data.find(0, at) + 1
    name = _plain_name(data[at:end]) if end else None
    if name is None:
        return _odd_question(data, at)
    if len(data) < end + 4:
        raise Malformed("question cut short")
    qtype, qclass = _TWO(data, end)
    return Question(name, qtype, qclass), end + 4


# Browsers ask each name for up to three types, and every answer repeats its question.
@lru_cache(maxsize=_REMEMBERED)
def _plain_name(raw: bytes) -> str | None:
    """The text of a name that is labels and the zero at its end, nothing else; None where it may be anything else."""
    if len(raw) > MAX_NAME:
        return None
    labels = []
    at, last = 0, len(raw) - 1
    while at < last:
        length = raw[at]
        if length > _LONGEST_LABEL:
            return None
        at += 1
        labels.append(raw[at : at + length])
        at += length
    return text_of(b".".join(labels)) if at == last else None


def parse_header(data: bytes) -> Header:
    """The header of a message; raises `Malformed` where there are fewer than 12 bytes."""
    if len(data) < HEADER:
        raise Malformed("shorter than a DNS header")
    high, low = data[2], data[3]
    questions, answers, authorities, additionals = _COUNTS(data, 4)
    return Header(
        data[0] << 8 | data[1],
        high >= _RESPONSE,
        high >> 3 & 15,
        bool(high & 2),
        low & 15,
        questions,
        answers,
        authorities,
        additionals,
    )


def parse_message(data: bytes) -> Message:
    """The header and every question that is whole; raises `Malformed` where not even the first one is.

    A count that promises more than there is does not spoil what came before it.
    """
    header = parse_header(data)
    questions: list[Question] = []
    at = HEADER
    for _ in range(min(header.questions, MAX_QUESTIONS)):
        try:
            question, at = read_question(data, at)
        except Malformed:
            if not questions:
                raise
            at = len(data)
            break
        questions.append(question)
    return Message(header, tuple(questions), at)


def unframe(stream: bytes) -> tuple[list[bytes], int]:
    """The whole messages at the start of a TCP stream and how many bytes they took (RFC 1035 section 4.2.2).

    Bytes of a message that is not whole yet are left; raises `Malformed` where a length is too short for a header.
    """
    messages: list[bytes] = []
    at = 0
    while at + 2 <= len(stream):
        length = stream[at] << 8 | stream[at + 1]
        if length < HEADER:
            raise Malformed("TCP length shorter than a DNS header")
        if at + 2 + length > len(stream):
            break
        messages.append(stream[at + 2 : at + 2 + length])
        at += 2 + length
    return messages, at


def looks_like_dns(data: bytes) -> bool:
    """Whether bytes on any other port are a DNS message, with a precision that needs no port number.

    One question of a common type in class IN with a host-like name, nothing but an OPT or TSIG record after a query's
    question, and no byte left over: random or foreign payloads do not meet all of that.
    """
    if len(data) < HEADER + 5 or data[4] or data[5] != 1 or data[2] & 0x78:
        return False
    try:
        question, at = read_question(data)
        if not _plausible(question):
            return False
        if data[2] & _RESPONSE:
            return _ends_there(data, at, sum(_COUNTS(data, 4)[1:]))
        return not any(data[6:10]) and data[10] == 0 and data[11] <= 2 and data[3] & 15 == 0 and _ends_there(data, at, data[11])
    except Malformed:
        return False


def _odd_question(data: bytes, at: int) -> tuple[Question, int]:
    name, at = read_name(data, at)
    if len(data) < at + 4:
        raise Malformed("question cut short")
    qtype, qclass = _TWO(data, at)
    return Question(name, qtype, qclass), at + 4


def _plausible(question: Question) -> bool:
    # NetBIOS node status asks a 32-letter name with the number of SRV, whose names always have dots (RFC 1002, RFC 2782).
    return (
        question.qtype in _PLAUSIBLE_TYPES
        and (question.qtype != _SRV or "." in question.name)
        and question.qclass in _PLAUSIBLE_CLASSES
        and bool(question.name)
        and _HOST_LETTERS.issuperset(question.name)
    )


def _ends_there(data: bytes, at: int, records: int) -> bool:
    """Whether exactly `records` records fill the bytes from `at` to the end; raises `Malformed`."""
    if records > len(data) // 11:
        return False
    for _ in range(records):
        at = skip_name(data, at) + 10
        if at > len(data):
            return False
        at += data[at - 2] << 8 | data[at - 1]
    return at == len(data)
