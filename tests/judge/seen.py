"""Sightings by hand, short."""

from __future__ import annotations

from typing import Any

from appliance.model import DhcpSeen, DnsAnswer, HttpHost, NameAsked, Opened, QuicHello, TlsHello, TunnelSeen

IPAD, LAPTOP = "f0:18:98:00:07:07", "f0:18:98:00:07:08"
INSIDE, OUTSIDE = "192.168.7.1", "198.51.100.7"
NOON = 1_795_262_400.0
_CLIENT = {"mac": IPAD, "client": "192.168.7.9"}


def asked(name: str, time: float = NOON, **facts: Any) -> NameAsked:
    return NameAsked(**{**_CLIENT, "server": INSIDE, "port": 53, "time": time, "name": name, **facts})


def answer(name: str, *addresses: str, time: float = NOON, **facts: Any) -> DnsAnswer:
    fields = {**_CLIENT, "server": INSIDE, "port": 53, "time": time, "name": name, "ttl": 60, **facts}
    return DnsAnswer(**fields, addresses=addresses)


def tls(name: str = "", server: str = OUTSIDE, time: float = NOON, **facts: Any) -> TlsHello:
    return TlsHello(**{**_CLIENT, "server": server, "port": 443, "time": time, "name": name, **facts})


def quic(name: str = "", server: str = OUTSIDE, time: float = NOON, **facts: Any) -> QuicHello:
    return QuicHello(**{**_CLIENT, "server": server, "port": 443, "time": time, "name": name, **facts})


def http(name: str, server: str = OUTSIDE, time: float = NOON, **facts: Any) -> HttpHost:
    return HttpHost(**{**_CLIENT, "server": server, "port": 80, "time": time, "name": name, "method": "GET", **facts})


def opened(server: str = OUTSIDE, port: int = 443, time: float = NOON, **facts: Any) -> Opened:
    return Opened(**{**_CLIENT, "server": server, "port": port, "time": time, **facts})


def tunnel(protocol: str, server: str = OUTSIDE, time: float = NOON, **facts: Any) -> TunnelSeen:
    return TunnelSeen(**{**_CLIENT, "server": server, "time": time, "protocol": protocol, **facts})


def dhcp(*resolvers: str, time: float = NOON) -> DhcpSeen:
    return DhcpSeen(**_CLIENT, time=time, resolvers=resolvers)
