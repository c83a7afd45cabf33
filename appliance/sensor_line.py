"""The guardian's end of the line to the sensor: takes a caller, hears what it sends, lets go of one that went away."""

from __future__ import annotations

import contextlib
import selectors
import socket
from collections.abc import Callable, Iterator

from appliance.edge.channel import ChannelError, ChannelReader
from appliance.model import SensorMessage

BATCHES_PER_TURN = 64  # read from the sensor before the lamp has its turn again


class SensorLine:
    """At most one sensor at a time; the newest caller is the one. `complain` takes one sentence, empty once all is well."""

    def __init__(self, listener: socket.socket | None, complain: Callable[[str], None]) -> None:
        self._listener = listener
        self._complain = complain
        self._selector = selectors.DefaultSelector()
        self._reader: ChannelReader | None = None
        if listener is not None:
            listener.setblocking(False)
            self._selector.register(listener, selectors.EVENT_READ)

    @property
    def connected(self) -> bool:
        """Whether there is a sensor at the other end."""
        return self._reader is not None

    def attach(self, sock: socket.socket) -> None:
        """Listen to this sensor from now on; an earlier one is let go."""
        self._let_go()
        sock.setblocking(False)
        self._complain("")
        self._reader = ChannelReader(sock)
        self._selector.register(sock, selectors.EVENT_READ)

    def hear(self, patience: float) -> Iterator[list[SensorMessage]]:
        """The batches that have come, up to a bound; waits at most `patience` seconds for the first."""
        for key, _ in self._selector.select(patience):
            if key.fileobj is self._listener:
                self._accept(self._listener)
            else:
                yield from self._batches()

    def close(self) -> None:
        """Hear nothing more."""
        self._let_go()
        self._selector.close()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            self.attach(listener.accept()[0])

    def _batches(self) -> Iterator[list[SensorMessage]]:
        for _ in range(BATCHES_PER_TURN):
            if self._reader is None:
                return
            batch = self._read(self._reader)
            if batch is None:
                self._let_go()
                return
            if not batch:
                return
            yield batch

    def _read(self, reader: ChannelReader) -> list[SensorMessage] | None:
        """The next batch, none yet (empty), or the end (None)."""
        try:
            return reader.read()
        except ChannelError as error:
            self._complain(str(error))
            return None

    def _let_go(self) -> None:
        if self._reader is not None:
            self._selector.unregister(self._reader)
            self._reader.close()
            self._reader = None
