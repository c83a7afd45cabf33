"""DNS messages to sightings: names asked for, and what they turned into."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from appliance.model import DnsAnswer, LlmnrAsked, MdnsAsked, NameAsked, Sighting
from appliance.wire.dns import first_question, parse_message
from appliance.wire.dns_records import read_answer
from appliance.wire.envelope import Envelope
from appliance.wire.handshakes import Handshake, dnscrypt_name
from appliance.wire.services import tell_announcements, tell_handshake

_RESPONSE: Final = 0x80


def tell_dns(data: bytes, envelope: Envelope, transport: Literal["udp", "tcp"] = "udp") -> Sequence[Sighting]:
    """The names that a DNS query asks for, or what an answer says; raises `Malformed`."""
    if len(data) > 2 and data[2] & _RESPONSE:
        return _tell_answer(data, envelope)
    if len(data) > 5 and data[5] == 1 and not data[4]:
        question = first_question(data)
        if question is None or not question.name:
            return ()
        asked = NameAsked(
            time=envelope.time,
            mac=envelope.macs[envelope.mac_from],
            vlan=envelope.vlan,
            client=envelope.addresses[envelope.sender],
            server=envelope.addresses[envelope.target],
            port=envelope.port,
            name=question.name,
            qtype=question.qtype,
            transport=transport,
        )
        if dnscrypt_name(question.name):
            return (asked, tell_handshake(Handshake("dnscrypt"), envelope, question.name))
        return (asked,)
    return _tell_all(data, envelope, NameAsked)


def tell_mdns(data: bytes, envelope: Envelope) -> Sequence[Sighting]:
    """The names that a multicast DNS query asks for, which are often many, or what a response announces (RFC 6762).

    Raises `Malformed`.
    """
    if len(data) > 2 and data[2] & _RESPONSE:
        return tell_announcements(data, envelope)
    return _tell_all(data, envelope, MdnsAsked)


def tell_llmnr(data: bytes, envelope: Envelope) -> Sequence[Sighting]:
    """The name that an LLMNR query asks for (RFC 4795 section 2.1); raises `Malformed`."""
    return _tell_all(data, envelope, LlmnrAsked)


def _tell_all(data: bytes, envelope: Envelope, kind: type[NameAsked]) -> Sequence[Sighting]:
    message = parse_message(data)
    if message.header.response:
        return ()
    return [
        kind(**envelope.outward(), name=question.name, qtype=question.qtype) for question in message.questions if question.name
    ]


def _tell_answer(data: bytes, envelope: Envelope) -> Sequence[Sighting]:
    addresses = envelope.addresses
    answer = read_answer(data, addresses.__getitem__)
    if answer is None or not answer.name:
        return ()
    return (
        DnsAnswer(
            time=envelope.time,
            mac=envelope.macs[envelope.mac_to],
            vlan=envelope.vlan,
            client=addresses[envelope.target],
            server=addresses[envelope.sender],
            port=envelope.sender_port,
            name=answer.name,
            qtype=answer.qtype,
            rcode=answer.rcode,
            addresses=answer.addresses,
            aliases=answer.aliases,
            ttl=answer.ttl,
            ede=answer.ede,
            ech=answer.ech,
        ),
    )
