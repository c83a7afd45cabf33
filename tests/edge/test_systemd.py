"""What systemd hears, told to a socket that plays systemd."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from appliance.edge.systemd import Notifier


@pytest.mark.parametrize("abstract", [False, True])
def test_manager_hears_every_word(tmp_path: Path, abstract: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"@safespan-test-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("\0" + name[1:] if abstract else name)
        manager.settimeout(2)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        monkeypatch.setenv("WATCHDOG_USEC", "20000000")
        notifier = Notifier.from_environment()
        assert notifier.watchdog_seconds == 20.0
        for say in (notifier.ready, notifier.alive, notifier.stopping, lambda: notifier.status("two\nlines")):
            say()
        heard = [manager.recv(100) for _ in range(4)]
    assert heard == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1", b"STATUS=two lines"]
    notifier.alive()
    notifier.close()


def test_nothing_happens_without_a_manager(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    monkeypatch.setenv("WATCHDOG_USEC", "1000000")
    monkeypatch.setenv("WATCHDOG_PID", "1")
    notifier = Notifier.from_environment()
    assert notifier.watchdog_seconds == 0.0
    notifier.ready()
    Notifier("/nowhere/at/all").ready()
