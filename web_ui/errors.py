"""What goes wrong, said so that a person knows what to do; nothing typed is lost where it can be kept."""

from __future__ import annotations

import logging

from flask import Flask, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from msgspec import Struct
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from appliance.edge.store import NotFound, StoreBusy, StoreError, StoreFull, TooSlow
from web_ui.views import account, forms
from web_ui.wording.texts import gettext as _

log = logging.getLogger(__name__)


class Apology(Struct, frozen=True):
    """A heading that says what happened, and a sentence that says what to do."""

    heading: str
    sentence: str


def install(app: Flask) -> None:
    """Set the pages for errors up."""
    app.register_error_handler(CSRFError, _on_form)
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(StoreError, _on_store)
    app.register_error_handler(Exception, _on_surprise)


def _on_form(_error: CSRFError) -> Response:
    """The form token was too old. What was typed is shown again, to be sent once more."""
    return account.show_carried()


def _on_http(error: HTTPException) -> Response:
    code = error.code or 500
    if 300 <= code < 400:
        return error.get_response()
    return _page(code, _apology(code, str(error.description)))


def _on_store(error: StoreError) -> Response:
    if isinstance(error, TooSlow):
        return _page(503, Apology(_("That took too long"), _("Look for less at once: choose a value, or a shorter time.")))
    if isinstance(error, NotFound):
        return _page(404, _vanished(), _typed())
    log.warning("the store refused: %s", error)
    return _page(503, _store_apology(error), _typed(), _carried())


def _on_surprise(error: Exception) -> Response:
    # The trace goes to the journal, never to the page.
    log.error("a page failed", exc_info=error)
    return _page(500, _apology(500, ""), _typed(), _carried())


def _typed() -> str:
    """What was typed as a note, to be copied from the page of the error."""
    return forms.text("text")[: forms.NOTE_LIMIT * 2] if request.method == "POST" else ""


def _carried() -> dict[str, str]:
    """All that was typed, for a form that sends it once more; nothing where the address takes no form."""
    return account.find_carried() if request.method == "POST" and account.accepts(request.path, "POST") else {}


def _page(code: int, apology: Apology, typed: str = "", carried: dict[str, str] | None = None) -> Response:
    return make_response(
        render_template("error.html", apology=apology, typed=typed, carried=carried or {}, to=request.path), code
    )


def _vanished() -> Apology:
    return Apology(
        _("This is no longer here"),
        _("It may have been kept as long as the school’s rules say and then deleted, or the address was not copied whole."),
    )


def _store_apology(error: StoreError) -> Apology:
    if isinstance(error, StoreBusy):
        return Apology(_("The box is busy"), _("Nothing was changed. Wait a few seconds, then send it again."))
    if isinstance(error, StoreFull):
        return Apology(
            _("There is no room left on the box"),
            _("What you sent could not be saved. Copy it to somewhere safe and ring your supplier today. The box still watches."),
        )
    return Apology(
        _("The box can’t use its records just now"),
        _("Nothing was changed. Wait a minute, then send it again. If this stays, restart the box, then ring your supplier."),
    )


def _apology(code: int, description: str) -> Apology:
    if code == 400 and description == "host":
        return Apology(
            _("This page has another address"),
            _("Use the address that was printed with the box, or ask whoever set it up to add this one to its settings."),
        )
    known = {
        400: Apology(_("That could not be read"), _("Nothing was changed. Go back, check what you typed, and try again.")),
        401: Apology(_("You are logged out"), _("Log in again to go on.")),
        403: Apology(
            _("This is not for you to open"), _("Your account does not open this page. Ask the head teacher if you need it.")
        ),
        404: Apology(_("There is no such page"), _("Check the address, or go to Today.")),
        405: Apology(_("That can’t be done from here"), _("Nothing was changed. Go to Today and try again.")),
        413: Apology(
            _("That was too long"),
            _("Nothing was saved. Go back: what you typed is still there. Shorten it, or send it in parts."),
        ),
        429: Apology(_("That was too often"), _("Wait a minute, then try again. The box goes on watching.")),
    }
    if code == 403 and description == "origin":
        return Apology(
            _("That did not come from this page"), _("Nothing was changed. Open the page again and send it from there.")
        )
    broken = Apology(
        _("Something went wrong on the box"), _("The box goes on watching. Try again; if this stays, ring your supplier.")
    )
    return known.get(code, broken)
