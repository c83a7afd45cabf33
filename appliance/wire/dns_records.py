"""What a DNS answer says: addresses, the chain of aliases, errors, and the ECH keys in HTTPS records."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from struct import Struct as Layout
from typing import Final

from msgspec import Struct

from appliance.wire.dns import HEADER, MAX_QUESTIONS, read_question
from appliance.wire.dns_names import read_name, skip_name
from appliance.wire.envelope import address_text
from appliance.wire.reader import Malformed, Reader

A: Final = 1
CNAME: Final = 5
PTR: Final = 12
TXT: Final = 16
AAAA: Final = 28
SRV: Final = 33
OPT: Final = 41
SVCB: Final = 64
HTTPS: Final = 65

MAX_RECORDS: Final = 256  # of one message; what a 64 KiB message could claim beyond that is of no use to anyone here

_RESPONSE: Final = 0x80
_POINTER: Final = 0xC0
_LONGEST_TTL: Final = 1 << 32
_COUNTS: Final = Layout("!HHHH").unpack_from
_FIXED: Final = Layout("!HHIH").unpack_from
_EDE: Final = 15  # EDNS option (RFC 8914 section 2)
_SVC_ECH: Final = 5
_HINTS: Final = {4: 4, 6: 16}  # ipv4hint and ipv6hint, and the bytes of one address (RFC 9460 section 7.3)
_ECH_VERSION: Final = 0xFE0D  # RFC 9849 section 4


class Record(Struct, frozen=True, gc=False):
    """One resource record: its type, class, lifetime in seconds, and where in the message its owner and data stand."""

    rtype: int
    rclass: int
    ttl: int
    name_at: int
    start: int
    end: int
    section: int  # 1 answer, 2 authority, 3 additional


class Answer(Struct, frozen=True):
    """What a response says of its first question; `rcode` includes the extension of EDNS (RFC 6891 section 6.1.3)."""

    name: str
    qtype: int
    rcode: int
    addresses: tuple[str, ...]
    aliases: tuple[str, ...]
    ttl: int
    ede: int | None
    ech: tuple[tuple[str, int], ...]


class _Facts:
    """What the records gave so far. `text` makes a packed address readable."""

    __slots__ = ("addresses", "aliases", "ech", "ede", "rcode", "text", "ttl")

    def __init__(self, rcode: int, text: Callable[[bytes], str]) -> None:
        self.rcode = rcode
        self.text = text
        self.addresses: list[str] = []
        self.aliases: list[str] = []
        self.ech: list[tuple[str, int]] = []
        self.ede: int | None = None
        self.ttl = _LONGEST_TTL


def read_answer(data: bytes, text: Callable[[bytes], str] = address_text) -> Answer | None:
    """What a response says; None for a query or a response that repeats no question; raises `Malformed` for that question.

    A response whose records end early (truncated, cut by the capture) or break gives what it had until there.
    `text` makes addresses readable.
    """
    if len(data) < HEADER:
        raise Malformed("shorter than a DNS header")
    questions, answers, authorities, additionals = _COUNTS(data, 4)
    if data[2] < _RESPONSE or not questions:
        return None
    question, at = read_question(data)
    facts = _Facts(data[3] & 15, text)
    try:
        for _ in range(min(questions, MAX_QUESTIONS) - 1):
            at = skip_name(data, at) + 4
        at = _read_answers(data, at, min(answers, MAX_RECORDS), facts)
        if additionals:
            _find_opt(data, at, min(authorities + additionals, MAX_RECORDS), facts)
    except (IndexError, struct.error, Malformed):
        pass  # the rest of it is not there or not to be trusted
    ttl = 0 if facts.ttl == _LONGEST_TTL else facts.ttl
    return Answer(
        question.name,
        question.qtype,
        facts.rcode,
        tuple(facts.addresses),
        tuple(facts.aliases),
        ttl,
        facts.ede,
        tuple(facts.ech),
    )


def _read_answers(data: bytes, at: int, count: int, facts: _Facts) -> int:
    """Take in `count` records from offset `at`; the offset after them. Past the end of `data` it fails as indexing does."""
    for _ in range(count):
        # Nearly every owner is a pointer to the question or to the alias before it.
        at = at + 2 if data[at] >= _POINTER else skip_name(data, at)
        rtype, _, ttl, length = _FIXED(data, at)
        at += 10
        end = at + length
        if end > len(data):
            raise IndexError
        if ttl < facts.ttl:
            facts.ttl = ttl
        if (rtype == A and length == 4) or (rtype == AAAA and length == 16):
            facts.addresses.append(facts.text(data[at:end]))
        elif rtype == CNAME:
            facts.aliases.append(read_name(data, at)[0])
        elif rtype in (SVCB, HTTPS):
            _read_service(Reader(data, at, end), facts)
        at = end
    return at


def _find_opt(data: bytes, at: int, count: int, facts: _Facts) -> None:
    """Take in the OPT record, which is mostly the last of all; it keeps the upper rcode bits in the TTL field."""
    for _ in range(count):
        at = skip_name(data, at) if data[at] else at + 1
        rtype, _, ttl, length = _FIXED(data, at)
        at += 10 + length
        if rtype == OPT:
            facts.rcode |= ttl >> 24 << 4
            if length:
                _read_opt(Reader(data, at - length, at), facts)
            return


def records(data: bytes, at: int, *counts: int) -> Iterator[Record]:
    """The records from offset `at`, section by section as `counts` says; stops quietly where the bytes end early."""
    end = len(data)
    left = MAX_RECORDS
    for section, count in enumerate(counts, 1):
        for _ in range(min(count, left)):
            left -= 1
            name_at = at
            try:
                at = skip_name(data, at)
            except Malformed:
                return
            if at + 10 > end:
                return
            rtype, rclass, ttl, length = _FIXED(data, at)
            at += 10 + length
            if at > end:
                return
            yield Record(rtype, rclass, ttl, name_at, at - length, at, section)


def _read_opt(reader: Reader, facts: _Facts) -> None:
    """The options of an OPT record are (code, length, data) (RFC 6891 section 6.1)."""
    while reader.left >= 4:
        code, length = reader.u16(), reader.u16()
        option = reader.block(length)
        if code == _EDE and length >= 2:
            facts.ede = option.u16()


def _read_service(reader: Reader, facts: _Facts) -> None:
    """An SVCB or HTTPS record: priority, target, parameters (RFC 9460 section 2.2)."""
    reader.skip(2)
    target, reader.at = read_name(reader.data, reader.at)
    if target:
        facts.aliases.append(target)
    while reader.left >= 4:
        key, length = reader.u16(), reader.u16()
        value = reader.block(length)
        if key == _SVC_ECH:
            facts.ech.extend(ech_configs(value))
        elif size := _HINTS.get(key):
            facts.addresses.extend(facts.text(value.take(size)) for _ in range(length // size))


def ech_configs(reader: Reader) -> Iterator[tuple[str, int]]:
    """The (public name, config id) pairs of an ECHConfigList (RFC 9849 section 4); raises `Malformed`."""
    configs = reader.block(reader.u16())
    while configs.left >= 4:
        version = configs.u16()
        config = configs.block(configs.u16())
        if version != _ECH_VERSION:
            continue
        config_id = config.u8()
        config.skip(2)  # the KEM
        config.skip(config.u16())  # the public key
        config.skip(config.u16())  # the cipher suites
        config.skip(1)  # the longest name to pad to
        yield config.take(config.u8()).decode("ascii", "replace").lower(), config_id
