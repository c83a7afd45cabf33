"""Whom to tell of a hole in the box (RFC 9116)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from flask import Blueprint, Response, abort

from web_ui.records import now, store
from web_ui.wording import phones

blueprint = Blueprint("security", __name__)

# Whom a hole in the box concerns, in the order in which to ring them.
CONTACTS = ("supplier", "it")
GOOD_FOR = 30 * 86_400.0  # seconds; RFC 9116 section 2.5.5 wants less than a year


@blueprint.get("/.well-known/security.txt")
def contact() -> Response:
    """The numbers that the school gave; nothing where it gave none."""
    contacts = [f"Contact: tel:{number}" for key in CONTACTS if (number := _dialled(store().setting(phones.setting(key)) or ""))]
    if not contacts:
        abort(404)
    expires = datetime.fromtimestamp(now() + GOOD_FOR, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    lines = [*contacts, f"Expires: {expires}", "Preferred-Languages: en, cy"]
    return Response("".join(f"{line}\n" for line in lines), mimetype="text/plain")


def _dialled(number: str) -> str:
    """The number as a telephone dials it (RFC 3966), without words and extensions."""
    return re.sub(r"[^0-9+]", "", re.split(r"[a-z]", number, maxsplit=1, flags=re.IGNORECASE)[0])
