"""What machines tell about themselves and their users over UDP: leases, announcements, NetBIOS names, log-ons, neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from appliance.model import Announced, DhcpSeen, LoggedOn, Neighbour, NetbiosAsked, Sighting, TunnelSeen
from appliance.wire import dhcp, dhcp6, kerberos, neighbours, netbios, ntlm, radius
from appliance.wire.dhcp import Lease
from appliance.wire.dhcp6 import Lease6
from appliance.wire.envelope import Envelope, address_text
from appliance.wire.handshakes import Handshake
from appliance.wire.mdns import read_announcements

_MAC: Final = 6


def tell_dhcp(data: bytes, envelope: Envelope) -> Sequence[Sighting]:
    """A DHCP message of a client, or what a server gives it; raises `Malformed`."""
    lease = dhcp.parse(data)
    if lease is None:
        return ()
    return (_lease(lease, envelope, envelope.addresses[lease.address]),)


def tell_dhcp6(data: bytes, envelope: Envelope) -> Sequence[Sighting]:
    """A DHCPv6 message of a client, or what a server gives it; raises `Malformed`."""
    lease = dhcp6.parse(data)
    address = lease.addresses[0] if lease.addresses else b"" if lease.from_server else envelope.sender
    return (_lease(lease, envelope, envelope.addresses[address]),)


def _lease(lease: Lease | Lease6, envelope: Envelope, address: str) -> DhcpSeen:
    fields = _of(envelope, lease.mac, back=lease.from_server)
    fields["client"] = address
    return DhcpSeen(
        **fields,
        name=lease.name,
        vendor=lease.vendor,
        client_id=lease.client_id,
        parameters=lease.parameters,
        resolvers=tuple(address_text(resolver) for resolver in lease.resolvers),
    )


def tell_announcements(data: bytes, envelope: Envelope) -> Sequence[Sighting]:
    """What a multicast DNS response tells of its sender; raises `Malformed`."""
    told = read_announcements(data)
    if not told:
        return ()
    fields = envelope.outward()
    own = fields["client"]
    return [
        Announced(
            **{**fields, "client": envelope.addresses[one.address] or own}, name=one.name, service=one.service, model=one.model
        )
        for one in told
    ]


def tell_netbios(data: bytes, envelope: Envelope) -> Sequence[Sighting]:
    """A NetBIOS name asked for or registered; raises `Malformed`."""
    found = netbios.parse(data)
    if found is None or found.status:
        return ()
    return (NetbiosAsked(**envelope.outward(), name=found.name, registers=found.registers, suffix=found.suffix),)


def tell_netbios_sender(data: bytes, envelope: Envelope) -> Sequence[Sighting]:
    """The name that the sender of a NetBIOS datagram gives itself; raises `Malformed`."""
    found = netbios.parse_sender(data)
    if found is None:
        return ()
    return (NetbiosAsked(**envelope.outward(), name=found.name, registers=True, suffix=found.suffix),)


def tell_kerberos(data: bytes, envelope: Envelope) -> Sequence[Sighting]:
    """The person that asks a Kerberos server for a log-on, no machines; raises `Malformed`."""
    principal = kerberos.parse(data)
    if principal is None or principal.machine:
        return ()
    return (LoggedOn(**envelope.outward(), user=principal.user, realm=principal.realm, via="kerberos"),)


def tell_ntlm(data: bytes, envelope: Envelope) -> Sequence[Sighting]:
    """The person that logs on by NTLM, no machines; raises `Malformed`."""
    found = ntlm.find_user(data)
    if found is None or found.user.endswith("$"):
        return ()
    return (LoggedOn(**envelope.outward(), user=found.user, realm=found.domain, via="ntlm"),)


def tell_radius(data: bytes, envelope: Envelope) -> Sequence[Sighting]:
    """The user whose session a Wi-Fi controller accounts for; the machine is the one that it names; raises `Malformed`."""
    session = radius.parse(data)
    if session is None or session.ended:
        return ()
    fields = envelope.outward()
    fields["mac"] = envelope.macs[session.mac]
    fields["client"] = envelope.addresses[session.address]
    return (LoggedOn(**fields, user=session.user, realm=session.realm, via="radius"),)


def tell_arp(data: bytes, envelope: Envelope) -> Sequence[Sighting]:
    """The pair of addresses in an ARP packet; raises `Malformed`."""
    return _neighbour(neighbours.parse_arp(data), envelope)


def tell_icmp6(data: bytes, envelope: Envelope) -> Sequence[Sighting]:
    """The pair of addresses in a neighbour discovery message; raises `Malformed`."""
    return _neighbour(neighbours.parse_icmp6(data, envelope.sender), envelope)


def _neighbour(pair: neighbours.Pair | None, envelope: Envelope) -> Sequence[Sighting]:
    if pair is None:
        return ()
    mac, client = envelope.macs[pair.mac], envelope.addresses[pair.address]
    return (Neighbour(time=envelope.time, mac=mac, vlan=envelope.vlan, client=client),)


def tell_handshake(handshake: Handshake, envelope: Envelope, name: str = "") -> TunnelSeen:
    """The tunnel of the client, whichever side has sent the packet at hand."""
    fields = envelope.homeward() if handshake.answer else envelope.outward()
    return TunnelSeen(**fields, protocol=handshake.protocol, confidence=handshake.confidence, name=name)


def tell_encrypted_dns(protocol: str, name: str, client: dict[str, Any]) -> TunnelSeen:
    """DNS over TLS or QUIC to the resolver `name`."""
    return TunnelSeen(**client, protocol=protocol, name=name)


def _of(envelope: Envelope, mac: bytes, *, back: bool) -> dict[str, Any]:
    """The shared fields for the machine with that MAC, where the message itself tells one."""
    fields = envelope.homeward() if back else envelope.outward()
    if len(mac) == _MAC:
        fields["mac"] = envelope.macs[mac]
    return fields
