"""Who: machines told apart and named, from what they say of themselves on the wire.

A machine is its MAC, with however many addresses. A MAC that speaks for many IPv4 addresses is a router (or the mirror sits on
the wrong side of one); what is behind it is told apart by address, by the MAC known for that address from ARP or neighbour
discovery where there is one, and else by the address alone. Strangers from outside behind such a MAC are nobody's device.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from appliance.judge.addresses import is_ipv4, is_local, is_usable
from appliance.judge.cleaning import clean_name
from appliance.judge.makers import is_private, maker_of
from appliance.model import Announced, Device, DhcpSeen, Neighbour, NetbiosAsked, Seen

LIMIT = 1_000  # devices; a primary school has a few hundred
ADDRESSES = 16  # per machine; IPv6 privacy addresses change daily, the oldest goes first
ROUTER_ADDRESSES = 6  # IPv4 addresses of one MAC within an hour; a machine of its own has one or two
HOUR = 3600.0
# A machine with a private MAC takes a new one now and then: what nobody in the school knows is not kept for long, nor in numbers.
PRIVATE_LIMIT = 400
PRIVATE_DAYS = 14
REFRESH = 300.0  # seconds after which "last heard" alone is worth writing to the card
# What some makers' machines call themselves unless somebody chose a name: the end of the MAC tells them apart.
# A number that a machine made up for itself (an mDNS UUID) names nothing that a person would know.
_SERIAL = re.compile(r"[0-9a-fA-F-]{24,}")
_COMPUTERS = ("mac", "macbook", "imac", "windows", "pc", "laptop", "chromebook")
_GENERIC = frozenset(("ipad", "iphone", "android", "phone", "tablet", "watch", "localhost", "unknown", *_COMPUTERS))


class _Machine:
    """One machine, as it grows. `names` are what it calls itself: by DHCP, mDNS, NetBIOS, in the order of trust."""

    __slots__ = ("addresses", "changed", "first", "key", "last", "maker", "names", "private", "saved", "vlan")

    def __init__(self, key: str, seen: Seen) -> None:
        self.key = key
        self.addresses: dict[str, float] = {}
        self.names = ["", "", ""]
        self.maker = maker_of(key)
        self.private = is_private(key)
        self.vlan = seen.vlan
        self.first = self.last = seen.time
        self.saved = 0.0
        self.changed = True


class DeviceTable:
    """Every machine heard, at most `limit`. Private MACs that nobody named go first, then the longest silent."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._machines: dict[str, _Machine] = {}
        self._owners: dict[str, str] = {}  # address -> key
        self._routers: set[str] = set()
        self._labels: Mapping[str, str] = {}
        self._known: Collection[str] = ()  # keys of devices that somebody in the school knows
        self._private = 0
        self._tidied: float | None = None
        self._forgotten: list[str] = []
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._machines)

    @property
    def routers(self) -> frozenset[str]:
        """MACs that speak for many addresses: all traffic behind one means the mirror is on the wrong side of a router."""
        return frozenset(self._routers)

    def observe(self, seen: Seen) -> str:
        """Take in whom a sighting concerns; returns the device's key, empty for nobody's."""
        mac, client = seen.mac, seen.client
        machine = self._machines.get(mac)
        if machine is None or mac in self._routers:
            key = self._key(mac, client)
            if not key:
                return ""
            machine = self._machines.get(key) or self._meet(key, seen)
        if seen.time > machine.last:
            machine.last = seen.time
        if client in machine.addresses:
            machine.addresses[client] = seen.time
        elif client:
            self._join(machine, client, seen)
        return machine.key

    def observe_name(self, key: str, seen: DhcpSeen | Announced | NetbiosAsked) -> bool:
        """Take in what a machine calls itself; True where that is news."""
        if isinstance(seen, NetbiosAsked) and not (seen.registers and seen.suffix in (0x00, 0x20)):
            return False
        machine = self._machines.get(key)
        name = clean_name(seen.name)
        if _SERIAL.fullmatch(name):
            return False
        rank = 0 if isinstance(seen, DhcpSeen) else 1 if isinstance(seen, Announced) else 2
        if machine is None or not name or machine.names[rank] == name:
            return False
        machine.names[rank] = name
        machine.changed = True
        return True

    def set_labels(self, labels: Mapping[str, str]) -> None:
        """What the school calls its devices, by MAC; replaces what was set before."""
        self._labels = labels

    def set_known(self, keys: Collection[str]) -> None:
        """Devices that somebody put in a group or gave to somebody: they stay; replaces what was set before."""
        self._known = keys

    def restore(self, device: Device) -> None:
        """Take a device over from the store, before anything is observed."""
        if len(self._machines) >= self._limit or device.mac in self._machines:
            return
        machine = _Machine(device.mac, Seen(time=device.first_seen, vlan=device.vlan))
        machine.last = machine.saved = device.last_seen
        machine.names[0] = device.heard_name or ""
        machine.changed = False
        self._machines[device.mac] = machine
        self._private += machine.private
        for address in device.addresses[-ADDRESSES:]:
            machine.addresses[address] = device.last_seen
            self._owners[address] = device.mac

    def device(self, key: str) -> Device:
        """The device of that key as it stands; an unknown key gives a device that only has it."""
        machine = self._machines.get(key)
        return self._device(machine) if machine else Device(mac=key, addresses=() if ":" in key else (key,))

    def vlan(self, key: str) -> int | None:
        """The VLAN that a device was met in."""
        machine = self._machines.get(key)
        return machine.vlan if machine else None

    def owner_of(self, address: str) -> str:
        """The key of the device that has this address now, empty for none."""
        return self._owners.get(address, "")

    def take_changes(self) -> list[Device]:
        """Devices whose facts have changed since the last call, or that were last written long ago."""
        changed = [m for m in self._machines.values() if m.changed or m.last - m.saved > REFRESH]
        for machine in changed:
            machine.changed = False
            machine.saved = machine.last
        return [self._device(machine) for machine in changed]

    def put_back(self, devices: list[Device]) -> None:
        """These changes could not be written: hand them out again at the next call."""
        for device in devices:
            if device.mac in self._machines:
                self._machines[device.mac].changed = True

    def take_forgotten(self) -> list[str]:
        """Keys of devices that had to go since the last call."""
        forgotten, self._forgotten = self._forgotten, []
        return forgotten

    def _key(self, mac: str, client: str) -> str:
        """The key of a machine without a table entry, or behind a router."""
        if mac and mac not in self._routers:
            return mac
        if not is_usable(client):
            return ""
        owner = self._owners.get(client)
        if owner and owner != mac:
            return owner
        return client if not mac or is_local(client) else ""

    def _meet(self, key: str, seen: Seen) -> _Machine:
        if len(self._machines) >= self._limit:
            self._make_room()
        machine = self._machines[key] = _Machine(key, seen)
        self._private += machine.private
        if self._private > PRIVATE_LIMIT or self._tidied is None or abs(seen.time - self._tidied) > HOUR:
            self._tidied = seen.time
            self._tidy(seen.time)
        return machine

    def _tidy(self, now: float) -> None:
        """Let private machines go that nobody knows: those silent for long, and the longest silent beyond the limit."""
        private = [m for m in self._machines.values() if m.private and not self._is_known(m) and m.last < now]
        private.sort(key=lambda m: m.last)
        excess = max(0, self._private - PRIVATE_LIMIT)
        too_many = private[: excess + PRIVATE_LIMIT // 20] if excess else []
        silent = [m for m in private[len(too_many) :] if now - m.last > PRIVATE_DAYS * 86_400.0]
        for machine in (*too_many, *silent):
            self._drop(machine)
        self.evicted += len(too_many)

    def _is_known(self, machine: _Machine) -> bool:
        return machine.key in self._labels or machine.key in self._known

    def _join(self, machine: _Machine, address: str, seen: Seen) -> None:
        """A new address for a machine; it leaves the machine that had it before."""
        if not is_usable(address) or machine.key in self._routers:
            return
        before = self._machines.get(self._owners.get(address, ""))
        if before is not None and before is not machine:
            self._release(before, address)
        machine.addresses[address] = seen.time
        machine.changed = True
        self._owners[address] = machine.key
        if len(machine.addresses) > ADDRESSES:
            oldest = min(machine.addresses, key=machine.addresses.__getitem__)
            self._release(machine, oldest)
        self._count_router(machine, address, seen)

    def _count_router(self, machine: _Machine, address: str, seen: Seen) -> None:
        """A MAC with many IPv4 addresses at once is a router, and has no address of its own that we could trust."""
        if not is_ipv4(address) or ":" not in machine.key or isinstance(seen, Neighbour):
            return
        if sum(is_ipv4(known) and seen.time - when < HOUR for known, when in machine.addresses.items()) > ROUTER_ADDRESSES:
            self._routers.add(machine.key)
            for known in list(machine.addresses):
                self._release(machine, known)

    def _release(self, machine: _Machine, address: str) -> None:
        del machine.addresses[address]
        if self._owners.get(address) == machine.key:
            del self._owners[address]
        machine.changed = True

    def _make_room(self) -> None:
        """Drop a twentieth of the table at once, so that a flood of made-up MACs costs little each."""
        keep_last = sorted(self._machines.values(), key=lambda m: (self._is_known(m), not m.private, m.last))
        for machine in keep_last[: max(1, self._limit // 20)]:
            self._drop(machine)
            self.evicted += 1

    def _drop(self, machine: _Machine) -> None:
        for address in list(machine.addresses):
            self._release(machine, address)
        del self._machines[machine.key]
        self._private -= machine.private
        self._routers.discard(machine.key)
        self._forgotten.append(machine.key)
        del self._forgotten[: -self._limit]

    def _device(self, machine: _Machine) -> Device:
        return Device(
            mac=machine.key,
            addresses=tuple(machine.addresses),
            label=self._labels.get(machine.key),
            heard_name=_heard_name(machine),
            maker=machine.maker,
            private=machine.private,
            vlan=machine.vlan,
            first_seen=machine.first,
            last_seen=machine.last,
        )


def _heard_name(machine: _Machine) -> str | None:
    """The name it calls itself that tells most: its own before a maker's default; defaults get the end of the MAC."""
    names = [name for name in machine.names if name]
    own = [name for name in names if name.lower() not in _GENERIC]
    if own:
        return own[0]
    tail = machine.key[-5:].replace(":", "").upper() if ":" in machine.key else machine.key
    return f"{names[0]} {tail}" if names else None
