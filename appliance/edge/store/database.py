"""One SQLite file: opened with its tables up to date, written in short transactions, never shared across a fork.

Refuses: a connection used by a process that did not open it, and writing to a file that has since been replaced (it opens the
new one instead). Every error leaves as a StoreError.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

import sqlite_utils
from sqlite_utils.migrations import Migrations

from appliance.edge.store.errors import StoreError, StoreTooNew, explained

Row = dict[str, Any]

BUSY_SECONDS = 1.0
ATTEMPTS = 2
# A reader that starts together with the guardian waits this often and long for it to make the files.
STARTING_TRIES = 30
STARTING_PAUSE = 0.1
# A write-ahead log that has once grown (one long reader is enough) is cut back to this at the next checkpoint.
JOURNAL_LIMIT = 4 * 1024 * 1024
NOWHERE = Path(":memory:")


class Database:
    """A connection to `path`. `synchronous` FULL survives a power cut at every commit; NORMAL and OFF are for files in memory."""

    def __init__(
        self,
        path: Path,
        migrations: Migrations,
        *,
        synchronous: Literal["FULL", "NORMAL", "OFF"] = "FULL",
        readonly: bool = False,
    ) -> None:
        self.path = path
        self._migrations = migrations
        self._synchronous = synchronous
        self._readonly = readonly
        self._depth = 0
        self._version: int | None = None
        self._open()

    def close(self) -> None:
        """Close the connection; the last one to close folds the write-ahead log into the file."""
        if self._pid == os.getpid():
            self._db.close()

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows of one query, read at once so that no reader holds back the log."""
        self._check_process()
        with explained(self.path):
            cursor = self._db.execute(sql, parameters)
            columns = [column[0] for column in cursor.description]
            return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The first row of a query, or None."""
        found = self.rows(sql, parameters)
        return found[0] if found else None

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run one statement inside a transaction; returns how many rows it changed."""
        with self.transaction():
            return int(self._db.execute(sql, parameters).rowcount)

    def insert(self, table: str, row: Row) -> int:
        """Add one row and return its rowid."""
        marks = ", ".join("?" * len(row))
        with self.transaction():
            sql = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})"  # noqa: S608 - table and columns are ours
            return int(self._db.execute(sql, tuple(row.values())).lastrowid or 0)

    def execute_many(self, sql: str, parameters: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each of many rows, in one transaction."""
        with self.transaction():
            self._db.conn.executemany(sql, parameters)

    @contextmanager
    def transaction(self, *, lasting: bool = True) -> Iterator[None]:
        """One write transaction, taken at once (BEGIN IMMEDIATE); nested ones join the outer one.

        With `lasting` False it doesn't wait until the card has kept it: a power cut may undo it, whole, but harms nothing else.
        """
        self._check_process()
        if self._depth:
            yield
            return
        self._follow_replacement()
        with explained(self.path), self._synchronising(self._synchronous if lasting else "NORMAL"):
            self._begin()
            self._depth = 1
            try:
                yield
                self._db.execute("COMMIT")
            finally:
                self._depth = 0
                if self._db.conn.in_transaction:
                    self._db.execute("ROLLBACK")

    @contextmanager
    def _synchronising(self, how: str) -> Iterator[None]:
        """How long a commit waits for the card, for one transaction."""
        if how == self._synchronous:
            yield
            return
        self._db.execute(f"PRAGMA synchronous = {how}")
        try:
            yield
        finally:
            self._db.execute(f"PRAGMA synchronous = {self._synchronous}")

    def changed(self) -> bool:
        """Whether another connection has committed since the last call; True at the first."""
        self._check_process()
        self._follow_replacement()
        row = self.row("PRAGMA data_version")
        version = row["data_version"] if row else None
        changed = version != self._version
        self._version = version
        return changed

    def is_sound(self) -> bool:
        """Whether SQLite's own quick check finds nothing wrong."""
        row = self.row("PRAGMA quick_check(1)")
        return row is not None and row["quick_check"] == "ok"

    def copy_to(self, path: Path) -> None:
        """Write a compact copy of the whole file to `path`, which must not exist."""
        with explained(path):
            self._db.execute("VACUUM INTO ?", (str(path),))

    def _open(self) -> None:
        self._pid = os.getpid()
        self._version = None
        if not self._readonly and self.path != NOWHERE:
            _make_for_group(self.path)
        with explained(self.path):
            self._db = sqlite_utils.Database(_connect(self.path, self._readonly), recursive_triggers=False)
            try:
                self._prepare()
            except BaseException:
                self._db.close()
                raise
        self._inode = self._path_inode()

    def _comes_up_to_date(self) -> bool:
        """Whether the schema is today's, or becomes so in a moment: the guardian may be making the file just now."""
        for _ in range(STARTING_TRIES):
            if not self._migrations.pending(self._db):
                return True
            time.sleep(STARTING_PAUSE)
        return False

    def _prepare(self) -> None:
        """Settings of the connection, then the steps of the schema that are still to run."""
        self._db.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
        self._refuse_later_steps()
        if self._readonly:
            if not self._comes_up_to_date():
                raise StoreError(
                    f"The records in {self.path} are of an older version; start the box once to bring them up to date."
                )
            return
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute(f"PRAGMA synchronous = {self._synchronous}")
        self._db.execute(f"PRAGMA journal_size_limit = {JOURNAL_LIMIT}")
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.execute("PRAGMA secure_delete = ON")
        if self._migrations.pending(self._db):
            self._migrations.apply(self._db)

    def _refuse_later_steps(self) -> None:
        """A release that was taken back must not write into tables that only the newer one understands."""
        known = {step.name for step in self._migrations.pending(sqlite_utils.Database(memory=True))}
        if not known.issuperset(step.name for step in self._migrations.applied(self._db)):
            raise StoreTooNew(
                f"The records in {self.path} were written by a newer Safespan; start that one, or put a copy from before back."
            )

    def _begin(self) -> None:
        """Take the write lock. SQLite may still answer busy at once in write-ahead mode, so ask more than once."""
        if self._readonly:
            raise StoreError(f"The records in {self.path} were opened for reading only.")
        for attempt in range(ATTEMPTS):
            try:
                self._db.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorname != "SQLITE_BUSY" or attempt + 1 == ATTEMPTS:
                    raise

    def _follow_replacement(self) -> None:
        """Open the file anew where it was set aside or restored under us: writes to the old one would be lost."""
        if self._path_inode() != self._inode:
            self._db.close()
            self._open()

    def _path_inode(self) -> int | None:
        try:
            return self.path.stat().st_ino
        except OSError:
            return None

    def _check_process(self) -> None:
        # SQLite: a connection carried across fork() can corrupt the file.
        if self._pid != os.getpid():
            raise StoreError(f"The records in {self.path} were opened by another process; each process opens its own.")


def _make_for_group(path: Path) -> None:
    """Make a missing file. The box's programs share it by their group, to which SQLite would leave no right to write."""
    with suppress(OSError):  # SQLite's own complaint about the same path is the better one
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o660))


def _connect(path: Path, readonly: bool) -> sqlite3.Connection:
    """A connection that leaves transactions to us. Read-only ones never make a file."""
    if not readonly:
        return sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS)
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=BUSY_SECONDS)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        connection.close()
        # Reading a write-ahead file needs a small file beside it; in a folder we can't write (a copy on a stick), do without.
        if error.sqlite_errorname == "SQLITE_BUSY" or not path.exists():
            raise
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True, isolation_level=None)
    return connection
