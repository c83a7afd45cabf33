"""UDP datagrams to sightings: by port where the port says what they are, by their bytes on any other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from typing import Any, Final

from appliance.model import HelloAnswered, Opened, QuicHello, Sighting
from appliance.wire.dns import looks_like_dns
from appliance.wire.echoes import Echoes
from appliance.wire.envelope import Envelope
from appliance.wire.handshakes import encrypted_dns, udp_handshake
from appliance.wire.limits import Limits
from appliance.wire.questions import tell_dns, tell_llmnr, tell_mdns
from appliance.wire.quic import HelloParts, InitialReassembler
from appliance.wire.quic_answers import Unanswered
from appliance.wire.quic_crypto import VERSIONS
from appliance.wire.reader import Malformed
from appliance.wire.services import (
    tell_dhcp,
    tell_dhcp6,
    tell_encrypted_dns,
    tell_handshake,
    tell_kerberos,
    tell_netbios,
    tell_netbios_sender,
    tell_radius,
)
from appliance.wire.tls import parse_client_hello, peek_client_hello

_DNS: Final = 53
_LONG_HEADER: Final = 0xC0
_QUIC_VERSIONS: Final = frozenset(number.to_bytes(4, "big") for number in VERSIONS)
_FIRST_CLIENT_PORT: Final = 1_024
_SHORTEST: Final = 12  # bytes: a DNS header
_GOOGLE: Final = 0x51  # "Q", the first letter of Google's versions

Teller = Callable[[bytes, Envelope], Sequence[Sighting]]

_BY_PORT: Final[Mapping[int, tuple[str, Teller]]] = {
    53: ("dns", tell_dns),
    67: ("dhcp", tell_dhcp),
    68: ("dhcp", tell_dhcp),
    88: ("kerberos", tell_kerberos),
    137: ("netbios", tell_netbios),
    138: ("netbios", tell_netbios_sender),
    546: ("dhcp6", tell_dhcp6),
    547: ("dhcp6", tell_dhcp6),
    1646: ("radius", tell_radius),
    1813: ("radius", tell_radius),
    5353: ("mdns", tell_mdns),
    5355: ("llmnr", tell_llmnr),
}


class Datagrams:
    """Takes UDP datagrams; keeps QUIC connections whose hello is not whole yet."""

    def __init__(self, limits: Limits, counters: MutableMapping[str, int], envelope: Envelope) -> None:
        """`envelope` tells the addresses of the datagram at hand; malformed ones are counted in `counters`."""
        self._counters = counters
        self._envelope = envelope
        self._quic: InitialReassembler[dict[str, Any]] = InitialReassembler(limits)
        self._quic.counters = counters
        self._unanswered = Unanswered(limits)
        self._echoes = Echoes()

    def feed(self, payload: bytes) -> Sequence[Sighting]:
        """The sightings of one datagram's payload; ports and addresses are in the envelope."""
        envelope = self._envelope
        known = _BY_PORT.get(envelope.port)
        # An answer goes to a port of the client's; below these, both ports are services' own and the target's counts.
        if known is None and envelope.port >= _FIRST_CLIENT_PORT:
            known = _BY_PORT.get(envelope.sender_port)
        kind, teller = known or ("dns", self._tell_dns)
        if envelope.port == _DNS and self._echoes.is_one(payload, envelope):
            return ()
        try:
            if told := teller(payload, envelope):
                return told
        except Malformed:
            self._count(kind)
        # What is not what its port says may be a tunnel behind a port that every filter lets through.
        try:
            return self._tell_hidden(payload, envelope)
        except Malformed:
            self._count("quic")
            return ()

    def _count(self, kind: str) -> None:
        reason = f"malformed-{kind}"
        self._counters[reason] = self._counters.get(reason, 0) + 1

    def flush(self, now: float) -> list[Sighting]:
        """What can be said of QUIC connections whose hello stayed unfinished."""
        return [sighting for _, origin, parts in self._quic.expire(now) for sighting in _quic_sightings(parts, origin)]

    @staticmethod
    def _tell_dns(payload: bytes, envelope: Envelope) -> Sequence[Sighting]:
        return tell_dns(payload, envelope) if looks_like_dns(payload) else ()

    def _tell_hidden(self, payload: bytes, envelope: Envelope) -> Sequence[Sighting]:
        if len(payload) < _SHORTEST:
            return ()
        if payload[0] >= _LONG_HEADER:
            if payload[1:5] in _QUIC_VERSIONS or payload[1] == _GOOGLE:
                return self._tell_quic(payload, envelope)
        elif payload[9] == _GOOGLE:
            return self._tell_quic(payload, envelope)
        handshake = udp_handshake(payload, envelope.port)
        return () if handshake is None else (tell_handshake(handshake, envelope),)

    def _tell_quic(self, payload: bytes, envelope: Envelope) -> Sequence[Sighting]:
        key = (envelope.sender, envelope.sender_port, envelope.target, envelope.port)
        answer = self._unanswered.feed(key, payload, envelope.time)
        if answer is not None:
            name, outcome = answer
            return (HelloAnswered(**envelope.homeward(), name=name, outcome=outcome),)
        parts = self._quic.feed(key, payload, envelope.time, envelope.outward)
        if parts is None:
            return ()
        told = _quic_sightings(parts, envelope.outward())
        if parts.connection and isinstance(told[0], QuicHello):
            self._unanswered.expect(key, parts.connection, told[0].name, envelope.time)
        return told


def _quic_sightings(parts: HelloParts, origin: dict[str, Any]) -> Sequence[Sighting]:
    """The hello, or a connection without a name."""
    if parts.name:
        return (QuicHello(**origin, name=parts.name, version=parts.version),)
    if not parts.body:
        return (Opened(**origin, transport="udp"),)
    hello = parse_client_hello(parts.body, "q") if parts.complete else peek_client_hello(parts.body)
    told = QuicHello(
        **origin,
        name=hello.sni,
        alpn=hello.alpn,
        ech_config=hello.ech_config,
        fingerprint=hello.fingerprint,
        version=parts.version,
    )
    tunnel = encrypted_dns(origin["port"], hello.alpn, "udp")
    return (told, tell_encrypted_dns(tunnel, hello.sni, origin)) if tunnel else (told,)
