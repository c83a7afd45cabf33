"""The sensor's way to the guardian: batches of messages over a stream socket, each framed by its length.

One frame is four bytes of length (big-endian), then a msgpack array of tagged messages, at most 1 MiB. The reader trusts
nothing: whatever isn't such a frame is a `ChannelError`. The writer never stalls a live capture: what the guardian doesn't
take in time waits in a bounded queue, and the oldest batches go first when that is full.
"""

from __future__ import annotations

import contextlib
import socket
import struct
from collections import deque
from collections.abc import Sequence

import msgspec

from appliance.model import SensorMessage

MAX_FRAME = 1024 * 1024
# At 150 bytes a sighting, about a minute of a busy school while the guardian restarts.
MAX_QUEUE = 8 * 1024 * 1024
_LENGTH = struct.Struct(">I")


class ChannelError(ValueError):
    """What came over the channel is not what the sensor sends; the message is one sentence."""


class ChannelWriter:
    """Sends batches over a connected stream socket.

    `send` waits until the guardian has taken everything (captures from files lose nothing); `post` never waits.
    Counts the sightings it had to give up in `lost`, batches that could not be encoded in `unsendable`.
    """

    def __init__(self, sock: socket.socket, max_queue: int = MAX_QUEUE) -> None:
        self._sock: socket.socket | None = sock
        self._max_queue = max_queue
        self._queue: deque[tuple[int, bytes]] = deque()  # (messages in the frame, the frame or what is left of it)
        self._queued = 0
        self._begun = False  # the first frame of the queue is partly sent and must be finished
        self._encoder = msgspec.msgpack.Encoder()
        self.lost = 0
        self.unsendable = 0

    @property
    def connected(self) -> bool:
        """Whether the other side is still there, as far as sending has shown."""
        return self._sock is not None

    @property
    def waiting(self) -> int:
        """Bytes that the other side has not taken yet."""
        return self._queued

    def fileno(self) -> int:
        """The socket's descriptor, -1 where there is none."""
        return -1 if self._sock is None else self._sock.fileno()

    def attach(self, sock: socket.socket) -> None:
        """Go on over a new connection. A frame that was cut in the middle is lost, the others wait for this one."""
        self.close()
        self._sock = sock

    def close(self) -> None:
        """Close the connection; what is queued stays for the next one."""
        if self._begun:
            self._drop_first()
        if self._sock is not None:
            self._sock.close()
            self._sock = None

    def send(self, batch: Sequence[SensorMessage]) -> None:
        """Send a batch and wait until it is taken. Raises ChannelError where the other side is gone."""
        self._enqueue(batch)
        if self._sock is None:
            raise ChannelError("The guardian is not there.")
        self._sock.setblocking(True)
        self._flush()
        if self._sock is None:
            raise ChannelError("The guardian went away.")

    def post(self, batch: Sequence[SensorMessage]) -> None:
        """Queue a batch and send what the other side takes at once; with an empty batch only the latter."""
        if batch:
            self._enqueue(batch)
        if self._sock is not None and self._queue:
            self._sock.setblocking(False)
            self._flush()

    def _enqueue(self, batch: Sequence[SensorMessage]) -> None:
        """Add a batch as one frame, or as several where one would be too large; make room for it."""
        try:
            body = self._encoder.encode(batch)
        except UnicodeEncodeError:
            # A name with a lone surrogate can't cross; its neighbours must.
            self._enqueue_singly(batch)
            return
        if len(body) > MAX_FRAME:
            self._enqueue_halves(batch)
            return
        self._queue.append((len(batch), _LENGTH.pack(len(body)) + body))
        self._queued += len(body) + 4
        self._make_room()

    def _enqueue_singly(self, batch: Sequence[SensorMessage]) -> None:
        """Add each message of a batch by itself; count those that can't be encoded."""
        if len(batch) == 1:
            self.unsendable += 1
            return
        for message in batch:
            self._enqueue([message])

    def _enqueue_halves(self, batch: Sequence[SensorMessage]) -> None:
        """Add a batch as two; a single message that is too large is given up and counted."""
        if len(batch) == 1:
            self.unsendable += 1
            return
        middle = len(batch) // 2
        self._enqueue(batch[:middle])
        self._enqueue(batch[middle:])

    def _make_room(self) -> None:
        """Give up the oldest frames until the queue is within its bound."""
        while self._queued > self._max_queue and len(self._queue) > 1 + self._begun:
            begun = self._queue.popleft() if self._begun else None
            self._drop_first()
            if begun is not None:
                self._queue.appendleft(begun)
                self._begun = True

    def _drop_first(self) -> None:
        """Give up the first frame of the queue."""
        count, frame = self._queue.popleft()
        self._queued -= len(frame)
        self.lost += count
        self._begun = False

    def _flush(self) -> None:
        """Send until the queue is empty, the socket would block, or the other side is gone."""
        try:
            while self._queue and self._sock is not None:
                count, frame = self._queue[0]
                taken = self._sock.send(frame)
                self._queued -= taken
                if taken == len(frame):
                    self._queue.popleft()
                    self._begun = False
                else:
                    self._queue[0] = (count, frame[taken:])
                    self._begun = True
        except BlockingIOError:
            return
        except OSError:
            self.close()


class ChannelReader:
    """Reads batches from a connected stream socket; blocking or not, as the socket is."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._buffer = bytearray()
        self._decoder = msgspec.msgpack.Decoder(list[SensorMessage])

    def fileno(self) -> int:
        """The socket's descriptor, for a selector."""
        return self._sock.fileno()

    def close(self) -> None:
        """Close the connection."""
        self._sock.close()

    def read(self) -> list[SensorMessage] | None:
        """The next batch; None once the sensor has closed. Empty where a non-blocking socket has no whole frame yet.

        Raises ChannelError for a frame that is too long, cut off, or not made of sensor messages.
        """
        while (frame := self._whole_frame()) is None:
            try:
                data = self._sock.recv(262_144)
            except BlockingIOError:
                return []
            except ConnectionError:
                data = b""
            if not data:
                self._check_clean_end()
                return None
            self._buffer += data
        try:
            return self._decoder.decode(frame)
        except msgspec.DecodeError as error:
            raise ChannelError(f"The sensor sent something that is not a list of sightings: {error}.") from error

    def _whole_frame(self) -> bytes | None:
        """Take one whole frame's body off the buffer; None where there isn't one yet."""
        if len(self._buffer) < 4:
            return None
        (length,) = _LENGTH.unpack_from(self._buffer)
        if length > MAX_FRAME:
            raise ChannelError(f"The sensor sent a frame of {length} bytes; {MAX_FRAME} is the most.")
        if len(self._buffer) < 4 + length:
            return None
        frame = bytes(self._buffer[4 : 4 + length])
        del self._buffer[: 4 + length]
        return frame

    def _check_clean_end(self) -> None:
        """The other side is gone: fine between frames, an error inside one."""
        if self._buffer:
            left = len(self._buffer)
            self._buffer.clear()
            raise ChannelError(f"The sensor went away inside a frame ({left} bytes of it came).")


def pair() -> tuple[socket.socket, socket.socket]:
    """Two connected stream sockets: one for the sensor, one for the guardian."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    for sock in (ours, theirs):
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1024 * 1024)
    return ours, theirs
