"""The blindness meter: of what each device did in each hour, how much said where it went, and why the rest did not.

A connection is named where its hello, its request or the device's own look-up before it tells the site. One whose name is only a
cover, or that goes into a tunnel, is not, whatever name it shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from appliance.judge.foreign_resolvers import RESOLVERS
from appliance.judge.hidden_names import HiddenNames, is_relay
from appliance.judge.lookups import Lookups
from appliance.judge.sight import Usual
from appliance.judge.tunnels import SIGNATURES
from appliance.model import DnsAnswer, HttpHost, NameAsked, Opened, Seen, Sight, TlsHello, TunnelSeen

Why = Literal["encrypted-dns", "ech", "relay", "vpn", "no-sni", "lost", "silent"]

HOUR = 3_600.0
DEVICES = 1_000  # rows of one hour; the school's own counts go on
WAITING = 4_000  # rows of past hours that the store has not taken yet
TUNNEL_SECONDS = 300.0  # a tunnel counts as one hidden connection in this time
_HTTPS, _DOT = 443, 853
_THROUGH_PROXY = ("connect", "socks")  # the request to the proxy has told the name already
SCHOOL = ""


class _Row:
    """One device's hour while it is counted. `secret`: its look-ups are out of sight."""

    __slots__ = (
        "answered", "asked", "dirty", "heard", "hellos", "hour", "mac", "named", "opened", "reasons", "request", "secret", "seen",
        "tunnel_at",
    )  # fmt: skip

    def __init__(self, hour: float, mac: str) -> None:
        self.hour, self.mac = hour, mac
        self.heard = self.asked = self.answered = self.seen = self.named = 0
        self.opened = self.hellos = 0
        self.reasons: dict[str, int] = {}
        self.request = ("", "")
        self.tunnel_at = float("-inf")
        self.secret = False
        self.dirty = True

    def count(self, why: Why | None) -> None:
        """One more connection, and why it has no name if it has none."""
        self.seen += 1
        if why is None:
            self.named += 1
        else:
            self.reasons[why] = self.reasons.get(why, 0) + 1

    @property
    def names_nothing(self) -> bool:
        """Whether nothing that the device did told a name."""
        return not self.asked and not self.named

    def sight(self, quiet: int = 0) -> Sight:
        """The row as it is kept. What opened and then said nothing is told, but was never a connection that could be named."""
        silent = max(0, self.opened - self.hellos)
        reasons = self.reasons | ({"silent": silent} if silent else {})
        return Sight(
            hour=self.hour, mac=self.mac, heard=self.heard, asked=self.asked, answered=self.answered,
            seen=self.seen, named=self.named, quiet=quiet, reasons=reasons,
        )  # fmt: skip


