"""Log-on names heard on the wire, by device and time: a hint of who had it, never a proof.

Computers log on as well as people, with names that end in `$`; those are nobody's. Bounded by devices and by names for each.
"""

from __future__ import annotations

from appliance.judge.cleaning import clean_name
from appliance.model import LoggedOn
from appliance.school import LogOn

DEVICES = 1_000
USERS = 8  # log-ons remembered for one device, to tell a new one from one that goes on
GOES_ON_SECONDS = 3_600.0  # a further sign of the same user within this is the same log-on


class LogOns:
    """The last log-ons of each device. `take_changes` hands out what is new or goes on."""

    def __init__(self, *, limit: int = DEVICES) -> None:
        self._limit = limit
        self._running: dict[str, dict[str, LogOn]] = {}
        self._changes: dict[tuple[str, str, float], LogOn] = {}
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._running)

    def observe(self, key: str, seen: LoggedOn) -> None:
        """Somebody logged on at a device."""
        user = clean_name(seen.user)
        if not user or user.endswith("$"):
            return
        users = self._users(key)
        running = users.pop(user, None)
        if running is None or abs(seen.time - running.last) > GOES_ON_SECONDS:
            running = LogOn(mac=key, user=user, realm=clean_name(seen.realm), via=seen.via, first=seen.time, last=seen.time)
        else:
            last = max(running.last, seen.time)
            running = LogOn(mac=key, user=user, realm=running.realm, via=running.via, first=running.first, last=last)
        users[user] = running
        if len(users) > USERS:
            del users[next(iter(users))]
        if len(self._changes) < self._limit * USERS:
            self._changes[key, user, running.first] = running

    def take_changes(self) -> list[LogOn]:
        """Log-ons that are new or went on since the last call."""
        changes, self._changes = self._changes, {}
        return list(changes.values())

    def _users(self, key: str) -> dict[str, LogOn]:
        users = self._running.get(key)
        if users is None:
            if len(self._running) >= self._limit:
                del self._running[next(iter(self._running))]
                self.evicted += 1
            users = self._running[key] = {}
        return users
