"""What can go wrong with the records, each said in one plain sentence; SQLite's own errors end here."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class StoreError(Exception):
    """The records could not be read or written; the message is one sentence for a person."""


class NotFound(StoreError):  # noqa: N818 - these say what is the case
    """There is no such incident, device or account."""


class AlreadyDecided(StoreError):  # noqa: N818
    """Somebody else decided about the incident while this decision was being written."""


class StoreBusy(StoreError):  # noqa: N818
    """Another program was writing for longer than we may wait; trying again later is right."""


class StoreFull(StoreError):  # noqa: N818
    """There is no room left for the records."""


class StoreDamaged(StoreError):  # noqa: N818
    """The file is not a sound database."""


class StoreTooNew(StoreError):  # noqa: N818
    """The file was written by a later Safespan, whose tables this one does not know."""


_SENTENCES: dict[str, tuple[type[StoreError], str]] = {
    "SQLITE_BUSY": (StoreBusy, "The records in {path} are in use by another program; please try again in a moment."),
    "SQLITE_LOCKED": (StoreBusy, "The records in {path} are in use by another program; please try again in a moment."),
    "SQLITE_FULL": (StoreFull, "There is no room left for the records in {path}; make room on the card."),
    "SQLITE_IOERR_SHMSIZE": (StoreFull, "There is no room left for the records in {path}; make room on the card."),
    "SQLITE_READONLY": (StoreError, "The records in {path} can be read but not written; check who owns the file and its folder."),
    "SQLITE_CANTOPEN": (StoreError, "The records in {path} can't be opened; check that the folder exists and who owns it."),
    "SQLITE_PERM": (StoreError, "The records in {path} can't be opened; check who owns the file and its folder."),
    "SQLITE_IOERR": (StoreError, "The records in {path} could not be read or written; the card may be full or failing."),
    "SQLITE_CORRUPT": (StoreDamaged, "The records in {path} are damaged; the box will set them aside when it next starts."),
    "SQLITE_NOTADB": (StoreDamaged, "The records in {path} are damaged; the box will set them aside when it next starts."),
}


def explain(error: sqlite3.Error, path: Path) -> StoreError:
    """SQLite's error as one of ours, by its extended name first and its family second."""
    name = getattr(error, "sqlite_errorname", "") or ""
    family = "_".join(name.split("_")[:2])
    kind, sentence = (
        _SENTENCES.get(name) or _SENTENCES.get(family) or (StoreError, "The records in {path} can't be used ({error}).")
    )
    return kind(sentence.format(path=path, error=error))


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn every SQLite error inside into a StoreError about `path`."""
    try:
        yield
    except sqlite3.Error as error:
        raise explain(error, path) from error
    except OverflowError as error:
        raise NotFound("There is no record with so large a number.") from error
