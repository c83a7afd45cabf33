"""The whole school: a gateway, the machines in its rooms, and the box's place at the switch's mirror port."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from msgspec import Struct

from .clients import Chromium, ask
from .dhcp_client import Kind, lease
from .names import GATEWAY_4, GATEWAY_6, INTERNET_4, INTERNET_6, addresses_of, start_names
from .network import LabError, Mirror, Namespace, Network, missing_tools
from .web import Web

GATEWAY_MAC: Final = "18:e8:29:10:00:01"
BOX_MAC: Final = "dc:a6:32:77:00:01"


class Machine(Struct, frozen=True):
    """One entry of the school's inventory: the name it gives by DHCP, its MAC, its kind."""

    name: str
    mac: str
    kind: Kind
    ipv6: bool = True


SMALL_SCHOOL: Final = (
    Machine("iPad-07", "f0:18:98:00:07:07", "ipad"),
    Machine("iPad-12", "f0:18:98:00:07:12", "ipad"),
    Machine("Laptop-02", "3c:52:82:00:02:02", "windows", ipv6=False),
    Machine("Chromebook-05", "f4:f5:d8:00:05:05", "chromebook"),
    Machine("Office-PC", "f8:b1:56:00:09:01", "windows"),
)


class Host:
    """A machine that is switched on: its inventory entry, its namespace and its addresses."""

    def __init__(self, machine: Machine, namespace: Namespace, number: int, web: Web) -> None:
        self.machine = machine
        self.namespace = namespace
        self.browser = Chromium(namespace, web.key_hashes())
        self.number = number
        self.address = ""

    @property
    def address6(self) -> str:
        """The address that it gives itself, empty where it speaks IPv4 only."""
        return f"2001:db8:7::{0x100 + self.number:x}" if self.machine.ipv6 else ""

    def switch_on(self) -> None:
        """Get an address by DHCP under its own name, and take one over IPv6."""
        self.address = lease(self.namespace, self.machine.mac, self.machine.name, self.machine.kind)
        commands = [f"addr add {self.address}/24 dev eth0", f"route add default via {GATEWAY_4}"]
        if self.machine.ipv6:
            commands += [f"addr add {self.address6}/64 dev eth0 nodad", f"route add ::/0 via {GATEWAY_6}"]
        self.namespace.ip(*commands)


class School:
    """A running school: `network`, `gateway`, `web`, `box` and the `hosts` by name."""

    def __init__(self, network: Network, machines: Iterable[Machine], known: Iterable[str], offloads: bool) -> None:
        self.network = network
        self.gateway = network.namespace("gateway")
        gateway_port = network.plug(self.gateway, GATEWAY_MAC, offloads)
        self.gateway.ip(
            f"addr add {GATEWAY_4}/24 dev eth0",
            f"addr add {GATEWAY_6}/64 dev eth0 nodad",
            f"route add local {INTERNET_4}.0/24 dev lo",
            f"route add local {INTERNET_6}/64 dev lo",
        )
        # An IPv6 address that is local only by its route can be bound to only so.
        self.gateway.tune("net.ipv6.ip_nonlocal_bind=1")
        self.box = network.namespace("box")
        # A listening box has no address on its mirror port, and says nothing there.
        self.box.tune("net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1")
        self.box_port = network.plug(self.box, BOX_MAC, offloads)
        self.web = Web(self.gateway, addresses_of(known))
        self.web.wait()
        self.hosts: dict[str, Host] = {}
        for number, machine in enumerate(machines, 1):
            namespace = network.namespace(machine.name)
            network.plug(namespace, machine.mac, offloads)
            namespace.use_resolver(GATEWAY_4)
            self.hosts[machine.name] = Host(machine, namespace, number, self.web)
        network.mirror_to(self.box_port, gateway_port)

    def open_doors(self, known: Iterable[str], refused: Iterable[str], sinkholed: Iterable[str]) -> None:
        """Start the gateway's names and switch every machine on."""
        start_names(self.gateway, known, refused, sinkholed)
        self._wait_for_names()

    def switch_on(self) -> None:
        """Give every machine its address, all at the same time, as at half past eight."""
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(Host.switch_on, self.hosts.values()))

    def _wait_for_names(self) -> None:
        end = time.monotonic() + 10
        while not ask(self.gateway, "ready.example", f"@{GATEWAY_4}", "+tries=1", "+time=1"):
            if time.monotonic() > end:
                raise LabError(f"dnsmasq did not start: {(self.gateway.folder / 'dnsmasq.log').read_text()[-500:]}")
            time.sleep(0.05)


@contextlib.contextmanager
def open_school(
    machines: Iterable[Machine] = SMALL_SCHOOL,
    *,
    mirror: Mirror = "flood",
    mtu: int = 1500,
    offloads: bool = False,
    known: Iterable[str] = (),
    refused: Iterable[str] = (),
    sinkholed: Iterable[str] = (),
    switched_on: bool = True,
) -> Iterator[School]:
    """Build a school and take it down again, whatever happens. With `switched_on` false the machines wait for `switch_on`."""
    with Network(mirror, mtu) as network:
        school = School(network, machines, tuple(known), offloads)
        school.open_doors(known, refused, sinkholed)
        if switched_on:
            school.switch_on()
        yield school


def why_not(*tools: str) -> str:
    """Why a school can't be opened on this machine, empty where it can."""
    return missing_tools("dnsmasq", "caddy", "dig", "curl", *tools)
