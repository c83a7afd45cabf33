"""Two records of one machine: said to be the same, and taken back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from appliance.model import Device
from web_ui.records import now, store
from web_ui.views.mine import me
from web_ui.wording.devices import say_name

blueprint = Blueprint("merging", __name__)

OFFERED = 400  # devices in the list to choose from, the ones heard last


def panel(device: Device, devices: list[Device]) -> dict[str, Any]:
    """What a device's page shows of its other records, and which of all devices it could be."""
    family = store().merging.family(device.mac)
    taken = {*family, *store().merging.all()}
    offered = [known for known in devices if known.mac not in taken][:OFFERED]
    named = {known.mac: say_name(known.name) for known in (*offered, *(one for one in devices if one.mac in family))}
    return {
        "main": family[0] if family[0] != device.mac else "",
        "others": [mac for mac in family if mac != device.mac],
        "named": named,
        "offered": {known.mac: f"{named[known.mac]} · {known.mac[-8:]}" for known in offered},
    }


@blueprint.post("/devices/<mac>/same")
def merge(mac: str) -> AnyResponse:
    """This device is another record of one that the school knows."""
    into = request.form.get("into", "")
    if into:
        store().merging.merge(mac, into, by=me().full_name, now=now())
    flash("merged" if into else "nothing-chosen")
    return redirect(url_for("devices.show", mac=mac))


@blueprint.post("/devices/<mac>/apart")
def part(mac: str) -> AnyResponse:
    """They are two devices after all."""
    store().merging.part(mac, by=me().full_name, now=now())
    flash("parted")
    return redirect(url_for("devices.show", mac=mac))
