"""From the page to the lamp: the worries that somebody reported become incidents, each once."""

from __future__ import annotations

from datetime import tzinfo

from appliance.edge.store import Store
from appliance.judge.words_matching import Words
from appliance.judge.worries import judge_worry


class WorryReader:
    """Reads what the page wrote into the store. Its incidents light the lamp with its next turn."""

    def __init__(self, store: Store, words: Words | None, zone: tzinfo) -> None:
        self._store = store
        self._words = words
        self._zone = zone

    def read(self) -> None:
        """Make incidents of the worries that have none yet, a bounded number at a time. Raises StoreError."""
        for worry in self._store.worries.unread():
            incident = judge_worry(worry, self._words, self._zone)
            with self._store.write():
                self._store.worries.tie(worry.id, self._store.save_incident(incident).id)
