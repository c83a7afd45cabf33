"""From the pipeline to the store: what is flagged is committed at once, the rest in batches; a store that fails loses nothing.

While the store can't be written everything waits in the pipeline, which is bounded, and is written when the store is back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from appliance.edge.store import Store, StoreError
from appliance.judge.cases import Case
from appliance.judge.witnesses import Witnessed
from appliance.model import Device, Incident, RecentName
from appliance.pipeline import Pipeline
from appliance.school import LogOn, PatternDay

FOLLOWED_SECONDS = 25 * 3600.0  # incidents heard last before that can't grow any more
FOLLOWED_LIMIT = 5_000
REWORDED_SECONDS = 3 * 86_400.0
SIGHT_SECONDS = 600.0  # between writes of the hour at hand: every write wears the card
SIGHT_KEPT_SECONDS = 30 * 86_400.0
WAITING_NAMES = 100_000  # recent names kept while the store fails


class Recorder:
    """Moves what changed in one pipeline into one store. `problem` is the store's sentence while writing fails, else empty."""

    def __init__(self, store: Store, pipeline: Pipeline) -> None:
        self.store = store
        self.pipeline = pipeline
        self.problem = ""
        self._names: list[RecentName] = []
        self._devices: dict[str, Device] = {}
        self._forgotten: list[str] = []
        self._log_ons: dict[tuple[str, str, float], LogOn] = {}
        self._days: set[PatternDay] = set()
        self._witnessed = Witnessed([], [], [])
        self._unsettled: list[tuple[Case, Incident]] = []
        self._sight_at = float("-inf")

    def restore(self, now: float) -> None:
        """Take over what the store holds: devices, their names, incidents that can still grow. Raises StoreError."""
        devices = self.store.devices()
        for device in devices:
            self.pipeline.devices.restore(device)
        self.pipeline.use_policy(self.store.policy(self.pipeline.zone))
        self.pipeline.scales.patterns.restore(self.store.register.pattern_days())
        self.pipeline.follow(self._open_incidents(now), devices)
        self.pipeline.meter.usual.restore(self.store.sight(now - SIGHT_KEPT_SECONDS, now - SIGHT_SECONDS * 6, mac=""))
        self.pipeline.meter.restore(self.store.sight(now - SIGHT_SECONDS * 6, now))

    def follow(self, now: float) -> None:
        """Take over what people did in the page since the last call. Raises StoreError."""
        if self.store.changed():
            self.pipeline.use_policy(self.store.policy(self.pipeline.zone))
            self.pipeline.follow(self._open_incidents(now), self.store.devices())

    def commit_flagged(self, now: float) -> None:
        """Write the incidents that have changed and the devices they are about: for what must not wait."""
        cases = list(self.pipeline.folder.due())
        macs = {case.key[0]: self.pipeline.devices.device(case.key[0]) for case in cases}
        with self._guarded(), self.store.write():
            self.store.save_devices(macs.values())
            self._save(cases, now)

    def commit(self, now: float) -> None:
        """Write everything that has changed."""
        self._devices.update((device.mac, device) for device in self.pipeline.devices.take_changes())
        self._forgotten.extend(self.pipeline.devices.take_forgotten())
        self._log_ons.update(((log_on.mac, log_on.user, log_on.first), log_on) for log_on in self.pipeline.log_ons.take_changes())
        self._days.update(self.pipeline.scales.patterns.take_changes())
        self._witnessed.extend(self.pipeline.witnesses.take())
        with self._guarded():
            self.commit_names()
            # A busy card takes seconds, and the lamp would wait as well. What presses has been committed for good before.
            with self.store.write(lasting=False):
                self.store.forget_devices(self._forgotten)
                self.store.save_devices(self._devices.values())
                self._save(list(self.pipeline.folder.due()), now)
                self.store.register.save_log_ons(self._log_ons.values())
                self.store.register.save_pattern_days(self._days)
                self._save_witnessed()
            self._witnessed = Witnessed([], [], [])
            for waiting in (self._devices, self._forgotten, self._log_ons, self._days):
                waiting.clear()
            if abs(now - self._sight_at) >= SIGHT_SECONDS:
                self.commit_sight(now)

    def commit_names(self) -> None:
        """Write the names since the last time to the file in memory. Raises StoreError; the names then wait, up to a bound."""
        self._names.extend(self.pipeline.take_recent())
        del self._names[:-WAITING_NAMES]
        if self._names:
            self.store.add_recent(self._names)
            self._names.clear()

    def commit_sight(self, now: float) -> None:
        """Write how much was in sight, the hour at hand included. Raises StoreError; the counts then wait, up to a bound."""
        self._sight_at = now
        rows = self.pipeline.meter.take()
        try:
            self.store.save_sight(rows, now)
        except StoreError:
            self.pipeline.meter.put_back(rows)
            raise

    def reword(self, now: float) -> None:
        """A new day: sentences of the last days say which day they speak of. Raises StoreError."""
        recent = self.store.incidents(since=now - REWORDED_SECONDS, limit=FOLLOWED_LIMIT)
        with self.store.write():
            self.store.reword({incident.id: self.pipeline.folder.reword(incident, now) for incident in recent})

    def _save_witnessed(self) -> None:
        found = self._witnessed
        if found:
            self.store.save_witnessed(found.counts, found.safesearch, found.checks)

    def _save(self, cases: list[Case], now: float) -> None:
        """Save cases inside the caller's transaction. A case counts as saved only once that is committed."""
        folder = self.pipeline.folder
        self._unsettled = [(case, self.store.save_incident(folder.incident(case, now))) for case in cases]
        self.store.sound_again([case.id for case in cases if case.sounds and case.id])

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Keep a failing store's sentence and go on; settle the cases once the transaction inside has been committed."""
        self._unsettled = []
        try:
            yield
        except StoreError as error:
            self.problem = str(error)
            return
        self.problem = ""
        for case, stored in self._unsettled:
            self.pipeline.folder.settle(case, stored)

    def _open_incidents(self, now: float) -> list[Incident]:
        return self.store.incidents(open_only=True, since=now - FOLLOWED_SECONDS, limit=FOLLOWED_LIMIT)
