"""What comes off the wire: frames, the facts that a sensor reads out of them, and what it says of itself."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from appliance.model.kinds import Confidence


class Frame(Struct, frozen=True, gc=False):
    """One captured frame. `link` is the LINKTYPE/DLT number; `vlan` a tag that the kernel had already taken off."""

    time: float
    data: bytes
    link: int = 1
    vlan: int | None = None


class Seen(Struct, frozen=True, tag_field="kind", omit_defaults=True, kw_only=True):
    """What every sighting says: when, and which machine (the client's side, also in answers)."""

    time: float
    mac: str = ""
    vlan: int | None = None
    client: str = ""
    server: str = ""
    port: int = 0


class NameAsked(Seen, frozen=True, tag="dns", kw_only=True):
    """A name asked for in a DNS query (RFC 1035 section 4). `qtype` is the number: 1 A, 28 AAAA, 65 HTTPS."""

    name: str
    qtype: int = 1
    transport: Literal["udp", "tcp"] = "udp"


class MdnsAsked(NameAsked, frozen=True, tag="mdns", kw_only=True):
    """A name asked for by multicast DNS (RFC 6762)."""


class LlmnrAsked(NameAsked, frozen=True, tag="llmnr", kw_only=True):
    """A name asked for by LLMNR (RFC 4795)."""


class NetbiosAsked(Seen, frozen=True, tag="netbios", kw_only=True):
    """A NetBIOS name asked for or registered (RFC 1002 section 4.2); a registration tells the machine's own name."""

    name: str
    registers: bool = False
    suffix: int = 0


class TlsHello(Seen, frozen=True, tag="tls", kw_only=True):
    """A TLS ClientHello (RFC 8446 section 4.1.2). `name` is its SNI, empty where it has none.

    `ech_config` is the config id of an outer encrypted_client_hello extension (RFC 9849), None where there is none.
    """

    name: str = ""
    alpn: tuple[str, ...] = ()
    ech_config: int | None = None
    fingerprint: str = ""
    after: str = ""  # the protocol that was spoken before: "starttls", "socks", "connect", "" for none


class QuicHello(TlsHello, frozen=True, tag="quic", kw_only=True):
    """A ClientHello carried in QUIC Initial packets (RFC 9001 section 4). `version` is the QUIC version."""

    version: int = 1


class HttpHost(Seen, frozen=True, tag="http", kw_only=True):
    """A plain HTTP request's host (RFC 9112 section 3.2), or the target of a CONNECT."""

    name: str
    method: str = ""
    target: str = ""


class DnsAnswer(Seen, frozen=True, tag="dns-answer", kw_only=True):
    """A DNS answer to `client` from `server`: what the name turned into.

    `ech` are (public name, config id) pairs from HTTPS records (RFC 9460); `ede` the extended error code (RFC 8914).
    """

    name: str
    qtype: int = 1
    rcode: int = 0
    addresses: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    ttl: int = 0
    ede: int | None = None
    ech: tuple[tuple[str, int], ...] = ()


class HelloAnswered(Seen, frozen=True, tag="hello-answer", kw_only=True):
    """What followed a ClientHello: the server's hello, an alert, or a reset. `name` is the hello's SNI."""

    name: str = ""
    outcome: Literal["server-hello", "alert", "reset"]


class Opened(Seen, frozen=True, tag="connection", kw_only=True):
    """A connection attempt: the first SYN, or a QUIC flow whose name stayed unknown (`transport` udp)."""

    transport: Literal["tcp", "udp"] = "tcp"


class DhcpSeen(Seen, frozen=True, tag="dhcp", kw_only=True):
    """A DHCP or DHCPv6 client message (RFC 2131, 8415). `name` is the host name it gives itself."""

    name: str = ""
    vendor: str = ""
    client_id: str = ""
    parameters: tuple[int, ...] = ()
    resolvers: tuple[str, ...] = ()  # option 6 of an offer or acknowledgement


class Announced(Seen, frozen=True, tag="announced", kw_only=True):
    """A machine's own name told by mDNS: `name` (without `.local`) is at `client`. `service` e.g. `_airplay._tcp`."""

    name: str = ""
    service: str = ""
    model: str = ""


class Neighbour(Seen, frozen=True, tag="neighbour", kw_only=True):
    """`mac` says it has the address `client` (ARP, RFC 826; neighbour discovery, RFC 4861)."""


class LoggedOn(Seen, frozen=True, tag="log-on", kw_only=True):
    """A user name seen at log-on: Kerberos AS-REQ, RADIUS accounting, NTLM."""

    user: str
    realm: str = ""
    via: Literal["kerberos", "radius", "ntlm"]


class TunnelSeen(Seen, frozen=True, tag="tunnel", kw_only=True):
    """A handshake that looks like `protocol` (wireguard, openvpn, ikev2, pptp, l2tp, socks, ssh, tor, dot, doq ...)."""

    protocol: str
    confidence: Confidence = "high"
    name: str = ""  # the host asked for through it, where that is in clear (SOCKS)


class SensorReport(Struct, frozen=True, tag_field="kind", tag="sensor-report", kw_only=True):
    """What the sensor says of itself once a second. Counters only grow; `reasons` counts what was dropped or refused."""

    time: float
    source: str = ""
    live: bool = False
    finished: bool = False
    interface_up: bool = True
    packets: int = 0  # frames that passed the filter
    offered: int | None = None  # frames before the filter, where that is known
    bytes: int = 0
    dropped: int = 0  # by the kernel, for want of room
    foreign_unicast: int = 0  # frames between two other machines: proof of a mirror
    sightings: int = 0
    last_packet: float = 0.0
    peak_megabytes: float = 0.0  # the most memory the sensor has had
    reasons: dict[str, int] = {}


Sighting: TypeAlias = (
    NameAsked
    | MdnsAsked
    | LlmnrAsked
    | NetbiosAsked
    | TlsHello
    | QuicHello
    | HttpHost
    | DnsAnswer
    | HelloAnswered
    | Opened
    | DhcpSeen
    | Announced
    | Neighbour
    | LoggedOn
    | TunnelSeen
)
SensorMessage: TypeAlias = Sighting | SensorReport
