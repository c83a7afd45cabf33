"""The tables of what a school says of itself, as one step of the schema."""

from __future__ import annotations

from typing import Final

_ORIGIN = "box TEXT NOT NULL, boot TEXT NOT NULL, seq INTEGER NOT NULL, clock_synced INTEGER"

SCHOOL_TABLES: Final = (
    "CREATE TABLE groups (id TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, band TEXT NOT NULL) STRICT",
    "CREATE TABLE members (mac TEXT PRIMARY KEY, group_id TEXT NOT NULL) STRICT",
    "CREATE TABLE vlans (number INTEGER PRIMARY KEY, name TEXT NOT NULL, group_id TEXT NOT NULL) STRICT",
    """CREATE TABLE group_levels (
        group_id TEXT NOT NULL, category TEXT NOT NULL, level TEXT NOT NULL, PRIMARY KEY (group_id, category)) STRICT""",
    f"""CREATE TABLE rules (
        id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, pattern TEXT NOT NULL, category TEXT NOT NULL,
        level TEXT NOT NULL, scope TEXT NOT NULL, target TEXT NOT NULL, reason TEXT NOT NULL, by TEXT NOT NULL,
        since REAL NOT NULL, until REAL NOT NULL, ended REAL, {_ORIGIN}) STRICT""",
    """CREATE TABLE lesson_modes (
        id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, group_id TEXT NOT NULL, categories TEXT NOT NULL,
        by TEXT NOT NULL, since REAL NOT NULL, until REAL NOT NULL, ended REAL) STRICT""",
    "CREATE TABLE hours (weekday INTEGER PRIMARY KEY, opens TEXT NOT NULL, closes TEXT NOT NULL) STRICT",
    """CREATE TABLE terms (
        id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL,
        closed INTEGER NOT NULL DEFAULT 0) STRICT""",
    """CREATE TABLE timetable (
        id INTEGER PRIMARY KEY AUTOINCREMENT, weekday INTEGER NOT NULL, starts TEXT NOT NULL, ends TEXT NOT NULL,
        group_id TEXT NOT NULL, class_name TEXT NOT NULL, teacher TEXT NOT NULL) STRICT""",
    """CREATE TABLE people (
        id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, kind TEXT NOT NULL, class_name TEXT NOT NULL,
        log_on TEXT NOT NULL) STRICT""",
    """CREATE TABLE loans (
        id INTEGER PRIMARY KEY AUTOINCREMENT, mac TEXT NOT NULL, person TEXT NOT NULL, class_name TEXT NOT NULL,
        since REAL NOT NULL, until REAL, by TEXT NOT NULL) STRICT""",
    "CREATE INDEX loans_device ON loans (mac, since)",
    """CREATE TABLE log_ons (
        mac TEXT NOT NULL, user TEXT NOT NULL, realm TEXT NOT NULL, via TEXT NOT NULL, first REAL NOT NULL, last REAL NOT NULL,
        PRIMARY KEY (mac, user, first)) STRICT""",
    """CREATE TABLE pattern_days (
        mac TEXT NOT NULL, category TEXT NOT NULL, day INTEGER NOT NULL, PRIMARY KEY (mac, category, day)) STRICT""",
    "ALTER TABLE incidents ADD COLUMN reasons TEXT NOT NULL DEFAULT '[]'",
)

TIMETABLE_HISTORY: Final = (
    "ALTER TABLE timetable ADD COLUMN made REAL NOT NULL DEFAULT 0",
    "ALTER TABLE timetable ADD COLUMN since REAL NOT NULL DEFAULT 0",
    "ALTER TABLE timetable ADD COLUMN ended REAL",
)

MOVES_TABLES: Final = (
    "ALTER TABLE members ADD COLUMN since REAL NOT NULL DEFAULT 0",
    # The groups that a device was in before, each until when.
    "CREATE TABLE moves (mac TEXT NOT NULL, group_id TEXT NOT NULL, until REAL NOT NULL, PRIMARY KEY (mac, until)) STRICT",
)
