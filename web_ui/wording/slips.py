"""The notes for IT support, one for each thing that can be wrong: how the box knows, and what it takes to put it right.

They are read by people of that trade: the test of how easy the page is to read leaves this module out.
"""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from msgspec import Struct

from appliance.model import Health
from web_ui.wording.dates import say_moment
from web_ui.wording.texts import format_number
from web_ui.wording.texts import gettext as _

MIRROR = _l(
    "Please set a mirror (SPAN) session on the switch: source the port that leads to the router or firewall, in both"
    " directions (ingress and egress), with VLAN tags kept; destination the port that the Safespan box is plugged in to."
    " The box never sends through that port."
)
_RESTART = _l("Please restart the box. If it stays so, please run “safespan doctor” on it and send the supplier what it says.")
_CARD = _l(
    "Please look at the box’s memory card: free space, whether it is mounted read-only, and errors in the journal"
    " (“journalctl -u safespan-guardian”). A worn card is best replaced."
)


class Slip(Struct, frozen=True):
    """How the box knows that something is wrong, and what is asked of IT support."""

    known: Any
    ask: Any


def _cable_and_switch() -> dict[str, Slip]:
    return {
        "touch": Slip(_l("The guardian writes a sign of life every second. The page has seen none for two minutes."), _RESTART),
        "no-sensor": Slip(_l("The sensor reports to the guardian every second. It has said nothing for five seconds."), _RESTART),
        "interface-down": Slip(
            _l("The listening network interface reports no carrier."),
            _l("Please check the cable, and that the mirror’s destination port on the switch is enabled and not err-disabled."),
        ),
        "no-packets": Slip(_l("The listening interface is up, but not one packet has come through it for a minute."), MIRROR),
        "no-mirror": Slip(_l("Packets come in, but only broadcasts and the box’s own: none between two other machines."), MIRROR),
        "both-ways": Slip(
            _l("The box counts DNS questions and DNS answers. There are far fewer answers than questions."), MIRROR
        ),
        "one-way": Slip(_l("Within the hour, questions came without answers, or answers without questions."), MIRROR),
        "drops": Slip(
            _l("Within a minute, the kernel dropped more than one in a hundred packets for want of room in the ring."),
            _l("Please mirror only the port that leads to the router or firewall, and no VLAN or port twice."),
        ),
    }


def _place_and_names() -> dict[str, Slip]:
    return {
        "one-mac": Slip(
            _l("More than ten addresses appear under each hardware address of a router."),
            _l("Please mirror a port on the school’s side of the router or firewall, before addresses are translated (NAT)."),
        ),
        "forwarder": Slip(
            _l("Nearly all DNS questions in the mirror come from one machine, while other devices are active."),
            _l("Please mirror a port between the devices and that DNS server or filter, so that each device’s questions pass."),
        ),
        "no-lookups": Slip(
            _l("Connections are in the mirror, but hardly any DNS."),
            _l("Please mirror the port of the school’s DNS server as well."),
        ),
        "names": Slip(
            _l("Fewer than eighty in a hundred connections carry a name (SNI, HTTP host, or a DNS answer before them)."),
            _l("Please switch off iCloud Private Relay, encrypted DNS and VPN apps on managed devices, as “Can we see?” says."),
        ),
        "sight-fell": Slip(
            _l("The share of connections with a name fell far below what is usual at this hour in the last days."),
            _l("Please say what was changed on that day: mirror, DNS, managed settings, or a new VPN, relay or proxy."),
        ),
    }


def _box() -> dict[str, Slip]:
    return {
        "store": Slip(_l("Writing to the box’s database failed."), _CARD),
        "records-recovered": Slip(
            _l("The database did not pass its check at the start, and was put aside beside the new one."), _CARD
        ),
        "no-lists": Slip(
            _l("Not one list of names could be loaded."),
            _l("Please run “safespan lists status”, then “safespan lists update”, and restart the box."),
        ),
        "lists": Slip(
            _l("A list’s file was refused when it was loaded."),
            _l("Please run “safespan lists status” and put the list right, or go back with “safespan lists back”."),
        ),
        "lists-stale": Slip(
            _l("A fetched list was last known to be its maker’s newest more than thirty days ago."),
            _l("Please let the box reach its list makers by HTTPS at night, or bring them on a stick (“safespan lists update”)."),
        ),
        "incidents-capped": Slip(
            _l("More incidents began within one hour than the box keeps apart. The rest are in its counters."),
            _l("Please look for one device or one app that makes very many requests, and say which."),
        ),
        "clock": Slip(
            _l("The system clock is not marked as synchronised."),
            _l("Please let the box reach a time server (NTP, UDP port 123), or name your own in its settings."),
        ),
    }


_SLIPS = _cable_and_switch() | _place_and_names() | _box()
_UNKNOWN = Slip(_l("The guardian reports it; this page is older than the guardian and has no words for it."), _RESTART)


def find(check: str) -> Slip:
    """The note for a check or a problem of that name; one for what this page does not know."""
    return _SLIPS.get(check, _UNKNOWN)


def known() -> frozenset[str]:
    """The names that have a note of their own."""
    return frozenset(_SLIPS)


def figures(health: Health, now: float) -> list[tuple[str, str]]:
    """What the box counted since its start: the ground of every note, as pairs of a heading and a figure."""
    counted = (
        (_("Packets heard"), health.packets),
        (_("Packets lost"), health.dropped),
        (_("Packets between two other machines"), health.foreign_unicast),
        (_("DNS questions"), health.queries),
        (_("DNS answers"), health.answers),
        (_("Connections with a name"), health.named),
        (_("Connections without a name"), health.unnamed),
        (_("Devices"), health.devices),
    )
    began = (_("Counted since"), say_moment(health.started, now))
    last = (_("Last packet"), say_moment(health.last_packet, now) if health.last_packet else _("None yet"))
    return [began, last, *((heading, format_number(number)) for heading, number in counted)]
