from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.model import HelloAnswered, Opened, TlsHello
from appliance.wire.limits import Limits
from tests.wire.packets import (
    ACK,
    IPV6,
    PUPIL,
    PUPIL6,
    PUPIL_MAC,
    RST,
    SERVER,
    SYN,
    TCP,
    Wire,
    alpn,
    byte_by_byte,
    client_hello,
    ethernet,
    extension,
    handshake,
    hello_body,
    http_request,
    in_pieces,
    ip4,
    ip6,
    records,
    tagged,
    tcp,
)
from tests.wire.rubbish import bounded

HELLO = client_hello("www.example.com", alpn("h2"))
LONG = client_hello("long.example", extension(51, bytes(1_300)), padding=200)
WRAP = 0xFFFFFFFF
SERVER_HELLO = b"\x16\3\3\0\x7a\2\0\0\x76\3\3" + b"r" * 60


# --- one hello, however it is cut ------------------------------------------------------------------------------------


def test_hello_in_one_segment_yields_one_name() -> None:
    (hello,) = Wire().say((1, HELLO)).seen
    assert isinstance(hello, TlsHello)
    assert (hello.name, hello.alpn, hello.client, hello.server, hello.port) == ("www.example.com", ("h2",), PUPIL, SERVER, 443)
    assert hello.mac == PUPIL_MAC
    assert hello.fingerprint.startswith("t12d0202h2_")


def test_hello_over_two_segments_yields_one_name_wherever_it_is_cut() -> None:
    for cut in range(1, len(HELLO)):
        assert Wire().say(*in_pieces(HELLO, cut)).names == ["www.example.com"], cut


def test_hello_over_two_segments_in_the_wrong_order_yields_one_name() -> None:
    for cut in range(1, len(HELLO)):
        first, second = in_pieces(HELLO, cut)
        assert Wire().say(second, first, syn=0).names == ["www.example.com"], cut


def test_hello_in_the_wrong_order_is_read_without_the_syn_too() -> None:
    first, second = in_pieces(LONG, 900)
    assert Wire().say(second, first).names == ["long.example"]


@pytest.mark.parametrize("syn", [0, None])
def test_hello_in_segments_of_one_byte_yields_one_name(syn: int | None) -> None:
    assert Wire().say(*byte_by_byte(HELLO), syn=syn).names == ["www.example.com"]


def test_hello_in_segments_of_one_byte_from_its_end_yields_one_name() -> None:
    assert Wire().say(*reversed(list(byte_by_byte(HELLO))), syn=0).names == ["www.example.com"]


def test_three_segments_in_every_order_yield_one_name() -> None:
    for order in itertools.permutations(in_pieces(LONG, 500, 1_000)):
        assert Wire().say(*order, syn=0).names == ["long.example"]


def test_retransmitted_segments_yield_one_name() -> None:
    first, second = in_pieces(LONG, 700)
    assert Wire().say(first, first, second, second, first).names == ["long.example"]


def test_the_first_copy_of_overlapping_segments_wins() -> None:
    other = client_hello("WWW.EXAMPLE.ORG", alpn("h2"))
    assert len(other) == len(HELLO)
    where = HELLO.index(b"www.example.com")
    parts = [(1, HELLO[: where + 15]), (1 + where, other[where:])]
    assert Wire().say(*parts).names == ["www.example.com"]
    assert Wire().say(*reversed(parts), syn=0).names == ["www.example.org"]


def test_sequence_numbers_that_wrap_are_followed() -> None:
    start = WRAP - 99
    pieces = [((start + at - 1) & WRAP, part) for at, part in in_pieces(LONG, 60, 150, 1_000)]
    assert Wire().say(*pieces, syn=(start - 1) & WRAP).names == ["long.example"]
    assert Wire().say(*reversed(pieces), syn=(start - 1) & WRAP).names == ["long.example"]


@pytest.mark.parametrize("size", [1, 7, 100])
def test_hello_split_over_records_and_segments_yields_one_name(size: int) -> None:
    stream = records(handshake(hello_body("records.example")), size)
    assert Wire().say(*byte_by_byte(stream), syn=0).names == ["records.example"]


