"""Who may log in to the page: accounts, attempts, sessions, and the code that makes the first account."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from contextlib import suppress
from pathlib import Path

import msgspec

from appliance.edge.store.database import Database, Row
from appliance.edge.store.errors import NotFound, StoreError
from appliance.edge.store.journal import Journal
from appliance.model import Account, Role, Session

CODE_SETTING = "first_run_code_hash"
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no two signs that look alike
CODE_LENGTH = 8  # 30^8: 39 bits, and the page slows guessing down
TOUCH_SECONDS = 60.0  # how stale a session's last use may be: every write costs the card one block
LOGINS_KEPT = 10_000


class Accounts:
    """Accounts and sessions. Passwords arrive as hashes and tokens as hashes; neither is ever here in the clear."""

    def __init__(self, db: Database, journal: Journal, recent_dir: Path) -> None:
        self._db = db
        self._journal = journal
        self._code_file = recent_dir / "first-run-code"

    def all(self) -> list[Account]:
        """Every account, oldest first."""
        return [_account(row) for row in self._db.rows("SELECT * FROM accounts ORDER BY created, username")]

    def one(self, username: str) -> Account | None:
        """The account of that name, or None."""
        row = self._db.row("SELECT * FROM accounts WHERE username = ?", (username,))
        return _account(row) if row else None

    def add(self, username: str, full_name: str, role: Role, password_hash: str, *, now: float) -> Account:
        """Make an account; the first one burns the first-run code. StoreError where the name is taken."""
        account = Account(username=username, full_name=full_name, role=role, password_hash=password_hash, created=now)
        with self._db.transaction():
            if self.one(username):
                raise StoreError(f"There is already an account called {username}.")
            self._db.insert("accounts", msgspec.to_builtins(account) | {"active": 1})
            self._journal.remove_setting(CODE_SETTING)
            self._journal.add(now, username, "account made", username)
        with suppress(OSError):  # the page may not own the folder; the code is burnt either way
            self._code_file.unlink(missing_ok=True)
        return account

    def set_password(self, username: str, password_hash: str, *, by: str, now: float) -> None:
        """Give an account a new password and end its sessions."""
        with self._db.transaction():
            if not self._db.execute("UPDATE accounts SET password_hash = ? WHERE username = ?", (password_hash, username)):
                raise NotFound(f"There is no account called {username}.")
            self._db.execute("DELETE FROM sessions WHERE username = ?", (username,))
            self._journal.add(now, by, "password changed", username)

    def set_active(self, username: str, active: bool, *, by: str, now: float) -> None:
        """Let somebody in again, or not any more: then their browsers are logged out. A second time changes nothing."""
        with self._db.transaction():
            sql = "UPDATE accounts SET active = ? WHERE username = ? AND active != ?"
            if self._db.execute(sql, (int(active), username, int(active))):
                self._journal.add(now, by, "account opened" if active else "account closed", username)
            if not active:
                self.end_sessions(username)

    def note_login(self, username: str, ok: bool, *, now: float, source: str) -> None:
        """Keep that somebody tried to log in; successes are audited too."""
        with self._db.transaction():
            row = {"username": username[:200], "time": now, "ok": int(ok), "source": source[:200]}
            self._db.insert("logins", row)
            self._db.execute("DELETE FROM logins WHERE id <= (SELECT max(id) FROM logins) - ?", (LOGINS_KEPT,))
            if ok:
                self._journal.add(now, username, "log-in", source)

    def failed_logins(self, username: str, since: float) -> int:
        """How often a log-in failed since then, and since the last one that worked."""
        sql = """SELECT count(*) AS n FROM logins WHERE username = ? AND time >= ? AND NOT ok AND id >
                 coalesce((SELECT max(id) FROM logins WHERE username = ? AND ok), 0)"""
        row = self._db.row(sql, (username, since, username))
        return int(row["n"]) if row else 0

    def add_session(self, token_hash: str, username: str, now: float, expires: float, source: str = "") -> None:
        """Begin a session, and clear away those that have ended."""
        with self._db.transaction():
            self._db.execute("DELETE FROM sessions WHERE expires <= ?", (now,))
            row = {"token_hash": token_hash, "username": username, "created": now, "seen": now, "expires": expires}
            self._db.insert("sessions", row | {"proved": now, "source": source[:200]})

    def session(self, token_hash: str, now: float) -> Session | None:
        """The session with that token, None once it has ended."""
        row = self._db.row("SELECT * FROM sessions WHERE token_hash = ? AND expires > ?", (token_hash, now))
        return msgspec.convert(row, Session) if row else None

    def touch_session(self, token_hash: str, now: float, expires: float | None) -> None:
        """The session was used; written at most once a minute."""
        sql = "UPDATE sessions SET seen = ?, expires = coalesce(?, expires) WHERE token_hash = ? AND seen < ?"
        if self._db.row("SELECT 1 FROM sessions WHERE token_hash = ? AND seen < ?", (token_hash, now - TOUCH_SECONDS)):
            self._db.execute(sql, (now, expires, token_hash, now - TOUCH_SECONDS))

    def end_session(self, token_hash: str) -> None:
        """Log out."""
        self._db.execute("DELETE FROM sessions WHERE token_hash = ?", (token_hash,))

    def sessions(self, username: str, now: float) -> list[Session]:
        """Where somebody is logged in, the newest first."""
        sql = "SELECT * FROM sessions WHERE username = ? AND expires > ? ORDER BY created DESC"
        return [msgspec.convert(row, Session) for row in self._db.rows(sql, (username, now))]

    def prove_session(self, token_hash: str, now: float) -> None:
        """Whoever uses this session has just typed their passphrase again."""
        self._db.execute("UPDATE sessions SET proved = ? WHERE token_hash = ?", (now, token_hash))

    def end_sessions(self, username: str, keep: str = "") -> None:
        """Log somebody out everywhere, but for the session with the token hash `keep`."""
        self._db.execute("DELETE FROM sessions WHERE username = ? AND token_hash != ?", (username, keep))

    def first_run_code(self, now: float) -> str:
        """The code for making the first account; empty once there is one. In the clear it lives in memory only."""
        with self._db.transaction():
            if self.all():
                return ""
            code = self._kept_code()
            if not code:
                code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
                code = f"{code[:4]}-{code[4:]}"
                self._write_code(code)
                self._journal.put_setting(CODE_SETTING, self._hash(code))
                self._journal.add(now, "box", "first-run code made")
        return code

    def check_first_run_code(self, code: str) -> bool:
        """Whether this is the code, however it was typed; never once an account exists."""
        expected = self._journal.setting(CODE_SETTING)
        return expected is not None and not self.all() and hmac.compare_digest(expected, self._hash(code))

    def _kept_code(self) -> str:
        """The code in memory, where it still belongs to the hash in the records."""
        try:
            code = self._code_file.read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            return ""
        return code if self._hash(code) == self._journal.setting(CODE_SETTING) else ""

    def _write_code(self, code: str) -> None:
        try:
            self._code_file.touch(mode=0o600)
            self._code_file.write_text(code + "\n", "ascii")
        except OSError as error:
            raise StoreError(f"The first-run code could not be written to {self._code_file}: {error.strerror}.") from error

    def _hash(self, code: str) -> str:
        kept = "".join(c for c in code.upper() if c in CODE_ALPHABET)
        box = self._journal.setting("box_id") or ""
        return hashlib.sha256(f"{box}:{kept}".encode()).hexdigest()


def _account(row: Row) -> Account:
    return msgspec.convert(row | {"active": bool(row["active"])}, Account)
