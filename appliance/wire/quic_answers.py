"""What QUIC servers make of ClientHellos: their own hello, or a refusal, in their Initial packets (RFC 9001 section 4.1.4)."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final, Literal, TypeAlias

from appliance.wire.limits import Limits
from appliance.wire.quic import FlowKey
from appliance.wire.quic_crypto import SAMPLE, VERSIONS, InitialKeys, server_keys
from appliance.wire.quic_packets import Packet, closes, crypto_pieces, parse_packet

Outcome: TypeAlias = Literal["server-hello", "alert"]

_FIXED_BIT: Final = 0x40  # set in every packet; what follows a packet and has it not is padding


class _Waiting:
    """A hello without an answer: since when, the connection id that the keys come from, the name in it."""

    __slots__ = ("_keys", "connection", "name", "time")

    def __init__(self, time: float, connection: bytes, name: str) -> None:
        self.time = time
        self.connection = connection
        self.name = name
        self._keys: dict[int, InitialKeys] = {}

    def begin_again(self, connection: bytes) -> None:
        """The server wants the hello once more, under another connection id (RFC 9000 section 17.2.5)."""
        self.connection = connection
        self._keys = {}

    def keys(self, version: int) -> InitialKeys:
        """The server's keys; a server may answer in another version than it was asked in (RFC 9368)."""
        if version not in self._keys:
            self._keys = {version: server_keys(VERSIONS[version], self.connection)}
        return self._keys[version]


class Unanswered:
    """The hellos whose answer has not come yet; the oldest of `quic_flows` makes room."""

    def __init__(self, limits: Limits) -> None:
        """Nothing waits."""
        self._limits = limits
        self._waiting: OrderedDict[FlowKey, _Waiting] = OrderedDict()

    def __len__(self) -> int:
        """How many hellos wait."""
        return len(self._waiting)

    def expect(self, key: FlowKey, connection: bytes, name: str, now: float) -> None:
        """A hello of the flow `key` has been told; `connection` is the id that its first packet was addressed to."""
        if len(self._waiting) >= self._limits.quic_flows:
            self._waiting.popitem(last=False)
        self._waiting[key] = _Waiting(now, connection, name)

    def feed(self, key: FlowKey, datagram: bytes, now: float) -> tuple[str, Outcome] | None:
        """The hello's name and its outcome, once, where this datagram of the flow `key` decides it; raises `Malformed`."""
        sender, sender_port, target, port = key
        back = (target, port, sender, sender_port)
        hello = self._waiting.get(back)
        if hello is None or now - hello.time >= self._limits.flow_seconds:
            return None
        outcome = _outcome(datagram, hello)
        if outcome is None:
            return None
        del self._waiting[back]
        return hello.name, outcome


def _outcome(datagram: bytes, hello: _Waiting) -> Outcome | None:
    """What a server's datagram says of the hello; None where it only acknowledges, asks again or cannot be opened."""
    packet = parse_packet(datagram)
    if packet is not None and packet.kind == "retry":
        hello.begin_again(packet.source)
    if packet is None or packet.kind not in ("initial", "other") or VERSIONS[packet.version].google:
        return None
    # Whoever sends other packets than Initials has their keys, which only both hellos give.
    if packet.kind == "other" or _goes_on(datagram, packet):
        return "server-hello"
    if packet.end - packet.number_at < 4 + SAMPLE:
        return None
    payload = hello.keys(packet.version).open(datagram, packet.start, packet.number_at, packet.end)
    if payload is None:
        return None
    if closes(payload):
        return "alert"
    return "server-hello" if crypto_pieces(payload) else None


def _goes_on(datagram: bytes, packet: Packet) -> bool:
    """Whether another kind of packet follows in the same datagram."""
    if packet.end >= len(datagram) or not datagram[packet.end] & _FIXED_BIT:
        return False
    following = parse_packet(datagram, packet.end)
    return following is None or following.kind == "other"