@bounded
@given(st.data())
def test_any_cut_order_and_repetition_yields_one_name(data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(1, len(LONG) - 1), max_size=12)))
    pieces = in_pieces(LONG, *cuts)
    again = data.draw(st.lists(st.sampled_from(pieces), max_size=6))
    order = data.draw(st.permutations([*pieces, *again]))
    assert Wire().say(*order, syn=0).wait().names == ["long.example"]


def test_payload_in_the_syn_is_read() -> None:
    assert Wire().show(ethernet(ip4(tcp(HELLO, 5, flags=SYN), TCP))).names == ["www.example.com"]


def test_hello_on_any_port_and_over_version_6_and_tags_is_read() -> None:
    wire = Wire().say((1, HELLO), port=31_337)
    wire.show(ethernet(ip6(tcp(HELLO), TCP), IPV6), tagged(ip4(tcp(HELLO, sender_port=50_000), TCP), (0x8100, 20)))
    hellos = wire.kinds(TlsHello)
    assert [hello.port for hello in hellos if isinstance(hello, TlsHello)] == [31_337, 443, 443]
    assert [hello.client for hello in hellos if isinstance(hello, TlsHello)] == [PUPIL, "2001:db8::5", PUPIL]
    assert PUPIL6


# --- what is missing ---------------------------------------------------------------------------------------------------


def test_a_name_in_the_first_segment_is_told_when_the_second_never_comes() -> None:
    wire = Wire().say((1, HELLO[:-5]))
    assert wire.names == []
    assert wire.wait(1.0).names == []
    assert wire.wait(2.0).names == ["www.example.com"]
    assert wire.wait().names == ["www.example.com"]
    assert [one.time for one in wire.kinds(TlsHello)] == [1_000.001]  # when the segment came, not when patience ended


def test_a_name_is_told_when_its_stream_has_to_make_room() -> None:
    wire = Wire(Limits(flows=10)).say((1, HELLO[:-5]))
    for port in range(2_000, 2_011):
        wire.say(syn=5, sender_port=port)
    assert wire.names == ["www.example.com"]


def test_segments_before_a_hello_in_the_middle_of_a_stream_do_no_harm() -> None:
    assert Wire().say((1, b"\x99" * 900), (901, HELLO)).names == ["www.example.com"]


def test_a_hello_after_a_leap_in_the_stream_is_read() -> None:
    assert Wire().say((1, b"\x99" * 10), (5_000_000, HELLO), syn=0).names == ["www.example.com"]


def test_the_same_ports_used_again_yield_the_second_name() -> None:
    second = client_hello("second.example")
    assert Wire().say((1, HELLO)).say((9_001, second), syn=9_000).names == ["www.example.com", "second.example"]
    assert Wire().say((1, HELLO), (9_001, second)).names == ["www.example.com", "second.example"]


def test_a_second_hello_with_the_same_name_after_a_retry_is_not_told_again() -> None:
    again = b"\x14\3\3\0\1\1" + HELLO
    assert Wire().say((1, HELLO), (1 + len(HELLO), again[:6]), (7 + len(HELLO), HELLO)).names == ["www.example.com"]


# --- what servers say --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "flags", "outcome"),
    [(SERVER_HELLO, ACK, "server-hello"), (b"\x15\3\3\0\2\2\x28", ACK, "alert"), (b"", RST, "reset"), (b"", RST | ACK, "reset")],
)
def test_what_became_of_a_hello_is_told_once(payload: bytes, flags: int, outcome: str) -> None:
    wire = Wire().say((1, HELLO)).hear(payload, flags=flags).hear(payload, flags=flags)
    (answered,) = wire.kinds(HelloAnswered)
    assert isinstance(answered, HelloAnswered)
    assert (answered.outcome, answered.name, answered.client, answered.server) == (outcome, "www.example.com", PUPIL, SERVER)
    assert (answered.mac, answered.port) == (PUPIL_MAC, 443)


def test_answers_to_nothing_say_nothing() -> None:
    wire = Wire().hear(SERVER_HELLO).hear(b"", flags=RST).hear(b"\x15\3\3\0\2\2\x28").hear(b"\x16\3\3\0\x7a\x0b\0\0")
    assert not wire.seen


