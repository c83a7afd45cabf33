"""The page's way to the store: one connection per thread, opened when first needed."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

from flask import Response, after_this_request, current_app

from appliance.edge.store import Store, StoreError
from web_ui.unwritten import unwritten

log = logging.getLogger(__name__)


READING_SECONDS = 30.0  # how long a store that could only be opened for reading is used before it is tried again


class Records:
    """Opens the store once in each thread that asks; SQLite connections are not shared between threads.

    A folder that can't be written (a card that the kernel has set to read-only) is opened for reading.
    """

    def __init__(self, data_dir: Path, recent_dir: Path) -> None:
        self._data_dir, self._recent_dir = data_dir, recent_dir
        self._mine = threading.local()

    def open(self) -> Store:
        """This thread's store. Raises StoreError where it can't be opened."""
        store: Store | None = getattr(self._mine, "store", None)
        if store is not None and time.monotonic() > self._mine.until:
            self.close()
            store = None
        if store is None:
            store, self._mine.until = self._open()
            self._mine.store = store
        return store

    def _open(self) -> tuple[Store, float]:
        """The store, and until when to use it."""
        try:
            return Store.open(self._data_dir, self._recent_dir), math.inf
        except StoreError as error:
            try:
                return Store.open(self._data_dir, self._recent_dir, readonly=True), time.monotonic() + READING_SECONDS
            except StoreError:
                raise error from None

    def close(self) -> None:
        """Close this thread's store."""
        store: Store | None = getattr(self._mine, "store", None)
        if store is not None:
            self._mine.store = None
            store.close()


def store() -> Store:
    """The store of the page that is being made."""
    return cast(Records, current_app.extensions["records"]).open()


def afterwards(deed: Callable[[Store], object], *, keep: bool = True) -> None:
    """Do something once the page is on its way: it waits neither for a slow card nor for whoever writes just now.

    A store that refuses it is no reason to keep a page back: it waits in memory, and the next page tries again, unless
    it need not be kept.
    """
    records, waiting = store(), unwritten()

    def do() -> None:
        if not waiting.write_down(records):
            if keep:
                waiting.queue(deed)
            return
        try:
            deed(records)
        except StoreError as error:
            log.warning("not written after a page: %s", error)
            if keep:
                waiting.keep(deed, error)

    @after_this_request
    def add(response: Response) -> Response:
        response.call_on_close(do)
        return response


def now() -> float:
    """The time by the page's clock, in seconds since the epoch."""
    return float(current_app.extensions["clock"]())
