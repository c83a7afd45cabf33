from __future__ import annotations

import pytest

from appliance.wire.http2 import ClientFrames, Request
from appliance.wire.reader import Malformed
from tests.wire.rubbish import survives
from tests.wire.test_hpack import FIRST, SECOND

END = 4


def frame(payload: bytes, kind: int = 1, flags: int = END) -> bytes:
    return len(payload).to_bytes(3, "big") + bytes([kind, flags, 0, 0, 0, 1]) + payload


def test_requests_are_read_in_order() -> None:
    data = frame(b"\0" * 6, 4, 0) + frame(FIRST) + frame(b"body", 0) + frame(SECOND)
    requests, used = ClientFrames().read(data)
    assert requests == [Request("GET", "www.example.com")] * 2
    assert used == len(data)


def test_a_frame_that_is_not_whole_is_left() -> None:
    whole = frame(FIRST)
    requests, used = ClientFrames().read(frame(b"", 4, 1) + whole[:-1])
    assert (requests, used) == ([], 9)


def test_a_body_is_stepped_over_before_it_has_come() -> None:
    assert ClientFrames().read(frame(b"x" * 900, 0)[:100]) == ([], 909)


def test_a_block_in_two_frames_is_joined() -> None:
    data = frame(FIRST[:5], flags=0) + frame(FIRST[5:], 9)
    assert ClientFrames().read(data)[0] == [Request("GET", "www.example.com")]


def test_padding_and_priority_are_taken_off() -> None:
    padded = b"\3" + b"\0\0\0\0\x10" + FIRST + b"\0\0\0"
    assert ClientFrames().read(frame(padded, flags=END | 0x28))[0] == [Request("GET", "www.example.com")]


def test_a_block_too_long_to_wait_for_is_read_from_its_beginning() -> None:
    frames = ClientFrames()
    requests, used = frames.read(frame(FIRST + b"\x40\7x-bloat\x7f\xff\x7e" + b"y" * 16_500)[:1_300])
    assert (requests, used, frames.lost) == ([Request("GET", "www.example.com")], 1_300, True)


def test_endless_continuations_are_malformed() -> None:
    frames = ClientFrames()
    frames.read(frame(b"\0" * 16_000, flags=0))
    with pytest.raises(Malformed):
        frames.read(frame(b"\0" * 16_000, 9, 0))


def test_any_bytes_are_read_or_malformed() -> None:
    survives(lambda data: ClientFrames().read(data), frame(FIRST) + frame(SECOND), frame(FIRST[:5], flags=0))
