"""IP fragments put together within bounds (RFC 791 section 3.2, RFC 8200 section 4.5)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import MutableMapping

from appliance.wire.assembly import PIECE_COST, Assembly
from appliance.wire.ip import Fragment
from appliance.wire.limits import Limits
from appliance.wire.reader import Malformed

_MAX_DATAGRAM = 65_535


class _Datagram:
    __slots__ = ("assembly", "length", "protocol", "started")

    def __init__(self, now: float) -> None:
        self.assembly = Assembly()
        self.length: int | None = None
        self.protocol = 0
        self.started = now


class Fragments:
    """Datagrams of which some pieces have come; the oldest go first where there are too many."""

    def __init__(self, limits: Limits, counters: MutableMapping[str, int]) -> None:
        """Counts what it lets go in `counters`."""
        self._limits = limits
        self._counters = counters
        self._waiting: OrderedDict[bytes, _Datagram] = OrderedDict()
        self._held = 0

    def __len__(self) -> int:
        """How many datagrams are unfinished."""
        return len(self._waiting)

    def add(self, fragment: Fragment, piece: bytes, now: float) -> tuple[int, bytes] | None:
        """The protocol and the bytes of the whole datagram once its last missing piece is `piece`; None before that.

        Raises `Malformed` for a piece that reaches beyond any datagram.
        """
        if fragment.offset + len(piece) > _MAX_DATAGRAM:
            raise Malformed("fragment beyond the end")
        datagram = self._waiting.get(fragment.key)
        if datagram is None:
            datagram = self._waiting[fragment.key] = _Datagram(now)
            self._held += PIECE_COST
        before = datagram.assembly.held
        datagram.assembly.add(fragment.offset, piece)
        self._held += datagram.assembly.held - before
        if fragment.offset == 0:
            datagram.protocol = fragment.protocol
        if not fragment.more and datagram.length is None:
            datagram.length = fragment.offset + len(piece)
        if datagram.length is not None and len(datagram.assembly.data) >= datagram.length:
            self._forget(fragment.key)
            return datagram.protocol, bytes(datagram.assembly.data[: datagram.length])
        self._keep_bounds(now)
        return None

    def expire(self, now: float) -> None:
        """Forget datagrams that have waited too long."""
        while self._waiting:
            key, oldest = next(iter(self._waiting.items()))
            if 0 <= now - oldest.started < self._limits.datagram_seconds:
                return
            self._forget(key)
            self._count("fragments-expired")

    def _keep_bounds(self, now: float) -> None:
        self.expire(now)
        while len(self._waiting) > self._limits.datagrams or self._held > self._limits.datagram_bytes:
            self._forget(next(iter(self._waiting)))
            self._count("fragments-evicted")

    def _forget(self, key: bytes) -> None:
        self._held -= self._waiting.pop(key).assembly.held + PIECE_COST

    def _count(self, reason: str) -> None:
        self._counters[reason] = self._counters.get(reason, 0) + 1
