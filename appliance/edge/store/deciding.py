"""What people write into the store: decisions, notes, names, choices. Each also writes an audit row."""

from __future__ import annotations

from appliance.edge.store.tables import Tables
from appliance.model import Decision, Device, Incident
from appliance.school import CheckDone


class Deciding(Tables):
    """The side of the store that the page and the button write."""

    def decide(self, number: int, decision: Decision, *, by: str, now: float, note: str = "") -> Incident:
        """Close an incident; deciding again corrects, and both stay in its notes."""
        return self._incidents.decide(number, decision, by=by, now=now, text=note)

    def reopen(self, number: int, *, by: str, now: float, note: str = "") -> Incident:
        """Take a decision back."""
        return self._incidents.reopen(number, by=by, now=now, text=note)

    def add_note(self, number: int, text: str, *, by: str, now: float) -> None:
        """Add to an incident's record."""
        self._incidents.add_note(number, text, by=by, now=now)

    def acknowledge(self, number: int, *, by: str, now: float) -> None:
        """Somebody has seen it: it no longer holds the lamp red."""
        self._incidents.acknowledge(number, by=by, now=now)

    def acknowledge_all_urgent(self, *, by: str, now: float) -> int:
        """The button: acknowledge every open urgent incident; returns how many."""
        return self._incidents.acknowledge_all_urgent(by=by, now=now)

    def name_device(self, mac: str, label: str | None, *, by: str, now: float) -> Device:
        """Give a device the school's own name, or take it away; raises NotFound."""
        return self._devices.name(mac, label, by=by, now=now)

    def set_setting(self, key: str, value: str, *, by: str, now: float) -> None:
        """Keep a choice made on the page."""
        self._journal.set_setting(key, value, by=by, now=now)

    def log_check(self, check: CheckDone, *, by: str, now: float) -> CheckDone:
        """Write a check down; it can't be changed later."""
        return self._check_log.add(check, by=by, now=now)

    def note_read(self, who: str, subject: str, *, now: float) -> None:
        """Keep that somebody looked at a record, once an hour for each person and subject."""
        self._journal.add_read(now, who, subject)

    def note_deed(self, who: str, action: str, subject: str, *, now: float) -> None:
        """Keep in the audit that somebody did something that changes no record, such as printing one."""
        self._journal.add(now, who, action, subject)
