from __future__ import annotations

from itertools import permutations

import pytest
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.connection import QuicConnection
from aioquic.quic.packet import QuicProtocolVersion
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from appliance.wire.limits import Limits
from appliance.wire.quic import FlowKey, HelloParts, InitialReassembler
from appliance.wire.quic_packets import Piece
from appliance.wire.quic_stream import MAX_PIECES, CryptoStream
from appliance.wire.reader import Malformed
from tests.wire.initials import DRAFT_29, HELLO, Q050, RFC_CRYPTO_FRAME, T051, V1, V2, crypto, seal
from tests.wire.rubbish import bounded, survives
from tests.wire.test_quic_google import chlo

CLIENT: FlowKey = (b"\x0a\0\0\x05", 50_000, b"\xc0\0\x02\x01", 443)
SERVER: FlowKey = (b"\xc0\0\x02\x01", 443, b"\x0a\0\0\x05", 50_000)
DCID, LATER, OTHER = b"original", b"from the server!", b"elsewhere"
BODY = HELLO[4:]
PQ_HELLO = b"\x01" + (1_800).to_bytes(3, "big") + bytes(range(250)) * 7 + b"x" * 50


class Tap:
    """A reassembler with a clock of its own, fed one datagram after the other."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.reassembler: InitialReassembler[str] = InitialReassembler(limits or Limits())
        self.now = 1_000.0
        self.connection = b""

    def hears(self, *datagrams: bytes, key: FlowKey = CLIENT) -> HelloParts | None:
        """The last hello that the datagrams complete."""
        hello = None
        for datagram in datagrams:
            self.now += 0.001
            told = self.reassembler.feed(key, datagram, self.now, lambda: "origin")
            if told is not None:
                self.connection = told.connection
                hello = replace(told, connection=b"")
        return hello

    def gives_up(self, after: float = 60.0) -> list[HelloParts]:
        """What is told of unfinished hellos after so many seconds."""
        return [parts for _, _, parts in self.reassembler.expire(self.now + after)]

    @property
    def counters(self) -> dict[str, int]:
        return dict(self.reassembler.counters)


def aioquic_client(name: str, *, protocols: int = 1, version: int = V1) -> list[bytes]:
    """The first flight of a real client."""
    configuration = QuicConfiguration(
        is_client=True, server_name=name, alpn_protocols=[f"protocol-{n}" for n in range(protocols)]
    )
    configuration.original_version = version
    configuration.supported_versions = [QuicProtocolVersion(version)]
    connection = QuicConnection(configuration=configuration)
    connection.connect(("192.0.2.1", 443), 0.0)
    return [datagram for datagram, _ in connection.datagrams_to_send(0.0)]


def halves(hello: bytes, at: int = 1_000) -> tuple[bytes, bytes]:
    """A hello over two Initial packets."""
    return seal(crypto(hello[:at]), DCID), seal(crypto(hello[at:], at), DCID, number=1)


@pytest.mark.parametrize("version", [V1, V2, DRAFT_29, 0xFF000016, 0xFF00001C, 0xFF000022, 0xFACEB001, 0xFACEB002, T051])
def test_hello_in_one_initial_of_every_version(version: int) -> None:
    hello = Tap().hears(seal(RFC_CRYPTO_FRAME, DCID, version=version))
    assert hello == HelloParts(version, BODY, True)


@pytest.mark.parametrize("version", [V1, V2])
def test_real_client_is_understood(version: int) -> None:
    hello = Tap().hears(*aioquic_client("www.example.org", version=version))
    assert hello is not None
    assert (hello.version, hello.complete) == (version, True)
    assert b"www.example.org" in hello.body


@pytest.mark.parametrize("version", [V1, V2])
def test_real_clients_large_hello_over_several_initials(version: int) -> None:
    datagrams = aioquic_client("www.example.org", protocols=200, version=version)
    assert len(datagrams) > 1
    forwards, backwards = Tap().hears(*datagrams), Tap().hears(*reversed(datagrams))
    assert forwards == backwards
    assert forwards is not None and forwards.complete
    assert b"protocol-199" in forwards.body


def test_post_quantum_hello_over_two_initials_in_either_order() -> None:
    first, second = halves(PQ_HELLO)
    for order in permutations((first, second)):
        assert Tap().hears(*order) == HelloParts(V1, PQ_HELLO[4:], True)


def test_hello_of_one_byte_per_frame_in_reverse() -> None:
    frames = b"".join(crypto(HELLO[at : at + 1], at) for at in reversed(range(len(HELLO))))
    assert Tap().hears(seal(frames, DCID)) == HelloParts(V1, BODY, True)


@bounded
@given(st.randoms(use_true_random=False), st.integers(2, 40))
def test_shuffled_overlapping_and_repeated_pieces_make_one_hello(random: object, parts: int) -> None:
    shuffle, sample, randrange = random.shuffle, random.sample, random.randrange  # type: ignore[attr-defined]
    cuts = sorted({0, *sample(range(1, len(PQ_HELLO)), parts)})
    pieces = [(at, PQ_HELLO[at : end + randrange(30)]) for at, end in zip(cuts, [*cuts[1:], len(PQ_HELLO)], strict=True)]
    pieces += pieces[: parts // 2]
    shuffle(pieces)
    middle = len(pieces) // 2
    packets = [
        seal(b"\x01\0".join(crypto(data, at) for at, data in half), DCID, number=number, pad_to=0)
        for number, half in enumerate((pieces[:middle], pieces[middle:]))
    ]
    assert Tap().hears(*packets) == HelloParts(V1, PQ_HELLO[4:], True)


def test_coalesced_packets_are_all_opened() -> None:
    first, second = (seal(crypto(part, at), DCID, number=at, pad_to=0) for at, part in ((0, HELLO[:99]), (99, HELLO[99:])))
    zero_rtt = b"\xd0\0\0\0\x01\x08" + DCID + b"\0\x40\x19" + b"z" * 25
    assert Tap().hears(zero_rtt + first + second) == HelloParts(V1, BODY, True)


def test_later_initial_under_the_servers_connection_id_still_belongs() -> None:
    first, _ = halves(PQ_HELLO)
    second = seal(crypto(PQ_HELLO[1_000:], 1_000), LATER, keyed_by=DCID, number=1)
    assert Tap().hears(first, second) == HelloParts(V1, PQ_HELLO[4:], True)


def test_hello_tells_the_connection_id_that_the_servers_keys_come_from() -> None:
    tap = Tap()
    tap.hears(seal(crypto(PQ_HELLO[1_000:], 1_000), DCID), seal(crypto(PQ_HELLO[:1_000]), DCID, number=1))
    assert tap.connection == DCID


def test_after_a_retry_the_keys_are_those_of_its_connection_id() -> None:
    tap = Tap()
    first, _ = halves(PQ_HELLO)
    retry = b"\xf0\0\0\0\x01\0\x09" + OTHER + b"token" + b"t" * 16
    assert tap.hears(first) is None
    assert tap.hears(retry, key=SERVER) is None
    again = [seal(crypto(PQ_HELLO[at : at + 1_000], at), OTHER, token=b"token", number=1 + at) for at in (0, 1_000)]
    assert tap.hears(*again) == HelloParts(V1, PQ_HELLO[4:], True)


def test_hello_that_a_retry_makes_the_client_repeat_is_told_once() -> None:
    tap = Tap()
    assert tap.hears(seal(RFC_CRYPTO_FRAME, DCID)) is not None
    assert tap.hears(b"\xf0\0\0\0\x01\0\x09" + OTHER + b"token" + b"t" * 16, key=SERVER) is None
    assert tap.hears(seal(RFC_CRYPTO_FRAME, OTHER, token=b"token", number=1)) is None


def test_version_negotiation_and_another_version_on_the_same_flow() -> None:
    tap = Tap()
    unknown = b"\xc0\x1a\x2a\x3a\x4a" + seal(RFC_CRYPTO_FRAME, DCID)[5:]
    assert tap.hears(unknown) is None
    assert tap.hears(b"\x80\0\0\0\0\0\x08" + DCID + b"\0\0\0\x01", key=SERVER) is None
    assert tap.hears(seal(RFC_CRYPTO_FRAME, DCID)) == HelloParts(V1, BODY, True)


def test_hello_is_told_once_however_often_it_is_sent() -> None:
    tap = Tap()
    packet = seal(RFC_CRYPTO_FRAME, DCID)
    assert tap.hears(packet) is not None
    assert tap.hears(packet, seal(b"\x02\0\0\0\0", LATER, keyed_by=DCID, number=1)) is None
    assert tap.gives_up() == []


def test_servers_initials_are_never_opened() -> None:
    tap = Tap()
    assert tap.hears(seal(RFC_CRYPTO_FRAME, DCID)) is not None
    reply = seal(b"\x02\0\0\0\0" + crypto(b"\x02\0\0\x01x"), b"", keyed_by=DCID, source=LATER, side="server in")
    assert tap.hears(reply, key=SERVER) is None
    assert tap.hears(seal(b"\x02\0\0\0\0", LATER, keyed_by=DCID, number=1)) is None
    assert tap.counters == {}


def test_new_connection_on_the_same_ports_gives_its_own_hello() -> None:
    tap = Tap()
    assert tap.hears(seal(RFC_CRYPTO_FRAME, DCID)) is not None
    assert tap.hears(seal(crypto(PQ_HELLO[:1_100]), OTHER), seal(crypto(PQ_HELLO[1_100:], 1_100), OTHER, number=1)) is not None


def test_ports_used_again_much_later_are_a_new_flow() -> None:
    tap = Tap()
    assert tap.hears(seal(RFC_CRYPTO_FRAME, DCID)) is not None
    tap.now += 3_600
    assert tap.hears(seal(RFC_CRYPTO_FRAME, DCID)) is not None


def test_hello_whose_end_was_lost_is_told_as_far_as_it_came() -> None:
    tap = Tap()
    assert tap.hears(halves(PQ_HELLO)[0]) is None
    assert tap.gives_up(after=0.5) == []
    assert tap.gives_up() == [HelloParts(V1, PQ_HELLO[4:1_000], False)]
    assert len(tap.reassembler) == 0


def test_connection_whose_first_initial_was_missed_is_told_without_a_name() -> None:
    tap = Tap()
    assert tap.hears(seal(b"\x02\0\0\0\0", LATER, keyed_by=DCID)) is None
    assert tap.gives_up() == [HelloParts(V1)]
    assert tap.counters == {"quic-undecryptable": 1}


def test_servers_answer_that_overtakes_the_hello_does_not_hide_it() -> None:
    tap = Tap()
    answer = seal(crypto(b"\x02\0\0\0"), b"", keyed_by=DCID, source=LATER, side="server in")
    assert tap.hears(answer, key=SERVER) is None
    assert tap.hears(seal(RFC_CRYPTO_FRAME, DCID)) == HelloParts(V1, BODY, True)
    assert tap.gives_up() == []


def test_first_initial_that_comes_after_the_second_connection_id_still_counts() -> None:
    tap = Tap()
    assert tap.hears(seal(b"\x02\0\0\0\0", LATER, keyed_by=DCID, number=1)) is None
    assert tap.hears(seal(RFC_CRYPTO_FRAME, DCID)) == HelloParts(V1, BODY, True)


def test_offsets_of_an_attacker_size_nothing() -> None:
    tap = Tap()
    far = seal(crypto(b"x", (1 << 62) - 2) + crypto(b"y", 16_384) + crypto(HELLO[:50]), DCID)
    assert tap.hears(far) is None
    assert tap.counters == {"quic-bytes-refused": 2}
    assert tap.hears(seal(crypto(HELLO[50:], 50), DCID, number=1)) == HelloParts(V1, BODY, True)


def test_hello_over_16_kib_is_given_up() -> None:
    tap = Tap()
    huge = b"\x01" + (20_000).to_bytes(3, "big") + b"h" * 20_000
    packets = [seal(crypto(huge[at : at + 1_000], at), DCID, number=at) for at in range(0, len(huge), 1_000)]
    assert tap.hears(*packets) is None
    assert len(tap.gives_up()[0].body) <= 16_384
    assert tap.counters["quic-bytes-refused"] == 5


def test_pieces_that_wait_are_bounded() -> None:
    stream = CryptoStream()
    kept = [stream.add(Piece(1 + 2 * at, b"x"), 16_384) for at in range(MAX_PIECES + 10)]
    assert kept.count(False) == 10
    assert stream.held == MAX_PIECES


def test_first_copy_of_a_byte_wins() -> None:
    stream = CryptoStream()
    for piece in (Piece(0, b"abc"), Piece(1, b"XXd"), Piece(0, b"YYYYe")):
        assert stream.add(piece, 16_384)
    assert bytes(stream.prefix) == b"abcde"
    assert stream.held == 5


def test_flood_of_unfinished_hellos_stays_within_its_bound() -> None:
    tap = Tap(Limits(quic_flows=8))
    part = seal(crypto(HELLO[:60]), DCID)
    for port in range(20):
        tap.hears(part, key=(*CLIENT[:1], port, *CLIENT[2:]))
    assert len(tap.reassembler) == 8
    assert tap.counters == {"quic-flows-full": 12}


def test_bytes_of_all_flows_together_stay_within_their_bound() -> None:
    tap = Tap(Limits(stream_bytes=3_000))
    part = seal(crypto(PQ_HELLO[:1_000]), DCID)
    for port in range(10):
        tap.hears(part, key=(*CLIENT[:1], port, *CLIENT[2:]))
    assert len(tap.reassembler) == 3
    assert tap.counters == {"quic-bytes-full": 7}


def test_notes_of_finished_flows_make_room_oldest_first() -> None:
    tap = Tap(Limits(quic_flows=2))
    packet = seal(RFC_CRYPTO_FRAME, DCID)
    keys: list[FlowKey] = [(b"\x0a\0\0\x05", port, b"\xc0\0\x02\x01", 443) for port in range(9)]
    assert all(tap.hears(packet, key=key) for key in keys)
    assert tap.hears(packet, key=keys[8]) is None
    assert tap.hears(packet, key=keys[0]) is not None


def test_wrong_tags_on_one_flow_are_tried_a_few_times_only() -> None:
    tap = Tap()
    for number in range(50):
        tap.hears(seal(b"\x01", bytes((number,)) * 8, keyed_by=DCID))
    assert tap.counters["quic-undecryptable"] == 50
    assert len(tap.reassembler) == 1


def test_stream_that_holds_no_client_hello_is_malformed_and_forgotten() -> None:
    tap = Tap()
    with pytest.raises(Malformed):
        tap.hears(seal(crypto(b"\x02\0\0\x10" + b"x" * 16), DCID))
    assert len(tap.reassembler) == 0


def test_googles_hello_in_crypto_frames_gives_its_name() -> None:
    whole = chlo(PAD=b"-" * 700, SNI=b"www.google.com")
    first = seal(crypto(whole[:300], kind=8), DCID, version=Q050)
    second = seal(crypto(whole[300:], 300, kind=8), DCID, version=Q050, number=1)
    assert Tap().hears(first, second) == HelloParts(Q050, complete=True, name="www.google.com")


def test_any_bytes_wait_or_are_malformed() -> None:
    first, second = halves(PQ_HELLO)
    samples = (
        first,
        second,
        seal(RFC_CRYPTO_FRAME, DCID, version=V2),
        seal(crypto(chlo(SNI=b"x.org"), kind=8), DCID, version=Q050),
    )
    tap = Tap(Limits(quic_flows=4))
    survives(lambda data: tap.hears(data), *samples)


def test_any_frames_inside_a_good_packet_wait_or_are_malformed() -> None:
    survives(
        lambda frames: Tap().hears(seal(frames[:1_100] or b"\0", DCID)), RFC_CRYPTO_FRAME, crypto(b"x", 9) + crypto(HELLO[:99])
    )
