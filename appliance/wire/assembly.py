"""Bytes that come in pieces, in any order, put together; the first copy of a byte wins, as it does in the hosts."""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

# What a piece costs beside its bytes, so that floods of one-byte pieces are counted as what they are.
PIECE_COST: Final = 64


class Assembly:
    """`data` is what has come without a gap from offset 0; later pieces wait in order, without overlaps.

    `held` counts the bytes of both with what keeping them costs. The caller bounds offsets and `held`.
    """

    __slots__ = ("_later", "_origin", "data", "held")

    def __init__(self) -> None:
        """Nothing has come."""
        self.data = bytearray()
        self.held = 0
        # Waiting pieces are kept by offsets that never change; `_origin` is where offset 0 stands among these.
        self._origin = 0
        self._later: list[tuple[int, bytes]] = []

    def add(self, offset: int, piece: bytes) -> bool:
        """Put `piece` at `offset`, without what has come before; True where `data` grew."""
        have = len(self.data)
        if offset < have:
            piece = piece[have - offset :]
            offset = have
        if not piece:
            return False
        if offset == have and not self._later:
            self.data += piece
            self.held += len(piece)
            return True
        self._insert(offset + self._origin, piece)
        return self._drain()

    def drop(self, count: int) -> None:
        """Forget the first `count` bytes, come or not; offsets count from behind them from now on."""
        have = len(self.data)
        self._origin += count
        if count <= have:
            del self.data[:count]
            self.held -= count
            return
        self.data.clear()
        self.held -= have
        self._cut()
        self._drain()

    def shift(self, count: int) -> None:
        """Make room for `count` bytes before everything that has come: their beginning turned up late."""
        if self.data:
            self._later.insert(0, (self._origin, bytes(self.data)))
            self.held += PIECE_COST
            self.data.clear()
        self._origin -= count

    def runs(self) -> list[bytes]:
        """What has come, as one run of bytes before each gap."""
        found = [self.data] if self.data else []
        end = None
        for offset, piece in self._later:
            if offset == end:
                found[-1] += piece
            else:
                found.append(bytearray(piece))
            end = offset + len(piece)
        return [bytes(run) for run in found]

    @property
    def has_gap(self) -> bool:
        """Whether pieces wait for an earlier one."""
        return bool(self._later)

    @property
    def reach(self) -> int:
        """The offset behind the last byte that has come."""
        if not self._later:
            return len(self.data)
        offset, piece = self._later[-1]
        return offset + len(piece) - self._origin

    def _insert(self, offset: int, piece: bytes) -> None:
        later = self._later
        index = bisect_right(later, offset, key=_offset)
        if index:
            before, known = later[index - 1]
            covered = before + len(known) - offset
            if covered > 0:
                piece = piece[covered:]
                offset += covered
        while piece:
            room = later[index][0] - offset if index < len(later) else len(piece)
            part = piece[:room]
            if part:
                later.insert(index, (offset, part))
                self.held += len(part) + PIECE_COST
                index += 1
            if index >= len(later):
                return
            known_end = later[index][0] + len(later[index][1])
            piece = piece[known_end - offset :]
            offset = known_end
            index += 1

    def _drain(self) -> bool:
        taken = 0
        end = self._origin + len(self.data)
        for offset, piece in self._later:
            if offset != end:
                break
            self.data += piece
            end += len(piece)
            taken += 1
        del self._later[:taken]
        self.held -= PIECE_COST * taken
        return taken > 0

    def _cut(self) -> None:
        """Let go of what waits before offset 0."""
        gone = 0
        for offset, piece in self._later:
            if offset + len(piece) > self._origin:
                break
            self.held -= len(piece) + PIECE_COST
            gone += 1
        del self._later[:gone]
        if self._later and self._later[0][0] < self._origin:
            offset, piece = self._later[0]
            self._later[0] = (self._origin, piece[self._origin - offset :])
            self.held -= self._origin - offset


def _offset(piece: tuple[int, bytes]) -> int:
    return piece[0]
