"""What people, pages and apps do, as traffic of one machine. Each deed of the scripts is one function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from .answers import Deed, Fate
from .names import OWN_PARTS, PARTS, SEARCHES, SITES
from .wire import TXT, Machine, address_of

COVER: Final = "cloudflare-ech.com"
RELAYS: Final = ("mask.icloud.com", "mask-h2.icloud.com")
TOR_NAMES: Final = ("www.w4hxq7zt3bkd2.com", "www.qk5zrt2vxpl7m.net", "www.bz3kqtn6hw5xd.com")


def load_page(
    machine: Machine, time: float, site: str, also: tuple[str, ...] = (), parts: tuple[str, ...] | None = None
) -> float:
    """A page and all that it loads within some seconds; when it is done. `also` are loaded among the rest."""
    chance = machine.chance
    later = machine.visit(time, site)
    if parts is None:
        base = site.removeprefix("www.")
        own = chance.sample([f"{part}.{base}" for part in OWN_PARTS], chance.randint(0, 3))
        parts = (*own, *chance.sample(PARTS, chance.randint(2, 16)))
    names = list(parts)
    for name in also:
        names.insert(chance.randint(min(3, len(names)), len(names)), name)
    # The first parts stand in the page's head; scripts bring others in later.
    at = later + chance.uniform(0.05, 0.3)
    for name in names:
        machine.visit(at, name)
        at += min(chance.expovariate(7.0), 1.2)
    return at


def search(machine: Machine, time: float) -> float:
    """A page of results; when it is done."""
    site, parts = machine.chance.choice(SEARCHES)
    return load_page(machine, time, site, parts=parts)


def _types(machine: Machine, time: float, name: str, fate: Fate) -> None:
    """The name into the address bar. What a filter stops is tried again once or twice, and then left."""
    later = machine.visit(time, name, fate)
    if fate != "reached":
        if machine.chance.random() < 0.6:
            machine.visit(later + machine.chance.uniform(3, 9), name, fate)
        return
    _parts_of(machine, later, name)


def _parts_of(machine: Machine, time: float, name: str) -> None:
    """What a site's own page loads, and some seconds of using it."""
    chance = machine.chance
    for part in chance.sample(PARTS, chance.randint(3, 9)):
        time += min(chance.expovariate(6.0), 1.2)
        machine.visit(time, part)
    for _ in range(chance.randint(0, 3)):
        time += chance.uniform(4, 40)
        machine.connect(time, name)


def _follows(machine: Machine, time: float, name: str, fate: Fate) -> None:
    done = search(machine, time)
    _types(machine, done + machine.chance.uniform(3, 15), name, fate)


def _busy(machine: Machine, time: float, name: str, fate: Fate) -> None:
    """In a second tab, while another page still loads."""
    site = machine.chance.choice(SITES)
    load_page(machine, time - 1.0, site, parts=tuple(machine.chance.sample(PARTS, 12)))
    _types(machine, time, name, fate)


def _cached(machine: Machine, time: float, name: str, _fate: Fate) -> None:
    _parts_of(machine, machine.connect(time, name), name)


def _bare(machine: Machine, time: float, name: str, _fate: Fate) -> None:
    machine.look_up(time, name)


def _http(machine: Machine, time: float, name: str, _fate: Fate) -> None:
    machine.request(time, name)
    _parts_of(machine, time + 1.0, name)


def _covered(machine: Machine, time: float, name: str, _fate: Fate) -> None:
    """The look-up in clear, the connection under a cover name."""
    machine.announce_cover(time, name, COVER, 0xF2)
    later = machine.look_up(time + 0.001, name)
    machine.connect(later + 0.01, name, shown=COVER, ech=0xF2)
    for part in machine.chance.sample(PARTS, 5):
        later += 0.2
        machine.visit(later, part)


def _embedded(machine: Machine, time: float, name: str, _fate: Fate) -> None:
    """Part of an ordinary page with adverts."""
    parts = tuple(machine.chance.sample(PARTS, machine.chance.randint(7, 16)))
    load_page(machine, time, machine.chance.choice(SITES), also=(name,), parts=parts)


def _prefetched(machine: Machine, time: float, name: str, _fate: Fate) -> None:
    """Looked up by the browser for a link that nobody follows."""
    done = search(machine, time)
    for other in machine.chance.sample(SITES, 4):
        machine.look_up(done, other)
        done += machine.chance.uniform(0.005, 0.05)
    machine.look_up(done, name)


