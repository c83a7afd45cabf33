"""Who uses which devices: groups, loans, and the list of devices as a file that leaves and comes back."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import get_timezone
from werkzeug.wrappers import Response as AnyResponse

from appliance.edge.store import StoreError
from appliance.model import Device
from appliance.school import STANDING, Group, GroupKind, Loan
from web_ui import access, names
from web_ui.downloads import as_file
from web_ui.hostnames import clean
from web_ui.records import now, store
from web_ui.views import forms, vlans
from web_ui.views.mine import me
from web_ui.wording import csv_files, csv_heads
from web_ui.wording import register as wording
from web_ui.wording.devices import say_vlan
from web_ui.wording.texts import gettext as _

blueprint = Blueprint("register", __name__)

LOANS_SHOWN = 10
IMPORT_ROWS = 1_000
KINDS: dict[str, GroupKind] = {"year": "year", "trolley": "trolley", "staff": "staff", "guest": "guest"}


def panel(device: Device) -> dict[str, Any]:
    """What a device's page shows of its group and its loans. Who had it is for those who work cases only."""
    sees = me().role in access.CASE_WORKERS
    groups = store().register.groups()
    loans = store().register.loans(device.mac, LOANS_SHOWN) if sees else []
    holder = store().who_had(device.mac, now(), get_timezone()) if sees else None
    return {
        "groups": {group.id: wording.say_group(group) for group in groups},
        "group": device.group or "",
        "loans": [wording.say_loan(loan, now(), veiled=names.keys() != "off") for loan in loans],
        "lent": next((loan for loan in loans if loan.since <= now() and (loan.until is None or loan.until > now())), None),
        "holder": wording.say_holder(holder, veiled=names.keys() != "off") if holder else "",
    }


@blueprint.post("/devices/<mac>/group")
def put_in_group(mac: str) -> AnyResponse:
    """Put a device into a group, or take it out."""
    device, group = store().device(mac), request.form.get("group", "")
    for one in store().merging.family(device.mac):
        store().register.set_group(one, group or None, by=me().full_name, now=now())
    flash("grouped")
    return redirect(url_for("devices.show", mac=mac))


@blueprint.post("/devices/<mac>/loan")
def lend(mac: str) -> AnyResponse:
    """Write down who was given a device."""
    device, person, class_name = store().device(mac), forms.line("person"), forms.line("class_name")
    if not person and not class_name:
        flash("nobody")
        return redirect(url_for("devices.show", mac=mac, _anchor="loan"))
    store().register.lend(Loan(mac=device.mac, person=person, class_name=class_name, since=now()), by=me().full_name, now=now())
    flash("lent")
    return redirect(url_for("devices.show", mac=mac))


@blueprint.post("/devices/<mac>/back/<int:number>")
def take_back(mac: str, number: int) -> AnyResponse:
    """The device came back."""
    store().register.take_back(number, by=me().full_name, now=now())
    flash("given-back")
    return redirect(url_for("devices.show", mac=mac))


@blueprint.get("/groups")
def groups() -> str:
    """The groups, with how many devices each has."""
    return _groups_page("", {})


def _groups_page(typed: str, faults: forms.Faults) -> str:
    members = list(store().register.members().values())
    standing = {group.id for group in STANDING}
    found = [
        (group.id, wording.say_group(group), wording.say_kind(group.kind), members.count(group.id), group.id in standing)
        for group in store().register.groups()
    ]
    return render_template("devices/groups.html", found=found, kinds=wording.kinds(), typed=typed, faults=faults)


@blueprint.post("/groups")
def make_group() -> AnyResponse:
    """Make a group."""
    name, kind = forms.line("name"), KINDS.get(request.form.get("kind", ""))
    faults: forms.Faults = {}
    if not name or len(name) > 63:
        faults["name"] = _("Enter a name of 63 characters or fewer")
    if kind is None:
        faults["kind"] = _("Choose what kind of group it is")
    if faults or kind is None:
        return make_response(_groups_page(name, faults), 400)
    band: Any = "adult" if kind == "staff" else "any"
    store().register.save_group(Group(id=_new_id(name), name=name, kind=kind, band=band), by=me().full_name, now=now())
    flash("group-made")
    return redirect(url_for("register.groups"))


