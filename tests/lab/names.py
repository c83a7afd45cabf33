"""The gateway's dnsmasq: answers every name over IPv4 and IPv6, blocks some, and gives out DHCP leases."""

from __future__ import annotations

import subprocess
import zlib
from collections.abc import Iterable
from typing import Final

from .network import Namespace

GATEWAY_4: Final = "192.168.7.1"
GATEWAY_6: Final = "2001:db8:7::1"
# The lab's internet: documentation addresses (RFC 5737, RFC 3849), all of them the gateway's own.
INTERNET_4: Final = "203.0.113"
INTERNET_6: Final = "2001:db8:cafe::"


def address_of(name: str) -> tuple[str, str]:
    """The IPv4 and IPv6 address at which the lab serves a registered name; every name has always the same."""
    number = 20 + zlib.crc32(name.encode()) % 200
    return f"{INTERNET_4}.{number}", f"{INTERNET_6}{number:x}"


COMMON: Final = (f"{INTERNET_4}.10", f"{INTERNET_6}10")


def addresses_of(names: Iterable[str]) -> list[str]:
    """Every address at which the lab serves anything: the common ones, and those of `names`."""
    return sorted({*COMMON, *(address for name in names for address in address_of(name))})


def start_names(
    gateway: Namespace, known: Iterable[str] = (), refused: Iterable[str] = (), sinkholed: Iterable[str] = ()
) -> subprocess.Popen[bytes]:
    """Start dnsmasq in the gateway.

    Names in `known` get addresses of their own, all others a common one; `refused` get NXDOMAIN, `sinkholed` 0.0.0.0 and ::.
    """
    # Local, so that other types of record have no data; without it dnsmasq refuses them, which looks like a filter at work.
    argv = [
        "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--user=root", "--pid-file=", "--no-resolv", "--no-hosts",
        "--interface=eth0", "--bind-interfaces", "--log-facility=-", "--log-queries", "--cache-size=0",
        "--dhcp-authoritative", "--no-ping", f"--dhcp-leasefile={gateway.folder}/leases",
        "--dhcp-range=192.168.7.100,192.168.7.249,255.255.255.0,1h",
        f"--dhcp-option=option:dns-server,{GATEWAY_4}", "--dhcp-option=option:domain-name,school.example",
        "--local=/#/",
        *(f"--address=/#/{address}" for address in COMMON), "--local-ttl=60",
    ]  # fmt: skip
    for name in known:
        argv += [f"--address=/{name}/{address}" for address in address_of(name)]
    argv += [f"--address=/{name}/" for name in refused]
    argv += [f"--address=/{name}/#" for name in sinkholed]
    return gateway.start(argv, "dnsmasq.log")
