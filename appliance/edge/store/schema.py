"""The tables of both files, as ordered steps that run once each, every one in its own transaction.

`safespan.db` is what must last; `recent.db` lives in memory and is gone after a power cut. A step that has been released is
never changed: a new one follows it. Rows that may be reported elsewhere carry the box, the boot, a rising sequence, and
whether the clock had been set when they were written.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from appliance.edge.store import chain
from appliance.edge.store.check_log import CHECK_LOG_TABLES
from appliance.edge.store.merging import MERGED_TABLES
from appliance.edge.store.retention import RETENTION_TABLES
from appliance.edge.store.school_tables import MOVES_TABLES, SCHOOL_TABLES, TIMETABLE_HISTORY
from appliance.edge.store.worries import WORRY_TABLES

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


def _only_added(*tables: str) -> tuple[str, ...]:
    """Triggers that refuse changes and deletions: a correction is a further row."""
    return tuple(
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} are only ever added to'); END"
        for table in tables
        for verb in ("UPDATE", "DELETE")
    )


# What people wrote, and who did what.
_APPEND_ONLY = _only_added("notes", "audit")

_SIGHTS = (
    f"""CREATE TABLE sights (
        hour REAL NOT NULL, mac TEXT NOT NULL, heard INTEGER NOT NULL, asked INTEGER NOT NULL, answered INTEGER NOT NULL,
        seen INTEGER NOT NULL, named INTEGER NOT NULL, quiet INTEGER NOT NULL, reasons TEXT NOT NULL, {_ORIGIN},
        PRIMARY KEY (hour, mac)) STRICT""",
    "CREATE INDEX sights_mac ON sights (mac, hour)",
)

_CHAIN = (
    """CREATE TABLE chain (
        id INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, row INTEGER NOT NULL, content TEXT NOT NULL,
        previous TEXT NOT NULL, hash TEXT NOT NULL) STRICT""",
    "CREATE INDEX chain_row ON chain (source, row)",
    *(
        f"CREATE TRIGGER chain_no_{verb.lower()} BEFORE {verb} ON chain "
        "BEGIN SELECT RAISE(ABORT, 'the chain is only ever added to'); END"
        for verb in ("UPDATE", "DELETE")
    ),
    # Who looked at what within which hour: one audit row each, however often.
    """CREATE TABLE reads (
        who TEXT NOT NULL, subject TEXT NOT NULL, hour INTEGER NOT NULL, PRIMARY KEY (who, subject)) STRICT""",
)

_PEOPLE = (
    "ALTER TABLE accounts ADD COLUMN active INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE sessions ADD COLUMN proved REAL NOT NULL DEFAULT 0",
    "ALTER TABLE sessions ADD COLUMN source TEXT NOT NULL DEFAULT ''",
    "CREATE TABLE factors (username TEXT PRIMARY KEY, key TEXT NOT NULL, last_step INTEGER NOT NULL) STRICT",
    """CREATE TABLE recovery_codes (
        username TEXT NOT NULL, code_hash TEXT NOT NULL, PRIMARY KEY (username, code_hash)) STRICT""",
    """CREATE TABLE invitations (
        code_hash TEXT PRIMARY KEY, username TEXT NOT NULL, full_name TEXT NOT NULL, role TEXT NOT NULL, made_by TEXT NOT NULL,
        expires REAL NOT NULL) STRICT""",
    "CREATE TABLE own_devices (username TEXT NOT NULL, mac TEXT NOT NULL, until REAL, PRIMARY KEY (username, mac)) STRICT",
    "CREATE INDEX own_devices_mac ON own_devices (mac)",
)

_WITNESS = (
    "ALTER TABLE incidents ADD COLUMN intent TEXT",
    "ALTER TABLE incidents ADD COLUMN intent_reasons TEXT NOT NULL DEFAULT '[]'",
    f"""CREATE TABLE witness_counts (
        day TEXT NOT NULL, category TEXT NOT NULL, stopped INTEGER NOT NULL, reached INTEGER NOT NULL, unclear INTEGER NOT NULL,
        {_ORIGIN}, PRIMARY KEY (day, category)) STRICT""",
    """CREATE TABLE safesearch (
        day TEXT NOT NULL, engine TEXT NOT NULL, seen INTEGER NOT NULL, unseen INTEGER NOT NULL, last REAL NOT NULL,
        PRIMARY KEY (day, engine)) STRICT""",
    f"""CREATE TABLE filter_checks (
        id INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL, mac TEXT NOT NULL, device TEXT NOT NULL, test TEXT NOT NULL,
        result TEXT NOT NULL, seen TEXT NOT NULL, {_ORIGIN}) STRICT""",
)

# What notes say in a form that a program can read; evidence like the notes themselves. And the hours of a device that belong to
# an incident, which outlive the meter's own two days.
_CASE_WORK = (
    f"""CREATE TABLE particulars (
        id INTEGER PRIMARY KEY AUTOINCREMENT, note INTEGER NOT NULL REFERENCES notes (id), key TEXT NOT NULL,
        value TEXT NOT NULL, {_ORIGIN}) STRICT""",
    "CREATE INDEX particulars_note ON particulars (note)",
    "CREATE INDEX particulars_value ON particulars (key, value)",
    *_only_added("particulars"),
    "ALTER TABLE incidents ADD COLUMN seen INTEGER NOT NULL DEFAULT 0",
    "UPDATE incidents SET seen = 1 WHERE acknowledged OR decision IS NOT NULL",
    f"""CREATE TABLE kept_sights (
        hour REAL NOT NULL, mac TEXT NOT NULL, heard INTEGER NOT NULL, asked INTEGER NOT NULL, answered INTEGER NOT NULL,
        seen INTEGER NOT NULL, named INTEGER NOT NULL, quiet INTEGER NOT NULL, reasons TEXT NOT NULL, {_ORIGIN},
        PRIMARY KEY (mac, hour)) STRICT""",
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


@LASTING()
def m003_sights(db: Database) -> None:
    """How much of each hour was in sight."""
    _run(db, _SIGHTS)


@LASTING()
def m004_chain(db: Database) -> None:
    """Every audit row and note is a link of a chain; those that are there already are linked in the order they were written."""
    _run(db, _CHAIN)
    rows = [
        (row["seq"], source, row["id"], chain.digest(source, row))
        for source in ("audit", "notes")
        for row in db.query(f"SELECT {', '.join(chain.COLUMNS[source])} FROM {source}")  # noqa: S608
    ]
    previous = ""
    for _, source, number, content in sorted(rows):
        link = chain.link_hash(previous, source, number, content)
        sql = "INSERT INTO chain (source, row, content, previous, hash) VALUES (?, ?, ?, ?, ?)"
        db.execute(sql, (source, number, content, previous, link))
        previous = link


@LASTING()
def m005_people(db: Database) -> None:
    """Who may log in, with second factors, invitations, and whose own device is which."""
    _run(db, _PEOPLE)


@LASTING()
def m006_school(db: Database) -> None:
    """What a school says of itself: groups, people, loans, timetable, terms, rules; why an incident is as urgent as it is."""
    _run(db, SCHOOL_TABLES)


@LASTING()
def m007_witness(db: Database) -> None:
    """Person or page for each incident; what the box witnesses of the filter."""
    _run(db, _WITNESS)


@LASTING()
def m008_check_log(db: Database) -> None:
    """The log of checks."""
    _run(db, CHECK_LOG_TABLES)


@LASTING()
def m009_timetable_history(db: Database) -> None:
    """Lines of the timetable that have ended still tell who had a device then."""
    _run(db, TIMETABLE_HISTORY)


@LASTING()
def m010_case_work(db: Database) -> None:
    """What was done about incidents, passing them on, linking them; what was in sight at the time."""
    _run(db, _CASE_WORK)


@LASTING()
def m011_worries(db: Database) -> None:
    """Worries that somebody reported, and the incident that each became."""
    _run(db, WORRY_TABLES)


@LASTING()
def m012_merged(db: Database) -> None:
    """Which records are of one machine."""
    _run(db, MERGED_TABLES)


@LASTING()
def m013_moves(db: Database) -> None:
    """A device that has changed its group was in the one before until then."""
    _run(db, MOVES_TABLES)


@LASTING()
def m014_newest(db: Database) -> None:
    """The newest incidents are found without sorting all."""
    db.execute("CREATE INDEX incidents_newest ON incidents (last_seen, id)")


@LASTING()
def m015_retention(db: Database) -> None:
    """What the chain says is removed may be deleted."""
    _run(db, RETENTION_TABLES)


@RECENT()
def m001_recent(db: Database) -> None:
    """The ring of names of the last hours, and the newest health and lamp."""
    _run(db, _RECENT_TABLES)


def _run(db: Database, statements: tuple[str, ...]) -> None:
    """One statement at a time: a script would end the transaction that the step runs in."""
    for statement in statements:
        db.execute(statement)
