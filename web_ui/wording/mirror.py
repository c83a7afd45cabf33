"""The mirror test: whether the switch gives the box what it needs, each question with its remedy and a note for IT support."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from appliance.model import Device, Health
from web_ui.wording import health as checks
from web_ui.wording.devices import say_vlan
from web_ui.wording.repairs import Check
from web_ui.wording.texts import format_number, ngettext
from web_ui.wording.texts import gettext as _

# The checks of the box that are about the cable and the switch.
WIRE = ("touch", "interface-down", "no-packets", "no-mirror", "both-ways", "drops", "no-sensor")
# More copies than this of what was heard: the switch mirrors both ends of the same way.
TWICE = 0.3
ENOUGH, ENOUGH_LOOKUPS = 1_000, 50
FEW = 3
SHOWN = 6  # parts of the network in a sentence


def tests(health: Health | None, devices: Sequence[Device], now: float, vlans: Mapping[int, str]) -> list[Check]:
    """Every question of the test, those with an answer that needs something first."""
    found = [check for check in checks.checks(health, now) if check.id in WIRE]
    if health is not None and found and found[0].id != "touch":
        found += [_lookups(health), _forwarder(health), _tags(devices, vlans), _copies(health), _place(health, devices)]
    return sorted(found, key=lambda check: ("wrong", "look", "unknown", "well").index(check.state))


def _lookups(health: Health) -> Check:
    title = _("Look-ups and answers")
    if "no-lookups" in health.problems:
        return _fault(
            "lookups",
            _("We see connections, but hardly any look-ups"),
            _("The box stands where the names that devices look up do not pass, so it can explain less of what it sees."),
            _("The box sees connections but hardly any DNS. Please mirror the port of the school’s DNS server as well."),
        )
    if health.queries < ENOUGH_LOOKUPS:
        return Check("lookups", "unknown", title, _("We have not heard enough yet to tell."))
    sentence = _("We hear which names devices look up: %(count)s so far.", count=format_number(health.queries))
    return Check("lookups", "well", title, sentence)


def _forwarder(health: Health) -> Check:
    title = _("Each device asks for itself")
    if "forwarder" in health.problems:
        return _fault(
            "forwarder",
            _("One machine asks for all the others"),
            _("Nearly all look-ups come from one machine, so it is hard to say which device asked for what."),
            _(
                "The box sees DNS from one forwarder only. Please mirror a port between the devices and that DNS server or"
                " filter, so that each device’s own questions pass."
            ),
        )
    if health.queries < ENOUGH_LOOKUPS:
        return Check("forwarder", "unknown", title, _("We have not heard enough yet to tell."))
    return Check("forwarder", "well", title, _("Look-ups come from many devices, so we can say which one asked."))


def _fault(key: str, title: str, sentence: str, note: str) -> Check:
    """Something that IT support puts right, with the note to print for them."""
    return Check(key, "wrong", title, sentence, (_("Print the note for IT support and give it to them."),), note)


def _tags(devices: Sequence[Device], vlans: Mapping[int, str]) -> Check:
    parts = {device.vlan for device in devices if device.vlan is not None}
    if parts:
        told = "; ".join(say_vlan(number, vlans) for number in sorted(parts)[:SHOWN])
        sentence = ngettext(
            "We see the tag of one part of the network: %(some)s.",
            "We see the tags of %(num)d parts of the network: %(some)s.",
            len(parts),
            some=told + (" …" if len(parts) > SHOWN else ""),
        )
        return Check("tags", "well", _("Parts of the network (VLAN tags)"), sentence)
    sentence = _("We see no tags. That is right where the school has one network for everything.")
    note = _(
        "If the school has several VLANs: please have the mirror session keep the 802.1Q tags, and include the VLANs of pupils,"
        " staff and guests."
    )
    return Check("tags", "unknown", _("Parts of the network (VLAN tags)"), sentence, (), note)


def _copies(health: Health) -> Check:
    copies = health.reasons.get("duplicate", 0)
    title = _("Nothing comes twice")
    if health.packets + copies < ENOUGH:
        return Check("copies", "unknown", title, _("We have not heard enough yet to tell."))
    if copies < TWICE * (health.packets + copies):
        return Check("copies", "well", title, _("What the switch sends us comes once."))
    sentence = _(
        "%(count)s packets came twice. The box sorts them out, but it has less time for the rest.", count=format_number(copies)
    )
    note = _(
        "The mirror session seems to copy the same packets more than once. Please mirror only the port that leads to the router"
        " or firewall, not also the ports or VLANs of the devices."
    )
    return Check(
        "copies", "look", _("Much comes twice"), sentence, (_("Print the note for IT support and give it to them."),), note
    )


def _place(health: Health, devices: Sequence[Device]) -> Check:
    title = _("The right place")
    if "one-mac" in health.problems or (health.hellos > ENOUGH and len(devices) < FEW):
        sentence = _("Nearly everything seems to come from one device: the box listens behind a router, or at the wrong socket.")
        note = _(
            "The box sees most traffic under one hardware address. Please mirror a port on the school’s side of the router or"
            " firewall, before addresses are translated (NAT), where each device still has its own address."
        )
        return Check(
            "place",
            "wrong",
            _("The box listens in the wrong place"),
            sentence,
            (_("Print the note for IT support and give it to them."),),
            note,
        )
    if len(devices) < FEW:
        return Check(
            "place", "unknown", title, _("We have met too few devices yet to tell whether the box listens in the right place.")
        )
    sentence = ngettext(
        "We tell one device apart from the others.", "We tell %(num)d devices apart, each by itself.", len(devices)
    )
    return Check("place", "well", title, sentence)
