"""Between pipeline and store: a fall of what the box sees is written down as an incident for IT."""

from __future__ import annotations

from collections.abc import Collection

from appliance.edge.store import Store
from appliance.judge.policy import is_class_time
from appliance.judge.sight_falls import CAUSES, SightFalls, find_causes
from appliance.pipeline import Pipeline
from appliance.witness import SIGHT


class SightKeeper:
    """Looks now and then at what is in sight. Its incidents light the lamp with its next turn."""

    def __init__(self, store: Store, pipeline: Pipeline) -> None:
        self._store = store
        self._pipeline = pipeline
        self._falls: SightFalls | None = None

    def look(self, now: float, problems: Collection[str]) -> None:
        """Judge the moment, outside of class not at all. Raises StoreError; a fall that lasts is then written the next time."""
        meter = self._pipeline.meter
        # A box that never saw the school well is still being set up: nothing has fallen.
        if not meter.usual.settled or not is_class_time(self._pipeline.scales.policy, now):
            return
        falls = self._falls = self._falls or self._resumed()
        sight = meter.school()
        for incident in falls.observe(now, find_causes(sight, meter.usual.trouble(sight), problems)):
            with self._store.write():
                stored = self._store.save_incident(incident)
            falls.settle(stored)

    def _resumed(self) -> SightFalls:
        """Go on from what came up before a restart."""
        falls = SightFalls(self._pipeline.zone)
        for cause in CAUSES:
            falls.resume(self._store.incidents(mac=f"{SIGHT}:{cause}", limit=1))
        return falls
