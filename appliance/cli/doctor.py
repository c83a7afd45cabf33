"""`safespan doctor`: looks the box over and says for each thing what it found and what to do."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import click
from msgspec import Struct, structs

from appliance import config
from appliance.cli.output import data_dir_option, format_option, print_records
from appliance.edge import clock
from appliance.edge.interfaces import choose_interface, list_interfaces, may_listen
from appliance.edge.store import Store, StoreError
from appliance.judge.health import PROBLEMS
from appliance.model import Health

State = Literal["good", "look", "bad"]
ROOM_NEEDED = 200_000_000  # bytes
SILENT_AFTER = 120.0  # seconds
CHIPS = Path("/dev")


class Finding(Struct, frozen=True):
    """One thing that was looked at: how it is, what was found, and what to do where it isn't good."""

    check: str
    state: State
    found: str
    remedy: str = ""


@click.command()
@data_dir_option
@click.option("--settings", "settings_file", type=click.Path(path_type=Path), help="A settings file.")
@format_option
def doctor(data_dir: Path, settings_file: Path | None, form: str | None) -> None:
    """Look the box over; ends with status 1 where something is bad."""
    findings = list(look_over(data_dir, settings_file))
    print_records((structs.asdict(finding) for finding in findings), ("check", "state", "found", "remedy"), form)
    sys.exit(any(finding.state == "bad" for finding in findings))


def look_over(data_dir: Path, settings_file: Path | None = None, now: Callable[[], float] = time.time) -> Iterator[Finding]:
    """Every finding, in the order in which things depend on each other."""
    try:
        settings = config.load(settings_file)
        yield Finding(
            "settings", "good", f"read from {settings_file or config.DEFAULT_FILE}" if _has(settings_file) else "the usual ones"
        )
    except config.SettingsError as error:
        settings = config.Settings()
        yield Finding("settings", "bad", str(error), "Mend the file; until then the usual settings are looked at here.")
    yield _clock()
    yield _room(data_dir)
    yield _interface(settings.sensor.interface)
    yield _pins(settings.lights)
    yield from _records(data_dir, now())


def _has(settings_file: Path | None) -> bool:
    return settings_file is not None or config.DEFAULT_FILE.exists()


def _clock() -> Finding:
    synced = clock.is_synced()
    if synced is None:
        return Finding("clock", "look", "this machine doesn't say whether a time server has set it", "Compare it with a watch.")
    if not synced:
        return Finding("clock", "look", "no time server has set it yet", "Let the box reach a time server (UDP port 123).")
    return Finding("clock", "good", "set by a time server")


def _room(data_dir: Path) -> Finding:
    folder = next((one for one in (data_dir, *data_dir.parents) if one.exists()), Path("/"))
    free = shutil.disk_usage(folder).free
    found = f"{free // 1_000_000} MB free for {data_dir}"
    if free < ROOM_NEEDED:
        return Finding("room", "bad", found, "Make room on that disk or card.")
    return Finding("room", "good", found)


def _interface(wanted: str) -> Finding:
    interfaces = list_interfaces()
    found = next((one for one in interfaces if one.name == wanted), None) if wanted else choose_interface(interfaces)
    if found is None:
        what = f"there is no interface '{wanted}'" if wanted else "no interface without an address"
        return Finding(
            "mirror port", "look", what, "Plug in a network adapter for the switch's mirror port, or name it in the settings."
        )
    if not found.cable:
        return Finding("mirror port", "look", f"{found.name} has no cable or is switched off", "Check both ends of the cable.")
    rights = "" if may_listen() else "; this user may not listen, root or the box's own sensor may"
    return Finding("mirror port", "good", f"{found.name} has a cable{rights}")


def _pins(pins: config.Lights) -> Finding:
    if pins.board in ("none", "mock"):
        return Finding("lamp", "look", f'the settings say board = "{pins.board}"', 'Set it to "auto" for real lamps.')
    chips = sorted(CHIPS.glob("gpiochip*"))
    if not chips:
        return Finding(
            "lamp", "look", "this machine has no pins, so the lamp is in memory only", "Nothing, unless this is the box."
        )
    usable = [chip for chip in chips if os.access(chip, os.R_OK | os.W_OK)]
    if not usable:
        return Finding(
            "lamp", "look", f"{chips[0]} may not be used by this user", "Run this as root, or add the user to the group gpio."
        )
    return Finding("lamp", "good", f"pins at {', '.join(map(str, usable))}; 'safespan lamp test' shows them")


def _records(data_dir: Path, now: float) -> Iterator[Finding]:
    """What the records say: are they sound, is the guardian alive, what does it complain of, is there an account."""
    try:
        with Store.open(data_dir, readonly=True) as store:
            yield _soundness(store, data_dir)
            yield _watching(store, now)
            yield from _complaints(store)
            yield _account(store)
    except StoreError as error:
        yield Finding(
            "records", "bad", str(error), "Start the box ('safespan run', or its units), or name its folder with --data-dir."
        )


def _soundness(store: Store, data_dir: Path) -> Finding:
    if store.recovered:
        return Finding("records", "look", store.recovered, "Check on the page what is there; keep the file that was put aside.")
    return Finding("records", "good", f"in {data_dir}")


def _watching(store: Store, now: float) -> Finding:
    health = store.health()
    if health is not None and _is_over(health, now):
        return _played(health)
    if health is None or abs(now - health.time) > SILENT_AFTER:
        since = "never" if health is None else f"{(now - health.time) / 60:.0f} minutes ago"
        return Finding(
            "watching",
            "bad",
            f"the guardian was last heard {since}",
            "Look at: systemctl status safespan-guardian safespan-sensor",
        )
    if "no-sensor" in health.problems:
        return Finding("watching", "bad", PROBLEMS["no-sensor"], "Look at: journalctl -u safespan-sensor -n 20")
    source = health.source or "no source"
    return Finding("watching", "good", f"{health.packets} packets from {source}, {health.dropped} lost, {health.devices} devices")


def _is_over(health: Health, now: float) -> bool:
    """Whether these are the records of a demonstration or of a capture, which nobody plays any more."""
    played = health.demonstration or (not health.live and bool(health.source))
    return played and abs(now - health.time) > SILENT_AFTER


def _played(health: Health) -> Finding:
    what = "the demonstration" if health.demonstration else f"a replay of {health.source}"
    return Finding(
        "watching",
        "look",
        f"these are the records of {what}, which has ended; nothing is watched here",
        "Nothing, unless this is a box: then start it ('safespan run --interface NAME', or its units).",
    )


def _complaints(store: Store) -> Iterator[Finding]:
    health = store.health()
    for problem in health.problems if health else ():
        yield Finding("health", "look", PROBLEMS.get(problem, problem), "The page's 'Is it working?' says what to do.")
    for status in store.lists():
        if status.problem:
            yield Finding("lists", "look", f"{status.name}: {status.problem}", "See 'safespan lists status'.")


def _account(store: Store) -> Finding:
    if store.accounts():
        return Finding("account", "good", f"{len(store.accounts())} can log in")
    code = store.recent_dir / "first-run-code"
    try:
        found = f"nobody has an account yet; the first-run code is {code.read_text().strip()}"
    except OSError:
        found = "nobody has an account yet"
    return Finding(
        "account", "look", found, "Open the page and make the first account with the first-run code (root may read it here)."
    )
