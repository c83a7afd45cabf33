"""The record of who did what, one sentence an entry."""

from __future__ import annotations

from collections.abc import Callable

from appliance.model import AuditEntry
from web_ui.hostnames import clean
from web_ui.wording.texts import gettext as _


def say(entry: AuditEntry, device: Callable[[str], str], *, sees: bool = True) -> str:
    """What was done, as a sentence after the person's name. `device` gives the name of a device by its MAC.

    Who does not work on cases (`sees` False) is told what was done, not what it was done to: that may be a child's name.
    """
    subject = clean(entry.subject, 80)
    if entry.action in _INCIDENTS and incident_of(entry) is not None:
        return _say_incident(entry.action, subject)
    if entry.action in _DEVICES:
        return _say_device(entry.action, clean(device(entry.subject), 80))
    return _say_door(entry.action, subject) or _say_other(entry.action, subject if sees or entry.action == "setting" else "")


_INCIDENTS = frozenset(
    {"looked"}
    | {f"incident {kind}" for kind in ("note", "decision", "acknowledged", "correction", "passed", "read", "linked", "unlinked")}
    | {f"incident {deed}" for deed in ("name asked", "name agreed", "name refused", "printed", "copied")}
)
_DEVICES = frozenset({"device named", "device name removed", "own device marked", "own device unmarked"})


def incident_of(entry: AuditEntry) -> int | None:
    """The number of the incident that an entry is about, None where it is about something else."""
    return int(entry.subject) if entry.action in _INCIDENTS and entry.subject.isdecimal() else None


def rule_of(entry: AuditEntry) -> int | None:
    """The number of the rule that an entry is about, None where it is about something else."""
    number = entry.subject.partition(" ")[0]
    return int(number) if entry.action.startswith("rule ") and number.isdecimal() else None


def _say_incident(action: str, number: str) -> str:
    return {
        "looked": _("Looked at incident %(number)s.", number=number),
        "incident note": _("Wrote a note on incident %(number)s.", number=number),
        "incident decision": _("Decided on incident %(number)s.", number=number),
        "incident acknowledged": _("Began to look at incident %(number)s.", number=number),
        "incident correction": _("Corrected an entry on incident %(number)s.", number=number),
        "incident passed": _("Passed incident %(number)s to a colleague.", number=number),
        "incident read": _("Read what was passed to them, incident %(number)s.", number=number),
        "incident linked": _("Linked incident %(number)s with another.", number=number),
        "incident unlinked": _("Took a link of incident %(number)s back.", number=number),
        "incident name asked": _("Asked who had the device in incident %(number)s.", number=number),
        "incident name agreed": _("Agreed that a name is shown in incident %(number)s.", number=number),
        "incident name refused": _("Refused to have a name shown in incident %(number)s.", number=number),
        "incident printed": _("Made a pack to print of incident %(number)s.", number=number),
        "incident copied": _("Copied incident %(number)s as text.", number=number),
    }[action]


def _say_device(action: str, name: str) -> str:
    return {
        "device named": _("Named a device: %(name)s.", name=name),
        "device name removed": _("Took a device’s name away: %(name)s.", name=name),
        "own device marked": _("Said that a device is their own: %(name)s.", name=name),
        "own device unmarked": _("Said that a device is their own no more: %(name)s.", name=name),
    }[action]


def _say_door(action: str, subject: str) -> str:
    """About accounts and logging in; empty for anything else."""
    return {
        "log-in": _("Logged in from %(address)s.", address=subject),
        "account made": _("Got an account: %(name)s.", name=subject),
        "password changed": _("Changed the passphrase of %(name)s.", name=subject),
        "account closed": _("Closed the account of %(name)s.", name=subject),
        "account opened": _("Opened the account of %(name)s again.", name=subject),
        "invited": _("Made a code on paper for %(name)s.", name=subject),
        "invitation withdrawn": _("Took back the code of %(name)s.", name=subject),
        "second factor on": _("Switched the second step on for %(name)s.", name=subject),
        "second factor off": _("Switched the second step off for %(name)s.", name=subject),
        "recovery codes made": _("Made a new recovery sheet for %(name)s.", name=subject),
        "recovery code used": _("Logged in with a code from the recovery sheet."),
        "first-run code made": _("Made the code for the first account."),
        "removed incidents": _("Deleted what was older than its term: %(what)s.", what=subject.partition(" ")[0]),
        "removed worries": _("Deleted worries that were older than their term: %(what)s.", what=subject.partition(" ")[0]),
        "records recovered": _("Put damaged records aside, and took over what could be read of them."),
    }.get(action, "")


def _say_school(action: str) -> str:
    """About what the school says of itself and of its devices; empty for anything else."""
    return {
        "check written down": _("Wrote a check down."),
        "person added": _("Changed the class lists."),
        "person removed": _("Changed the class lists."),
        "term added": _("Changed the terms."),
        "term removed": _("Changed the terms."),
        "timetable line added": _("Changed the timetable."),
        "timetable line removed": _("Changed the timetable."),
        "devices merged": _("Said that two records are one device."),
        "devices parted": _("Said that two records are two devices."),
        "device lent": _("Wrote down who has a device."),
        "device given back": _("Wrote down that a device came back."),
        "device put in group": _("Put a device into a group."),
        "device taken out of group": _("Took a device out of its group."),
        "group saved": _("Changed a group of devices."),
        "group removed": _("Removed a group of devices."),
        "VLAN named": _("Changed what a part of the network is called."),
    }.get(action, "")


def _say_other(action: str, subject: str) -> str:
    settings = {
        "language": _("Changed the school’s language."),
        "school_name": _("Changed the school’s name."),
        "time_zone": _("Changed the time zone."),
        "report_a_worry": _("Switched the page for reporting a worry on or off."),
        "recovered": _("Read what became of damaged records."),
        "supplier_door": _("Opened or shut the supplier’s door."),
    }
    known = _say_school(action)
    if known:
        return known
    if action == "school hours":
        return _("Changed the school hours.")
    if action == "setting" and subject.startswith("set_up_"):
        return _("Went on with the set-up of the box.")
    if action == "setting" and subject.startswith("language:"):
        return _("Changed the language of this page for themselves.")
    if action == "setting" and subject.startswith("phone_"):
        return _("Changed one of the school’s phone numbers.")
    if action == "looked" and subject.startswith("day "):
        return _("Looked at a device’s day.")
    if action == "looked" and subject.startswith("browse "):
        return _("Browsed a table of health and counts.")
    if action == "setting":
        return settings.get(subject) or _("Changed a setting: %(name)s.", name=subject.replace("_", " ").replace(":", " "))
    if not subject:
        return _("Noted: %(action)s.", action=clean(action, 80))
    return _("Noted: %(action)s, %(subject)s.", action=clean(action, 80), subject=subject)
