"""What a DNS answer says: addresses, the chain of aliases, errors, and the ECH keys in HTTPS records."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv6Address
from struct import Struct as Layout
from typing import Final

from msgspec import Struct

from appliance.wire.dns import parse_message
from appliance.wire.dns_names import read_name, skip_name
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

_FIXED: Final = Layout("!HHIH").unpack_from
_EDE: Final = 15  # EDNS option (RFC 8914 section 2)
_SVC_IPV4HINT: Final = 4
_SVC_ECH: Final = 5
_SVC_IPV6HINT: Final = 6
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
    """What the records gave so far."""

    __slots__ = ("addresses", "aliases", "ech", "ede", "rcode", "ttl")

    def __init__(self, rcode: int) -> None:
        self.rcode = rcode
        self.addresses: list[str] = []
        self.aliases: list[str] = []
        self.ech: list[tuple[str, int]] = []
        self.ede: int | None = None
        self.ttl: int | None = None


def read_answer(data: bytes) -> Answer | None:
    """What a response says; None for a query or a response that repeats no question; raises `Malformed`.

    A response that ends early (truncated, cut by the capture) gives what it had until there.
    """
    message = parse_message(data)
    if not message.header.response or not message.questions:
        return None
    question = message.questions[0]
    facts = _Facts(message.header.rcode)
    for record in records(
        data, message.records_at, message.header.answers, message.header.authorities, message.header.additionals
    ):
        if record.rtype == OPT:
            _read_opt(data, record, facts)
        elif record.section == 1:
            _read_record(data, record, facts)
    return Answer(
        question.name,
        question.qtype,
        facts.rcode,
        tuple(facts.addresses),
        tuple(facts.aliases),
        facts.ttl or 0,
        facts.ede,
        tuple(facts.ech),
    )


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


def address_of(data: bytes, record: Record) -> str | None:
    """The address of an A or AAAA record as text; None for other types and for data of the wrong size."""
    size = record.end - record.start
    if record.rtype == A and size == 4:
        return _text4(data, record.start)
    if record.rtype == AAAA and size == 16:
        return _text6(data, record.start)
    return None


def _text4(data: bytes, at: int) -> str:
    return f"{data[at]}.{data[at + 1]}.{data[at + 2]}.{data[at + 3]}"


def _text6(data: bytes, at: int) -> str:
    return str(IPv6Address(data[at : at + 16]))


def _read_record(data: bytes, record: Record, facts: _Facts) -> None:
    if facts.ttl is None or record.ttl < facts.ttl:
        facts.ttl = record.ttl
    if record.rtype in (A, AAAA):
        if address := address_of(data, record):
            facts.addresses.append(address)
    elif record.rtype == CNAME:
        facts.aliases.append(read_name(data, record.start)[0])
    elif record.rtype in (SVCB, HTTPS):
        _read_service(data, record, facts)


def _read_opt(data: bytes, record: Record, facts: _Facts) -> None:
    """OPT keeps the upper rcode bits in the TTL field; its options are (code, length, data) (RFC 6891 section 6.1)."""
    facts.rcode |= record.ttl >> 24 << 4
    reader = Reader(data, record.start, record.end)
    while reader.left >= 4:
        code, length = reader.u16(), reader.u16()
        option = reader.block(length)
        if code == _EDE and length >= 2:
            facts.ede = option.u16()


def _read_service(data: bytes, record: Record, facts: _Facts) -> None:
    """An SVCB or HTTPS record: priority, target, parameters (RFC 9460 section 2.2)."""
    reader = Reader(data, record.start, record.end)
    reader.skip(2)
    target, reader.at = read_name(data, reader.at)
    if target:
        facts.aliases.append(target)
    while reader.left >= 4:
        key, length = reader.u16(), reader.u16()
        value = reader.block(length)
        if key == _SVC_ECH:
            facts.ech.extend(ech_configs(value))
        elif key == _SVC_IPV4HINT:
            facts.addresses.extend(_text4(data, at) for at in range(value.at, value.end - 3, 4))
        elif key == _SVC_IPV6HINT:
            facts.addresses.extend(_text6(data, at) for at in range(value.at, value.end - 15, 16))


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
