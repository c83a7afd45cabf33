"""Giving up every right: once the socket is open the sensor needs none, and a fault in a parser must find none.

Effective, permitted, inheritable and ambient capabilities go, the bounding set as far as it may be cleared, and no program that
this process could start gets any back (capabilities(7), PR_SET_NO_NEW_PRIVS).
"""

from __future__ import annotations

import contextlib

import pyprctl


class PrivilegesError(RuntimeError):
    """The kernel refused to take our rights away; the message is one sentence."""


def drop_all() -> None:
    """Give up all capabilities, for good. Raises PrivilegesError where that can't be done."""
    try:
        pyprctl.set_no_new_privs()
        with contextlib.suppress(OSError):
            pyprctl.cap_ambient_clear_all()
        # Only a process with CAP_SETPCAP may shrink the bounding set; without it and with no_new_privs the set is of no use.
        for capability in pyprctl.capbset_probe():
            with contextlib.suppress(OSError):
                pyprctl.capbset_drop(capability)
        pyprctl.CapState().set_current()
    except OSError as error:
        raise PrivilegesError(f"The system does not let the sensor give up its rights: {error.strerror or error}.") from error
    left = pyprctl.CapState.get_current()
    if left.effective or left.permitted or left.inheritable:
        raise PrivilegesError("The sensor still has rights after giving them up.")
