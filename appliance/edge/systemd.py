"""A word to systemd: ready, still alive, stopping, what it is doing. Does nothing where no systemd listens.

sd_notify(3): one datagram of `KEY=value` lines to the socket that `NOTIFY_SOCKET` names; a leading `@` stands for the abstract
namespace.
"""

from __future__ import annotations

import contextlib
import os
import socket


class Notifier:
    """Tells the service manager what this process is about. Holds its socket open, so that it also works without rights."""

    def __init__(self, address: str, watchdog_seconds: float = 0.0) -> None:
        self.watchdog_seconds = watchdog_seconds
        self._sock: socket.socket | None = None
        if address:
            self._sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
            self._sock.setblocking(False)
            try:
                self._sock.connect("\0" + address[1:] if address.startswith("@") else address)
            except OSError:
                self.close()

    @classmethod
    def from_environment(cls) -> Notifier:
        """The notifier that this process's environment asks for; half the watchdog's time is when to ping."""
        microseconds = os.environ.get("WATCHDOG_USEC", "")
        mine = os.environ.get("WATCHDOG_PID", "") in ("", str(os.getpid()))
        seconds = int(microseconds) / 1e6 if microseconds.isdecimal() and mine else 0.0
        return cls(os.environ.get("NOTIFY_SOCKET", ""), seconds)

    def ready(self) -> None:
        """The service has started and works."""
        self._tell("READY=1")

    def alive(self) -> None:
        """The loop that does the work has come round again."""
        self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        """The service is going down by its own will."""
        self._tell("STOPPING=1")

    def status(self, sentence: str) -> None:
        """One line for `systemctl status`."""
        self._tell("STATUS=" + sentence.replace("\n", " "))

    def close(self) -> None:
        """Let go of the socket."""
        if self._sock is not None:
            self._sock.close()
            self._sock = None

    def _tell(self, line: str) -> None:
        """Send one line; a manager that doesn't listen just now is no reason to fail."""
        if self._sock is not None:
            with contextlib.suppress(OSError):
                self._sock.send(line.encode())
