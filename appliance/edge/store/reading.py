"""What everybody reads from the store, as it was written."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.edge.store.chain import Head, Verification
from appliance.edge.store.tables import Tables
from appliance.model import AuditEntry, Device, Health, Incident, Lamp, Level, ListStatus, Note, RecentName, Sight, Tally
from appliance.school import CheckDone
from appliance.witness import FilterCheck, SafeSearch, WitnessCount


class Reading(Tables):
    """The reader's side of the store."""

    def incidents(
        self,
        *,
        open_only: bool = False,
        level: Level | None = None,
        mac: str | None = None,
        since: float | None = None,
        limit: int = 200,
        offset: int = 0,
        hidden_from: str | None = None,
    ) -> list[Incident]:
        """Incidents: the open ones urgent and oldest first, or all newest first. `since` is of last_seen.

        `hidden_from` leaves out what came up on the own devices of the person with that username.
        """
        return self._incidents.listed(
            open_only=open_only, level=level, mac=mac, since=since, limit=limit, offset=offset, hidden_from=hidden_from
        )

    def incident(self, number: int) -> Incident:
        """One incident; raises NotFound."""
        return self._incidents.one(number)

    def count_open(self, hidden_from: str | None = None) -> dict[Level, int]:
        """How many incidents have no decision yet, by level; every level is there. `hidden_from` as for `incidents`."""
        return self._incidents.count_open(hidden_from)

    def tallies(self, since: float, hidden_from: str | None = None) -> list[Tally]:
        """How many urgent and look incidents were last seen since then, by kind and by what became of them; no exercises."""
        return self._incidents.tallies(since, hidden_from)

    def count_sounding(self) -> int:
        """How many urgent incidents nobody has acknowledged or decided."""
        return self._incidents.count_sounding()

    def notes(self, number: int) -> list[Note]:
        """Everything people wrote and decided on an incident, oldest first."""
        return self._incidents.notes(number)

    def devices(self) -> list[Device]:
        """Every device, the one heard last first."""
        return self._devices.all()

    def device(self, mac: str) -> Device:
        """One device; raises NotFound."""
        return self._devices.one(mac)

    def recent(self, mac: str | None = None, *, since: float = 0.0, until: float = 1e11, limit: int = 1000) -> list[RecentName]:
        """Names of the last hours in a span of time, oldest first; the newest `limit` of them."""
        return self._recent.names(mac=mac, since=since, until=until, limit=limit)

    def sight(self, since: float = 0.0, until: float = 1e11, mac: str | None = None) -> list[Sight]:
        """How much was in sight in the hours that began in a span of time, oldest first; `mac` empty for the school's own."""
        return self._sights.between(since, until, mac)

    def hidden(self, since: float) -> dict[str, tuple[int, bool]]:
        """For each device heard since then: how many connections gave no name, and whether it ever said where it went."""
        return self._sights.hidden(since)

    def sight_of(self, macs: Sequence[str], since: float) -> list[Sight]:
        """The hours of these devices that began since then, oldest first."""
        return self._sights.of_devices(since, macs)

    def witness(self, since: str = "") -> list[WitnessCount]:
        """What became of tries of listed names, by day and category, from the day `since` (`2026-11-24`) on."""
        return self._filter.counts(since)

    def safesearch(self) -> list[SafeSearch]:
        """For each search engine the last day on which it was asked for."""
        return self._filter.safesearch()

    def checks(self, limit: int = 100) -> list[FilterCheck]:
        """Tests of the filter that somebody ran, newest first."""
        return self._filter.checks(limit)

    def check_log(self, limit: int = 100) -> list[CheckDone]:
        """Checks that people made and wrote down, newest first."""
        return self._check_log.newest(limit)

    def health(self) -> Health | None:
        """The newest health, None before the guardian has written one."""
        return self._recent.health()

    def lamp(self) -> Lamp | None:
        """The newest lamp as it was written, None before there is one."""
        return self._recent.lamp()

    def lamp_now(self, now: float, stale_after: float) -> Lamp:
        """The lamp as it must be shown: once older than `stale_after` seconds, red stays red and all else turns grey."""
        return self._recent.lamp_now(now, stale_after)

    def lists(self) -> list[ListStatus]:
        """The lists in force."""
        return self._journal.lists()

    def audit_log(
        self, limit: int = 200, offset: int = 0, who: Sequence[str] = (), looks: bool | None = None, until: float | None = None
    ) -> list[AuditEntry]:
        """Who did what, newest first: of everybody or of those names, looks only or (False) deeds only, before a moment."""
        return self._journal.entries(limit, offset, who, looks, until)

    def audited_people(self) -> list[str]:
        """Everybody who stands in the audit, by name."""
        return self._journal.people()

    def chain_head(self) -> Head:
        """The newest link of the chain; its code is the evidence code on printed pages."""
        return self._journal.chain.head()

    def verify_chain(self, code: str = "") -> Verification:
        """Whether audit, notes and decided incidents are as they were written, and `code` was once the chain's head."""
        return self._journal.chain.verify(code)

    def setting(self, key: str) -> str | None:
        """A setting made on the page or by the box, None where there is none."""
        return self._journal.setting(key)
