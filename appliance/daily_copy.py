"""The daily copy of the records, made beside the guardian's loop: on a slow card it takes longer than a lamp may wait."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from appliance.edge.store import Store, StoreError


class DailyCopy:
    """At most one copy at a time, in a thread with a store of its own. `complain` takes one sentence, empty once all is well."""

    def __init__(self, data_dir: Path, recent_dir: Path, complain: Callable[[str], None]) -> None:
        self._folders = (data_dir, recent_dir)
        self._complain = complain
        self._problem = ""
        self._thread: threading.Thread | None = None

    def keep(self, now: float) -> None:
        """See to it that today's copy is there; returns at once."""
        if self._thread is not None and self._thread.is_alive():
            return
        self._complain(self._problem)
        self._thread = threading.Thread(target=self._make, args=(now,), daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Until the copy at hand is made: half a copy would only have to be made again."""
        if self._thread is not None:
            self._thread.join()

    def _make(self, now: float) -> None:
        try:
            with Store.open(*self._folders) as store:
                store.keep_copy(now)
            self._problem = ""
        except StoreError as error:
            self._problem = str(error)
