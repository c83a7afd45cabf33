"""The tables of both files, as ordered steps that run once each, every one in its own transaction.

`safespan.db` is what must last; `recent.db` lives in memory and is gone after a power cut. A step that has been released is
never changed: a new one follows it. Rows that may be reported elsewhere carry the box, the boot, a rising sequence, and
whether the clock had been set when they were written.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

LASTING = Migrations("lasting")
RECENT = Migrations("recent")

_ORIGIN = "box TEXT NOT NULL, boot TEXT NOT NULL, seq INTEGER NOT NULL, clock_synced INTEGER"

_LASTING_TABLES = (
    "CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT",
    "INSERT INTO counters (name, value) VALUES ('seq', 0)",
    "CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
    f"""CREATE TABLE incidents (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        category TEXT NOT NULL, level TEXT NOT NULL, device TEXT NOT NULL, mac TEXT NOT NULL,
        first_seen REAL NOT NULL, last_seen REAL NOT NULL, count INTEGER NOT NULL, names TEXT NOT NULL,
        outcome TEXT NOT NULL, confidence TEXT NOT NULL, sentence TEXT NOT NULL, reason TEXT NOT NULL, source TEXT NOT NULL,
        exercise INTEGER NOT NULL DEFAULT 0, acknowledged INTEGER NOT NULL DEFAULT 0, decision TEXT,
        {_ORIGIN}) STRICT""",
    "CREATE INDEX incidents_open ON incidents (decision, level, first_seen)",
    "CREATE INDEX incidents_device ON incidents (mac, last_seen)",
    f"""CREATE TABLE notes (
        id INTEGER PRIMARY KEY AUTOINCREMENT, incident INTEGER NOT NULL REFERENCES incidents (id),
        time REAL NOT NULL, by TEXT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL,
        {_ORIGIN}) STRICT""",
    "CREATE INDEX notes_incident ON notes (incident, id)",
    f"""CREATE TABLE devices (
        mac TEXT PRIMARY KEY, addresses TEXT NOT NULL, label TEXT, heard_name TEXT, maker TEXT,
        private INTEGER NOT NULL DEFAULT 0, vlan INTEGER, first_seen REAL NOT NULL, last_seen REAL NOT NULL,
        {_ORIGIN}) STRICT""",
    f"""CREATE TABLE audit (
        id INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL,
        {_ORIGIN}) STRICT""",
    "CREATE TABLE lists (name TEXT PRIMARY KEY, status TEXT NOT NULL) STRICT",
    """CREATE TABLE accounts (
        username TEXT PRIMARY KEY, full_name TEXT NOT NULL, role TEXT NOT NULL, password_hash TEXT NOT NULL,
        created REAL NOT NULL) STRICT""",
    """CREATE TABLE logins (
        id INTEGER PRIMARY KEY AUTOINCREMENT, username TEXT NOT NULL, time REAL NOT NULL, ok INTEGER NOT NULL,
        source TEXT NOT NULL) STRICT""",
    "CREATE INDEX logins_username ON logins (username, time)",
    """CREATE TABLE sessions (
        token_hash TEXT PRIMARY KEY, username TEXT NOT NULL, created REAL NOT NULL, seen REAL NOT NULL,
        expires REAL NOT NULL) STRICT""",
)

# What people wrote, and who did what, is never altered: a correction is a further row.
_APPEND_ONLY = tuple(
    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
    f"BEGIN SELECT RAISE(ABORT, '{table} are only ever added to'); END"
    for table in ("notes", "audit")
    for verb in ("UPDATE", "DELETE")
)

_RECENT_TABLES = (
    """CREATE TABLE names (
        id INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL, mac TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
        count INTEGER NOT NULL) STRICT""",
    "CREATE INDEX names_mac ON names (mac, time)",
    "CREATE INDEX names_time ON names (time)",
    "CREATE TABLE states (name TEXT PRIMARY KEY, boot TEXT NOT NULL, state TEXT NOT NULL) STRICT",
)


@LASTING()
def m001_tables(db: Database) -> None:
    """Incidents and what people made of them, devices, audit, accounts, sessions, settings, lists."""
    _run(db, _LASTING_TABLES)


@LASTING()
def m002_append_only(db: Database) -> None:
    """Notes and audit refuse changes and deletions."""
    _run(db, _APPEND_ONLY)


@RECENT()
def m001_recent(db: Database) -> None:
    """The ring of names of the last hours, and the newest health and lamp."""
    _run(db, _RECENT_TABLES)


def _run(db: Database, statements: tuple[str, ...]) -> None:
    """One statement at a time: a script would end the transaction that the step runs in."""
    for statement in statements:
        db.execute(statement)
