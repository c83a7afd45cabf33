"""What the tables for the technician are called."""

from __future__ import annotations

from web_ui.wording.texts import gettext as _


def title(shelf: str) -> str:
    """A table's name."""
    return {
        "devices": _("Devices, technically"),
        "sights": _("What was in sight, by device and hour"),
        "lists": _("Lists in force"),
        "witness": _("What the filter did, by day"),
        "safesearch": _("Safe search, by day"),
        "filter_checks": _("Tests of the filter that the box saw"),
        "check_log": _("Log of checks"),
    }.get(shelf, shelf)


def counters() -> str:
    """The sensor's and the guardian's counters."""
    return _("Counters since the box started")


def reasons() -> str:
    """Why something was dropped or refused."""
    return _("What was dropped or refused, and why")


def hour() -> str:
    """The hour at hand."""
    return _("The school in this hour")
