from __future__ import annotations

import struct

import pytest

from appliance.model import DnsAnswer, MdnsAsked, NameAsked, TunnelSeen
from appliance.wire.envelope import Envelope
from appliance.wire.questions import tell_dns, tell_llmnr, tell_mdns
from appliance.wire.reader import Malformed
from tests.wire.packets import dns_answer, dns_name, dns_query
from tests.wire.rubbish import survives

MANY = struct.pack("!HHHHHH", 0, 0, 3, 0, 0, 0) + b"".join(dns_name(f"{letter}.local") + b"\0\x0c\0\1" for letter in "abc")


def test_a_query_tells_the_name_and_how_it_came() -> None:
    (asked,) = tell_dns(dns_query("WWW.Example.com", 65), Envelope(), "tcp")
    assert isinstance(asked, NameAsked)
    assert (asked.name, asked.qtype, asked.transport) == ("www.example.com", 65, "tcp")


def test_every_question_of_a_multicast_query_is_told() -> None:
    told = tell_mdns(MANY, Envelope())
    assert [one.name for one in told if isinstance(one, MdnsAsked)] == ["a.local", "b.local", "c.local"]
    assert len(tell_dns(MANY, Envelope())) == 3


def test_the_root_is_no_name() -> None:
    assert not tell_dns(struct.pack("!HHHHHH", 0, 0, 1, 0, 0, 0) + b"\0\0\2\0\1", Envelope())


def test_an_answer_is_told_and_asks_nothing() -> None:
    (told,) = tell_dns(dns_answer("www.example.com", "192.0.2.7"), Envelope())
    assert isinstance(told, DnsAnswer)
    assert told.addresses == ("192.0.2.7",)
    assert not tell_llmnr(dns_answer(), Envelope())


def test_dnscrypt_is_told_by_its_first_question() -> None:
    kinds = [type(one) for one in tell_dns(dns_query("2.dnscrypt-cert.example"), Envelope())]
    assert kinds == [NameAsked, TunnelSeen]


def test_short_messages_are_malformed() -> None:
    for end in range(12):
        with pytest.raises(Malformed):
            tell_dns(dns_query()[:end], Envelope())


def test_any_bytes_are_told_or_malformed() -> None:
    envelope = Envelope()
    survives(lambda data: tell_dns(data, envelope), dns_query(), dns_answer(), MANY)
    survives(lambda data: tell_mdns(data, envelope), MANY, dns_answer())
