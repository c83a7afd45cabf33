"""The sensor program: frames in, sightings out, nothing kept.

It opens its source, gives up every right it has, and from then on only reads frames, reads names off them and hands these to
the guardian over a socket. What concerns a help line is dropped here and leaves no trace, not even a count.

    source -> Dissector -> without_help_lines -> ChannelWriter

Run as `python -m appliance.sensor`; it shares no memory and no library of the guardian's (see docs/decisions).
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import signal
import socket
import sys
import time
from pathlib import Path
from types import FrameType

import phrase_lists
from appliance.edge import children, privileges
from appliance.edge.capture_files import open_capture
from appliance.edge.channel import ChannelError, ChannelWriter
from appliance.edge.files import CaptureError
from appliance.edge.source import Looped, Replay, Source
from appliance.edge.systemd import Notifier
from appliance.listener import Listener
from appliance.wire.dissector import Dissector


def _open_recording(path: Path, pace: str, loop: bool) -> Source:
    """A capture file at the wished pace."""
    if pace == "real":
        return Replay(lambda: open_capture(path), now=time.time, sleep=time.sleep, loop=loop)
    return Looped(lambda: open_capture(path)) if loop else open_capture(path)


def _arguments() -> argparse.Namespace:
    """What the command line asks for. Not by click, as elsewhere: loading that would be half of the sensor's start."""
    parser = argparse.ArgumentParser(
        "sensor", description="Read names off a mirror port or a capture and hand them to the guardian."
    )
    guardian = parser.add_mutually_exclusive_group(required=True)
    guardian.add_argument("--fd", type=int, help="a connected socket to the guardian, inherited from the parent")
    guardian.add_argument("--socket", type=Path, help="the guardian's listening socket")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--interface", help="listen on this interface")
    source.add_argument("--capture", type=Path, help="read this capture file instead")
    source.add_argument("--settings", type=Path, help="listen as this settings file says")
    parser.add_argument("--pace", choices=("asap", "real"), default="asap", help="play a capture at once or at its own speed")
    parser.add_argument("--loop", action="store_true", help="start a capture again at its end")
    parser.add_argument(
        "--buffer-megabytes", type=int, choices=range(1, 1_025), metavar="1-1024", default=16, help="room for packets that wait"
    )
    return parser.parse_args()


def main() -> None:
    """Read names off a mirror port or a capture and hand them to the guardian."""
    wanted = _arguments()
    interface, buffer_megabytes = wanted.interface, wanted.buffer_megabytes
    notifier = Notifier.from_environment()
    try:
        if wanted.settings:
            interface, buffer_megabytes = _as_set(wanted.settings)
        if wanted.capture:
            source = _open_recording(wanted.capture, wanted.pace, wanted.loop)
        else:
            source = open_interface(interface or "", buffer_megabytes)
        _watch(source, wanted.fd, wanted.socket, notifier, wall_time=source.live or wanted.pace == "real")
    except (CaptureError, ChannelError, privileges.PrivilegesError) as error:
        print(f"sensor: {error}", file=sys.stderr)  # noqa: T201 - the journal's line
        sys.exit(1)
    if source.problem:
        print(f"sensor: {source.problem}", file=sys.stderr)  # noqa: T201 - the journal's line
        # A port that went away wants a new sensor; a damaged capture was read as far as it goes, if it goes anywhere.
        sys.exit(1 if source.live or not source.packets else 0)


def _as_set(file: Path) -> tuple[str, int]:
    """The interface and the megabytes of buffer that a settings file names; ends the program where it can't be read."""
    from appliance.config import SettingsError, load

    try:
        wanted = load(file).sensor
    except SettingsError as error:
        print(f"sensor: {error}", file=sys.stderr)  # noqa: T201 - the journal's line
        sys.exit(1)
    return wanted.interface, wanted.buffer_megabytes


def open_interface(interface: str, megabytes: int = 16) -> Source:
    """A live interface. The code for it is loaded only where it is wanted."""
    from appliance.edge.capture import open_live

    return open_live(interface, megabytes)


def _watch(source: Source, fd: int | None, socket_path: Path | None, notifier: Notifier, *, wall_time: bool) -> None:
    """Put the parts together and run them until the end or a signal."""
    reconnect = (lambda: children.connect(socket_path)) if socket_path else None
    sock = _first_connection(fd, socket_path)
    dissector, help_names = Dissector(), phrase_lists.help_names()
    privileges.drop_all()
    listener = Listener(
        source,
        dissector,
        ChannelWriter(sock),
        help_names=help_names,
        own_macs=_own_macs() if source.live else frozenset(),
        reconnect=reconnect,
        wall_time=wall_time,
    )

    def stop(_signal: int, _frame: FrameType | None) -> None:
        listener.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    notifier.ready()
    _spare_the_collector()
    with contextlib.closing(source):
        listener.run(notifier)
    notifier.stopping()


def _own_macs() -> frozenset[bytes]:
    """This machine's own addresses; only live ones matter, so the code for it is loaded only then."""
    from appliance.edge.cards import own_macs

    return own_macs()


def _spare_the_collector() -> None:
    """What is there now stays, and the rest mostly goes by itself: looking for cycles every 700 objects would find none."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _first_connection(fd: int | None, socket_path: Path | None) -> socket.socket:
    """The guardian's socket; waits for a guardian that is still starting. Raises ChannelError after ten seconds."""
    if fd is not None:
        return socket.socket(fileno=fd)
    assert socket_path is not None
    for _attempt in range(100):
        if (sock := children.connect(socket_path)) is not None:
            return sock
        time.sleep(0.1)
    raise ChannelError(f"Nobody listens at {socket_path}: start the guardian first.")


if __name__ == "__main__":
    main()
