"""Frames as the mirror port sees them and as anybody may put them there: a tap to read, a plug to write."""

from __future__ import annotations

import fcntl
import socket
import struct
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Final

from .network import Namespace

ALL_PROTOCOLS: Final = 0x0003
# From the kernel's headers; Python's socket module does not name them.
SO_RCVBUFFORCE: Final = 33
SO_TIMESTAMPNS: Final = 35
SOL_PACKET: Final = 263
PACKET_ADD_MEMBERSHIP: Final = 1
PACKET_MR_PROMISC: Final = 1
SIOCGIFINDEX: Final = 0x8933
ROOM: Final = 64 * 1024 * 1024


class Tap:
    """A second pair of eyes on an interface: every frame that comes in, with the kernel's time of arrival."""

    def __init__(self, namespace: Namespace, interface: str = "eth0") -> None:
        with namespace.entered():
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self._socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, ROOM)
        self._socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        wanted = struct.pack("iHH8s", _index(self._socket, interface), PACKET_MR_PROMISC, 0, b"")
        self._socket.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, wanted)
        self._socket.bind((interface, ALL_PROTOCOLS))

    def __enter__(self) -> Tap:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._socket.close()

    def next(self, end: float) -> tuple[float, bytes] | None:
        """The next frame and its time since the epoch, or None when the monotonic clock passes `end`."""
        left = end - time.monotonic()
        if left <= 0:
            return None
        self._socket.settimeout(left)
        try:
            data, extra, _, _ = self._socket.recvmsg(65_600, 256)
        except TimeoutError:
            return None
        for level, kind, value in extra:
            if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS):
                seconds, nanoseconds = struct.unpack("qq", value[:16])
                return seconds + nanoseconds / 1e9, data
        return time.time(), data

    def until(self, enough: Callable[[list[bytes]], bool], seconds: float) -> list[bytes]:
        """Frames until there are enough of them, or the time is over."""
        frames: list[bytes] = []
        end = time.monotonic() + seconds
        while not enough(frames) and (taken := self.next(end)) is not None:
            frames.append(taken[1])
        return frames

    def first_with(self, mark: bytes, seconds: float) -> float | None:
        """When the first frame that carries `mark` came (seconds since the epoch), or None."""
        end = time.monotonic() + seconds
        while (taken := self.next(end)) is not None:
            if mark in taken[1]:
                return taken[0]
        return None


def _index(sock: socket.socket, interface: str) -> int:
    """The interface's number in the namespace that the socket was made in."""
    answer = fcntl.ioctl(sock, SIOCGIFINDEX, struct.pack("16si20x", interface.encode(), 0))
    return int(struct.unpack("16si20x", answer)[1])


def put(namespace: Namespace, interface: str, frames: Iterable[bytes]) -> None:
    """Send raw frames out of an interface, as they are."""
    with namespace.entered():
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    with sock:
        sock.bind((interface, 0))
        for frame in frames:
            sock.send(frame)
