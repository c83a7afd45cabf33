"""The floor of `safespan bench`: read a capture through the filter and count, which any reader behind that filter pays."""

from __future__ import annotations

import sys
from pathlib import Path

from appliance.edge.capture_files import open_capture


def count(capture: Path, *, filtered: bool = True) -> int:
    """How many frames a capture gives. Raises CaptureError where it can't be read at all."""
    source = open_capture(capture, filtered=filtered)
    while source.read() is not None:
        pass
    return source.packets


if __name__ == "__main__":
    print(count(Path(sys.argv[1])))  # noqa: T201 - the answer for whoever measures this process
