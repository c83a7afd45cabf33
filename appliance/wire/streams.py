"""The beginnings of TCP connections, put in order one direction at a time.

A stream is one direction of a connection. It is kept until what its sender says first has been read, and then, without its
bytes, for as long as an answer may come. Where the connection's SYN was not seen the beginning is not known for sure: then
earlier bytes may still come, and the stream is moved back to them.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, MutableMapping
from enum import IntEnum
from typing import Final

from appliance.wire.assembly import Assembly
from appliance.wire.http2 import ClientFrames
from appliance.wire.limits import Limits

_WRAP: Final = 0xFFFFFFFF
_HALF: Final = 0x80000000


class Speech(IntEnum):
    """What a stream's sender is taken to speak at this point."""

    UNKNOWN = 0
    """Nothing has been recognised yet; the bytes are kept."""
    TLS = 1
    HTTP = 2
    HTTP2 = 3
    DNS = 4
    SOCKS = 5
    PROXY_LINE = 6
    OTHER = 7
    """Something else: bytes are not kept, but a TLS or HTTP beginning is watched for."""
    DONE = 8
    """All that can be read has been read."""


class Stream:
    """One direction of a connection.

    `base` is the sequence number of the first byte of `assembly.data`, `heard` the time of the last segment with bytes.
    """

    __slots__ = (
        "after",
        "anchored",
        "answered",
        "assembly",
        "base",
        "frames",
        "heard",
        "key",
        "limit",
        "mac",
        "name",
        "need",
        "speech",
        "spoke",
        "started",
        "vlan",
    )

    def __init__(self, key: bytes, base: int, now: float, *, anchored: bool, limit: int) -> None:
        """A stream that begins at `base` for sure (`anchored`) or as far as is known."""
        self.key = key
        self.base = base
        self.started = self.heard = now
        self.anchored = anchored
        self.limit = limit
        self.assembly = Assembly()
        self.speech = Speech.UNKNOWN
        self.after = ""  # what was spoken before: "starttls", "socks", "connect"
        self.name = ""
        self.answered = True  # False while a ClientHello waits for what the server makes of it
        self.spoke = False  # whether the sender proved to be the client
        self.frames: ClientFrames | None = None
        self.need = 0  # bytes that have to be there before reading again makes sense
        self.mac = b""
        self.vlan: int | None = None

    def offset(self, seq: int) -> int:
        """How far behind (or, negative, before) `base` a sequence number is, modulo 2^32 (RFC 9293 section 3.4)."""
        distance = (seq - self.base) & _WRAP
        return distance if distance < _HALF else distance - _WRAP - 1

    def put(self, seq: int, payload: bytes) -> bool:
        """Put a segment in its place; True where there are more bytes to read now."""
        offset = self.offset(seq)
        if offset >= 0:
            return self.assembly.add(offset, payload)
        if self.anchored or -offset > self.limit:
            return self.assembly.add(0, payload[-offset:]) if len(payload) > -offset else False
        self.assembly.shift(-offset)
        self.base = seq
        return self.assembly.add(0, payload)

    def consume(self, count: int) -> None:
        """Step over `count` bytes, which may be more than have come."""
        self.assembly.drop(count)
        self.base = (self.base + count) & _WRAP
        self.need = 0

    def restart(self, seq: int) -> None:
        """Begin anew at `seq`, where something readable starts."""
        self.base = seq
        self.assembly = Assembly()
        self.anchored = True
        self.need = 0
        self.speech = Speech.UNKNOWN

    def finish(self, speech: Speech = Speech.DONE) -> None:
        """Let go of the bytes: there is nothing more to read (`DONE`), or only to watch (`OTHER`)."""
        self.base = (self.base + self.assembly.reach) & _WRAP
        self.assembly = Assembly()
        self.frames = None
        self.speech = speech


class Streams:
    """All streams, the oldest first. `evicted` is what has to be given up to stay within the limits."""

    def __init__(self, limits: Limits, counters: MutableMapping[str, int]) -> None:
        """Counts what it gives up in `counters`."""
        self._limits = limits
        self._counters = counters
        self._streams: OrderedDict[bytes, Stream] = OrderedDict()
        # Streams with bytes, in the order in which their bytes began to wait.
        self._waiting: OrderedDict[bytes, float] = OrderedDict()
        self.held = 0
        self.find = self._streams.get

    def __len__(self) -> int:
        """How many streams are remembered."""
        return len(self._streams)

    @property
    def full(self) -> bool:
        """Whether something has to be given up."""
        return len(self._streams) > self._limits.flows or self.held > self._limits.stream_bytes

    def open(self, stream: Stream) -> None:
        """Remember a stream, in place of an older one with the same ends."""
        self.forget(stream.key)
        self._streams[stream.key] = stream

    def forget(self, key: bytes) -> None:
        """Let a stream go with everything that it holds."""
        old = self._streams.pop(key, None)
        if old is not None:
            self.held -= old.assembly.held
            self._waiting.pop(key, None)

    def account(self, stream: Stream, before: int, now: float) -> None:
        """Note that what `stream` holds has changed from `before` bytes."""
        after = stream.assembly.held
        self.held += after - before
        if not after:
            if before:
                self._waiting.pop(stream.key, None)
        elif stream.key not in self._waiting:
            self._waiting[stream.key] = now

    def overdue(self, now: float) -> Iterator[Stream]:
        """Streams whose bytes have waited longer than patience lasts; each is to be finished by the caller."""
        patience = self._limits.patience_seconds
        while self._waiting:
            key, since = next(iter(self._waiting.items()))
            # A clock that was set back must not keep bytes for ever.
            if 0 <= now - since < patience:
                return
            del self._waiting[key]
            yield self._streams[key]

    def expire(self, now: float) -> None:
        """Forget streams that are older than a flow is remembered."""
        while self._streams:
            key, oldest = next(iter(self._streams.items()))
            if 0 <= now - oldest.started < self._limits.flow_seconds:
                return
            self.forget(key)

    def surplus(self) -> Iterator[Stream]:
        """The streams that must go to stay within the limits; each is taken out and counted."""
        while len(self._streams) > self._limits.flows:
            key, stream = next(iter(self._streams.items()))
            self.forget(key)
            self._count("streams-evicted")
            yield stream
        while self.held > self._limits.stream_bytes and self._waiting:
            stream = self._streams[next(iter(self._waiting))]
            self.forget(stream.key)
            self._count("stream-bytes-evicted")
            yield stream

    def _count(self, reason: str) -> None:
        self._counters[reason] = self._counters.get(reason, 0) + 1