def _new_id(name: str) -> str:
    """An id of small letters for a group's name that no other group has."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:32] or "group"
    known = {group.id for group in store().register.groups()}
    return next(f"{base}{tail}" for tail in ("", *(f"-{n}" for n in range(2, 1_000))) if f"{base}{tail}" not in known)


@blueprint.post("/groups/<group>/remove")
def remove_group(group: str) -> AnyResponse:
    """Remove a group; its devices are unsorted again."""
    store().register.remove_group(group, by=me().full_name, now=now())
    flash("group-removed")
    return redirect(url_for("register.groups"))


@blueprint.get("/devices.csv")
def export() -> Response:
    """Every device as a file for a spreadsheet."""
    names, called = {group.id: group.name for group in store().register.groups()}, vlans.names()
    rows = [
        (device.mac, clean(device.label or "", 80), names.get(device.group or "", ""), clean(device.heard_name or "", 80),
         clean(device.maker or "", 80), _stamp(device.first_seen), _stamp(device.last_seen), _vlan(device, called))
        for device in store().devices()
    ]  # fmt: skip
    return as_file(csv_files.write(csv_heads.say(csv_heads.DEVICES), rows), "devices.csv")


def _vlan(device: Device, called: dict[int, str]) -> str:
    return say_vlan(device.vlan, called) if device.vlan is not None else ""


def _stamp(time: float) -> str:
    return datetime.fromtimestamp(min(max(time, 0.0), 4e9), get_timezone()).strftime("%Y-%m-%d %H:%M")


@blueprint.get("/devices/bring-in")
def bring_in() -> str:
    """The form that takes names and groups from a spreadsheet."""
    return render_template("devices/bring_in.html", typed="", faults={})


@blueprint.post("/devices/bring-in")
def take_in() -> AnyResponse:
    """Take names and groups from pasted rows: all of them, or none and a sentence that says which row is wrong."""
    text = forms.text("text")
    try:
        rows = csv_files.read(text, IMPORT_ROWS)
        with store().write():
            changed = _take_rows(rows)
    except ValueError:
        fault = _("This is not a table of at most 1,000 rows. Copy the rows from the file that you saved from here.")
        return make_response(render_template("devices/bring_in.html", typed=text, faults={"text": fault}), 400)
    except StoreError as error:
        if type(error) is not StoreError:
            raise
        return make_response(render_template("devices/bring_in.html", typed=text, faults={"text": str(error)}), 400)
    flash("brought-in" if changed else "nothing-new")
    return redirect(url_for("devices.inventory"))


def _take_rows(rows: list[list[str]]) -> int:
    """Name and sort the devices of the rows; how many changed. StoreError names the first row that can't be taken."""
    devices = {device.mac: device for device in store().devices()}
    groups = {group.name.casefold(): group.id for group in store().register.groups()}
    told = [(number, row) for number, row in enumerate(rows, 1) if not csv_heads.is_head(row, csv_heads.DEVICES)]
    return sum(_take_row(number, row, devices, groups) for number, row in told)


def _take_row(number: int, row: list[str], devices: dict[str, Device], groups: dict[str, str]) -> bool:
    mac, name, group = ([*row, "", "", ""])[:3]
    device = devices.get(mac.lower())
    if device is None:
        raise StoreError(_("Row %(num)d: the box knows no device “%(mac)s”.", num=number, mac=clean(mac, 40)))
    if group and group.casefold() not in groups:
        raise StoreError(_("Row %(num)d: there is no group “%(group)s”.", num=number, group=clean(group, 80)))
    changed = False
    if name and clean(name, 63) != (device.label or ""):
        store().name_device(device.mac, clean(name, 63), by=me().full_name, now=now())
        changed = True
    if group and groups[group.casefold()] != device.group:
        store().register.set_group(device.mac, groups[group.casefold()], by=me().full_name, now=now())
        changed = True
    return changed
