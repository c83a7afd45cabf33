"""Look-ups that pass the school's own resolver by: plain DNS to others, and well-known resolvers reached in secret."""

from __future__ import annotations

from appliance.judge.addresses import is_outside
from appliance.judge.customs import Custom
from appliance.judge.lookups import Lookups
from appliance.judge.shapes import Finding
from appliance.model import NameAsked, TlsHello

ANNOUNCED = 64  # resolvers announced by DHCP, over all networks of a school
FORWARDERS = 200  # addresses in the school that others ask
QUESTIONS = 3  # to one foreign resolver before it counts: a single one may be somebody testing
DEVICES = 1_000
_DNS = 53
_HTTPS = 443

# Public resolvers that answer DNS over HTTPS at these very addresses, as their operators publish them.
RESOLVERS: dict[str, str] = {
    address: operator
    for operator, addresses in {
        "Google": "8.8.8.8 8.8.4.4 2001:4860:4860::8888 2001:4860:4860::8844 2001:4860:4860::64 2001:4860:4860::6464",
        "Cloudflare": (
            "1.1.1.1 1.0.0.1 1.1.1.2 1.0.0.2 1.1.1.3 1.0.0.3 162.159.36.1 162.159.46.1 2606:4700:4700::1111 2606:4700:4700::1001 "
            "2606:4700:4700::1112 2606:4700:4700::1002 2606:4700:4700::1113 2606:4700:4700::1003"
        ),
        "Quad9": (
            "9.9.9.9 149.112.112.112 9.9.9.10 149.112.112.10 9.9.9.11 149.112.112.11 "
            "2620:fe::fe 2620:fe::9 2620:fe::10 2620:fe::11"
        ),
        "OpenDNS": "208.67.222.222 208.67.220.220 208.67.222.123 208.67.220.123 2620:119:35::35 2620:119:53::53",
        "AdGuard": (
            "94.140.14.14 94.140.15.15 94.140.14.15 94.140.15.16 94.140.14.140 94.140.14.141 "
            "2a10:50c0::ad1:ff 2a10:50c0::ad2:ff 2a10:50c0::bad1:ff 2a10:50c0::bad2:ff"
        ),
        "NextDNS": "45.90.28.0 45.90.30.0 2a07:a8c0:: 2a07:a8c1::",
        "CleanBrowsing": "185.228.168.168 185.228.169.168 185.228.168.9 185.228.169.9 185.228.168.10 185.228.169.11",
        "Control D": "76.76.2.0 76.76.10.0 76.76.2.1 76.76.2.2 76.76.2.3 76.76.2.11 2606:1a40:: 2606:1a40:1::",
        "Mullvad": "194.242.2.2 194.242.2.3 194.242.2.4 194.242.2.5 2a07:e340::2 2a07:e340::3",
        "DNS.SB": "185.222.222.222 45.11.45.11 2a09:: 2a11::",
        "AliDNS": "223.5.5.5 223.6.6.6 2400:3200::1 2400:3200:baba::1",
    }.items()
    for address in addresses.split()
}  # fmt: skip


class ForeignResolvers:
    """Knows the resolvers that the school announces or uses, and tells of others once for each device."""

    def __init__(self, lookups: Lookups) -> None:
        self._lookups = lookups
        self._announced: dict[str, None] = {}
        self._forwarders: dict[str, None] = {}
        self._asked: dict[str, int] = {}  # device -> questions to foreign resolvers; told at QUESTIONS, never again
        self.custom = Custom()

    def __len__(self) -> int:
        return len(self._announced) + len(self._forwarders) + len(self._asked)

    @property
    def announced(self) -> frozenset[str]:
        """The resolvers that DHCP has announced."""
        return frozenset(self._announced)

    def announce(self, resolvers: tuple[str, ...]) -> None:
        """DHCP told a machine to use these."""
        for resolver in resolvers:
            if len(self._announced) < ANNOUNCED:
                self._announced.setdefault(resolver)

    def judge_question(self, key: str, seen: NameAsked) -> Finding | None:
        """A device that asks a resolver which is not the school's: told once."""
        if seen.port != _DNS:
            return None
        self.custom.note(key, seen.server)
        if not is_outside(seen.server, seen.client):
            if len(self._forwarders) < FORWARDERS:
                self._forwarders.setdefault(seen.server)
            return None
        if not self._is_foreign(seen) or not self._count(key):
            return None
        operator = RESOLVERS.get(seen.server)
        whose = f", {operator}'s," if operator else ""
        return Finding(
            shape="foreign-resolver",
            name=seen.server,
            evidence=f"It asked {seen.server}{whose} which is neither announced to devices nor used by several of them.",
            protocol="dns",
            confidence="high",
        )

    def judge_hello(self, key: str, seen: TlsHello) -> Finding | None:
        """An encrypted connection to a well-known resolver's address, whatever name it gives."""
        operator = RESOLVERS.get(seen.server) if seen.port == _HTTPS else None
        if operator is None:
            return None
        return Finding(
            shape="hidden-lookups",
            name=self._lookups.name_at(key, seen.server, seen.time) or seen.name or seen.server,
            evidence=f"It made an encrypted connection to {seen.server}, a look-up service of {operator}.",
            protocol="doh",
            # The operators' web pages stand at the same addresses, and some give their own name.
            confidence="medium" if seen.name else "high",
            level="note" if seen.server in self._announced else None,
        )

    def _is_foreign(self, seen: NameAsked) -> bool:
        """Neither announced nor usual, and not asked by the school's own resolver on behalf of others."""
        if seen.server in self._announced or seen.client in self._forwarders or self.custom.usual(seen.server):
            return False
        return bool(self._announced) or self.custom.known

    def _count(self, key: str) -> bool:
        """Whether this is the question at which the device is told of."""
        count = self._asked.pop(key, 0) + 1
        if len(self._asked) >= DEVICES:
            del self._asked[next(iter(self._asked))]
        self._asked[key] = count
        return count == QUESTIONS
