"""A live interface as a source of frames: opened so that nothing unfiltered gets in, read until it goes away.

The order matters. The socket is made deaf (protocol 0), gets its ring, its filter and the filter's lock, and only then is bound:
packets that came between would be in the ring whatever the filter says.
"""

from __future__ import annotations

import contextlib
import errno
import socket
import struct
import time
from collections.abc import Callable
from typing import Protocol

from appliance.edge import cards
from appliance.edge.files import CaptureError
from appliance.edge.filter import ETHERNET, RAW, program
from appliance.edge.interfaces import choose_interface, list_interfaces
from appliance.edge.plain_socket import PlainSocket
from appliance.edge.ring import SOL_PACKET, Ring
from appliance.edge.socket_filter import attach
from appliance.edge.source import Source
from appliance.model import Frame

ETH_P_ALL = 0x0003
PACKET_ADD_MEMBERSHIP, PACKET_MR_PROMISC, PACKET_IGNORE_OUTGOING = 1, 1, 23
# Hardware types of if_arp.h whose frames begin with IP: tunnels without a header, point-to-point, IP in IP.
BARE_IP = (65534, 512, 768, 769, 776)
WAIT = 0.05
# How often the interface and its counters are looked at.
LOOK_EVERY = 1.0


class Receiver(Protocol):
    """A ring, or a plain socket with the same face."""

    link: int

    def read(self, seconds: float) -> list[Frame]:
        """The frames that have come, after at most so many seconds."""

    def statistics(self) -> tuple[int, int]:
        """Packets taken and dropped since the last call."""

    def close(self) -> None:
        """Let go of what isn't the socket."""


class LiveSource(Source):
    """Frames of an interface. `interface_up` says whether it is on and has a cable; `reasons` what its card lost.

    It ends only when the interface is gone: opening the next one takes a right that the sensor no longer has.
    """

    live = True

    def __init__(self, name: str, sock: socket.socket, receiver: Receiver, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(name)
        self.offered = 0
        self.interface_up = cards.is_up(name)
        self._sock, self._receiver, self._clock = sock, receiver, clock
        self._index = _index(name)
        self._before = cards.counted(name)
        self._next_look = 0.0

    def read(self) -> list[Frame] | None:
        """The frames that have come; none after 50 ms without any, None once the interface is gone."""
        try:
            frames = self._receiver.read(WAIT)
        except OSError as error:
            if error.errno not in (errno.ENETDOWN, errno.ENODEV, errno.ENXIO):
                raise
            frames = []
            self.interface_up = False
            self._next_look = 0.0
        if self._clock() >= self._next_look and not self._look():
            return None
        return self.count(frames)

    def close(self) -> None:
        """Stop listening."""
        self._receiver.close()
        self._sock.close()

    def _look(self) -> bool:
        """Once a second: is the interface there, is it up, what did the kernel and the card lose? False where it is gone."""
        self._next_look = self._clock() + LOOK_EVERY
        self.dropped += self._receiver.statistics()[1]
        if _index(self.name) != self._index:
            self.interface_up = False
            self.problem = f"The interface {self.name} is gone; the sensor starts again once it is back."
            return False
        self.interface_up = cards.is_up(self.name)
        card = cards.counted(self.name).since(self._before)
        self.offered = card.packets
        losses = {"card-missed": card.missed, "card-damaged": card.damaged}
        self.reasons.update({reason: count for reason, count in losses.items() if count})
        return True


def open_live(name: str, megabytes: int = 16, *, ring: bool = True) -> LiveSource:
    """Listen on an interface: promiscuous, filtered in the kernel, blind to what this machine sends itself.

    `name` may be empty or `auto`: a wired card with a cable and no address. Raises CaptureError with what to do.
    """
    name = name if name not in ("", "auto") else _choose()
    cards.switch_on(name)
    merging_off = cards.switch_off_merging(name)
    try:
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_CLOEXEC, 0)
    except PermissionError as error:
        raise CaptureError(f"Listening on {name} takes the right CAP_NET_RAW: run it as root or as the service.") from error
    try:
        source = LiveSource(name, sock, _prepare(sock, name, megabytes, ring=ring))
    except OSError as error:
        sock.close()
        raise CaptureError(_why_not(name, error)) from error
    if not merging_off:
        source.reasons["merging-on"] = 1
    return source


def _prepare(sock: socket.socket, name: str, megabytes: int, *, ring: bool) -> Receiver:
    """Everything between making the socket and hearing the first packet."""
    link = _link_type(name)
    receiver = _receiver(sock, megabytes, link, ring=ring)
    code = program(link)
    assert code is not None
    attach(sock, code)
    # Kernels before 4.20 don't know it; there our own packets come too, which does no harm.
    with contextlib.suppress(OSError):
        sock.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    membership = struct.pack("@iHH8x", socket.if_nametoindex(name), PACKET_MR_PROMISC, 0)
    sock.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, membership)
    sock.bind((name, ETH_P_ALL))
    return receiver


def _receiver(sock: socket.socket, megabytes: int, link: int, *, ring: bool) -> Receiver:
    """The ring; a plain socket where the kernel has none to give."""
    if ring:
        try:
            return Ring(sock, megabytes, link)
        except OSError as error:
            if error.errno not in (errno.ENOPROTOOPT, errno.EINVAL, errno.ENOMEM):
                raise
    return PlainSocket(sock, megabytes, link)


def _link_type(name: str) -> int:
    """What frames of an interface begin with, by its hardware type."""
    try:
        hardware = int((cards.SYSFS / name / "type").read_text())
    except (OSError, ValueError):
        return ETHERNET
    return RAW if hardware in BARE_IP else ETHERNET


def _index(name: str) -> int:
    """The number of an interface, which a card that was pulled and put back changes; 0 where there is none."""
    try:
        return socket.if_nametoindex(name)
    except OSError:
        return 0


def _choose() -> str:
    """The interface that looks most like a mirror port. Raises CaptureError where none does."""
    chosen = choose_interface(list_interfaces())
    if chosen is None:
        raise CaptureError("No network port is free to listen on: name the one that the mirror is plugged into.")
    return chosen.name


def _why_not(name: str, error: OSError) -> str:
    """Why an interface couldn't be opened, as a sentence."""
    if not _index(name):
        return f"There is no interface {name}; this machine has {', '.join(one.name for one in list_interfaces())}."
    return f"Listening on {name} failed: {error.strerror or error}."
