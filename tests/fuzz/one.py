"""One target under atheris; started by `python -m tests.fuzz`, takes libFuzzer's options after the target's name."""

from __future__ import annotations

import contextlib
import sys

import atheris

with atheris.instrument_imports(include=["appliance.wire"]):
    from tests.fuzz.targets import TARGETS

from appliance.wire.reader import Malformed

target = TARGETS[sys.argv[1]]


def test_one_input(data: bytes) -> None:
    """Any bytes parse, wait, or are malformed."""
    with contextlib.suppress(Malformed):
        target(data)


atheris.Setup([sys.argv[0], *sys.argv[2:]], test_one_input)
atheris.Fuzz()
