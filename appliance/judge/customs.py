"""What is usual in this school: a resolver or a proxy that several devices use is the school's own, not an evasion."""

from __future__ import annotations

SERVERS = 500
USERS = 32  # devices remembered for one server; more than enough to call it usual
DEVICES = 1_000
ENOUGH = 5  # devices after which a custom can be told at all
FEWEST = 3  # users of a usual server
SHARE = 0.2  # of all devices, and of the most that USERS can hold


class Custom:
    """Who uses which server for one purpose. `full` counts servers that found no room."""

    def __init__(self, *, servers: int = SERVERS) -> None:
        self._limit = servers
        self._users: dict[str, set[str]] = {}
        self._devices: set[str] = set()
        self.full = 0

    def __len__(self) -> int:
        return len(self._users)

    def meet(self, key: str) -> None:
        """A device is there, whether or not it uses such a server."""
        if len(self._devices) < DEVICES:
            self._devices.add(key)

    def note(self, key: str, server: str) -> None:
        """A device used a server."""
        self.meet(key)
        users = self._users.get(server)
        if users is None:
            if len(self._users) >= self._limit:
                self.full += 1
                return
            users = self._users[server] = set()
        if len(users) < USERS:
            users.add(key)

    @property
    def known(self) -> bool:
        """Whether enough devices were seen to say what is usual."""
        return len(self._devices) >= ENOUGH

    def usual(self, server: str) -> bool:
        """Whether several devices use this server."""
        users = len(self._users.get(server, ()))
        return users >= FEWEST and users >= min(USERS, SHARE * len(self._devices))
