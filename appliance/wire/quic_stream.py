"""The bytes of CRYPTO frames, put in order (RFC 9000 section 19.6)."""

from __future__ import annotations

from typing import Final

from appliance.wire.quic_packets import Piece

MAX_PIECES: Final = 256  # CRYPTO frames waiting for what comes before them; Chrome makes about 20 of one hello


class CryptoStream:
    """The bytes of CRYPTO frames, put in order. The first copy of a byte wins."""

    __slots__ = ("_ahead", "held", "prefix")

    def __init__(self) -> None:
        """An empty stream."""
        self.prefix = bytearray()
        self._ahead: dict[int, bytes] = {}
        self.held = 0

    def add(self, piece: Piece, limit: int) -> bool:
        """Put one piece where it belongs; False where it would reach past `limit` bytes or is one too many to keep."""
        data, have = piece.data, len(self.prefix)
        if piece.offset + len(data) > limit:
            return False
        if piece.offset > have:
            return self._keep(piece)
        new = data[have - piece.offset :]
        self.prefix += new
        self.held += len(new)
        if new and self._ahead:
            self._join()
        return True

    def _keep(self, piece: Piece) -> bool:
        known = self._ahead.get(piece.offset, b"")
        if len(piece.data) > len(known):
            if len(self._ahead) >= MAX_PIECES:
                return False
            self._ahead[piece.offset] = known + piece.data[len(known) :]
            self.held += len(piece.data) - len(known)
        return True

    def _join(self) -> None:
        for offset in sorted(self._ahead):
            have = len(self.prefix)
            if offset > have:
                return
            piece = self._ahead.pop(offset)
            self.prefix += piece[have - offset :]
            self.held += len(self.prefix) - have - len(piece)
