"""Reads what a TCP stream says, message after message, as its bytes come in order."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import Any, Final

from appliance.model import HttpHost, Sighting, TlsHello, TunnelSeen
from appliance.wire import dns, http, kerberos
from appliance.wire.envelope import Envelope
from appliance.wire.handshakes import encrypted_dns
from appliance.wire.handshakes_tcp import tcp_handshake
from appliance.wire.http2 import PREFACE, ClientFrames
from appliance.wire.limits import Limits
from appliance.wire.questions import tell_dns, tell_llmnr
from appliance.wire.reader import Malformed
from appliance.wire.services import tell_encrypted_dns, tell_handshake, tell_kerberos, tell_ntlm
from appliance.wire.socks import parse_socks
from appliance.wire.speech import DNS_PORTS, recognise
from appliance.wire.streams import Speech, Stream
from appliance.wire.tls import ClientHello, hello_inside, peek_stream, read_client_hello, starts_client_hello

# Messages read at one go: pipelined requests, DNS questions in a row.
_MAX_TURNS: Final = 256
_MAX_TARGET: Final = 1_024
_LLMNR: Final = 5355


class Conversation:
    """Turns the bytes of streams into sightings and moves the streams on."""

    def __init__(self, limits: Limits, counters: MutableMapping[str, int], envelope: Envelope) -> None:
        """`envelope` tells whose segment is at hand; malformed messages are counted in `counters`."""
        self._limits = limits
        self._counters = counters
        self._envelope = envelope
        self._readers: dict[Speech, Callable[[Stream, bytes, list[Sighting]], bool]] = {
            Speech.UNKNOWN: self._begin,
            Speech.TLS: self._read_tls,
            Speech.HTTP: self._read_http,
            Speech.HTTP2: self._read_http2,
            Speech.DNS: self._read_dns,
            Speech.SOCKS: self._read_socks,
            Speech.PROXY_LINE: self._read_proxy_line,
        }

    def listen(self, stream: Stream, found: list[Sighting]) -> None:
        """Read as many messages as are whole, and add what they say to `found`."""
        for _ in range(_MAX_TURNS):
            data = bytes(stream.assembly.data)
            reader = self._readers.get(stream.speech)
            if not data or reader is None:
                return
            speech = stream.speech
            try:
                if not reader(stream, data, found):
                    return
            except Malformed:
                self._count(f"malformed-{speech.name.lower()}")
                stream.finish(Speech.OTHER)
                return

    def salvage(self, stream: Stream, found: list[Sighting]) -> None:
        """Add what can be said of a stream although bytes of it are missing, as of when they last came."""
        for run in stream.assembly.runs():
            if stream.speech is Speech.TLS or starts_client_hello(run):
                hello = peek_stream(run)
                if hello is not None and hello.sni:
                    found.append(_hello_sighting(hello, stream, self._sender(stream)))
            elif http.has_request_line(run):
                head = http.parse_request_head(run, cut_off=True)
                if head is not None and head.host:
                    found.append(_request_sighting(head.method, head.target, head.host, self._sender(stream)))

    def _begin(self, stream: Stream, data: bytes, found: list[Sighting]) -> bool:
        """Finds out what the stream's speech is; steps over blank lines before it."""
        # RFC 9112 section 2.2: empty lines before a request mean nothing.
        blank = len(data) - len(data.lstrip(b"\r\n"))
        if blank:
            stream.consume(blank)
            return True
        return self._recognise(stream, data, found)

    def _recognise(self, stream: Stream, data: bytes, found: list[Sighting]) -> bool:
        """Whether the stream's speech is known now; bytes before a beginning that may still come are kept."""
        ports = self._envelope
        if ports.port == kerberos.PORT and (missing := kerberos.missing_bytes(data)):
            stream.need = len(data) + missing
            return False
        speech = recognise(data, dns_port=ports.port in DNS_PORTS or ports.sender_port in DNS_PORTS)
        if speech is None or (speech is Speech.OTHER and not stream.anchored):
            return False
        if speech is Speech.OTHER:
            return self._step_over(stream, data, found)
        stream.speech = speech
        stream.anchored = True
        stream.spoke = stream.spoke or speech is not Speech.DNS
        return True

    def _step_over(self, stream: Stream, data: bytes, found: list[Sighting]) -> bool:
        """Tell what can be told of something else; whether a hello stands right behind it, come in one with it."""
        self._tell_other(data, found)
        inside = hello_inside(data)
        if not inside:
            stream.finish(Speech.OTHER)
            return False
        stream.consume(inside)
        stream.after = stream.after or "starttls"
        return True

    def _tell_other(self, data: bytes, found: list[Sighting]) -> None:
        """What a connection's first bytes say that are neither TLS nor HTTP."""
        envelope = self._envelope
        handshake = tcp_handshake(data, envelope.port)
        if handshake is not None:
            found.append(tell_handshake(handshake, envelope))
        elif envelope.port == kerberos.PORT:
            try:
                found += tell_kerberos(data, envelope)
            except Malformed:
                self._count("malformed-kerberos")

    def _read_proxy_line(self, stream: Stream, data: bytes, found: list[Sighting]) -> bool:
        stream.consume(data.index(b"\n") + 1)
        stream.speech = Speech.UNKNOWN
        return True

    def _read_tls(self, stream: Stream, data: bytes, found: list[Sighting]) -> bool:
        hello = read_client_hello(data, self._limits.flow_bytes)
        if isinstance(hello, int):
            stream.need = len(data) + hello
            return False
        if not stream.name or stream.name != hello.sni:
            client = self._envelope.outward()
            found.append(_hello_sighting(hello, stream, client))
            tunnel = encrypted_dns(client["port"], hello.alpn, "tcp")
            if tunnel:
                found.append(tell_encrypted_dns(tunnel, hello.sni, client))
        stream.name = hello.sni
        stream.answered = False
        stream.finish()
        return False

    def _read_http(self, stream: Stream, data: bytes, found: list[Sighting]) -> bool:
        head = http.parse_request_head(data)
        if head is None:
            return False
        for host in {head.host, head.authority} - {""}:
            found.append(_request_sighting(head.method, head.target, host, self._envelope.outward()))
        if head.method == "CONNECT":
            stream.after = "connect"
        found += tell_ntlm(data[: head.size], self._envelope)
        stream.consume(head.size + max(head.body, 0))
        stream.speech = Speech.UNKNOWN
        if head.body == http.UNKNOWN_LENGTH:
            stream.finish(Speech.OTHER)
        return True

    def _read_http2(self, stream: Stream, data: bytes, found: list[Sighting]) -> bool:
        if stream.frames is None:
            stream.frames = ClientFrames()
            stream.consume(len(PREFACE))
            return True
        requests, used = stream.frames.read(data)
        for request in requests:
            found.append(_request_sighting(request.method, "", request.host, self._envelope.outward()))
        stream.consume(used)
        if stream.frames.lost:
            stream.finish(Speech.OTHER)
        return False

    def _read_dns(self, stream: Stream, data: bytes, found: list[Sighting]) -> bool:
        messages, used = dns.unframe(data)
        is_llmnr = _LLMNR in (self._envelope.port, self._envelope.sender_port)
        for message in messages:
            found += tell_llmnr(message, self._envelope) if is_llmnr else tell_dns(message, self._envelope, "tcp")
        stream.consume(used)
        left = data[used : used + 2]
        stream.need = 2 + int.from_bytes(left, "big") if len(left) == 2 else 2
        return False

    def _read_socks(self, stream: Stream, data: bytes, found: list[Sighting]) -> bool:
        request = parse_socks(data)
        if request is None:
            return False
        found.append(TunnelSeen(**self._envelope.outward(), protocol="socks", name=request.host))
        stream.after = "socks"
        stream.consume(request.size)
        stream.speech = Speech.UNKNOWN
        return True

    def _sender(self, stream: Stream) -> dict[str, Any]:
        """The fields that sightings share, for a stream that is not the one at hand."""
        envelope, key = self._envelope, stream.key
        size = (len(key) - 4) // 2
        return {
            "time": stream.heard,
            "mac": envelope.macs[stream.mac],
            "vlan": stream.vlan,
            "client": envelope.addresses[key[:size]],
            "server": envelope.addresses[key[size:-4]],
            "port": int.from_bytes(key[-2:], "big"),
        }

    def _count(self, reason: str) -> None:
        self._counters[reason] = self._counters.get(reason, 0) + 1


def _hello_sighting(hello: ClientHello, stream: Stream, client: dict[str, Any]) -> TlsHello:
    return TlsHello(
        **client,
        name=hello.sni,
        alpn=hello.alpn,
        ech_config=hello.ech_config,
        fingerprint=hello.fingerprint,
        after=stream.after,
    )


def _request_sighting(method: str, target: str, host: str, client: dict[str, Any]) -> HttpHost:
    return HttpHost(**client, name=host, method=method, target=target[:_MAX_TARGET])
