"""TCP segments to sightings: connections opened, the names that clients say first, and what servers make of hellos."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from struct import Struct
from typing import Final, Literal

from appliance.model import HelloAnswered, Opened, Sighting
from appliance.wire import smb
from appliance.wire.conversation import Conversation
from appliance.wire.envelope import Envelope
from appliance.wire.limits import Limits
from appliance.wire.reader import Malformed
from appliance.wire.services import tell_ntlm
from appliance.wire.speech import recognise, starts_anew
from appliance.wire.streams import Speech, Stream, Streams
from appliance.wire.tls import ALERT, HANDSHAKE, SERVER_HELLO, starts_client_hello

_DNS: Final = 53
_SHORTEST_HEADER: Final = 0x5000  # five words of four bytes, in the field's upper four bits
_SYN: Final = 0x02
_RST: Final = 0x04
_ACK: Final = 0x10
_APPLICATION_DATA: Final = 23
_SWEEP_SECONDS: Final = 0.5

_header: Final = Struct("!HHIIH").unpack_from


class Segments:
    """Takes TCP segments, keeps the streams that they belong to, and lets `Conversation` read these."""

    def __init__(self, limits: Limits, counters: MutableMapping[str, int], envelope: Envelope) -> None:
        """`envelope` tells the addresses of the segment at hand; counts what is given up in `counters`."""
        self._limits = limits
        self._counters = counters
        self._envelope = envelope
        self._streams = Streams(limits, counters)
        self._conversation = Conversation(limits, counters, envelope)
        self._next_sweep = 0.0

    def __len__(self) -> int:
        """How many streams are remembered."""
        return len(self._streams)

    @property
    def held(self) -> int:
        """What unfinished streams hold together, in bytes."""
        return self._streams.held

    def feed(self, data: bytes, at: int, end: int) -> Sequence[Sighting]:
        """The sightings of the segment in `data[at:end]`; raises `Malformed`, or struct.error where its header is cut off."""
        envelope = self._envelope
        envelope.sender_port, envelope.port, seq, _, bits = _header(data, at)
        if bits < _SHORTEST_HEADER:
            raise Malformed("TCP header shorter than it can be")
        start = at + (bits >> 10 & 0x3C)
        key = envelope.sender + envelope.target + data[at : at + 4]
        if bits & (_SYN | _RST):
            return self._control(key, seq, bits, data[start:end])
        if start >= end:
            return ()
        if envelope.port in smb.PORTS and smb.is_smb(data, start):
            return self._log_on(data[start:end])
        stream = self._streams.find(key)
        if stream is None:
            return self._begin(key, seq, data[start:end])
        if stream.speech is Speech.DONE and data[start] != HANDSHAKE:
            return ()
        return self._continue(stream, seq, data[start:end])

    def flush(self, now: float) -> list[Sighting]:
        """What can be said of streams whose missing bytes are not coming any more; forgets the old ones."""
        found: list[Sighting] = []
        for stream in self._streams.overdue(now):
            self._give_up(stream, found, now)
        self._streams.expire(now)
        return found

    def _log_on(self, payload: bytes) -> Sequence[Sighting]:
        """The user in an SMB message, which one segment holds as servers' answers stand between the log-on's messages."""
        try:
            return tell_ntlm(payload, self._envelope)
        except Malformed:
            self._count("malformed-ntlm")
            return ()

    def _control(self, key: bytes, seq: int, bits: int, payload: bytes) -> Sequence[Sighting]:
        if bits & _RST:
            return self._answer("reset")
        envelope = self._envelope
        if bits & _ACK:
            if envelope.sender_port == _DNS:  # the beginning of a server's answers
                self._open(key, seq + 1, anchored=True)
            return ()
        known = self._streams.find(key)
        if known is not None and known.anchored and known.base == seq + 1 & 0xFFFFFFFF and known.speech is Speech.UNKNOWN:
            return ()  # the SYN once more
        stream, found = self._open(key, seq + 1, anchored=True)
        stream.spoke = True
        found.append(Opened(**envelope.outward()))
        if payload:  # TCP fast open, RFC 7413
            found += self._continue(stream, seq + 1, payload)
        return found

    def _open(self, key: bytes, base: int, *, anchored: bool) -> tuple[Stream, list[Sighting]]:
        """A new stream, and what is said by those that make room for it."""
        envelope = self._envelope
        is_dns = _DNS in (envelope.port, envelope.sender_port)
        limit = self._limits.dns_bytes if is_dns else self._limits.flow_bytes
        stream = Stream(key, base & 0xFFFFFFFF, envelope.time, anchored=anchored, limit=limit)
        stream.mac, stream.vlan = envelope.mac_from, envelope.vlan
        self._streams.open(stream)
        return stream, self._sweep(envelope.time)

    def _sweep(self, now: float) -> list[Sighting]:
        found: list[Sighting] = []
        if self._streams.full:
            for stream in self._streams.surplus():
                self._conversation.salvage(stream, found)
        if not 0 <= self._next_sweep - now < _SWEEP_SECONDS:
            self._next_sweep = now + _SWEEP_SECONDS
            found += self.flush(now)
        return found

    def _begin(self, key: bytes, seq: int, payload: bytes) -> Sequence[Sighting]:
        """A segment of a connection whose beginning was not seen, or is not remembered."""
        first = payload[0]
        if first == _APPLICATION_DATA and payload[1:2] == b"\x03":
            return ()
        if first in (ALERT, HANDSHAKE) and not starts_client_hello(payload):
            return self._server_speaks(payload)
        envelope = self._envelope
        if envelope.sender_port != _DNS:
            other = self._streams.find(_reversed(envelope, key))
            if other is not None and other.spoke:
                return ()
        stream, found = self._open(key, seq, anchored=False)
        found += self._continue(stream, seq, payload)
        return found

    def _continue(self, stream: Stream, seq: int, payload: bytes) -> Sequence[Sighting]:
        if stream.speech in (Speech.OTHER, Speech.DONE) and not self._restart(stream, seq, payload):
            return ()
        now = self._envelope.time
        found: list[Sighting] = []
        before = stream.assembly.held
        try:
            self._take(stream, seq, payload, found)
        finally:  # whatever happens in there, the count of what is held stays right
            self._streams.account(stream, before, now)
        if self._streams.full:
            found += self._sweep(now)
        return found

    def _take(self, stream: Stream, seq: int, payload: bytes, found: list[Sighting]) -> None:
        stream.heard = self._envelope.time
        if not stream.anchored and stream.assembly.data and starts_anew(payload):
            self._leave_behind(stream, seq)
        if stream.offset(seq) + len(payload) > stream.limit:
            self._overflow(stream, seq, payload, found)
        elif stream.put(seq, payload) and len(stream.assembly.data) >= stream.need:
            self._conversation.listen(stream, found)
        if not stream.anchored and stream.speech is Speech.UNKNOWN and stream.assembly.held > self._limits.orphan_bytes:
            stream.finish(Speech.OTHER)

    def _leave_behind(self, stream: Stream, seq: int) -> None:
        """Let go of the end of something unknown, now that a segment begins with something readable."""
        before = bytes(stream.assembly.data)
        if stream.offset(seq) > 0 and recognise(before, dns_port=False) is Speech.OTHER:
            stream.consume(stream.offset(seq))

    def _restart(self, stream: Stream, seq: int, payload: bytes) -> bool:
        """Whether something readable begins with this segment; until then the stream only follows its sender."""
        offset = stream.offset(seq)
        if offset < 0 and not self._came_late(stream, offset, payload):
            return False
        if starts_client_hello(payload) if stream.speech is Speech.DONE else starts_anew(payload):
            if stream.speech is Speech.OTHER and stream.anchored:
                stream.after = stream.after or "starttls"
            stream.restart(seq)
            return True
        if stream.speech is Speech.OTHER:
            stream.base = seq + len(payload) & 0xFFFFFFFF
        return False

    @staticmethod
    def _came_late(stream: Stream, offset: int, payload: bytes) -> bool:
        """Whether a hello begins before bytes that were let go as something unknown: its segments have overtaken each other."""
        return stream.speech is Speech.OTHER and -offset <= stream.limit and starts_client_hello(payload)

    def _overflow(self, stream: Stream, seq: int, payload: bytes, found: list[Sighting]) -> None:
        """More than a stream may hold, or a leap ahead: say what there is, and begin again from here."""
        self._count("stream-overflow")
        self._conversation.salvage(stream, found)
        stream.finish(Speech.OTHER)
        stream.base = seq
        if self._restart(stream, seq, payload) and stream.put(seq, payload[: stream.limit]):
            self._conversation.listen(stream, found)

    def _give_up(self, stream: Stream, found: list[Sighting], now: float) -> None:
        before = stream.assembly.held
        self._conversation.salvage(stream, found)
        stream.finish(Speech.OTHER)
        self._streams.account(stream, before, now)

    def _server_speaks(self, payload: bytes) -> Sequence[Sighting]:
        """A ServerHello, or an alert in clear, which is two bytes long (RFC 8446 section 6)."""
        if payload[1:2] != b"\x03":
            return ()
        if payload[0] == HANDSHAKE:
            return self._answer("server-hello") if payload[5:6] == bytes([SERVER_HELLO]) else ()
        return self._answer("alert") if payload[3:5] == b"\x00\x02" else ()

    def _answer(self, outcome: Literal["server-hello", "alert", "reset"]) -> Sequence[Sighting]:
        """What became of the hello that the segment's target has sent, told once."""
        envelope = self._envelope
        ports = envelope.port.to_bytes(2, "big") + envelope.sender_port.to_bytes(2, "big")
        stream = self._streams.find(envelope.target + envelope.sender + ports)
        if stream is None or stream.answered:
            return ()
        stream.answered = True
        return (HelloAnswered(**envelope.homeward(), name=stream.name, outcome=outcome),)

    def _count(self, reason: str) -> None:
        self._counters[reason] = self._counters.get(reason, 0) + 1


def _reversed(envelope: Envelope, key: bytes) -> bytes:
    """The key of the other direction."""
    return envelope.target + envelope.sender + key[-2:] + key[-4:-2]
