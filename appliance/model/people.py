"""Who may log in, and who did what."""

from __future__ import annotations

from msgspec import Struct

from appliance.model.kinds import Role


class AuditEntry(Struct, frozen=True, kw_only=True):
    """Who did what in the page or at the box, and when."""

    time: float
    who: str
    action: str
    subject: str = ""


class Account(Struct, frozen=True, kw_only=True):
    """A person who may log in to the page. `password_hash` is made and checked by the page, never shown."""

    username: str
    full_name: str
    role: Role
    password_hash: str
    created: float = 0.0
    active: bool = True  # False: may not log in any more


class Session(Struct, frozen=True, kw_only=True):
    """A log-in in one browser, known by the hash of its token. Times are when it began, was last used, and ends.

    `proved` is when its passphrase was last typed, `source` the address that it began from.
    """

    token_hash: str
    username: str
    created: float
    seen: float
    expires: float
    proved: float = 0.0
    source: str = ""
