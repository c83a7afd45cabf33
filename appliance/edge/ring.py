"""The kernel's receive ring, TPACKET_V3: packets come in blocks of shared memory, without a system call for each.

Enters a packet socket that isn't bound yet; leave frames with the VLAN tag that the kernel took off. The layouts are those of
the kernel's Documentation/networking/packet_mmap.rst and uapi/linux/if_packet.h.
"""

from __future__ import annotations

import contextlib
import mmap
import select
import socket
import struct

from appliance.model import Frame

SOL_PACKET = 263
PACKET_RX_RING, PACKET_STATISTICS, PACKET_VERSION = 5, 6, 10
TPACKET_V3 = 2
STATUS_KERNEL, STATUS_USER = 0, 1
STATUS_VLAN = 1 << 4

BLOCK = 256 * 1024
# A block that isn't full is handed over after this long: the most that a name waits on its way.
RETIRE_MILLISECONDS = 20
# Blocks taken in one go, so that one read can't keep the sensor from its other work.
MOST_BLOCKS = 8

_REQUEST = struct.Struct("=7I")
_BLOCK_STATUS = struct.Struct("=8xI")
_BLOCK_HEAD = struct.Struct("=12xII")  # packets, where the first one is
# next, seconds, nanoseconds, captured, (length), status, where the frame is, (network), (hash), tag
_PACKET_HEAD = struct.Struct("=4I4xIH2x4xI")
_STATISTICS = struct.Struct("=III")
_KERNEL_OWNS = struct.pack("=I", STATUS_KERNEL)


class Ring:
    """The ring of one socket. Give it the socket before it is bound, so that no packet can slip in unfiltered."""

    def __init__(self, sock: socket.socket, megabytes: int, link: int = 1) -> None:
        """Set up the ring. Raises OSError where the kernel has no TPACKET_V3 or not enough memory."""
        blocks = max(2, megabytes * 1024 * 1024 // BLOCK)
        self._sock, self.link = sock, link
        sock.setsockopt(SOL_PACKET, PACKET_VERSION, TPACKET_V3)
        # The frame size only has to divide the block's: packets lie in a block one behind the other whatever their size.
        request = _REQUEST.pack(BLOCK, blocks, 2048, blocks * (BLOCK // 2048), RETIRE_MILLISECONDS, 0, 0)
        sock.setsockopt(SOL_PACKET, PACKET_RX_RING, request)
        self._memory = mmap.mmap(sock.fileno(), blocks * BLOCK, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE)
        self._blocks, self._next = blocks, 0
        self._poll = select.poll()
        self._poll.register(sock, select.POLLIN | select.POLLERR)

    def read(self, seconds: float) -> list[Frame]:
        """The frames of the next blocks; none after so many seconds. Raises OSError where the interface is down."""
        frames = self._take()
        if frames:
            return frames
        for _descriptor, events in self._poll.poll(seconds * 1000):
            if events & select.POLLERR and (error := self._sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)):
                raise OSError(error, "the interface is down")
        return self._take()

    def statistics(self) -> tuple[int, int]:
        """Packets taken and packets dropped for want of room since the last call. The kernel's first figure counts both."""
        both, dropped, _freezes = _STATISTICS.unpack(self._sock.getsockopt(SOL_PACKET, PACKET_STATISTICS, _STATISTICS.size))
        return both - dropped, dropped

    def close(self) -> None:
        """Give the memory back; the socket is the caller's."""
        with contextlib.suppress(ValueError):
            self._memory.close()

    def _take(self) -> list[Frame]:
        """The frames of the blocks that the kernel has handed over, which it gets back."""
        frames: list[Frame] = []
        for _ in range(MOST_BLOCKS):
            start = self._next * BLOCK
            if not _BLOCK_STATUS.unpack_from(self._memory, start)[0] & STATUS_USER:
                break
            # A second look, and not with the status in one: an ARM core may read neighbouring words in any order, though
            # never across the thousand instructions that lie between two steps of this interpreter.
            count, first = _BLOCK_HEAD.unpack_from(self._memory, start)
            self._read_block(start + first, count, frames)
            self._memory[start + 8 : start + 12] = _KERNEL_OWNS
            self._next = (self._next + 1) % self._blocks
        return frames

    def _read_block(self, at: int, count: int, frames: list[Frame]) -> None:
        """Copy the frames of one block out of it."""
        memory, unpack, link = self._memory, _PACKET_HEAD.unpack_from, self.link
        for _ in range(count):
            following, seconds, nanoseconds, captured, status, mac, tag = unpack(memory, at)
            start = at + mac
            vlan = tag & 0xFFF if status & STATUS_VLAN else 0
            # Tag 0 only carries a priority: the frame is in no VLAN.
            frames.append(Frame(seconds + nanoseconds / 1_000_000_000, memory[start : start + captured], link, vlan or None))
            at += following
