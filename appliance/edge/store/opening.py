"""Finding and opening the two files: folders, one opener at a time, reading without writing."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from appliance.edge.store.database import Database
from appliance.edge.store.errors import StoreDamaged, StoreError, StoreTooNew
from appliance.edge.store.schema import LASTING, RECENT

LASTING_FILE = "safespan.db"
RECENT_FILE = "recent.db"


def make_folder(folder: Path) -> None:
    """Make a folder that only this user may enter; one that exists keeps its mode."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"The folder {folder} for the box's records can't be made: {error.strerror}.") from error
    # In a folder where everybody may write (/dev/shm), somebody else may have put one of this name there first.
    if folder.parent.stat().st_mode & stat.S_IWOTH and (folder.is_symlink() or folder.stat().st_uid != os.geteuid()):
        raise StoreError(f"The folder {folder} for the box's records belongs to somebody else; remove it.")


@contextmanager
def one_at_a_time(data_dir: Path) -> Iterator[None]:
    """Let one program at a time make tables or set a damaged file aside."""
    lock = data_dir / ".opening"
    try:
        handle = lock.open("ab")
    except OSError as error:
        raise StoreError(f"The folder {data_dir} can't be written: {error.strerror}; check who owns it.") from error
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def open_recent(path: Path) -> Database:
    """The file in memory; it holds nothing that must last, so one that can't be used simply goes."""
    try:
        return Database(path, RECENT, synchronous="OFF")
    except (StoreDamaged, StoreTooNew):
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        return Database(path, RECENT, synchronous="OFF")


def open_to_read(data_dir: Path, recent_dir: Path) -> tuple[Database, Database]:
    """Both files for reading; the file in memory may be gone, and then there is nothing recent."""
    lasting, recent = data_dir / LASTING_FILE, recent_dir / RECENT_FILE
    if not lasting.exists():
        raise StoreError(f"There are no records in {data_dir} yet: start the box, or name another folder.")
    nothing = Path(":memory:")
    opened = Database(recent, RECENT, readonly=True) if recent.exists() else Database(nothing, RECENT)
    return Database(lasting, LASTING, readonly=True), opened
