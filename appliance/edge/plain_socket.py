"""A packet socket read packet by packet: where the kernel can't give a ring, and as its measure.

Costs three times the ring's time per packet. The outer VLAN tag comes in the auxiliary data (packet(7), PACKET_AUXDATA).
"""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import time

from appliance.edge.ring import PACKET_STATISTICS, SOL_PACKET, STATUS_VLAN
from appliance.model import Frame

PACKET_AUXDATA = 8
SO_TIMESTAMPNS = 35
SO_RCVBUFFORCE = 33
LONGEST = 65_600
# Packets taken in one go.
MOST = 256

_AUXILIARY = struct.Struct("=IIIHHHH")  # status, length, captured, mac, net, tag, tag type
_STATISTICS = struct.Struct("=II")
_TIME = struct.Struct("@ll")


class PlainSocket:
    """Reads a packet socket with recvmsg; the same face as `Ring`."""

    def __init__(self, sock: socket.socket, megabytes: int, link: int = 1) -> None:
        """Set up the socket, which the caller binds afterwards."""
        self._sock, self.link = sock, link
        sock.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, megabytes * 1024 * 1024)
        # Beyond the system's limit where we may.
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, megabytes * 1024 * 1024)
        sock.setblocking(False)
        self._poll = select.poll()
        self._poll.register(sock, select.POLLIN | select.POLLERR)

    def read(self, seconds: float) -> list[Frame]:
        """The frames that have come; none after so many seconds. Raises OSError where the interface is down."""
        if not self._poll.poll(seconds * 1000):
            return []
        frames: list[Frame] = []
        with contextlib.suppress(BlockingIOError):
            while len(frames) < MOST:
                frames.append(self._receive())
        return frames

    def statistics(self) -> tuple[int, int]:
        """Packets taken and packets dropped for want of room since the last call. The kernel's first figure counts both."""
        both, dropped = _STATISTICS.unpack(self._sock.getsockopt(SOL_PACKET, PACKET_STATISTICS, _STATISTICS.size))
        return both - dropped, dropped

    def close(self) -> None:
        """Nothing beside the socket is held, which is the caller's."""

    def _receive(self) -> Frame:
        """One frame with its time and the tag that the kernel took off."""
        data, extras, _flags, _address = self._sock.recvmsg(LONGEST, 128)
        vlan, moment = 0, 0.0
        for level, kind, value in extras:
            if level == SOL_PACKET and kind == PACKET_AUXDATA and len(value) >= _AUXILIARY.size:
                status, _, _, _, _, tag, _ = _AUXILIARY.unpack_from(value)
                vlan = tag & 0xFFF if status & STATUS_VLAN else 0
            elif level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS and len(value) >= _TIME.size:
                seconds, nanoseconds = _TIME.unpack_from(value)
                moment = seconds + nanoseconds / 1_000_000_000
        return Frame(moment or time.time(), data, self.link, vlan or None)
