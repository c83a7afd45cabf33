"""What somebody asks the inbox for: which states, and what to search by."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import get_args

from flask import request
from flask_babel import get_timezone
from msgspec import Struct

from appliance.edge.store import Wanted
from appliance.edge.store.search import STATES, State
from appliance.model import Level
from web_ui import cases
from web_ui.hostnames import clean
from web_ui.sessions import find_account
from web_ui.views import forms
from web_ui.wording import categories
from web_ui.wording.texts import gettext as _

OPEN: tuple[State, ...] = ("new", "seen", "looking")
HELD: tuple[Level, ...] = ("urgent", "look")  # what somebody must decide about
VIEWS = ("open", "mine", "closed", "notes", "all")
FIELDS = ("device", "site", "from_day", "to_day", "level", "category", "state")
LONGEST = 80


class Asked(Struct, frozen=True):
    """The view, and what was typed into the search."""

    view: str
    device: str = ""
    site: str = ""
    from_day: str = ""
    to_day: str = ""
    level: str = ""
    category: str = ""
    state: str = ""

    @property
    def typed(self) -> dict[str, str]:
        """What was typed, by the names of the fields."""
        return {field: value for field in FIELDS if (value := getattr(self, field))}


def read() -> tuple[Asked, forms.Faults]:
    """What the address asks for, and what in it can't be read."""
    view = request.args.get("view", "open")
    typed = {field: clean(" ".join(request.args.get(field, "").split()), LONGEST) for field in FIELDS}
    faults = {
        field: _("Enter a day such as 24/11/2026")
        for field in ("from_day", "to_day")
        if typed[field] and _day(typed[field]) is None
    }
    # A state of its own stands in the address where somebody pressed one of the counts.
    searched = any(typed[field] for field in FIELDS if field != "state")
    view = "all" if searched or (typed["state"] == "closed" and view == "open") else view
    return Asked(view if view in VIEWS else "open", **typed), faults


def wanted(asked: Asked) -> Wanted:
    """The same as the store is asked."""
    first, last = _day(asked.from_day), _day(asked.to_day)
    states: dict[str, tuple[State, ...]] = {"open": OPEN, "mine": OPEN, "notes": OPEN, "closed": ("closed",)}
    levels: dict[str, tuple[Level, ...]] = {"open": HELD, "mine": HELD, "notes": ("note",), "closed": HELD}
    account = find_account()
    return Wanted(
        states=tuple(state for state in STATES if state == asked.state) or states.get(asked.view, ()),
        levels=tuple(level for level in get_args(Level) if level == asked.level) or levels.get(asked.view, ()),
        category=asked.category if asked.category in categories.known() else "",
        device=asked.device,
        # As the page shows it, or as it is.
        site=asked.site.replace("[.]", ".").casefold(),
        since=first.timestamp() if first else None,
        until=(last + timedelta(days=1)).timestamp() if last else None,
        passed_to=account.username if asked.view == "mine" and account else "",
        hidden_from=cases.owner(),
    )


def _day(text: str) -> datetime | None:
    """The start of a day in the school's time zone, as a browser sends it or as people write it; None where it is none."""
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y"):
        try:
            found: date = datetime.strptime(text, form).date()
        except ValueError:
            continue
        return datetime.combine(found, datetime.min.time(), get_timezone()) if 1970 <= found.year < 9000 else None
    return None
