"""Person or page: what a device asked for just before a listed name says whether it looks like part of another page.

Only a first reading, told as one sentence of the reason; it changes neither level nor confidence.
"""

from __future__ import annotations

from collections import deque
from typing import Literal

Intent = Literal["alone", "burst", "unclear"]

SECONDS = 2.0  # a page asks for most of its parts within this
BURST = 6  # names of other sites: a page with adverts and trackers has more, a person opening one site fewer
REMEMBERED = 24  # names per device
DEVICES = 1_000

SENTENCES: dict[Intent, str] = {
    "alone": "Nothing else was asked for just before, so it does not look like part of another page.",
    "burst": "Many other names were asked for in the same moment, so it may be part of another page.",
    "unclear": "We can't tell whether a person opened it or another page loaded it.",
}


class Lately:
    """The last names of each device: as many devices as fit, the one heard first goes first."""

    def __init__(self) -> None:
        self._names: dict[str, deque[tuple[float, str]]] = {}

    def __len__(self) -> int:
        return len(self._names)

    def note(self, device: str, time: float, name: str) -> None:
        """A device asked for a name."""
        names = self._names.get(device)
        if names is None:
            if len(self._names) >= DEVICES:
                del self._names[next(iter(self._names))]
            names = self._names[device] = deque(maxlen=REMEMBERED)
        names.append((time, name))

    def read(self, device: str, time: float, name: str) -> Intent:
        """How the moment before looks, for a listed name that was asked for at `time`."""
        site = site_of(name)
        others = {site_of(other) for when, other in self._names.get(device, ()) if 0.0 <= time - when <= SECONDS} - {site}
        if not others:
            return "alone"
        return "burst" if len(others) >= BURST else "unclear"


def site_of(name: str) -> str:
    """Roughly the registrable part: the last two labels, three where the second is as short as in `co.uk`."""
    labels = name.rsplit(".", 3)
    if len(labels) > 2 and len(labels[-2]) <= 3 and len(labels[-1]) == 2:
        return ".".join(labels[-3:])
    return ".".join(labels[-2:])
