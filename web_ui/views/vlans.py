"""What the school calls the parts of its network, and which group the devices in each belong to."""

from __future__ import annotations

from collections import Counter

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from msgspec import Struct
from werkzeug.wrappers import Response as AnyResponse

from appliance.school import Vlan
from web_ui.hostnames import clean
from web_ui.records import now, store
from web_ui.views import forms
from web_ui.views.mine import me
from web_ui.wording import register as wording
from web_ui.wording.texts import gettext as _

blueprint = Blueprint("vlans", __name__)

NUMBERS = range(1, 4095)  # IEEE 802.1Q: 0 and 4095 are kept for other uses
NAME_LIMIT = 63
SHOWN = 200


class Part(Struct, frozen=True):
    """A part of the network: its number, what the school calls it, its devices' group, and how many devices were heard in it."""

    number: int
    name: str
    group: str
    devices: int


def names() -> dict[int, str]:
    """What the school calls its VLANs, by their numbers."""
    return {vlan.number: clean(vlan.name, NAME_LIMIT) for vlan in store().register.vlans()}


@blueprint.get("/vlans")
def show() -> str:
    """Every VLAN that a device was heard in or that has a name."""
    return _page({}, {})


def _page(faults: forms.Faults, typed: dict[str, str]) -> str:
    return render_template(
        "devices/vlans.html",
        found=_parts(),
        groups={group.id: wording.say_group(group) for group in store().register.groups()},
        faults=faults,
        typed=typed,
    )


def _parts() -> list[Part]:
    named = {vlan.number: vlan for vlan in store().register.vlans()}
    heard = Counter(device.vlan for device in store().devices() if device.vlan is not None)
    return [
        Part(number, clean(named[number].name, NAME_LIMIT), named[number].group, heard[number])
        if number in named
        else Part(number, "", "", heard[number])
        for number in sorted({*named, *heard})[:SHOWN]
    ]


@blueprint.post("/vlans")
def save() -> AnyResponse:
    """Name a VLAN, or take its name away."""
    typed = {"number": forms.line("number"), "name": forms.line("name"), "group": request.form.get("group", "")}
    number = int(typed["number"]) if typed["number"].isascii() and typed["number"].isdecimal() and len(typed["number"]) < 5 else 0
    faults = _find_faults(number, typed)
    if faults:
        return make_response(_page(faults, typed), 400)
    vlan = Vlan(number=number, name=typed["name"], group=typed["group"] if typed["name"] else "")
    store().register.save_vlan(vlan, by=me().full_name, now=now())
    flash("vlan-named" if typed["name"] else "vlan-unnamed")
    return redirect(url_for("vlans.show"))


def _find_faults(number: int, typed: dict[str, str]) -> forms.Faults:
    faults: forms.Faults = {}
    if number not in NUMBERS:
        faults["number"] = _("Enter the VLAN’s number, from 1 to 4094")
    if len(typed["name"]) > NAME_LIMIT:
        faults["name"] = _("Enter a name of 63 characters or fewer")
    elif not typed["name"] and number not in names():
        faults["name"] = _("Enter what you call this part of the network")
    if typed["group"] and typed["group"] not in {group.id for group in store().register.groups()}:
        faults["group"] = _("Choose a group from the list")
    return faults
