"""Second factors: the key that a person's phone shares with the box, and one-time codes on paper.

The key must be kept as it is, for the box works out the same numbers; codes are kept as hashes and used up one by one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec
from msgspec import Struct

from appliance.edge.store.database import Database
from appliance.edge.store.journal import Journal


class Factor(Struct, frozen=True):
    """One person's second factor: its key in base 32, and the newest time step (RFC 6238) that was used."""

    username: str
    key: str
    last_step: int = 0


class Factors:
    """Keys and one-time codes, by account."""

    def __init__(self, db: Database, journal: Journal) -> None:
        self._db = db
        self._journal = journal

    def find(self, username: str) -> Factor | None:
        """The account's second factor, None where it has none."""
        row = self._db.row("SELECT * FROM factors WHERE username = ?", (username,))
        return msgspec.convert(row, Factor) if row else None

    def switch_on(self, username: str, key: str, codes: Iterable[str], *, step: int, by: str, now: float) -> None:
        """From now on this account needs its phone, or one of the codes; earlier codes go."""
        with self._db.transaction():
            row = (username, key, step)
            self._db.execute("INSERT OR REPLACE INTO factors (username, key, last_step) VALUES (?, ?, ?)", row)
            self._replace_codes(username, codes)
            self._journal.add(now, by, "second factor on", username)

    def switch_off(self, username: str, *, by: str, now: float) -> None:
        """The passphrase alone is enough again; the codes go too."""
        with self._db.transaction():
            gone = self._db.execute("DELETE FROM factors WHERE username = ?", (username,))
            self._db.execute("DELETE FROM recovery_codes WHERE username = ?", (username,))
            if gone:
                self._journal.add(now, by, "second factor off", username)

    def renew_codes(self, username: str, codes: Iterable[str], *, by: str, now: float) -> None:
        """New one-time codes; the old ones are worth nothing from now on."""
        with self._db.transaction():
            self._replace_codes(username, codes)
            self._journal.add(now, by, "recovery codes made", username)

    def use_step(self, username: str, step: int) -> bool:
        """Use a time step up; False where it or a later one was used before."""
        sql = "UPDATE factors SET last_step = ? WHERE username = ? AND last_step < ?"
        return bool(self._db.execute(sql, (step, username, step)))

    def use_code(self, username: str, code: str, *, now: float) -> bool:
        """Use a one-time code up; False where it is none of this account's."""
        with self._db.transaction():
            sql = "DELETE FROM recovery_codes WHERE username = ? AND code_hash = ?"
            used = bool(self._db.execute(sql, (username, self._hash(username, code))))
            if used:
                self._journal.add(now, username, "recovery code used", username)
        return used

    def count_codes(self, username: str) -> int:
        """How many one-time codes are left."""
        row = self._db.row("SELECT count(*) AS n FROM recovery_codes WHERE username = ?", (username,))
        return int(row["n"]) if row else 0

    def _replace_codes(self, username: str, codes: Iterable[str]) -> None:
        self._db.execute("DELETE FROM recovery_codes WHERE username = ?", (username,))
        rows = [(username, self._hash(username, code)) for code in codes]
        self._db.execute_many("INSERT INTO recovery_codes (username, code_hash) VALUES (?, ?)", rows)

    def _hash(self, username: str, code: str) -> str:
        box = self._journal.setting("box_id") or ""
        return hashlib.sha256(f"{box}:{username}:{code}".encode()).hexdigest()
