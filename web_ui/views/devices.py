"""The devices on the school's network, and the names that the school gives them."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from msgspec import Struct
from werkzeug.wrappers import Response as AnyResponse

from appliance.model import Device
from web_ui import access, cases
from web_ui.hostnames import clean
from web_ui.records import now, store
from web_ui.sessions import find_account
from web_ui.views import forms, merging, register, vlans
from web_ui.wording import devices as wording
from web_ui.wording import incidents as incident_wording
from web_ui.wording.texts import gettext as _

blueprint = Blueprint("devices", __name__)

PAGE = 40
HIDING = frozenset({"encrypted_dns"})
HIDING_LOOKED_AT = 200


class Row(Struct, frozen=True):
    """A device in the list, in words."""

    mac: str
    name: str
    about: str
    seen: str
    badges: tuple[str, ...]


@blueprint.get("/devices")
def inventory() -> str:
    """Every device, the one heard last first, with a box to search by name."""
    asked = " ".join(request.args.get("name", "").split())[:80]
    known, merged = store().devices(), store().merging.all()
    devices = [device for device in known if device.mac not in merged and _fits(device, asked)]
    began = _began(known)
    start = max(0, request.args.get("from", 0, type=int))
    hiding = _hiding()
    rows = [_row(device, began, hiding) for device in devices[start : start + PAGE]]
    return render_template(
        "devices/inventory.html",
        rows=rows,
        total=len(devices),
        start=start,
        page=PAGE,
        asked=clean(asked),
        unnamed=_unnamed(devices),
    )


def _fits(device: Device, asked: str) -> bool:
    if not asked:
        return True
    texts = (device.name, device.heard_name or "", device.maker or "", device.mac, *device.addresses)
    return any(asked.casefold() in text.casefold() for text in texts)


def _unnamed(devices: list[Device]) -> int:
    return sum(1 for device in devices if not device.label)


def _began(devices: list[Device]) -> float:
    """When the box heard its first device."""
    return min((device.first_seen for device in devices), default=0.0)


def _hiding() -> frozenset[str]:
    """The devices that hid this week what they visit, as far as this reader may know."""
    found = store().incidents(since=now() - wording.NEW, limit=HIDING_LOOKED_AT, hidden_from=cases.owner())
    return frozenset(incident.mac for incident in found if incident.category in HIDING and incident.outcome != "stopped")


def _row(device: Device, began: float, hiding: frozenset[str]) -> Row:
    return Row(
        device.mac,
        wording.say_name(device.name),
        wording.say_about(device),
        wording.say_seen(device, now()),
        wording.badges(device, now(), began, device.mac in hiding),
    )


@blueprint.get("/devices/<mac>")
def show(mac: str) -> str:
    """One device."""
    return _page(store().device(mac), {}, "")


def _page(device: Device, faults: forms.Faults, typed: str) -> str:
    account, known = find_account(), store().devices()
    sees = account is not None and account.role in access.CASE_WORKERS
    incidents = store().incidents(mac=device.mac, limit=10, hidden_from=cases.owner()) if sees else []
    sentences = [(incident, incident_wording.say(incident, device.name, now())) for incident in incidents]
    return render_template(
        "devices/show.html",
        device=device,
        row=_row(device, _began(known), _hiding()),
        facts=wording.facts(device, now(), vlans.names()),
        sentences=sentences,
        sees=sees,
        own=account is not None and device.mac in store().ownership.devices(account.username),
        faults=faults,
        typed=typed or device.label or "",
        **register.panel(device),
        **merging.panel(device, known),
    )


@blueprint.post("/devices/<mac>/name")
def rename(mac: str) -> AnyResponse:
    """Give the device a name, or take it away."""
    label = forms.line("label")
    device = store().device(mac)
    if len(label) > forms.LINE_LIMIT:
        fault = {"label": _("Enter a name of 80 characters or fewer")}
        return make_response(_page(device, fault, label), 400)
    account = find_account()
    for one in store().merging.family(mac):
        store().name_device(one, label or None, by=account.full_name if account else "", now=now())
    flash("named" if label else "unnamed")
    return redirect(url_for("devices.show", mac=mac))


@blueprint.post("/devices/<mac>/own")
def own(mac: str) -> AnyResponse:
    """Say that this is a device of one's own, or that it is no more."""
    account = find_account()
    assert account is not None, "the guard lets nobody in who is not logged in"
    device = store().device(mac)
    mine = request.form.get("own") == "yes"
    change = store().ownership.add if mine else store().ownership.remove
    for one in store().merging.family(device.mac):
        change(account.username, one, by=account.full_name, now=now())
    flash("own" if mine else "not-own")
    return redirect(url_for("devices.show", mac=mac))
