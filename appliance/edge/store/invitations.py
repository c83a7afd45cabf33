"""Invitations: a one-time code on paper with which somebody chooses a passphrase of their own."""

from __future__ import annotations

import hashlib
import secrets

import msgspec
from msgspec import Struct

from appliance.edge.store.accounts import CODE_ALPHABET, Accounts
from appliance.edge.store.database import Database
from appliance.edge.store.errors import NotFound
from appliance.edge.store.journal import Journal
from appliance.model import Account, Role

LENGTH = 12  # 30^12: 58 bits, for a code that lives for a week
LIFE = 7 * 86_400.0
MOST = 50  # unused invitations; the oldest goes first


class Invitation(Struct, frozen=True):
    """An invitation that nobody has used yet."""

    username: str
    full_name: str
    role: Role
    made_by: str
    expires: float


class Invitations:
    """Codes are kept as hashes; using one makes the account, or gives an existing one its new passphrase."""

    def __init__(self, db: Database, journal: Journal, accounts: Accounts) -> None:
        self._db = db
        self._journal = journal
        self._accounts = accounts

    def invite(self, username: str, full_name: str, role: Role, *, by: str, now: float) -> str:
        """A new code for this person; an earlier one of theirs is worth nothing from now on."""
        code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(LENGTH))
        with self._db.transaction():
            self._db.execute("DELETE FROM invitations WHERE username = ? OR expires <= ?", (username, now))
            row = {"code_hash": self._hash(code), "username": username, "full_name": full_name, "role": role}
            self._db.insert("invitations", row | {"made_by": by, "expires": now + LIFE})
            sql = "DELETE FROM invitations WHERE rowid NOT IN (SELECT rowid FROM invitations ORDER BY expires DESC LIMIT ?)"
            self._db.execute(sql, (MOST,))
            self._journal.add(now, by, "invited", username)
        return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))

    def find(self, code: str, now: float) -> Invitation | None:
        """The invitation with that code, however it was typed; None where there is none or it is too old."""
        sql = "SELECT username, full_name, role, made_by, expires FROM invitations WHERE code_hash = ? AND expires > ?"
        row = self._db.row(sql, (self._hash(code), now))
        return msgspec.convert(row, Invitation) if row else None

    def waiting(self, now: float) -> list[Invitation]:
        """Invitations that can still be used."""
        sql = "SELECT username, full_name, role, made_by, expires FROM invitations WHERE expires > ? ORDER BY expires"
        return [msgspec.convert(row, Invitation) for row in self._db.rows(sql, (now,))]

    def withdraw(self, username: str, *, by: str, now: float) -> None:
        """The person's code is worth nothing any more."""
        with self._db.transaction():
            if self._db.execute("DELETE FROM invitations WHERE username = ?", (username,)):
                self._journal.add(now, by, "invitation withdrawn", username)

    def accept(self, code: str, password_hash: str, *, now: float) -> Account:
        """Use the code up; returns the account, which can log in now. NotFound where the code is worth nothing."""
        with self._db.transaction():
            found = self.find(code, now)
            if found is None:
                raise NotFound("There is no such invitation.")
            self._db.execute("DELETE FROM invitations WHERE username = ?", (found.username,))
            if self._accounts.one(found.username) is None:
                return self._accounts.add(found.username, found.full_name, found.role, password_hash, now=now)
            self._accounts.set_password(found.username, password_hash, by=found.full_name, now=now)
            self._accounts.set_active(found.username, True, by=found.made_by, now=now)
            account = self._accounts.one(found.username)
        assert account is not None
        return account

    def _hash(self, code: str) -> str:
        kept = "".join(c for c in code.upper() if c in CODE_ALPHABET)
        box = self._journal.setting("box_id") or ""
        return hashlib.sha256(f"{box}:invitation:{kept}".encode()).hexdigest()
