from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from appliance.wire.assembly import PIECE_COST, Assembly
from tests.wire.rubbish import bounded

TEXT = bytes(range(1, 101))


def test_pieces_in_order_are_joined() -> None:
    assembly = Assembly()
    assert assembly.add(0, b"abc")
    assert assembly.add(3, b"def")
    assert assembly.data == b"abcdef"
    assert assembly.held == 6


def test_a_piece_after_a_gap_waits() -> None:
    assembly = Assembly()
    assert not assembly.add(3, b"def")
    assert assembly.has_gap
    assert assembly.held == 3 + PIECE_COST
    assert assembly.add(0, b"abc")
    assert assembly.data == b"abcdef"
    assert assembly.held == 6


def test_the_first_copy_of_a_byte_wins() -> None:
    assembly = Assembly()
    assembly.add(4, b"EE")
    assembly.add(2, b"xxxxxxx")
    assembly.add(0, b"AAAA")
    assert assembly.data == b"AAxxEExxx"


def test_a_retransmission_adds_nothing() -> None:
    assembly = Assembly()
    assembly.add(0, b"abc")
    assert not assembly.add(0, b"XYZ")
    assert assembly.data == b"abc"


def test_runs_are_cut_at_the_gaps() -> None:
    assembly = Assembly()
    for offset, piece in ((0, b"ab"), (5, b"f"), (6, b"g"), (9, b"j")):
        assembly.add(offset, piece)
    assert assembly.runs() == [b"ab", b"fg", b"j"]
    assert assembly.reach == 10


def test_dropping_more_than_has_come_cuts_what_waits() -> None:
    assembly = Assembly()
    assembly.add(0, b"ab")
    assembly.add(4, b"efgh")
    assembly.drop(6)
    assert assembly.data == b"gh"
    assert assembly.held == 2
    assert not assembly.has_gap


def test_a_late_beginning_moves_everything_back() -> None:
    assembly = Assembly()
    assembly.add(0, b"cd")
    assembly.shift(2)
    assert assembly.data == b""
    assembly.add(0, b"ab")
    assert assembly.data == b"abcd"
    assert assembly.held == 4


@bounded
@given(st.lists(st.tuples(st.integers(0, 99), st.integers(1, 40), st.integers(0, 255)), max_size=30))
def test_any_order_gives_the_bytes_that_came_first(pieces: list[tuple[int, int, int]]) -> None:
    assembly = Assembly()
    first: dict[int, int] = {}
    for offset, length, value in pieces:
        assembly.add(offset, bytes([value]) * length)
        for at in range(offset, offset + length):
            first.setdefault(at, value)
    known = bytearray()
    while len(known) in first:
        known.append(first[len(known)])
    assert assembly.data == known
    assert sum(map(len, assembly.runs())) == len(first)
    waiting = [piece for piece in assembly._later]
    assert assembly.held == len(first) + PIECE_COST * len(waiting)
