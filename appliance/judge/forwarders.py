"""Machines that ask for others: the school's own resolver or proxy, and a mirror that sees only what such a machine asks.

Two things come of it. Where both sides are in sight, the forwarder's own request for a flagged name is an echo of the device that
asked it, and isn't held against the forwarder too. Where nearly all look-ups come from one machine while others are plainly
there, nobody can tell devices apart by what they ask for, and health says so.
"""

from __future__ import annotations

from collections.abc import Callable

from appliance.judge.addresses import is_local

ECHO_SECONDS = 5.0  # a resolver asks on at once, a proxy after a handshake
ASKED = 2_000  # flagged names asked of a local machine, within the last seconds
WINDOW = 600.0
ENOUGH = 300  # look-ups within a window that say anything
SHARE = 0.9
OTHERS = 5  # devices that speak but ask for (almost) nothing themselves
DEVICES = 2_000


class Forwarders:
    """What was asked of whom, and who asks most. `owner_of` gives the device that has an address, empty for none."""

    def __init__(self, owner_of: Callable[[str], str]) -> None:
        self._owner_of = owner_of
        self._asked: dict[tuple[str, str], tuple[float, str]] = {}  # (asked machine, name) -> when, by whom
        self._queries: dict[str, int] = {}
        self._speaking: set[str] = set()
        self._began: float | None = None
        self.found = ""

    def __len__(self) -> int:
        return len(self._asked)

    def is_echo(self, key: str, server: str, name: str, time: float) -> bool:
        """Whether a device that asks for a flagged name only passes on what another has just asked of it."""
        before = self._asked.get((key, name))
        if before is not None and before[1] != key and abs(time - before[0]) <= ECHO_SECONDS:
            return True
        asked = self._owner_of(server) if server and is_local(server) else ""
        if asked and asked != key:
            self._asked.pop((asked, name), None)
            self._asked[asked, name] = (time, key)
            if len(self._asked) > ASKED:
                del self._asked[next(iter(self._asked))]
        return False

    def note(self, key: str, time: float, *, query: bool) -> None:
        """A device asked for a name, or spoke in another way."""
        if self._began is None or not 0.0 <= time - self._began < WINDOW:
            self._close_window()
            self._began = time
        if query:
            if key in self._queries or len(self._queries) < DEVICES:
                self._queries[key] = self._queries.get(key, 0) + 1
        elif len(self._speaking) < DEVICES:
            self._speaking.add(key)

    def _close_window(self) -> None:
        """Decide on the window that is over. Too little to go by leaves what was found before."""
        total = sum(self._queries.values())
        if total >= ENOUGH:
            most = max(sorted(self._queries), key=self._queries.__getitem__)
            few = {key for key in self._speaking - {most} if self._queries.get(key, 0) <= total / 100}
            self.found = most if self._queries[most] >= SHARE * total and len(few) >= OTHERS else ""
        self._queries.clear()
        self._speaking.clear()
