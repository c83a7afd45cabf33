"""What could not be written, kept in the memory of this process until it can: log-ins, and who did what.

A full or failing card must not keep the head from reading what is urgent. All of it is bounded, and goes with the process.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from contextlib import suppress
from typing import cast

from flask import current_app
from msgspec.structs import replace

from appliance.edge.store import NotFound, Store, StoreBusy, StoreError
from appliance.model import Session
from web_ui.throttle import Throttle

log = logging.getLogger(__name__)

SESSIONS, ENDED, DEEDS = 50, 500, 500
RETRY_SECONDS = 5.0
# Wrong tries on one account from anywhere, before browsers that never logged in to it have to wait.
ACCOUNT_TRIES = 30

Deed = Callable[[Store], object]


class Unwritten:
    """`lost` counts the deeds that there was no room for: the oldest go first."""

    def __init__(self) -> None:
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._keys: dict[str, str] = {}  # by session: what the passphrase was kept as when it began
        self._ended: OrderedDict[str, None] = OrderedDict()
        self._deeds: deque[Deed] = deque()
        self._steps: dict[str, int] = {}
        self._again = 0.0  # on the monotonic clock
        self._lock = threading.RLock()  # held for a moment only: pages wait for it
        self._writing = threading.Lock()  # whoever tries the store, which takes seconds where it refuses
        self.failures = Throttle(ACCOUNT_TRIES)
        self.lost = 0
        self.stuck = False  # the card refuses, and not only for a moment in which somebody else writes

    # --- sessions ---------------------------------------------------------------------------------------------------

    def begin(self, session: Session, password_hash: str) -> None:
        """A session that the store would not take; it ends where the passphrase changes."""
        with self._lock:
            self._sessions[session.token_hash] = session
            self._keys[session.token_hash] = password_hash
            while len(self._sessions) > SESSIONS:
                self._keys.pop(self._sessions.popitem(last=False)[0], None)

    def fits(self, token_hash: str, password_hash: str) -> bool:
        """Whether a session that is only here began with the passphrase of now; True for any other."""
        return self._keys.get(token_hash, password_hash) == password_hash

    def session(self, token_hash: str, now: float) -> Session | None:
        """The session of that token, None where there is none here or it has run out."""
        found = self._sessions.get(token_hash)
        return found if found is not None and now < found.expires else None

    def touch(self, token_hash: str, now: float, *, proved: bool = False) -> bool:
        """The session was used, or its passphrase typed again; whether there is one here."""
        with self._lock:
            found = self._sessions.get(token_hash)
            if found is not None:
                self._sessions[token_hash] = replace(found, seen=now, proved=now if proved else found.proved)
            return found is not None

    def end(self, token_hash: str) -> None:
        """The session is over, whatever the store still says."""
        with self._lock:
            self._sessions.pop(token_hash, None)
            self._keys.pop(token_hash, None)
            self._ended[token_hash] = None
            while len(self._ended) > ENDED:
                self._ended.popitem(last=False)

    def has_ended(self, token_hash: str) -> bool:
        """Whether somebody logged out of it while that could not be written."""
        return token_hash in self._ended

    def end_all(self, username: str, keep: str) -> None:
        """Log somebody out of every session that is only here, but for one."""
        with self._lock:
            for token_hash in [key for key, held in self._sessions.items() if held.username == username and key != keep]:
                del self._sessions[token_hash], self._keys[token_hash]

    def use_step(self, username: str, step: int, newest: int) -> bool:
        """Use a time step of the second factor up; False where it or a later one was used before (`newest`: in the store)."""
        with self._lock:
            if step <= max(newest, self._steps.get(username, 0)):
                return False
            self._steps[username] = step
            return True

    def was_used(self, username: str, step: int) -> bool:
        """Whether this time step, or a later one, was used up here."""
        return step <= self._steps.get(username, 0)

    # --- who did what -----------------------------------------------------------------------------------------------

    @property
    def count(self) -> int:
        """How many deeds wait to be written."""
        return len(self._deeds)

    def keep(self, deed: Deed, why: StoreError) -> None:
        """Write this down as soon as that is possible, unless what it is about is gone."""
        if isinstance(why, NotFound):
            return
        self.stuck = not isinstance(why, StoreBusy)
        self._again = time.monotonic() + RETRY_SECONDS
        self.queue(deed)

    def queue(self, deed: Deed) -> None:
        """Write this down after what waits already."""
        with self._lock:
            self._deeds.append(deed)
            while len(self._deeds) > DEEDS:
                self._deeds.popleft()
                self.lost += 1

    def write_down(self, store: Store) -> bool:
        """Write what waits, in the order in which it happened, as far as the store takes it; whether nothing waits any more.

        A store that refused is left alone for `RETRY_SECONDS`: every try may hold one of the page's few threads for two.
        """
        if not self._deeds:
            return True
        if time.monotonic() < self._again or not self._writing.acquire(blocking=False):
            return False
        try:
            while self._deeds:
                deed = self._deeds[0]
                with suppress(NotFound):
                    deed(store)
                self._forget(deed)
            self.stuck = False
            log.info("what waited to be written is written")
            return True
        except StoreError as error:
            self.stuck = not isinstance(error, StoreBusy)
            self._again = time.monotonic() + RETRY_SECONDS
            return False
        finally:
            self._writing.release()

    def _forget(self, deed: Deed) -> None:
        """It is written; where there was no room for it meanwhile, it is gone already."""
        with self._lock:
            if self._deeds and self._deeds[0] is deed:
                self._deeds.popleft()


def unwritten() -> Unwritten:
    """What this page could not write."""
    return cast(Unwritten, current_app.extensions["unwritten"])


def write_or_keep(store: Store, deed: Deed) -> None:
    """Write something down, now or as soon as that is possible."""
    if not unwritten().write_down(store):
        unwritten().queue(deed)
        return
    try:
        deed(store)
    except StoreError as error:
        log.warning("not written yet: %s", error)
        unwritten().keep(deed, error)
