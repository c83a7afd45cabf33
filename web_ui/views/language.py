"""The switch between the page's languages: on every page, also before logging in, and without scripts."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from web_ui import languages
from web_ui.views.account import is_ours

blueprint = Blueprint("language", __name__)


@blueprint.post("/language")
def switch() -> AnyResponse:
    """Change the language, and show the same page again."""
    chosen = request.form.get("language", "")
    if chosen not in languages.LANGUAGES:
        abort(400)
    target = request.form.get("to", "")
    response = cast(Response, redirect(target if is_ours(target, "GET") else "/"))
    languages.keep(response, chosen)
    return response


def find_here() -> str:
    """The address of the page that is being shown; where it answers a form, that of the page the form stood on."""
    if request.method in ("GET", "HEAD"):
        return request.full_path.rstrip("?")
    before = urlsplit(request.referrer or "")
    return before.path if before.netloc == request.host and is_ours(before.path, "GET") else "/"