def test_a_server_that_speaks_first_is_not_taken_for_a_client() -> None:
    wire = Wire().say(syn=0, port=8_080)
    wire.hear(http_request("reflected.example"), port=8_080).say((1, http_request("asked.example")), port=8_080)
    assert wire.names == ["asked.example"]


def test_a_header_shorter_than_it_can_be_is_malformed() -> None:
    segment = bytearray(tcp(HELLO))
    segment[12] = 0x40
    wire = Wire().show(ethernet(ip4(bytes(segment), TCP)))
    assert (wire.seen, wire.dissector.counters) == ([], {"malformed-frame": 1})


def test_each_syn_is_a_connection_and_its_retransmission_is_not() -> None:
    wire = Wire().say(syn=100).say(syn=100).say(syn=200)
    opened = wire.kinds(Opened)
    assert len(opened) == 2
    assert isinstance(opened[0], Opened)
    assert (opened[0].client, opened[0].server, opened[0].port, opened[0].transport) == (PUPIL, SERVER, 443, "tcp")
    assert not Wire().hear(flags=SYN | ACK).seen


# --- bounds ------------------------------------------------------------------------------------------------------------


def test_streams_are_bounded_and_counted() -> None:
    wire = Wire(Limits(flows=50))
    for port in range(1_024, 2_024):
        wire.say((1, HELLO[:40]), sender_port=port, syn=0)
        assert len(wire.dissector._segments) <= 50
    assert wire.dissector.counters["streams-evicted"] == 950


def test_bytes_of_unfinished_hellos_are_bounded_and_counted() -> None:
    wire = Wire(Limits(stream_bytes=50_000))
    for port in range(1_024, 2_024):
        wire.say((1, LONG[:1_000]), sender_port=port, syn=0)
        assert wire.dissector._segments.held <= 50_000
    assert wire.dissector.counters["stream-bytes-evicted"] > 900
    assert "long.example" in wire.names


def test_pieces_of_one_byte_count_for_more_than_a_byte() -> None:
    wire = Wire(Limits(stream_bytes=50_000))
    for port in range(1_024, 1_064):
        wire.say(*[(1 + at, b"x") for at in range(2, 200, 2)], sender_port=port, syn=0)
        assert wire.dissector._segments.held <= 50_000
    assert wire.dissector.counters["stream-bytes-evicted"] > 20


def test_one_stream_holds_no_more_than_its_limit() -> None:
    wire = Wire(Limits(flow_bytes=4_096))
    endless = b"\x16\3\1\x40\0\1\0\x1f\0\3\3" + bytes(4_000)
    wire.say((1, endless), (1 + len(endless), bytes(1_000)), syn=0)
    assert wire.dissector._segments.held == 0
    assert wire.dissector.counters == {"malformed-tls": 1}


def test_a_head_longer_than_the_limit_is_read_as_far_as_it_goes() -> None:
    wire = Wire(Limits(flow_bytes=4_096))
    endless = http_request("endless.example")[:-2] + b"Cookie: " + b"x" * 3_000
    wire.say((1, endless), (1 + len(endless), b"y" * 3_000), syn=0)
    assert wire.dissector._segments.held == 0
    assert wire.dissector.counters == {"stream-overflow": 1}
    assert wire.names == ["endless.example"]


def test_a_stream_without_beginning_is_given_up_soon() -> None:
    wire = Wire()
    for number in range(100):
        wire.say((1 + 1_000 * number, b"\x99" * 1_000))
    assert wire.dissector._segments.held == 0


def test_streams_are_forgotten_after_their_time() -> None:
    wire = Wire().say((1, HELLO), syn=0).wait(59.0)
    assert len(wire.dissector._segments) == 1
    assert len(wire.wait(2.0).dissector._segments) == 0


def test_nothing_is_held_when_all_is_said() -> None:
    wire = Wire()
    for port in range(1_024, 1_124):
        wire.say(*in_pieces(LONG, 400, 800), sender_port=port, syn=0)
    assert wire.dissector._segments.held == 0
    assert wire.names == ["long.example"] * 100
