"""What happens to a damaged file: set aside under a dated name, a fresh one begun, and everything that can be read taken over.

Also keeps the daily copies that this draws on.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from appliance.edge.store.database import Database, Row
from appliance.edge.store.errors import StoreDamaged, StoreError
from appliance.edge.store.schema import LASTING
from appliance.model import Incident

COPIES = 7
# Who was logged in, and who tried to: everybody logs in again after damage.
_LEFT_BEHIND = ("sessions", "logins")


def open_sound(path: Path, now: float, *, check: bool) -> tuple[Database, str]:
    """Open the lasting file; a damaged one is set aside first. Returns the file and one sentence, empty if all was well.

    `check` also reads the whole file for damage that opening alone does not meet: for the start of the box, not every page.
    """
    try:
        db = Database(path, LASTING)
        if not check or _is_sound(db):
            return db, ""
        db.close()
    except StoreDamaged:
        pass
    aside = set_aside(path, now)
    db = Database(path, LASTING)
    copies = sorted((path.parent / "copies").glob("safespan-*.db"), reverse=True)
    found = sum(_take_over(db, source) for source in [aside, *copies[:1]])
    return db, _sentence(db, aside, now, found)


def set_aside(path: Path, now: float) -> Path:
    """Move a damaged file and what belongs to it out of the way; returns its new path."""
    day = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d")
    number = 1
    while (aside := path.with_name(f"{path.stem}-damaged-{day}-{number}.db")).exists():
        number += 1
    try:
        path.rename(aside)
        for suffix in ("-wal", "-shm"):
            beside = path.with_name(path.name + suffix)
            if beside.exists():
                beside.rename(aside.with_name(aside.name + suffix))
    except OSError as error:
        raise StoreError(f"The damaged records in {path} can't be set aside: {error.strerror}.") from error
    return aside


def keep_copy(db: Database, now: float) -> Path:
    """Write today's copy of the lasting file, once a day; the oldest beyond COPIES go. Returns its path."""
    folder = db.path.parent / "copies"
    day = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d")
    copy = folder / f"safespan-{day}.db"
    part = copy.with_suffix(".part")
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if not copy.exists():
            part.unlink(missing_ok=True)
            db.copy_to(part)
            part.rename(copy)
        for old in sorted(folder.glob("safespan-*.db"))[:-COPIES]:
            old.unlink()
    except OSError as error:
        raise StoreError(f"No copy of the records could be kept in {folder}: {error.strerror}.") from error
    return copy


def _is_sound(db: Database) -> bool:
    try:
        return db.is_sound()
    except StoreDamaged:
        return False


def _sentence(db: Database, aside: Path, now: float, found: int) -> str:
    day = datetime.fromtimestamp(now, UTC)
    if not found:
        return f"The box's records were damaged on {day:%-d %B %Y} and could not be read; the file was put aside as {aside.name}."
    row = db.row("SELECT (SELECT count(*) FROM incidents) AS incidents, (SELECT count(*) FROM devices) AS devices") or {}
    return (
        f"The box's records were damaged on {day:%-d %B %Y}. Incidents recovered: {row['incidents']}, devices: {row['devices']}. "
        f"The damaged file was put aside as {aside.name}."
    )


def _take_over(db: Database, source: Path) -> int:
    """Copy every row that can still be read and is not there yet; returns how many."""
    taken = 0
    for table in _tables(db):
        columns = {row["name"] for row in db.rows(f"PRAGMA table_info({table})")}
        for row in _readable_rows(source, table):
            taken += _add(db, table, {column: value for column, value in row.items() if column in columns})
    return taken


def _tables(db: Database) -> list[str]:
    """The tables to take over, in the order in which they were made, so that a note finds its incident."""
    sql = r"SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%sqlite\_%' ESCAPE '\' ORDER BY rowid"
    return [row["name"] for row in db.rows(sql) if row["name"] not in _LEFT_BEHIND]


def _readable_rows(source: Path, table: str) -> Iterator[Row]:
    """Rows of a table up to the first damage, read without touching the file."""
    try:
        connection = sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    except sqlite3.Error:
        return
    try:
        cursor = connection.execute(f"SELECT * FROM {table}")  # noqa: S608 - one of ours
        names = [column[0] for column in cursor.description]
        for values in cursor:
            yield dict(zip(names, values, strict=True))
    except sqlite3.Error:
        return
    finally:
        connection.close()


def _add(db: Database, table: str, row: Row) -> int:
    """Take one row over where it is whole; 1 if it was new."""
    if table == "incidents" and not _is_whole(row):
        return 0
    if table == "counters":
        _raise_counter(db, row)
        return 0
    marks = ", ".join("?" * len(row))
    with suppress(StoreError):
        return db.execute(f"INSERT OR IGNORE INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))  # noqa: S608
    return 0


def _raise_counter(db: Database, row: Row) -> None:
    """A counter starts at 0 in a fresh file and must not fall behind numbers already given, whichever source knows of them."""
    sql = "INSERT INTO counters (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)"
    with suppress(StoreError):
        db.execute(sql, (row.get("name"), row.get("value")))


def _is_whole(row: Row) -> bool:
    """Whether a recovered incident still makes sense."""
    try:
        columns = {"names": "", "reasons": "[]", "intent_reasons": "[]"}
        lists = {column: msgspec.json.decode(row.get(column) or none, type=tuple[str, ...]) for column, none in columns.items()}
        flags = {column: bool(row.get(column)) for column in ("exercise", "acknowledged", "seen")}
        msgspec.convert(row | lists | flags, Incident)
    except (msgspec.DecodeError, msgspec.ValidationError, TypeError):
        return False
    return True
