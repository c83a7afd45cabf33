"""Addresses as text: which could be a machine's own, which are a school's own network."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Address, ip_address

# RFC 1918, RFC 6598 (carriers' shared space), RFC 3927 (self-given).
_LOCAL = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16")))
# The same ranges by their first digits; then loopback, "this network", and from 224 on multicast and what is kept back.
_NOT_PUBLIC = (
    *("0.", "10.", "127.", "169.254.", "192.168."),
    *(f"172.{second}." for second in range(16, 32)),
    *(f"100.{second}." for second in range(64, 128)),
    *(f"{first}." for first in range(224, 256)),
)


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


def is_outside(address: str, client: str) -> bool:
    """Whether an address that `client` speaks to is on the internet: for IPv6 that its first 48 bits, a site's, are others."""
    if is_ipv4(address):
        return _is_public(address)
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return parsed.version == 6 and parsed.is_global and not parsed.is_multicast and not _same_site(parsed, client)


def _is_public(address: str) -> bool:
    """Whether an IPv4 address is one machine's on the internet. By its text: this is asked for every connection."""
    return address.count(".") == 3 and address.replace(".", "").isdecimal() and not address.startswith(_NOT_PUBLIC)


def _same_site(address: IPv6Address, client: str) -> bool:
    try:
        own = ip_address(client)
    except ValueError:
        return False
    return own.version == 6 and int(own) >> 80 == int(address) >> 80
