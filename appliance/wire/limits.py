"""How much the dissector may remember. Each number bounds something that the network can grow."""

from __future__ import annotations

from msgspec import Struct


class Limits(Struct, frozen=True, kw_only=True):
    """Bounds of every table in the dissector; what is over a bound is let go, oldest first, and counted."""

    # A school of 400 devices opens a few hundred connections a second; a flow is of interest for its first second.
    flows: int = 16_384
    # Hellos with hybrid key shares are 1.5-2.3 kB and TLS allows one of 16 MB; servers themselves refuse above 16 KiB.
    flow_bytes: int = 16_384
    # One message of DNS over TCP with its length (RFC 1035 section 4.2.2).
    dns_bytes: int = 65_537
    # Everything held for unfinished messages of all flows together.
    stream_bytes: int = 8_388_608
    # Bytes held for a flow whose beginning was not seen, in case it still comes.
    orphan_bytes: int = 4_096
    # A flow is forgotten this long after its first packet.
    flow_seconds: float = 60.0
    # What is missing after this long was lost; the name is then read from what did come.
    patience_seconds: float = 2.0
    # Datagrams of which some fragments have come, the bytes of all of them, and how long they may take (RFC 791 section 3.2).
    datagrams: int = 1_024
    datagram_bytes: int = 4_194_304
    datagram_seconds: float = 15.0
    # Texts of addresses kept for reuse.
    address_texts: int = 16_384
    # Headers inside headers: real stacks have up to nine (Ethernet, two tags, IP, UDP, VXLAN, Ethernet, IP, TCP).
    layers: int = 16
    # QUIC connections with an unfinished ClientHello, and the bytes of each.
    quic_flows: int = 4_096
    quic_bytes: int = 16_384
