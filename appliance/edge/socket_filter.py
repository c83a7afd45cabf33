"""A filter put on a socket, and locked there: not even a fault in this process can widen it afterwards (socket(7))."""

from __future__ import annotations

import ctypes
import socket
import struct

from appliance.edge.bpf import Program, pack

SO_ATTACH_FILTER, SO_LOCK_FILTER = 26, 44


def attach(sock: socket.socket, program: Program, *, lock: bool = True) -> None:
    """Let only what `program` keeps into the socket's queue. Raises OSError where the kernel refuses the program."""
    rows = ctypes.create_string_buffer(pack(program))
    # struct sock_fprog: the number of instructions, then where they are; the kernel copies them.
    sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("@HP", len(program), ctypes.addressof(rows)))
    if lock:
        sock.setsockopt(socket.SOL_SOCKET, SO_LOCK_FILTER, 1)
