"""A device in plain words: what it calls itself, when it was heard, and what is odd about it."""

from __future__ import annotations

from collections.abc import Mapping

from appliance.model import Device
from web_ui.hostnames import clean
from web_ui.wording.dates import say_ago, say_moment
from web_ui.wording.texts import gettext as _

DAY = 86_400.0
_UNKNOWN = "Unknown device "  # what the guardian calls one that says neither its name nor its maker
NEW = 7 * DAY
SILENT = 7 * DAY


def say_name(name: str) -> str:
    """A device's name, without what can't be seen; one that the box made up is told in the reader's language."""
    tail = name.removeprefix(_UNKNOWN)
    return _("Unknown device %(tail)s", tail=clean(tail, 80)) if tail != name else clean(name, 80)


def say_about(device: Device) -> str:
    """What kind of device it seems to be, as far as it says."""
    heard, maker = clean(device.heard_name or "", 80), clean(device.maker or "", 80)
    if device.label and heard and maker:
        return _("Made by %(maker)s; calls itself %(name)s", maker=maker, name=heard)
    if device.label and heard:
        return _("Calls itself %(name)s", name=heard)
    if maker:
        return _("Made by %(maker)s", maker=maker)
    if device.private:
        return _("Keeps its maker secret")
    return _("Does not say who made it")


def say_seen(device: Device, now: float) -> str:
    """When it was last heard."""
    return _("Last heard %(ago)s", ago=say_ago(device.last_seen, now))


def badges(device: Device, now: float, began: float, hides: bool = False) -> tuple[str, ...]:
    """What is worth a glance: new, no name yet, hiding, silent, a changing address. On a box's first day (`began`) all is new."""
    is_new = now - device.first_seen < NEW and device.first_seen - began > DAY
    worth = (
        (is_new, _("New this week")),
        (not device.label and not device.heard_name, _("No name yet")),
        (device.private, _("Changing address")),
        (hides, _("Hides what it visits")),
        (now - device.last_seen > SILENT, _("Not heard for a week")),
    )
    return tuple(badge for applies, badge in worth if applies)


def say_vlan(number: int, names: Mapping[int, str]) -> str:
    """A part of the network, by the school’s name for it where it has one."""
    if names.get(number):
        return _("VLAN %(number)d: %(name)s", number=number, name=names[number])
    return _("VLAN %(number)d", number=number)


def facts(device: Device, now: float, vlans: Mapping[int, str]) -> list[tuple[str, str]]:
    """What is known of it, as pairs of a heading and its words."""
    known = [
        (_("Calls itself"), clean(device.heard_name or "", 253)),
        (_("Made by"), clean(device.maker or "", 80)),
        (_("First heard"), say_moment(device.first_seen, now)),
        (_("Last heard"), say_moment(device.last_seen, now)),
        (_("Hardware address"), clean(device.mac)),
        (_("Network addresses"), clean(", ".join(device.addresses[:8]), 400)),
        (_("Part of the network"), say_vlan(device.vlan, vlans) if device.vlan is not None else ""),
    ]
    return [(heading, words) for heading, words in known if words]
