"""Bytes as a hostile network would send them: anything at all, and good messages with a few bytes spoilt or cut off."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from appliance.wire.reader import Malformed

bounded = settings(max_examples=150, derandomize=True, deadline=None, database=None)


def spoilt(*samples: bytes) -> SearchStrategy[bytes]:
    """Any bytes, or one of the samples with up to eight bytes changed and its end perhaps cut off."""
    changes = st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 255)), max_size=8)
    return st.binary(max_size=120) | st.builds(_spoil, st.sampled_from(samples), changes, st.integers(0, 2_000))


def survives(parse: Callable[[bytes], object], *samples: bytes) -> None:
    """Check that `parse` returns or raises `Malformed` whatever it is given."""

    @bounded
    @given(spoilt(*samples))
    def check(data: bytes) -> None:
        try:
            parse(data)
        except Malformed as refused:
            assert str(refused)

    check()


def _spoil(sample: bytes, changes: list[tuple[int, int]], keep: int) -> bytes:
    data = bytearray(sample)
    for at, byte in changes:
        data[at % len(data)] = byte
    return bytes(data[: keep or None])
