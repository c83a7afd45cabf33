"""The page's way to the store: one connection per thread, opened when first needed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import cast

from flask import Response, after_this_request, current_app

from appliance.edge.store import Store, StoreError

log = logging.getLogger(__name__)


class Records:
    """Opens the store once in each thread that asks; SQLite connections are not shared between threads."""

    def __init__(self, data_dir: Path, recent_dir: Path) -> None:
        self._data_dir, self._recent_dir = data_dir, recent_dir
        self._mine = threading.local()

    def open(self) -> Store:
        """This thread's store. Raises StoreError where it can't be opened."""
        store: Store | None = getattr(self._mine, "store", None)
        if store is None:
            store = self._mine.store = Store.open(self._data_dir, self._recent_dir)
        return store

    def close(self) -> None:
        """Close this thread's store."""
        store: Store | None = getattr(self._mine, "store", None)
        if store is not None:
            self._mine.store = None
            store.close()


def store() -> Store:
    """The store of the page that is being made."""
    return cast(Records, current_app.extensions["records"]).open()


def afterwards(deed: Callable[[Store], object]) -> None:
    """Do something once the page is on its way: it waits neither for a slow card nor for whoever writes just now.

    A store that refuses it is no reason to keep a page back; the next page tries again.
    """
    records = store()

    def do() -> None:
        try:
            deed(records)
        except StoreError as error:
            log.warning("not written after a page: %s", error)

    @after_this_request
    def add(response: Response) -> Response:
        response.call_on_close(do)
        return response


def now() -> float:
    """The time by the page's clock, in seconds since the epoch."""
    return float(current_app.extensions["clock"]())
