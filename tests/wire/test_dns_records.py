from __future__ import annotations

import dnslib
import pytest

from appliance.wire.dns import parse_message
from appliance.wire.dns_records import MAX_RECORDS, ech_configs, read_answer, records
from appliance.wire.reader import Malformed, Reader
from tests.wire.rubbish import survives

ZONE = """
www.example.org 300 CNAME edge.example.net
edge.example.net 60 CNAME far.example.com
far.example.com 30 A 192.0.2.7
far.example.com 30 AAAA 2001:db8::7
"""
ECH_CONFIG = (
    bytes.fromhex("0045fe0d0041f200200020") + b"\x11" * 32 + bytes.fromhex("00040001000100") + b"\x12cloudflare-ech.com\0\0"
)


def answer(zone: str = ZONE, name: str = "www.example.org", qtype: str = "A") -> bytes:
    """A response to a question with every record of a zone as its answer."""
    reply = dnslib.DNSRecord.question(name, qtype).reply()
    reply.add_answer(*dnslib.RR.fromZone(zone))
    return bytes(reply.pack())


def raw(rtype: int, data: bytes, *, section: int = 1, ttl: int = 300) -> bytes:
    """A response to `a.org` with one record of those bytes."""
    counts = b"".join((int(place == section)).to_bytes(2, "big") for place in (1, 2, 3))
    head = b"\x12\x34\x81\x80\0\x01" + counts + b"\x01a\x03org\0" + rtype.to_bytes(2, "big") + b"\0\x01"
    return (
        head + b"\xc0\x0c" + rtype.to_bytes(2, "big") + b"\0\x01" + ttl.to_bytes(4, "big") + len(data).to_bytes(2, "big") + data
    )


def test_chain_of_aliases_and_addresses_of_both_families() -> None:
    found = read_answer(answer())
    assert found is not None
    assert found.name == "www.example.org"
    assert found.aliases == ("edge.example.net", "far.example.com")
    assert found.addresses == ("192.0.2.7", "2001:db8::7")
    assert (found.rcode, found.ttl, found.ede, found.ech) == (0, 30, None, ())


def test_queries_and_responses_without_question_answer_nothing() -> None:
    assert read_answer(bytes(dnslib.DNSRecord.question("example.org").pack())) is None
    assert read_answer(b"\x12\x34\x81\x80" + b"\0" * 8) is None


def test_name_that_does_not_exist_has_its_rcode() -> None:
    reply = dnslib.DNSRecord.question("no.such.host").reply()
    reply.header.rcode = dnslib.RCODE.NXDOMAIN
    found = read_answer(bytes(reply.pack()))
    assert found is not None
    assert (found.rcode, found.addresses) == (3, ())


def test_opt_adds_the_upper_bits_of_rcode_and_the_extended_error() -> None:
    # RFC 8914 section 4.17: 16 censored; here with text after it.
    found = read_answer(raw(41, b"\0\x0a\0\x02xx" + b"\0\x0f\0\x06\0\x10text", section=3, ttl=0x01000000))
    assert found is not None
    assert (found.rcode, found.ede) == (16, 16)


def test_https_record_gives_its_ech_key_and_hints() -> None:
    parameters = (
        b"\0\x01\0\x03\x02h2"
        + b"\0\x04\0\x08\xc0\0\x02\x01\xc0\0\x02\x02"
        + b"\0\x05"
        + len(ECH_CONFIG).to_bytes(2, "big")
        + ECH_CONFIG
        + b"\0\x06\0\x10"
        + bytes.fromhex("20010db8000000000000000000000001")
    )
    found = read_answer(raw(65, b"\0\x01\0" + parameters))
    assert found is not None
    assert found.ech == (("cloudflare-ech.com", 0xF2),)
    assert found.addresses == ("192.0.2.1", "192.0.2.2", "2001:db8::1")
    assert found.aliases == ()


def test_https_record_in_alias_form_gives_its_target() -> None:
    found = read_answer(raw(65, b"\0\0\x04edge\x03net\0"))
    assert found is not None
    assert found.aliases == ("edge.net",)


def test_ech_configs_of_other_versions_are_stepped_over() -> None:
    other = b"\xfe\x0a\0\x03xxx"
    listed = len(other + ECH_CONFIG[2:]).to_bytes(2, "big") + other + ECH_CONFIG[2:]
    assert list(ech_configs(Reader(listed))) == [("cloudflare-ech.com", 0xF2)]


def test_ech_config_whose_lengths_lie_is_malformed() -> None:
    with pytest.raises(Malformed):
        list(ech_configs(Reader(ECH_CONFIG[:8] + b"\xff\xff" + ECH_CONFIG[10:])))


def test_response_cut_anywhere_gives_what_it_had_or_is_malformed() -> None:
    whole = answer()
    for length in range(len(whole)):
        if length < 12 + 21:
            with pytest.raises(Malformed):
                read_answer(whole[:length])
        else:
            found = read_answer(whole[:length])
            assert found is not None
            assert found.addresses in ((), ("192.0.2.7",))


def test_counts_that_lie_cost_no_more_than_the_bytes_there_are() -> None:
    whole = answer()
    found = read_answer(whole[:6] + b"\xff\xff\xff\xff\xff\xff" + whole[12:])
    assert found is not None
    assert found.addresses == ("192.0.2.7", "2001:db8::7")


def test_flood_of_records_is_read_up_to_its_bound() -> None:
    head = b"\0\0\x81\x80\0\x01\x10\0\0\0\0\0\x01a\0\0\x01\0\x01"
    flood = head + b"\0\0\x01\0\x01\0\0\0\0\0\0" * 4096
    message = parse_message(flood)
    assert len(list(records(flood, message.records_at, message.header.answers))) == MAX_RECORDS


def test_address_of_the_wrong_size_is_left_out() -> None:
    found = read_answer(raw(1, b"\xc0\0\x02"))
    assert found is not None
    assert found.addresses == ()


def test_alias_that_loops_does_not_spoil_the_address_before_it() -> None:
    whole = answer("www.example.org 30 A 192.0.2.7\nwww.example.org 30 CNAME a.example.net")
    at = whole.rindex(b"\x01a")
    found = read_answer(whole[:at] + b"\xc0" + bytes((at,)) + whole[at + 2 :])
    assert found is not None
    assert (found.addresses, found.aliases) == (("192.0.2.7",), ())


def test_any_bytes_answer_or_are_malformed() -> None:
    survives(read_answer, answer(), raw(65, b"\0\x01\0\0\x05\0\x47" + ECH_CONFIG), raw(41, b"\0\x0f\0\x02\0\x10", section=3))
