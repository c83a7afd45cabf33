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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where two workers share the tests, a file stays together for its fixtures' sake, and so does all that needs the lab."""
    if not config.pluginmanager.hasplugin("xdist"):
        return
    for item in items:
        group = "lab" if item.get_closest_marker("lab") else item.nodeid.partition("::")[0]
        item.add_marker(pytest.mark.xdist_group(group))
