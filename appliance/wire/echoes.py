"""The same question heard twice: a mirror of the ports on both sides of a router shows it with another MAC and another TTL."""

from __future__ import annotations

from typing import Final

from appliance.wire.envelope import Envelope

MOST: Final = 64  # questions remembered; a router takes a fraction of the window
WINDOW: Final = 0.005  # seconds; machines that ask again wait a hundred times longer


class Echoes:
    """Remembers the last `MOST` questions; `repeated` counts those heard again from another MAC within `WINDOW`."""

    __slots__ = ("_heard", "repeated")

    def __init__(self) -> None:
        """Nothing has been heard."""
        self._heard: dict[int, tuple[float, bytes]] = {}
        self.repeated = 0

    def is_one(self, payload: bytes, envelope: Envelope) -> bool:
        """Whether another machine has just sent the same from the same address and port: then the first was the asker."""
        key = hash((payload, envelope.sender, envelope.sender_port, envelope.target))
        before = self._heard.get(key)
        if before is not None and before[1] != envelope.mac_from and 0 <= envelope.time - before[0] < WINDOW:
            self.repeated += 1
            return True
        if len(self._heard) >= MOST:
            self._heard.clear()
        self._heard[key] = envelope.time, envelope.mac_from
        return False
