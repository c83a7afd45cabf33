"""The way of a frame through the layers to what it says.

    Frame -> link -> (tunnels) -> ip -> fragments -> tcp / udp -> sightings
         `-> plain ---------------------------------´

Every layer is a function of bytes; the tables (fragments, streams, QUIC connections) are bounded by `Limits`. Whatever the
bytes are, `feed` returns sightings or counts why not.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from struct import Struct
from typing import Final

from appliance.model import Frame, Sighting
from appliance.wire import ip, link, link_types, tunnels
from appliance.wire.envelope import Envelope
from appliance.wire.fragments import Fragments
from appliance.wire.ip import ICMPV6, NO_NEXT_HEADER, TCP, UDP
from appliance.wire.limits import Limits
from appliance.wire.link import ARP, IPV4, IPV6, MPLS, MPLS_MULTICAST
from appliance.wire.plain import ETHERNET, open_plain
from appliance.wire.reader import Malformed
from appliance.wire.services import tell_arp, tell_icmp6
from appliance.wire.tcp import Segments
from appliance.wire.udp import Datagrams

_UDP_HEADER: Final = 8
_FIRST_CLIENT_PORT: Final = 1_024
_MAX_SUBFRAMES: Final = 64
_udp: Final = Struct("!HHH").unpack_from


class Dissector:
    """Reads frames one after the other. Holds no more than `limits` allow; `counters` says what was let go or refused."""

    def __init__(self, limits: Limits | None = None) -> None:
        """Begin with empty tables."""
        self._limits = limits or Limits()
        self.counters: dict[str, int] = {}
        self._envelope = Envelope(self._limits.address_texts)
        self._fragments = Fragments(self._limits, self.counters)
        self._segments = Segments(self._limits, self.counters, self._envelope)
        self._datagrams = Datagrams(self._limits, self.counters, self._envelope)

    def feed(self, frame: Frame) -> Sequence[Sighting]:
        """What one frame says, mostly nothing. Never raises: frames that cannot be read are counted."""
        data = frame.data
        envelope = self._envelope
        # A priority tag (IEEE 802.1Q, VLAN 0) is no VLAN.
        envelope.time, envelope.vlan = frame.time, frame.vlan or None
        try:
            if frame.link == ETHERNET and (segment := open_plain(data, envelope)) is not None:
                protocol, at, end = segment
                if protocol == TCP:
                    return self._segments.feed(data, at, end)
                return self._datagram(data, at, end, self._limits.layers)
            return self._go_through(frame)
        except link_types.UnknownLinkType:
            return self._refuse("unknown-link-type")
        except Malformed:
            return self._refuse("malformed-frame")
        except (IndexError, struct.error):
            return self._refuse("cut-off")

    def flush(self, now: float) -> Sequence[Sighting]:
        """What can be said of messages that stayed unfinished; to be called every few seconds and at the end."""
        self._fragments.expire(now)
        return [*self._segments.flush(now), *self._datagrams.flush(now)]

    def _go_through(self, frame: Frame) -> Sequence[Sighting]:
        """What a frame says that has to be opened layer by layer."""
        envelope = self._envelope
        envelope.reset(frame.time, frame.vlan)
        ethertype, at = link_types.open_frame(frame.link, frame.data, envelope)
        found = self._network(ethertype, frame.data, at, self._limits.layers)
        return self._more(frame.data, found) if envelope.following else found

    def _more(self, data: bytes, found: Sequence[Sighting]) -> Sequence[Sighting]:
        """What the other wireless frames say that were sent as one with a first, beside what that said."""
        told = list(found)
        for _ in range(_MAX_SUBFRAMES):
            if not self._envelope.following:
                break
            ethertype, at = link_types.open_subframe(data, self._envelope.following, self._envelope)
            told += self._network(ethertype, data, at, self._limits.layers)
        return told

    def _network(self, ethertype: int, data: bytes, at: int, layers: int) -> Sequence[Sighting]:
        """What a packet of the network layer says; `layers` is how many more may be inside."""
        if ethertype == IPV4:
            (protocol, at, end), fragment = ip.open_v4(data, at, self._envelope)
        elif ethertype == IPV6:
            (protocol, at, end), fragment = ip.open_v6(data, at, self._envelope)
        elif ethertype in (MPLS, MPLS_MULTICAST):
            return self._enter(link.open_mpls(data, at, self._envelope), data, layers)
        else:
            return tell_arp(data[at:], self._envelope) if ethertype == ARP else ()
        if fragment is None:
            return self._transport(protocol, data, at, end, layers)
        whole = self._fragments.add(fragment, data[at:end], self._envelope.time)
        return self._whole(*whole, layers) if whole else ()

    def _whole(self, protocol: int, data: bytes, layers: int) -> Sequence[Sighting]:
        """What a datagram put together from fragments says; more extension headers may stand before its transport."""
        (protocol, at, end), fragment = ip.open_extensions(protocol, data, 0, len(data), self._envelope)
        return () if fragment else self._transport(protocol, data, at, end, layers)

    def _transport(self, protocol: int, data: bytes, at: int, end: int, layers: int) -> Sequence[Sighting]:
        if protocol == TCP:
            return self._segments.feed(data, at, end)
        if protocol == UDP:
            return self._datagram(data, at, end, layers)
        opener = tunnels.BY_PROTOCOL.get(protocol)
        if opener is None:
            return tell_icmp6(data[at:end], self._envelope) if protocol == ICMPV6 else ()
        return self._enter(opener(data, at, self._envelope), data, layers)

    def _datagram(self, data: bytes, at: int, end: int, layers: int) -> Sequence[Sighting]:
        envelope = self._envelope
        sender_port, port, length = _udp(data, at)
        # The length counts where it is honest; zero means "all of it" (RFC 2675 section 4, and offloading).
        if _UDP_HEADER <= length < end - at:
            end = at + length
        at += _UDP_HEADER
        opener = tunnels.BY_PORT.get(port)
        # The way back has the tunnel's port as its sender; but a client's port may be the same number by chance.
        if opener is None and port >= _FIRST_CLIENT_PORT:
            opener = tunnels.BY_PORT.get(sender_port)
        if opener is not None:
            ethertype, inner = opener(data, at, envelope)
            if ethertype and not (opener is tunnels.open_teredo and data[inner + 6] in (ICMPV6, NO_NEXT_HEADER)):
                return self._enter((ethertype, inner), data[:end], layers)
        envelope.sender_port = sender_port
        envelope.port = port
        return self._datagrams.feed(data[at:end])

    def _enter(self, carried: link.Carried, data: bytes, layers: int) -> Sequence[Sighting]:
        ethertype, at = carried
        if not layers:
            raise Malformed("too many layers")
        return self._network(ethertype, data, at, layers - 1)

    def _refuse(self, reason: str) -> Sequence[Sighting]:
        self.counters[reason] = self.counters.get(reason, 0) + 1
        return ()
