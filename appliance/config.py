"""The settings: one frozen object, read once from `safespan.toml`, checked whole, passed in to whoever needs it.

The shipped file `image_build/rootfs/etc/safespan/safespan.toml` is the manual: every key stands there with a comment.
Every error names the file, the key and what to do.
"""

from __future__ import annotations

import hashlib
import os
import tomllib
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

DEFAULT_FILE = Path("/etc/safespan/safespan.toml")
APPLIANCE_DATA = Path("/var/lib/safespan")
APPLIANCE_RECENT = Path("/run/safespan")


class SettingsError(ValueError):
    """A settings file that cannot be used; the message is one sentence for a person."""


class ListFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A list of domains on this machine: `path` to the file, the `category` it stands for, its `format`."""

    path: str
    category: str
    format: Literal[
        "auto", "domains", "hosts", "adblock", "dnsmasq", "unbound", "rpz", "csv", "ut1", "stamps", "json", "addresses"
    ] = "auto"
    name: str = ""
    licence: str = ""


class Sensor(Struct, frozen=True, forbid_unknown_fields=True):
    """Where to listen. An empty `interface` means the one with a cable and no address."""

    interface: str = ""
    buffer_megabytes: int = 16


class Page(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the page is served, and under which host names it may be asked for."""

    address: str = "127.0.0.1"
    port: int = 8080
    hosts: tuple[str, ...] = ()


class Lights(Struct, frozen=True, forbid_unknown_fields=True):
    """Pins by their BCM numbers. `board` mock needs no hardware; auto takes the real pins where there are any."""

    board: Literal["auto", "gpiod", "mock", "none"] = "auto"
    green: int = 17
    amber: int = 27
    red: int = 22
    buzzer: int = 23
    button: int = 24
    chip_labels: tuple[str, ...] = ("pinctrl-bcm2835", "pinctrl-bcm2711", "pinctrl-rp1")


class Keep(Struct, frozen=True, forbid_unknown_fields=True):
    """How long things are kept. Names that were not flagged live in memory only."""

    recent_hours: int = 48
    recent_rows: int = 200_000
    incident_days: int = 365
    worry_days: int = 365


class School(Struct, frozen=True, forbid_unknown_fields=True):
    """What the page calls the school, and its time zone."""

    name: str = ""
    time_zone: str = "Europe/London"


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that can be set, with its defaults."""

    school: School = School()
    sensor: Sensor = Sensor()
    page: Page = Page()
    lights: Lights = Lights()
    keep: Keep = Keep()
    lists: tuple[ListFile, ...] = ()


def load(file: Path | None = None) -> Settings:
    """Read and check a settings file; the defaults where `file` is None and the machine has none."""
    if file is None:
        if not DEFAULT_FILE.exists():
            return Settings()
        file = DEFAULT_FILE
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SettingsError(f"The settings file {file} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"The settings file {file} is not text in UTF-8: save it again as UTF-8.") from error
    return parse(text, str(file))


def parse(text: str, where: str = "settings") -> Settings:
    """Check the text of a settings file. `where` is what errors call it."""
    try:
        settings = msgspec.convert(tomllib.loads(text.replace("\r\n", "\n")), Settings)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{where} is not valid TOML: {error}. Mend that line, or start from the shipped file.") from error
    except msgspec.ValidationError as error:
        raise SettingsError(f"{where}: {_plain(str(error))}") from error
    _check(settings, where)
    return settings


def _plain(message: str) -> str:
    """Msgspec's message with the key's path in settings-file notation."""
    what, _, path = message.partition(" - at `$.")
    key = path.rstrip("`") or "the top level"
    return f"{what} (key {key}). The shipped settings file explains each key."


def _check(settings: Settings, where: str) -> None:
    """What types alone cannot say: ranges."""
    limits = {
        "sensor.buffer_megabytes": (settings.sensor.buffer_megabytes, 1, 1024),
        "page.port": (settings.page.port, 1, 65_535),
        "keep.recent_hours": (settings.keep.recent_hours, 1, 48),
        "keep.recent_rows": (settings.keep.recent_rows, 1_000, 5_000_000),
        "keep.incident_days": (settings.keep.incident_days, 1, 3_650),
        "keep.worry_days": (settings.keep.worry_days, 1, 3_650),
    }
    for key, (value, low, high) in limits.items():
        if not low <= value <= high:
            raise SettingsError(f"{where}: {key} is {value}; give a number from {low} to {high}.")
    pins = (settings.lights.green, settings.lights.amber, settings.lights.red, settings.lights.buzzer, settings.lights.button)
    if len(set(pins)) != len(pins) or not all(0 <= pin <= 53 for pin in pins):
        raise SettingsError(f"{where}: the pins under [lights] must be five different BCM numbers from 0 to 53.")


def default_data_dir() -> Path:
    """The box's data partition where there is one, else a folder of this user's own."""
    if APPLIANCE_DATA.is_dir() and os.access(APPLIANCE_DATA, os.R_OK):
        return APPLIANCE_DATA
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "safespan"


def recent_dir(data_dir: Path) -> Path:
    """The folder in memory that belongs to a data folder: names that were not flagged never touch the card."""
    if data_dir == APPLIANCE_DATA:
        return APPLIANCE_RECENT
    token = hashlib.sha256(str(data_dir.resolve()).encode()).hexdigest()[:12]
    for base in (os.environ.get("XDG_RUNTIME_DIR"), "/dev/shm"):  # noqa: S108 - a tmpfs is what is wanted; made 0700
        if base and os.access(base, os.W_OK):
            return Path(base) / f"safespan-{os.getuid()}-{token}"
    return data_dir / "recent"
