"""Giving up every right: once the socket is open the sensor needs none, and a fault in a parser must find none.

Effective, permitted, inheritable and ambient capabilities go, the bounding set as far as it may be cleared, and no program that
this process could start gets any back (capabilities(7), PR_SET_NO_NEW_PRIVS). Straight to the C library: a wrapper that looks
for it with the help of other programs took as long to load as all of our parsers.
"""

from __future__ import annotations

import ctypes
import os
from typing import Final

_PR_CAPBSET_READ, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 23, 24, 38, 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_MOST_CAPABILITIES: Final = 64
_VERSION_3: Final = 0x20080522  # capabilities of 64 bits

_Words = ctypes.c_uint32 * 6  # effective, permitted and inheritable: the lower 32 capabilities, then the upper


class PrivilegesError(RuntimeError):
    """The kernel refused to take our rights away; the message is one sentence."""


def drop_all() -> None:
    """Give up all capabilities, for good. Raises PrivilegesError where that can't be done."""
    library = ctypes.CDLL(None, use_errno=True)
    _check(_prctl(library, _PR_SET_NO_NEW_PRIVS, 1))
    # Kernels before 4.3 have no ambient set.
    _prctl(library, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    # Only a process with CAP_SETPCAP may shrink the bounding set; without it and with no_new_privs the set is of no use.
    for capability in range(_MOST_CAPABILITIES):
        if _prctl(library, _PR_CAPBSET_READ, capability) < 0:
            break
        _prctl(library, _PR_CAPBSET_DROP, capability)
    header, words = (ctypes.c_uint32 * 2)(_VERSION_3, 0), _Words()
    _check(library.capset(header, words))
    _check(library.capget(header, words))
    if any(words):
        raise PrivilegesError("The sensor still has rights after giving them up.")


def _prctl(library: ctypes.CDLL, option: int, value: int) -> int:
    """One call of prctl(2), which wants all of its arguments as long words."""
    return int(library.prctl(option, *(ctypes.c_ulong(number) for number in (value, 0, 0, 0))))


def _check(result: int) -> None:
    """Raise PrivilegesError where a call failed."""
    if result < 0:
        raise PrivilegesError(f"The system does not let the sensor give up its rights: {os.strerror(ctypes.get_errno())}.")
