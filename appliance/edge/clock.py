"""The machine's clock, and whether anything has set it.

A box without a battery wakes up in the past; until a time server has answered, times are guesses and rows say so.
"""

from __future__ import annotations

import ctypes
import time
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from appliance.config import Settings, SettingsError

# systemd-timesyncd makes this file at the first answer after a start (systemd-timesyncd.service(8)).
SYNCHRONISED = Path("/run/systemd/timesync/synchronized")
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
STA_UNSYNC = 0x0040  # adjtimex(2)


class _Timex(ctypes.Structure):
    """The head of `struct timex` (adjtimex(2)); the tail only has to be large enough."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("tail", ctypes.c_char * 256),
    )


def now() -> float:
    """Seconds since the epoch by the machine's clock, right or wrong."""
    return time.time()


def is_synced() -> bool | None:
    """Whether a time server has set the clock since the start; None where the machine does not say."""
    if SYNCHRONISED.exists():
        return True
    status = _kernel_status()
    return None if status is None else not status & STA_UNSYNC


def boot_id() -> str:
    """This start of the machine, as the kernel names it; empty where there is no such thing."""
    try:
        return BOOT_ID.read_text().strip()
    except OSError:
        return ""


def zone_of(settings: Settings) -> ZoneInfo:
    """The school's time zone; a name that this machine does not know is a SettingsError."""
    try:
        return ZoneInfo(settings.school.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        name = settings.school.time_zone
        raise SettingsError(f"school.time_zone is {name!r}, which is no time zone; write one such as Europe/London.") from error


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _kernel_status() -> int | None:
    """The status bits of adjtimex(2), read only."""
    timex = _Timex()
    try:
        answer = _libc().adjtimex(ctypes.byref(timex))
    except (OSError, AttributeError):
        return None
    return None if answer < 0 else timex.status
