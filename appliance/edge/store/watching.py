"""What the guardian writes into the store: all that was seen, and how the box is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from appliance.edge.store.tables import Tables
from appliance.model import Device, Health, Incident, Lamp, ListStatus, RecentName, Sight
from appliance.witness import FilterCheck, SafeSearch, WitnessCount


class Watching(Tables):
    """The guardian's side of the store."""

    @contextmanager
    def write(self, *, lasting: bool = True) -> Iterator[None]:
        """One transaction on the lasting file for all that is saved inside; `lasting` False doesn't wait for the card."""
        with self._lasting.transaction(lasting=lasting):
            yield

    def save_devices(self, devices: Iterable[Device]) -> None:
        """Add devices, or bring what they say of themselves up to date; labels stay."""
        self._devices.save(devices)

    def forget_devices(self, macs: Sequence[str]) -> None:
        """Drop devices that are no longer kept, save those with a label or an incident."""
        self._devices.forget(macs)

    def save_incident(self, incident: Incident) -> Incident:
        """Add (id 0) or update what was seen; the answer shows a decision that came in between."""
        return self._incidents.save(incident)

    def sound_again(self, numbers: Sequence[int]) -> None:
        """Acknowledged urgent incidents that came up again: the lamp turns red again."""
        self._incidents.sound_again(numbers)

    def reword(self, sentences: Mapping[int, str]) -> None:
        """Replace the sentences of incidents, by id, as the days pass; decided ones too."""
        self._incidents.reword(sentences)

    def save_health(self, health: Health) -> None:
        """Overwrite the newest health."""
        self._recent.save(health)

    def save_lamp(self, lamp: Lamp) -> None:
        """Overwrite the newest lamp."""
        self._recent.save(lamp)

    def save_lists(self, lists: Sequence[ListStatus]) -> None:
        """Replace what is known of the lists in force."""
        self._journal.save_lists(lists)

    def add_recent(self, rows: Iterable[RecentName]) -> None:
        """Add names to the ring of the last hours."""
        self._recent.add(rows)

    def trim_recent(self, now: float, hours: float, rows: int) -> int:
        """Forget names older than `hours` and the oldest beyond `rows`; returns how many went."""
        return self._recent.trim(now, hours, rows)

    def save_sight(self, sights: Iterable[Sight], now: float) -> None:
        """Add or update hours of the blindness meter, and forget the old ones."""
        with self._lasting.transaction(lasting=False):
            self._sights.save(sights)
            self._sights.trim(now)

    def save_witnessed(
        self, counts: Iterable[WitnessCount], safesearch: Iterable[SafeSearch], checks: Iterable[FilterCheck]
    ) -> None:
        """Add counts of tries, bring days of safe search up to date, write down tests of the filter."""
        self._filter.add(counts, safesearch, checks)
