"""ClientHellos out of QUIC Initial packets: opened, put in order by offset, over any number of packets (RFC 9001 section 4).

What a flow, and all flows together, may hold is bounded; the offsets that packets state never size anything.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, MutableMapping
from typing import Final, Generic, TypeAlias, TypeVar

from msgspec import Struct

from appliance.wire import quic_google
from appliance.wire.limits import Limits
from appliance.wire.quic_crypto import SAMPLE, VERSIONS, InitialKeys, client_keys
from appliance.wire.quic_packets import Packet, crypto_pieces, parse_packet
from appliance.wire.quic_stream import CryptoStream
from appliance.wire.reader import Malformed

FlowKey: TypeAlias = tuple[bytes, int, bytes, int]  # sender, its port, target, its port; addresses packed
Origin = TypeVar("Origin")

MAX_TRIES: Final = 4  # Initials of one flow whose tag is wrong before the flow is left alone
MAX_PACKETS: Final = 16  # packets coalesced in one datagram; senders combine at most three or four

_CLIENT_HELLO: Final = 1
_CHLO: Final = 0x43  # the "C" of Google's own ClientHello


class HelloParts(Struct, frozen=True):
    """A ClientHello as far as it came: its `body` without the four bytes of handshake header.

    Google's own hello (versions Q0xx) has no TLS in it: there `body` is empty and `name` is what it states.
    Nothing in either means a connection whose name stayed unknown.
    """

    version: int
    body: bytes = b""
    complete: bool = False
    name: str = ""
    connection: bytes = b""  # the id that the client made up for the server, from which both sides' first keys come


class _Flow(Generic[Origin]):
    """A connection whose hello is not whole yet."""

    __slots__ = ("destination", "keys", "origin", "started", "stream", "tries", "version")

    def __init__(self, packet: Packet, keys: InitialKeys | None, origin: Origin, now: float) -> None:
        self.version = packet.version
        self.destination = packet.destination
        self.keys = keys
        self.stream = CryptoStream()
        self.origin = origin
        self.started = now
        self.tries = 0


class _Done:
    """A connection that needs no more opening: since when, and the connection ids that its later packets may bear."""

    __slots__ = ("ids", "time")

    def __init__(self, time: float, *ids: bytes) -> None:
        self.time = time
        self.ids = list(ids)


class InitialReassembler(Generic[Origin]):
    """Puts the client's Initial packets of every flow together until its ClientHello is whole.

    `Origin` is whatever the caller wants back with a hello that only `expire` gives. `counters` count what was refused.
    """

    __slots__ = ("_done", "_flows", "_held", "_limits", "counters")

    def __init__(self, limits: Limits, counters: MutableMapping[str, int] | None = None) -> None:
        """`limits` bounds the flows, the bytes of one flow and of all of them; `counters` may be shared with others."""
        self._limits = limits
        # Ordered dictionaries drop their oldest entry at once; a plain one walks over every place that was freed before.
        self._flows: OrderedDict[FlowKey, _Flow[Origin]] = OrderedDict()
        self._done: OrderedDict[FlowKey, _Done] = OrderedDict()
        self._held = 0
        self.counters: MutableMapping[str, int] = {} if counters is None else counters

    def __len__(self) -> int:
        """How many flows wait for the rest of their hello."""
        return len(self._flows)

    def feed(self, key: FlowKey, datagram: bytes, now: float, origin: Callable[[], Origin]) -> HelloParts | None:
        """The ClientHello that this datagram completes; None where it completes none; raises `Malformed`.

        Packets of the server, retransmissions and everything after the hello are stepped over without opening them.
        `origin` is called for the first datagram of a flow.
        """
        if datagram[:1] < b"\xc0":
            return self._feed_google(key, datagram, now)
        if key in self._done and self._is_of_no_more_interest(key, datagram, now):
            return None
        at = 0
        for _ in range(MAX_PACKETS):
            packet = parse_packet(datagram, at)
            if packet is None:
                break
            if packet.kind == "initial" and packet.end - packet.number_at >= 4 + SAMPLE:
                hello = self._feed_initial(key, packet, datagram, now, origin)
                if hello is not None:
                    return hello
            elif packet.kind == "retry":
                self._answers(key, packet, now)
            at = packet.end
        return self._feed_google(key, datagram, now) if at == 0 else None

    def expire(self, now: float) -> Iterator[tuple[FlowKey, Origin, HelloParts]]:
        """Give up flows that have waited longer than the patience of the limits, with what they have of their hello."""
        horizon = now - self._limits.patience_seconds
        while self._flows:
            key = next(iter(self._flows))
            flow = self._flows[key]
            if flow.started > horizon:
                return
            self._finish(key, flow)
            yield key, flow.origin, HelloParts(flow.version, bytes(flow.stream.prefix[4:]), False)

    def _is_of_no_more_interest(self, key: FlowKey, datagram: bytes, now: float) -> bool:
        """Whether the datagram goes on with a connection whose hello has been told, by the connection id of its first packet."""
        done = self._finished(key, now)
        return done is not None and datagram[6 : 6 + datagram[5]] in done.ids if len(datagram) > 6 else False

    def _feed_google(self, key: FlowKey, datagram: bytes, now: float) -> HelloParts | None:
        hello = quic_google.parse_hello(datagram)
        if hello is None or self._finished(key, now) is not None:
            return None
        self._remember(key, _Done(now))
        return HelloParts(hello.version, name=hello.name, complete=True)

    def _feed_initial(
        self, key: FlowKey, packet: Packet, datagram: bytes, now: float, origin: Callable[[], Origin]
    ) -> HelloParts | None:
        if self._answers(key, packet, now):
            return None
        flow = self._flows.get(key)
        done = self._finished(key, now)
        if done is not None and (packet.destination in done.ids or len(done.ids) >= MAX_TRIES):
            return None
        payload = None
        if flow is not None and flow.keys is not None:
            payload = flow.keys.open(datagram, packet.start, packet.number_at, packet.end)
        if payload is None or flow is None:
            flow, payload = self._begin(key, packet, datagram, now, origin)
        return None if flow is None or payload is None else self._collect(key, flow, payload)

    def _answers(self, key: FlowKey, packet: Packet, now: float) -> bool:
        """Whether the packet is the server's; then the connection id that the client will use from now on is noted."""
        sender, sender_port, target, port = key
        back = (target, port, sender, sender_port)
        done = self._finished(back, now)
        if done is None:
            flow = self._flows.get(back)
            # Of a flow that nothing has opened it isn't known which way it goes; servers have the lower port.
            return flow is not None and (flow.keys is not None or sender_port < port)
        if packet.source not in done.ids and len(done.ids) < MAX_TRIES:
            done.ids.append(packet.source)
        return True

    def _begin(
        self, key: FlowKey, packet: Packet, datagram: bytes, now: float, origin: Callable[[], Origin]
    ) -> tuple[_Flow[Origin] | None, bytes | None]:
        """Start a flow with keys from this packet's own connection id: the first packet, or the first after a Retry."""
        old = self._flows.get(key)
        if old is not None and (old.tries >= MAX_TRIES or packet.destination == old.destination):
            old.tries += 1
            self._count("quic-undecryptable")
            return None, None
        keys = client_keys(VERSIONS[packet.version], packet.destination)
        payload = keys.open(datagram, packet.start, packet.number_at, packet.end)
        if payload is None:
            self._fail(key, packet, now, origin)
            return None, None
        if old is not None:
            self._finish(key, old)
        self._done.pop(key, None)
        self._forget_answers(key)
        return self._add(key, _Flow(packet, keys, origin(), now)), payload

    def _forget_answers(self, key: FlowKey) -> None:
        """The client's first packet came behind its server's, which nobody could tell from a client's until now."""
        sender, sender_port, target, port = key
        back = (target, port, sender, sender_port)
        answers = self._flows.get(back)
        if answers is not None and answers.keys is None:
            del self._flows[back]

    def _fail(self, key: FlowKey, packet: Packet, now: float, origin: Callable[[], Origin]) -> None:
        """An Initial that its own connection id does not open: the client's first packet was missed."""
        self._count("quic-undecryptable")
        done = self._finished(key, now)
        if done is not None:
            done.ids.append(packet.destination)
        elif (flow := self._flows.get(key)) is not None:
            flow.tries += 1
        else:
            self._add(key, _Flow(packet, None, origin(), now))

    def _add(self, key: FlowKey, flow: _Flow[Origin]) -> _Flow[Origin]:
        if len(self._flows) >= self._limits.quic_flows:
            oldest = next(iter(self._flows))
            self._finish(oldest, self._flows[oldest])
            self._count("quic-flows-full")
        self._flows[key] = flow
        return flow

    def _collect(self, key: FlowKey, flow: _Flow[Origin], payload: bytes) -> HelloParts | None:
        stream = flow.stream
        before = stream.held
        for piece in crypto_pieces(payload, google=VERSIONS[flow.version].google):
            if not stream.add(piece, self._limits.quic_bytes):
                self._count("quic-bytes-refused")
        self._held += stream.held - before
        try:
            hello = _whole_hello(flow)
        except Malformed:
            self._finish(key, flow)
            raise
        if hello is not None:
            self._finish(key, flow)
        while self._held > self._limits.stream_bytes and self._flows:
            oldest = next(iter(self._flows))
            self._finish(oldest, self._flows[oldest])
            self._count("quic-bytes-full")
        return hello

    def _finish(self, key: FlowKey, flow: _Flow[Origin]) -> None:
        del self._flows[key]
        self._held -= flow.stream.held
        self._remember(key, _Done(flow.started, flow.destination))

    def _finished(self, key: FlowKey, now: float) -> _Done | None:
        done = self._done.get(key)
        return done if done is not None and now - done.time < self._limits.flow_seconds else None

    def _remember(self, key: FlowKey, done: _Done) -> None:
        """Note a flow that needs no more looking at; the oldest of four times `quic_flows` notes makes room."""
        if len(self._done) >= 4 * self._limits.quic_flows:
            del self._done[next(iter(self._done))]
        self._done[key] = done

    def _count(self, what: str) -> None:
        self.counters[what] = self.counters.get(what, 0) + 1


def _whole_hello(flow: _Flow[Origin]) -> HelloParts | None:
    """The hello once every byte of it is there; raises `Malformed` where the stream holds something else."""
    prefix = flow.stream.prefix
    if len(prefix) < 4:
        return None
    if prefix[0] == _CLIENT_HELLO:
        end = 4 + int.from_bytes(prefix[1:4], "big")
        return HelloParts(flow.version, bytes(prefix[4:end]), True, connection=flow.destination) if len(prefix) >= end else None
    if prefix[0] != _CHLO:
        raise Malformed("no ClientHello in the first CRYPTO bytes")
    name = quic_google.chlo_name(bytes(prefix))
    return None if name is None else HelloParts(flow.version, complete=True, name=name)
