"""Addresses as text: which could be a machine's own, which are a school's own network."""

from __future__ import annotations

from ipaddress import IPv4Network, ip_address

# RFC 1918, RFC 6598 (carriers' shared space), RFC 3927 (self-given).
_LOCAL = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16")))


def is_ipv4(address: str) -> bool:
    """Whether the text is an IPv4 address rather than an IPv6 one."""
    return ":" not in address and "." in address


def is_usable(address: str) -> bool:
    """Whether one machine could have this address: not unspecified, loopback, multicast, broadcast, or IPv6 link-local."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    link_local = parsed.version == 6 and parsed.is_link_local
    return not (parsed.is_unspecified or parsed.is_loopback or parsed.is_multicast or link_local or address == "255.255.255.255")


def is_local(address: str) -> bool:
    """Whether an address may be inside a school: IPv4 by the private ranges; IPv6 always, as schools have global ones."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return parsed.version == 6 or any(parsed in network for network in _LOCAL)
