"""What looks like a way round the filter and stands on no list: whole sentences, by the shape that an incident's source names."""

from __future__ import annotations

from web_ui.wording.marked import Marked
from web_ui.wording.marked import gettext as _

_SOURCE = "rule: "
SHAPES: dict[str, Marked] = {
    "vpn": _("%(device)s started something that looks like a VPN %(when)s."),
    "tor": _("%(device)s started something that looks like Tor %(when)s."),
    "proxy": _("%(device)s started something that looks like a proxy outside the school %(when)s."),
    "inner-proxy": _("%(device)s started something that looks like a proxy on another device in the school %(when)s."),
    "ssh": _("%(device)s started a connection that could carry a tunnel (SSH) %(when)s."),
    "remote": _("%(device)s started something that looks like remote control from outside the school %(when)s."),
    "hidden-lookups": _("%(device)s used something that looks like hidden look-ups %(when)s."),
    "foreign-resolver": _("%(device)s used a look-up service on the internet instead of the school’s, %(when)s."),
    "dns-tunnel": _("%(device)s used look-ups that look like a tunnel %(when)s."),
    "swarm": _("%(device)s started something that looks like a program for getting round the filter %(when)s."),
    "nameless": _("%(device)s started connections that say nothing of where they go %(when)s."),
    "dark": _("%(device)s used something that looks like a hidden way of looking up names %(when)s."),
    "hidden-name": _("%(device)s used a connection whose site is hidden %(when)s."),
}


def find(source: str) -> Marked | None:
    """The sentence for an incident's source; None where a list says so, or the school."""
    return SHAPES.get(source.removeprefix(_SOURCE)) if source.startswith(_SOURCE) else None
