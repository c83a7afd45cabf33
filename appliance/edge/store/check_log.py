"""The log of checks: when, who, what was tested with which device where, and what came of it. Never changed, only added to."""

from __future__ import annotations

from typing import Final

import msgspec

from appliance.edge.store.database import Database
from appliance.edge.store.errors import StoreError
from appliance.edge.store.journal import Journal
from appliance.school import CheckDone

TEXT_LIMIT = 300  # characters of what people typed
_TEXTS = ("by", "what", "device_type", "place", "user_group", "action")
_COLUMNS = "id, time, by, what, device_type, place, user_group, result, action, incident"
CHECK_LOG_TABLES: Final = (
    """CREATE TABLE check_log (
        id INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL, by TEXT NOT NULL, what TEXT NOT NULL, device_type TEXT NOT NULL,
        place TEXT NOT NULL, user_group TEXT NOT NULL, result TEXT NOT NULL, action TEXT NOT NULL, incident INTEGER) STRICT""",
    *(
        f"CREATE TRIGGER check_log_no_{verb.lower()} BEFORE {verb} ON check_log "
        "BEGIN SELECT RAISE(ABORT, 'the log of checks is only ever added to'); END"
        for verb in ("UPDATE", "DELETE")
    ),
)


class CheckLog:
    """The table of checks."""

    def __init__(self, db: Database, journal: Journal) -> None:
        self._db = db
        self._journal = journal

    def add(self, check: CheckDone, *, by: str, now: float) -> CheckDone:
        """Write a check down, with an audit row; StoreError where it does not say what was tested."""
        kept = msgspec.structs.replace(check, id=0, time=now, by=by)
        kept = msgspec.structs.replace(kept, **{name: _short(getattr(kept, name)) for name in _TEXTS})
        if not kept.what or not kept.result:
            raise StoreError("A check needs to say what was tested and what came of it.")
        row = {key: value for key, value in msgspec.to_builtins(kept).items() if key != "id"}
        with self._db.transaction():
            number = self._db.insert("check_log", row)
            self._journal.add(now, by, "check written down", f"{number} {kept.what}")
        return msgspec.structs.replace(kept, id=number)

    def newest(self, limit: int) -> list[CheckDone]:
        """Checks, the newest first."""
        rows = self._db.rows(f"SELECT {_COLUMNS} FROM check_log ORDER BY id DESC LIMIT ?", (limit,))  # noqa: S608 - ours
        return [msgspec.convert(row, CheckDone) for row in rows]


def _short(text: str) -> str:
    """One line without control or direction characters, at most TEXT_LIMIT long."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:TEXT_LIMIT]