class Meter:
    """Counts the hour at hand for every device and for the school. `evicted` counts devices and rows that found no room."""

    def __init__(self, lookups: Lookups, hidden: HiddenNames, *, devices: int = DEVICES) -> None:
        self._lookups, self._hidden, self._limit = lookups, hidden, devices
        self._rows: dict[str, _Row] = {}
        self._done: list[Sight] = []
        self._school = _Row(0.0, SCHOOL)
        self._listed = ("", "")
        self.usual = Usual()
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._rows) + len(self._done)

    def observe(self, key: str, seen: Seen) -> None:
        """Count one sighting of a device, after its look-ups were taken in."""
        row = self._row(key, seen.time)
        school = self._school
        row.heard += 1
        school.heard += 1
        row.dirty = school.dirty = True
        if isinstance(seen, TlsHello):
            self._hello(key, row, seen)
        elif type(seen) is NameAsked:
            row.asked += 1
            school.asked += 1
        elif isinstance(seen, DnsAnswer):
            row.answered += 1
            school.answered += 1
        elif isinstance(seen, Opened):
            self._opened(key, row, seen)
        elif isinstance(seen, HttpHost):
            self._request(row, seen)
        elif isinstance(seen, TunnelSeen):
            self._tunnel(row, seen)
        self._listed = ("", "")

    def expect(self, key: str, category: str | None) -> None:
        """The connection that is observed next leads to a name in this category, as the lists have it."""
        self._listed = (key, category or "")

    def restore(self, rows: Iterable[Sight]) -> None:
        """Go on from what the store holds of the hour that was being counted."""
        for kept in rows:
            self._begin(kept.hour)
            row = self._school if kept.mac == SCHOOL else self._rows.setdefault(kept.mac, _Row(kept.hour, kept.mac))
            row.heard, row.asked, row.answered = kept.heard, kept.asked, kept.answered
            row.seen, row.named, row.dirty = kept.seen, kept.named, False
            row.reasons = dict(kept.reasons)
            row.opened = row.reasons.pop("silent", 0)

    def school(self) -> Sight:
        """The whole school in the hour at hand."""
        return self._school.sight(sum(row.names_nothing for row in self._rows.values()))

    def take(self) -> list[Sight]:
        """Every row that has changed since the last call, past hours first."""
        done, self._done = self._done, []
        fresh = [row.sight() for row in self._rows.values() if row.dirty]
        if self._school.dirty:
            fresh.append(self.school())
        for row in (*self._rows.values(), self._school):
            row.dirty = False
        return done + fresh

    def put_back(self, rows: list[Sight]) -> None:
        """These could not be written: hand them out again; the oldest go where there are too many."""
        self._done = rows + self._done
        self.evicted += max(0, len(self._done) - WAITING)
        del self._done[:-WAITING]

    def _row(self, key: str, time: float) -> _Row:
        hour = time // HOUR * HOUR
        # Packets come a little out of order: the last of the hour before count for this one.
        if hour > self._school.hour or self._school.hour - time > HOUR:
            self._begin(hour)
        row = self._rows.get(key)
        if row is None:
            row = _Row(self._school.hour, key)
            if len(self._rows) >= self._limit:
                self.evicted += 1
                return row
            self._rows[key] = row
        return row

    def _begin(self, hour: float) -> None:
        """End the hour at hand and begin this one."""
        if hour == self._school.hour:
            return
        if self._school.heard:
            self.usual.close(self.school())
            self.put_back(self.take())
        self._rows = {}
        self._school = _Row(hour, SCHOOL)

    def _count(self, row: _Row, why: Why | None) -> None:
        row.count(why)
        self._school.count(why)

    def _hello(self, key: str, row: _Row, seen: TlsHello) -> None:
        if type(seen) is TlsHello and seen.port == _HTTPS:
            row.hellos += 1
            self._school.hellos += 1
        if seen.after not in _THROUGH_PROXY:
            self._count(row, self._why(key, row, seen))

    def _why(self, key: str, row: _Row, seen: TlsHello) -> Why | None:
        """Why a hello does not say where it goes; None where it does, or the device's own look-up tells."""
        found = self._lookups.name_at(key, seen.server, seen.time)
        if is_relay(seen.name) or is_relay(found):
            return "relay"
        if self._listed == (key, "proxy_avoidance"):
            return "vpn"  # a VPN's or proxy's own name says nothing of what is fetched through it
        row.secret = row.secret or self._listed == (key, "encrypted_dns")
        if seen.name:
            covered = self._hidden.is_real(seen) and not found and not self._hidden.site(key, seen)
            return "ech" if covered else None
        if seen.port == _DOT or seen.server in RESOLVERS:
            row.secret = True
            return "encrypted-dns"
        return None if found else "encrypted-dns" if row.secret else "no-sni"

    def _opened(self, key: str, row: _Row, seen: Opened) -> None:
        if seen.transport == "tcp":
            row.opened += seen.port == _HTTPS
            self._school.opened += seen.port == _HTTPS
            return
        found = self._lookups.name_at(key, seen.server, seen.time)
        self._count(row, "relay" if is_relay(found) else None if found else "lost")

    def _request(self, row: _Row, seen: HttpHost) -> None:
        """Requests to the same site one after another are one connection, as far as can be told."""
        request = (seen.server, seen.name)
        if request != row.request:
            row.request = request
            self._count(row, None)

    def _tunnel(self, row: _Row, seen: TunnelSeen) -> None:
        signature = SIGNATURES.get(seen.protocol)
        if signature is None or signature.shape not in ("vpn", "hidden-lookups"):
            return
        row.secret = True
        # DNS over TLS and QUIC begin with a hello, which was counted.
        if seen.protocol in ("dot", "doq") or seen.time - row.tunnel_at < TUNNEL_SECONDS:
            return
        row.tunnel_at = seen.time
        self._count(row, "vpn" if signature.shape == "vpn" else "encrypted-dns")
