"""A store in a fresh folder, and rows to put into it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.edge.store import Store
from appliance.model import Incident

MAC = "f0:18:98:00:07:07"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder in memory where there is one: the store waits for the disk at every commit, and the tests make many."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as base:
        yield Path(base) / "data"


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    with open_store(folder) as opened:
        yield opened


def open_store(folder: Path, **options: Any) -> Store:
    """A store whose file in memory lies beside the lasting one."""
    return Store.open(folder, folder / "recent", **options)


def incident(**changes: Any) -> Incident:
    """An urgent incident that nobody has seen yet."""
    fields: dict[str, Any] = {
        "id": 0,
        "category": "suicide",
        "level": "urgent",
        "device": "iPad-07",
        "mac": MAC,
        "first_seen": 100.0,
        "last_seen": 110.0,
        "count": 2,
        "names": ("a.example", "b.example"),
        "outcome": "reached",
        "sentence": "iPad-07 did something.",
    }
    return Incident(**fields | changes)
