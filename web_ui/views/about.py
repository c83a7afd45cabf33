"""What this box sees, and what it doesn't: open to everybody, and told from what is in force on this very box."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import Blueprint, current_app, render_template

import phrase_lists
from appliance.config import Keep
from appliance.edge.store import StoreError
from appliance.school import STANDING
from web_ui.hostnames import clean
from web_ui.records import store
from web_ui.views import fields, worry
from web_ui.wording import about as wording
from web_ui.wording import glossary

blueprint = Blueprint("about", __name__)


@blueprint.get("/what-this-box-sees")
def show() -> str:
    """One page for parents, staff and children; it tells nothing about anybody."""
    live: dict[str, Any] = {"watched": [], "groups": [], "reads": [], "hours": [], "worry_open": False, "school": ""}
    # Where the records are broken the page still says what holds for every box.
    with suppress(StoreError):
        live = _live()
    keep: Keep = current_app.config["KEEP"]
    return render_template("about.html", kept=wording.say_kept(keep), help_lines=_help_lines(), **live)


@blueprint.get("/what-the-words-mean")
def words() -> str:
    """The words of this page that somebody new to it may not know."""
    return render_template("words.html", words=glossary.words())


def _live() -> dict[str, Any]:
    """What this school has chosen, and what is in force now."""
    standing = {group.id for group in STANDING}
    own = [group.name for group in store().register.groups() if group.id not in standing]
    return {
        "watched": wording.say_watched(status.category for status in store().lists() if status.entries and not status.problem),
        "groups": [clean(name, 80) for name in own],
        "reads": wording.say_readers(store().accounts()),
        "hours": fields.open_hours(),
        "worry_open": worry.is_open(),
        "school": fields.kept("school")["school"],
    }


def _help_lines() -> list[str]:
    """The places that help, by what they help with, as they stand on the list that the sensor drops by."""
    return sorted(row[0] for row in phrase_lists.rows("domains/help_lines.tsv") if row[1] == "S1")
