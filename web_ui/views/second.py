"""Switching the second step of logging in on and off, and the recovery sheet that goes with it."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response as AnyResponse

from web_ui import qr, second_factor
from web_ui.records import now, store
from web_ui.views import forms
from web_ui.views.mine import me
from web_ui.wording.texts import gettext as _

blueprint = Blueprint("second", __name__)


@blueprint.get("/my-account/second-step")
def show() -> str:
    """A new key, to be read by a phone."""
    return _page(second_factor.make_key(), "")


def _page(key: str, fault: str) -> str:
    return render_template(
        "account/second_on.html",
        drawing=qr.draw(second_factor.address(key, me().username), _("Square code with the key for your phone")),
        key=second_factor.in_groups(key),
        kept=_signer().dumps(key),
        faults={"code": fault} if fault else {},
    )


@blueprint.post("/my-account/second-step")
def switch_on() -> AnyResponse:
    """Once the phone shows the right digits, they are asked for at every log-in; the recovery sheet follows."""
    try:
        key = str(_signer().loads(request.form.get("key", "")))
    except BadSignature:
        return redirect(url_for("second.show"))
    step = second_factor.find_step(key, forms.line("code")[:40], now())
    if step is None:
        fault = _("That is not what your phone should show. Wait for the next six digits and type them")
        return make_response(_page(key, fault), 400)
    codes = second_factor.make_codes()
    store().factors.switch_on(me().username, key, codes, step=step, by=me().full_name, now=now())
    return make_response(sheet(codes))


@blueprint.post("/my-account/second-step/off")
def switch_off() -> AnyResponse:
    """The passphrase alone is enough again."""
    store().factors.switch_off(me().username, by=me().full_name, now=now())
    flash("second-off")
    return redirect(url_for("mine.show"))


@blueprint.post("/my-account/recovery-sheet")
def renew_codes() -> AnyResponse:
    """A new recovery sheet; the codes of the old one are worth nothing any more."""
    if store().factors.find(me().username) is None:
        return redirect(url_for("second.show"))
    codes = second_factor.make_codes()
    store().factors.renew_codes(me().username, codes, by=me().full_name, now=now())
    return make_response(sheet(codes))


def sheet(codes: list[str]) -> str:
    """The recovery sheet, to be printed: its codes are shown this once."""
    return render_template(
        "account/sheet.html", codes=codes, address=request.host_url, username=me().username, box=store().box_id()
    )


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(cast(bytes, current_app.secret_key), salt=f"second {me().username}")
