"""The store: everything the box keeps, behind one object. Programs meet here and nowhere else.

The guardian writes what was seen, the page writes what people decided, the lights only read. One Store belongs to one thread
of one process. Nothing in here judges; SQL stays in this package.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from appliance.config import recent_dir as default_recent_dir
from appliance.edge import clock
from appliance.edge.store import recovery
from appliance.edge.store.deciding import Deciding
from appliance.edge.store.log_ins import LogIns
from appliance.edge.store.opening import LASTING_FILE, RECENT_FILE, make_folder, one_at_a_time, open_recent, open_to_read
from appliance.edge.store.policies import Policies
from appliance.edge.store.watching import Watching

RECOVERED = "recovered"  # the setting that holds the sentence about damaged records


class Store(Watching, Policies, Deciding, LogIns):
    """The two files, opened; what can be done with them stands in the classes that it is made of."""

    @classmethod
    def open(
        cls,
        data_dir: Path,
        recent_dir: Path | None = None,
        *,
        readonly: bool = False,
        check: bool = False,
        clock_synced: Callable[[], bool | None] = clock.is_synced,
    ) -> Store:
        """Open both files, making folders and tables where they are missing.

        A damaged file is set aside and `recovered` says so; `check` reads the whole file for damage. Raises StoreError.
        """
        recent_dir = recent_dir or default_recent_dir(data_dir)
        if readonly:
            lasting, recent = open_to_read(data_dir, recent_dir)
            return cls(lasting, recent, recent_dir, clock_synced)
        make_folder(data_dir)
        make_folder(recent_dir)
        with one_at_a_time(data_dir):
            lasting, sentence = recovery.open_sound(data_dir / LASTING_FILE, clock.now(), check=check)
            store = cls(lasting, open_recent(recent_dir / RECENT_FILE), recent_dir, clock_synced)
            store.box_id()
            if sentence:
                store._journal.put_setting(RECOVERED, sentence)
                store._journal.add(clock.now(), "box", "records recovered")
        return store

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close both files."""
        self._lasting.close()
        self._recent_db.close()

    def changed(self) -> bool:
        """Whether another connection has written to either file since the last call; True at the first."""
        lasting = self._lasting.changed()
        return self._recent_db.changed() or lasting

    def box_id(self) -> str:
        """This box's own random id, the same for good."""
        return self._origin.box()

    @property
    def recovered(self) -> str:
        """One sentence for the head if records were damaged and set aside, until it is dismissed; else empty."""
        return self._journal.setting(RECOVERED) or ""

    def keep_copy(self, now: float) -> Path:
        """Write today's copy of the lasting file beside it, one a day and the last seven."""
        return recovery.keep_copy(self._lasting, now)
