"""Machines that resolve names out of our sight, told from a box that stands where no look-ups pass.

Of each device's new outside connections in a quarter of an hour, how many lead where the box saw it look up? Where hardly any
do, twice in a row, and nearly all of the other devices' do, the device has another way of looking up. Where hardly any of
anybody's do, the mirror lacks the look-ups: a matter for IT, and no device's fault.
"""

from __future__ import annotations

from typing import NamedTuple

from appliance.judge.shapes import Finding

WINDOW = 900.0
NEW = 20  # different places in a window, to judge a device
DARK = 0.2  # share of looked-up places below which a device is dark
LIT = 0.7  # share of all other devices' above which the box's place is good
BLIND = 0.3  # and below which it is not
CROWD = 100  # places of all devices in a window, to judge the box's place
PLACES = 64  # different ones remembered per device and window
DEVICES = 1_000
NEWCOMER_SECONDS = 3_600.0  # a device brings look-ups from home in its memory


class _Window:
    """One device's places in the window at hand, and its run of dark windows before."""

    __slots__ = ("first", "hinted", "lit", "places", "run")

    def __init__(self, first: float) -> None:
        self.first = first
        self.places: set[str] = set()
        self.lit = self.run = 0
        self.hinted = False


class Dark(NamedTuple):
    """A device found dark, and the finding."""

    key: str
    finding: Finding


class DarkRooms:
    """Counts places by device. `lacking` says that look-ups don't pass where the box listens. `evicted` counts devices."""

    def __init__(self, *, devices: int = DEVICES) -> None:
        self._limit = devices
        self._windows: dict[str, _Window] = {}
        self._number = -1
        self.lacking = False
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._windows)

    def hint(self, key: str) -> None:
        """The device hides something in this window: one dark window is then enough."""
        window = self._windows.get(key)
        if window is not None:
            window.hinted = True

    def connect(self, key: str, time: float, place: str, *, looked_up: bool) -> list[Dark]:
        """A connection to an outside place; the devices found dark where a window has just ended."""
        number = int(time // WINDOW)
        found = self._turn(number, time) if number != self._number else []
        window = self._windows.get(key) or self._meet(key, time)
        if place not in window.places and len(window.places) < PLACES:
            window.places.add(place)
            window.lit += looked_up
        return found

    def _meet(self, key: str, time: float) -> _Window:
        if len(self._windows) >= self._limit:
            del self._windows[next(iter(self._windows))]
            self.evicted += 1
        window = self._windows[key] = _Window(time)
        return window

    def _turn(self, number: int, time: float) -> list[Dark]:
        """End the window at hand. After a gap, or a clock that jumped, nothing can be said of what was before."""
        follows = number == self._number + 1
        self._number = number
        total = sum(len(window.places) for window in self._windows.values())
        lit = sum(window.lit for window in self._windows.values())
        found = []
        for key, window in list(self._windows.items()):
            if _is_dark(window, total, lit, time):
                window.run += 1
                if follows and window.run >= (1 if window.hinted else 2):
                    found.append(Dark(key, _finding(window)))
            elif len(window.places) >= NEW or not follows:
                window.run = 0
            window.places.clear()
            window.lit, window.hinted = 0, False
        if total >= CROWD:
            self.lacking = lit < BLIND * total
        return found


def _is_dark(window: _Window, total: int, lit: int, time: float) -> bool:
    places = len(window.places)
    if places < NEW or window.lit >= DARK * places or time - window.first < NEWCOMER_SECONDS:
        return False
    others, others_lit = total - places, lit - window.lit
    return others >= NEW and others_lit > LIT * others


def _finding(window: _Window) -> Finding:
    return Finding(
        shape="dark",
        name="connections without a look-up",
        evidence=f"It went to {len(window.places)} places in a quarter of an hour, and looked up {window.lit} of them in sight.",
        protocol="dark",
    )
