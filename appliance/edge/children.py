"""The box's other programs, started as children: their argument lists and the sockets between them, nothing of their code.

The sensor is its own program for the sake of its rights and of its libraries' licences, so it is only ever named here.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from socket import AF_UNIX, SO_RCVBUF, SOCK_CLOEXEC, SOCK_STREAM, SOL_SOCKET, socket, socketpair
from typing import IO, Literal

LONGEST_ADDRESS = 100  # bytes; unix(7) has room for 107
RECEIVE_BYTES = 1024 * 1024  # room for the sensor to go on while a commit waits for the card


def sensor_arguments(
    *,
    interface: str | None = None,
    capture: Path | None = None,
    pace: Literal["asap", "real"] = "asap",
    loop: bool = False,
    buffer_megabytes: int = 16,
) -> list[str]:
    """The sensor's arguments for a live interface or a capture file, without the way to the guardian."""
    if capture is not None:
        return ["--capture", str(capture), "--pace", pace, *(["--loop"] if loop else [])]
    return ["--interface", interface or "", "--buffer-megabytes", str(buffer_megabytes)]


def spawn_sensor(arguments: Sequence[str], *, stderr: int | IO[bytes] | None = None) -> tuple[subprocess.Popen[bytes], socket]:
    """Start a sensor on one end of a socket pair; returns the process and our end. The child keeps nothing else of ours open."""
    ours, theirs = socketpair(AF_UNIX, SOCK_STREAM)
    with theirs:
        ours.setsockopt(SOL_SOCKET, SO_RCVBUF, RECEIVE_BYTES)
        command = python_module("appliance.sensor", "--fd", str(theirs.fileno()), *arguments)
        try:
            child = subprocess.Popen(command, pass_fds=(theirs.fileno(),), stdin=subprocess.DEVNULL, stderr=stderr)
        except OSError:
            ours.close()
            raise
    return child, ours


def listen(path: Path) -> socket:
    """A listening socket at `path` that this user and this group may connect to."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC)
    with _address(path) as address:
        listener.bind(address)
    path.chmod(0o660)
    listener.listen(1)
    return listener


def connect(path: Path) -> socket | None:
    """A connection to whoever listens at `path`; None while nobody does."""
    sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC)
    try:
        with _address(path) as address:
            sock.connect(address)
    except OSError:
        sock.close()
        return None
    return sock


@contextmanager
def _address(path: Path) -> Iterator[str]:
    """The path as an address; one in a folder so deep that it has no room gets a short name by way of the open folder."""
    if len(os.fsencode(path)) <= LONGEST_ADDRESS:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def spawn(module: str, *arguments: str, stderr: int | IO[bytes] | None = None) -> subprocess.Popen[bytes]:
    """Start one of the box's programs (`appliance.guardian`, `web_ui`, `hardware`) as a child."""
    return subprocess.Popen(python_module(module, *arguments), stdin=subprocess.DEVNULL, stderr=stderr)


def stop(child: subprocess.Popen[bytes], seconds: float = 5.0) -> int:
    """End a child politely, then by force; returns its exit status."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            child.kill()
    return child.wait()


def python_module(module: str, *arguments: str) -> list[str]:
    """The command line that runs a module with this interpreter."""
    return [sys.executable, "-m", module, *arguments]
