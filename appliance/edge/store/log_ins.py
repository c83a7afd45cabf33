"""Who may log in: accounts, their sessions, and the code that makes the first of them."""

from __future__ import annotations

from appliance.edge.store.tables import Tables
from appliance.model import Account, Role, Session


class LogIns(Tables):
    """The side of the store that lets people in."""

    def accounts(self) -> list[Account]:
        """Every account, oldest first."""
        return self._accounts.all()

    def account(self, username: str) -> Account | None:
        """The account of that name, or None."""
        return self._accounts.one(username)

    def add_account(self, username: str, full_name: str, role: Role, password_hash: str, *, now: float) -> Account:
        """Make an account; the first one burns the first-run code."""
        return self._accounts.add(username, full_name, role, password_hash, now=now)

    def set_password(self, username: str, password_hash: str, *, by: str, now: float) -> None:
        """Give an account a new password and end its sessions; raises NotFound."""
        self._accounts.set_password(username, password_hash, by=by, now=now)

    def set_active(self, username: str, active: bool, *, by: str, now: float) -> None:
        """Let somebody in again, or not any more; then their sessions end."""
        self._accounts.set_active(username, active, by=by, now=now)

    def note_login(self, username: str, ok: bool, *, now: float, source: str = "") -> None:
        """Keep that somebody tried to log in."""
        self._accounts.note_login(username, ok, now=now, source=source)

    def failed_logins(self, username: str, since: float) -> int:
        """How often a log-in failed since then, and since the last that worked."""
        return self._accounts.failed_logins(username, since)

    def add_session(self, token_hash: str, username: str, now: float, expires: float, source: str = "") -> None:
        """Begin a session."""
        self._accounts.add_session(token_hash, username, now, expires, source)

    def sessions(self, username: str, now: float) -> list[Session]:
        """Where somebody is logged in, the newest first."""
        return self._accounts.sessions(username, now)

    def prove_session(self, token_hash: str, now: float) -> None:
        """Whoever uses this session has just typed their passphrase again."""
        self._accounts.prove_session(token_hash, now)

    def end_sessions(self, username: str, keep: str = "") -> None:
        """Log somebody out everywhere, but for the session with the token hash `keep`."""
        self._accounts.end_sessions(username, keep)

    def session(self, token_hash: str, now: float) -> Session | None:
        """The session with that token, None once it has ended."""
        return self._accounts.session(token_hash, now)

    def touch_session(self, token_hash: str, now: float, expires: float | None = None) -> None:
        """The session was used; `expires` moves its end."""
        self._accounts.touch_session(token_hash, now, expires)

    def end_session(self, token_hash: str) -> None:
        """Log out."""
        self._accounts.end_session(token_hash)

    def first_run_code(self, now: float) -> str:
        """The code that makes the first account; empty once there is one."""
        return self._accounts.first_run_code(now)

    def check_first_run_code(self, code: str) -> bool:
        """Whether this is the code, however it was typed."""
        return self._accounts.check_first_run_code(code)
