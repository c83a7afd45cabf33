"""Where the tests keep their files (in memory if there is room: the box waits for the disk at every commit); who runs what."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")
ROOM = 2 * 1024**3  # bytes; a container often has a tiny one


def has_room(folder: Path) -> bool:
    """Whether files can be made, and programs started, in this folder."""
    try:
        status = os.statvfs(folder)
    except OSError:
        return False
    return os.access(folder, os.W_OK) and not status.f_flag & os.ST_NOEXEC and status.f_bavail * status.f_frsize >= ROOM


if "TMPDIR" not in os.environ and has_room(MEMORY):
    os.environ["TMPDIR"] = str(MEMORY)
    tempfile.tempdir = None

# What boxes in the tests keep in memory goes with the tests; without this it would stay in /dev/shm.
if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="safespan-tests-")
    atexit.register(shutil.rmtree, os.environ["XDG_RUNTIME_DIR"], ignore_errors=True)


# What takes minutes comes first, so that no worker is alone with it at the end.
LONG = ("lab", *(f"tests/web_ui/test_{name}.py" for name in ("accessible", "speed", "browser", "journeys", "case_browser")))


def group_of(item: pytest.Item) -> str:
    """What one worker runs: a file, for its fixtures' sake, or all that needs the lab."""
    return "lab" if item.get_closest_marker("lab") else item.nodeid.partition("::")[0]


def pytest_itemcollected(item: pytest.Item) -> None:
    """Where workers share the tests, say what stays together: before the items are in order, when pytest-xdist asks."""
    if item.config.pluginmanager.hasplugin("xdist"):
        item.add_marker(pytest.mark.xdist_group(group_of(item)))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where workers share the tests, what takes minutes begins."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: LONG.index(group_of(item)) if group_of(item) in LONG else len(LONG))
