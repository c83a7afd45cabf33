"""The school's settings: name, time zone, hours, and whom to ring."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from web_ui.views import fields, forms

blueprint = Blueprint("settings", __name__)


@blueprint.get("/settings")
def show() -> str:
    """Everything that the school says of itself."""
    given: fields.Typed = {}
    for section in fields.SECTIONS:
        given |= fields.kept(section)
    return _page({}, given)


def _page(faults: forms.Faults, given: fields.Typed) -> str:
    return render_template("settings/show.html", faults=faults, typed=given, **fields.choices())


@blueprint.post("/settings")
def save() -> AnyResponse:
    """Keep all of it, or nothing while something is wrong."""
    given: fields.Typed = {}
    faults: forms.Faults = {}
    for section in fields.SECTIONS:
        typed = fields.typed(section)
        given |= typed
        faults |= fields.find_faults(section, typed)
    if faults:
        return make_response(_page(faults, given), 400)
    for section in fields.SECTIONS:
        fields.save(section, fields.typed(section))
    flash("settings")
    return redirect(url_for("settings.show"))
