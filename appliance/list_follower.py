"""Keeps the guardian's lists up to date while it runs: takes up new sets, has stale ones compiled elsewhere, looks back.

Compiling takes minutes and hundreds of megabytes, so a child does it; the guardian only opens what is finished, checked byte by
byte. Nothing here waits: every call does a small piece of work.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from math import nextafter
from pathlib import Path

from msgspec.structs import replace

from appliance.config import Settings
from appliance.edge import children, clock
from appliance.edge.list_manifest import CorruptError
from appliance.edge.list_sources import open_addresses
from appliance.edge.lists import is_fresh, manifest_of, open_lists
from appliance.edge.store import Store
from appliance.judge.cases import Hit
from appliance.judge.domains import DomainLists
from appliance.judge.looking_back import MOST_FOUND, learnt, say_when
from appliance.pipeline import Pipeline

STALE_SECONDS = 3600.0  # how often to ask whether the sources have changed
PIECE = 500  # names looked back at in one turn

Complain = Callable[[str, str], None]


class LookingBack:
    """One look back at the names before a moment, in pieces from the newest. `left_out` counts what was beyond the bound."""

    def __init__(self, old: DomainLists, new: DomainLists, until: float) -> None:
        self._old, self._new, self._until = old, new, until
        self._found: set[tuple[str, str]] = set()
        self.left_out = 0
        self.done = False

    def step(self, store: Store, pipeline: Pipeline, now: float, settings: Settings) -> None:
        """Look at one piece. Raises StoreError."""
        rows = store.recent(until=self._until, limit=PIECE)
        zone = clock.zone_of(settings)
        for row in reversed(rows):
            verdict = learnt(row.name, self._old, self._new)
            verdict = verdict and pipeline.scales.ruled(row.mac, row.time, row.name, verdict)
            if verdict is not None and self._has_room(row.mac, verdict.category or ""):
                device = pipeline.devices.device(row.mac).name
                verdict = replace(verdict, reason=f"{verdict.reason} {say_when(device, row.time, now, zone)}")
                pipeline.folder.hit(Hit(time=row.time, mac=row.mac, device=device, verdict=verdict))
        self.done = len(rows) < PIECE
        if rows:
            # A piece of one moment only would come again for ever.
            self._until = rows[0].time if rows[0].time < self._until else nextafter(self._until, 0.0)

    def _has_room(self, mac: str, category: str) -> bool:
        key = (mac, category)
        if key in self._found or len(self._found) < MOST_FOUND:
            self._found.add(key)
            return True
        self.left_out += 1
        return False


class ListFollower:
    """The lists in force. `settings_file` is handed to the child that compiles."""

    def __init__(
        self,
        lists: DomainLists,
        pipeline: Pipeline,
        store: Store,
        settings: Settings,
        *,
        settings_file: Path | None = None,
        complain: Complain = lambda about, problem: None,
    ) -> None:
        self.lists = lists
        self._pipeline, self._store, self._settings = pipeline, store, settings
        self._settings_file, self._complain = settings_file, complain
        self._child: subprocess.Popen[bytes] | None = None
        self._back: LookingBack | None = None
        self._use_addresses()

    def follow(self, now: float) -> None:
        """Take a new set into use once another program has put it in place. Raises StoreError."""
        self._heed_child()
        data_dir = self._store.data_dir
        if not (data_dir / "lists").exists():
            return
        try:
            manifest = manifest_of(data_dir)
            if manifest.key[:12] == self.lists.version:
                if manifest.statuses != self.lists.statuses:
                    self.lists.statuses = manifest.statuses
                    self._store.save_lists(manifest.statuses)
                return
            new = open_lists(data_dir / "lists", verify=True)
        except CorruptError as error:
            self._complain("new set of lists", f"The new lists can't be used, so the old ones stay ({error}).")
            return
        self._complain("new set of lists", "")
        self._back = LookingBack(self.lists, new, now)
        self.lists = new
        self._pipeline.use_lists(new)
        self._use_addresses()
        self._store.save_lists(new.statuses)

    def _use_addresses(self) -> None:
        """Take the lists of addresses into use, which are read whole: they are small."""
        try:
            self._pipeline.evasion.places.use(open_addresses(self._settings, self._store.data_dir))
        except OSError as error:
            self._complain("lists of addresses", f"The fetched lists can't be read ({error.strerror}): addresses go unjudged.")

    def look_back(self, now: float) -> None:
        """One piece of the look back that a new set has begun, if any. Raises StoreError."""
        if self._back is None:
            return
        self._back.step(self._store, self._pipeline, now, self._settings)
        if self._back.done:
            if self._back.left_out:
                self._complain(
                    "look back", f"New lists would have flagged {self._back.left_out} further names of the last hours."
                )
            self._back = None

    def renew(self) -> None:
        """Have the lists compiled by a child where their sources have changed."""
        if not (self._store.data_dir / "lists").exists():
            return  # a guardian in somebody's hands, with lists from elsewhere
        if self._child is not None:
            return
        arguments = ["--data-dir", str(self._store.data_dir)]
        arguments += ["--settings", str(self._settings_file)] if self._settings_file else []
        try:
            if not is_fresh(self._settings, self._store.data_dir):
                self._child = children.spawn("appliance.list_maker", *arguments)
        except OSError as error:
            self._complain("compiling of lists", f"The lists can't be compiled ({error.strerror}), so the old ones stay.")

    def close(self) -> None:
        """End a child that is still compiling; the set in force is not touched by that."""
        if self._child is not None:
            children.stop(self._child)
            self._child = None

    def _heed_child(self) -> None:
        status = self._child.poll() if self._child else None
        if status is not None:
            self._child = None
            self._complain("compiling of lists", "The lists could not be compiled, so the old ones stay." if status else "")