def _app(machine: Machine, time: float, name: str, _fate: Fate) -> None:
    """By the clock, whether or not anybody looks."""
    beat = machine.chance.choice((300.0, 600.0, 900.0))
    for number in range(machine.chance.randint(6, 14)):
        machine.visit(time + number * beat + machine.chance.uniform(-2, 2), name)


def _asks(machine: Machine, time: float, name: str, fate: Fate) -> None:
    machine.look_up(time, name, "nxdomain" if machine.chance.random() < 0.3 else fate)


def _vpn(machine: Machine, time: float, protocol: str, _fate: Fate) -> None:
    for number in range(4):
        machine.shake_hands(time + number * 5, protocol, "198.51.100.40", 51820)


def _ssh(machine: Machine, time: float, server: str, _fate: Fate) -> None:
    machine.shake_hands(time, "ssh", server, 22)


def _dot(machine: Machine, time: float, server: str, _fate: Fate) -> None:
    for number in range(3):
        machine.open(time + number * 20, server, 853)
        machine.shake_hands(time + number * 20 + 0.02, "dot", server, 853)


def _doh(machine: Machine, time: float, name: str, _fate: Fate) -> None:
    """A browser set to look up in secret: the service's name once, then connections to it."""
    machine.look_up(time, name)
    for number in range(5):
        machine.connect(time + 0.1 + number * 60, name)


def _relay(machine: Machine, time: float, _name: str, _fate: Fate) -> None:
    for name in RELAYS:
        machine.look_up(time, name)
    for number in range(6):
        machine.connect(time + 0.1 + number * 30, RELAYS[0])


def _hidden(machine: Machine, time: float, _name: str, _fate: Fate) -> None:
    """A hello with a cover name to an address that was never looked up in sight."""
    machine.connect(time, "unseen.maple.example", shown=COVER, ech=0xF2)


def _foreign(machine: Machine, time: float, resolver: str, _fate: Fate) -> None:
    for number in range(40):
        machine.ask_elsewhere(time + number * 90, machine.chance.choice(SITES), resolver)


def _tunnels(machine: Machine, time: float, domain: str, _fate: Fate) -> None:
    """Data in look-ups, as iodine and dnscat2 do it."""
    for number in range(220):
        label = f"{machine.chance.getrandbits(240):060x}"
        machine.look_up(time + number * 0.5, f"{label}.{machine.chance.getrandbits(120):030x}.{domain}", qtype=TXT)


def _swarm(machine: Machine, time: float, _name: str, _fate: Fate) -> None:
    """Many doors of many addresses at once, as Psiphon does."""
    for number in range(45):
        port = machine.chance.choice((22, 53, 80, 443, 554))
        machine.open(time + number * 0.8, f"185.{number + 1}.{machine.chance.randint(1, 250)}.9", port)


def _tor(machine: Machine, time: float, _name: str, _fate: Fate) -> None:
    for number, name in enumerate(TOR_NAMES):
        machine.hello(time + number * 4, f"192.42.116.{number + 10}", name, 443 if number else 9001)


def _proxies(machine: Machine, time: float, server: str, _fate: Fate) -> None:
    for number in range(8):
        site = machine.chance.choice(SITES)
        machine.request(time + number * 3, site, "CONNECT", server, 8080, f"{site}:443")


def _calls(machine: Machine, time: float, _name: str, _fate: Fate) -> None:
    """Wi-Fi calling: the operator's gateway, and IPsec to it."""
    gateway = "epdg.epc.mnc015.mcc234.pub.3gppnetwork.org"
    machine.look_up(time, gateway)
    for number in range(3):
        machine.shake_hands(time + 1 + number, "ikev2", address_of(gateway), 500)


DEEDS: Final[dict[Deed, Callable[[Machine, float, str, Fate], None]]] = {
    "types": _types, "follows": _follows, "busy": _busy, "cached": _cached, "bare": _bare, "http": _http, "covered": _covered,
    "embedded": _embedded, "prefetched": _prefetched, "app": _app, "asks": _asks, "vpn": _vpn, "dot": _dot, "ssh": _ssh,
    "doh": _doh, "relay": _relay, "hidden": _hidden, "foreign": _foreign, "tunnels": _tunnels, "swarm": _swarm, "tor": _tor,
    "proxies": _proxies, "calls": _calls,
}  # fmt: skip
