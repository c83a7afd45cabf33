"""Where the tests keep their files: in memory where there is room, for the box's records wait for the disk at every commit."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

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
