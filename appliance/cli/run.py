"""`safespan run`: the whole box in the foreground, on a live interface, a capture, or the demonstration school."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from msgspec import Struct

import appliance
from appliance import config
from appliance.cli.foreground import Foreground, Part
from appliance.edge.children import python_module, sensor_arguments
from appliance.edge.interfaces import choose_interface, list_interfaces, may_listen
from appliance.edge.store import Store, StoreError

DEMONSTRATION = Path(appliance.__file__).parent / "edge/data/demonstration.pcap.gz"
PORTS_TRIED = 20
PAGE_PATIENCE = 20.0  # seconds in which the page should answer


class Plan(Struct, frozen=True):
    """What to start: where the frames come from, where records go, where the page is served."""

    source: tuple[str, ...]
    live: bool
    demonstration: bool
    data_dir: Path
    settings_file: Path | None
    address: str
    port: int


@click.command()
@click.option("--interface", help="Listen on this interface; 'auto' finds the one with a cable and no address. Needs root.")
@click.option("--capture", type=click.Path(path_type=Path), help="Play this capture file as if live.")
@click.option("--data-dir", type=click.Path(file_okay=False, path_type=Path), help="Keep the records in this folder.")
@click.option("--port", type=click.IntRange(1, 65_535), help="Serve the page at this port.")
@click.option("--settings", "settings_file", type=click.Path(path_type=Path), help="A settings file.")
def run(interface: str | None, capture: Path | None, data_dir: Path | None, port: int | None, settings_file: Path | None) -> None:
    """Start the box here. With neither --interface nor --capture it plays a demonstration school."""
    try:
        settings = config.load(settings_file)
        source = choose_source(interface, capture, settings.sensor.buffer_megabytes)
        with records(data_dir, live=interface is not None) as folder:
            plan = Plan(
                source=source,
                live=interface is not None,
                demonstration=interface is None and capture is None,
                data_dir=folder,
                settings_file=settings_file,
                address=settings.page.address,
                port=choose_port(settings.page.address, port, settings.page.port),
            )
            start(plan, kept=data_dir is not None or plan.live)
    except (config.SettingsError, StoreError) as error:
        raise click.ClickException(str(error)) from error


def choose_source(interface: str | None, capture: Path | None, megabytes: int = 16) -> tuple[str, ...]:
    """The sensor's options for its source. ClickException with one sentence where it can't be had."""
    if interface and capture:
        raise click.ClickException("Give --interface or --capture, not both.")
    if interface:
        return tuple(sensor_arguments(interface=checked_interface(interface), buffer_megabytes=megabytes))
    if capture is None and not DEMONSTRATION.exists():
        raise click.ClickException(
            "The demonstration's recording is missing from this copy: use --capture FILE or --interface NAME."
        )
    file = capture or DEMONSTRATION
    if not file.is_file() or not os.access(file, os.R_OK):
        raise click.ClickException(f"The capture {file} can't be read: check its name and who may read it.")
    return tuple(sensor_arguments(capture=file, pace="real", loop=capture is None))


def checked_interface(name: str) -> str:
    """The interface to listen on, if it is there and this user may."""
    interfaces = list_interfaces()
    if name == "auto":
        chosen = choose_interface(interfaces)
        if chosen is None:
            raise click.ClickException("No card with a cable and no address was found: name one with --interface NAME.")
        name = chosen.name
    names = [one.name for one in interfaces]
    if name not in names:
        raise click.ClickException(f"There is no interface '{name}' on this machine; it has {', '.join(names) or 'none'}.")
    if not may_listen():
        raise click.ClickException(
            f"Listening on {name} needs root: run it with sudo, or try the demonstration without --interface."
        )
    return name


@contextlib.contextmanager
def records(data_dir: Path | None, *, live: bool) -> Iterator[Path]:
    """The folder for the records: the one that was named, the box's own for a live interface, else one that goes at the end."""
    if data_dir is not None or live:
        yield data_dir or config.default_data_dir()
        return
    base = Path("/dev/shm")  # noqa: S108 - a folder in memory, made with mode 0700
    folder = Path(tempfile.mkdtemp(prefix="safespan-demo-", dir=base if os.access(base, os.W_OK) else None))
    try:
        yield folder
    finally:
        shutil.rmtree(config.recent_dir(folder), ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def choose_port(address: str, wanted: int | None, usual: int) -> int:
    """The wanted port, or the next free one with a word about it."""
    first = wanted or usual
    for port in range(first, min(first + PORTS_TRIED, 65_536)):
        if is_free(address, port):
            if port != first:
                click.echo(f"Port {first} is taken, so the page is at port {port}.")
            return port
    raise click.ClickException(f"The page can't be served at {address}, ports {first} and on: choose another with --port.")


def is_free(address: str, port: int) -> bool:
    """Whether something could listen there."""
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((address, port))
        except OSError:
            return False
    return True


def start(plan: Plan, *, kept: bool) -> None:
    """Start the parts, say where the page is, and stay until told to stop."""
    recent = config.recent_dir(plan.data_dir)
    with Store.open(plan.data_dir, recent, check=True) as store:
        code = store.first_run_code(time.time())
        recovered = store.recovered
    box = Foreground(parts(plan, recent), say)
    stop = stop_on_signals()
    try:
        box.start()
        greet(plan, code, recovered, kept=kept, answers=wait_for_page(plan, box, stop))
        box.run(stop)
    finally:
        box.stop()
    click.echo("\nSafespan has stopped." + ("" if kept else " Nothing was kept."))


def parts(plan: Plan, recent: Path) -> list[Part]:
    """The box's programs, in the order in which they start."""
    settings = ("--settings", str(plan.settings_file)) if plan.settings_file else ()
    common = ("--data-dir", str(plan.data_dir), *settings)
    meeting = ("--socket", str(recent / "guardian.sock"))
    demonstration = ("--demonstration",) if plan.demonstration else ()
    return [
        _part("guardian", "appliance.guardian", *common, *meeting, *demonstration),
        _part("sensor", "appliance.sensor", *meeting, *plan.source, may_finish=not plan.live and not plan.demonstration),
        _part("page", "web_ui", *common, "--port", str(plan.port)),
        _part("lights", "hardware", *common, "--terminal"),
    ]


def _part(name: str, module: str, *arguments: str, may_finish: bool = False) -> Part:
    return Part(name, tuple(python_module(module, *arguments)), may_finish)


def wait_for_page(plan: Plan, box: Foreground, stop: threading.Event) -> bool:
    """Wait until the page answers, looking after the parts meanwhile."""
    end = time.monotonic() + PAGE_PATIENCE
    while time.monotonic() < end and not stop.wait(0.1):
        box.look()
        with contextlib.suppress(OSError), socket.create_connection((reachable(plan.address), plan.port), 1.0):
            return True
    return False


def reachable(address: str) -> str:
    """An address that a browser on this machine can open."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)  # noqa: S104 - compared with, not bound to


def greet(plan: Plan, code: str, recovered: str, *, kept: bool, answers: bool) -> None:
    """Say what is going on and what to do next."""
    if plan.demonstration:
        say("This is a demonstration: a made-up school, recorded earlier, played as if it happened now.")
    host = reachable(plan.address)
    say(f"The page:       http://{f'[{host}]' if ':' in host else host}:{plan.port}/" + ("" if answers else "  (still starting)"))
    if code:
        say(f"First-run code: {code}  (the page asks for it to make the first account)")
    if recovered:
        say(recovered)
    say(f"The records:    {plan.data_dir}" + ("" if kept else "  (gone when this ends)"))
    say("To stop: Ctrl-C.")


def say(sentence: str) -> None:
    """Print a line; on a terminal the lamp's line makes way for it."""
    clear = "\r\x1b[K" if sys.stdout.isatty() else ""
    click.echo(clear + sentence)


def stop_on_signals() -> threading.Event:
    """An event that Ctrl-C, SIGTERM and a closed terminal set."""
    stop = threading.Event()

    def end(*_: Any) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    return stop
