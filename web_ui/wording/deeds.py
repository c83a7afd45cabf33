"""What a device did, as a sentence that says no more than is known: who probably chose it, and whether a list knows the site."""

from __future__ import annotations

from appliance.model import Incident
from web_ui.wording import categories, shapes
from web_ui.wording.texts import gettext as _

# How the guardian's reason begins where what was typed came up, and not the site's name.
TYPED = "The words typed into a search "


def find_template(incident: Incident) -> str | None:
    """The sentence with `%(device)s` and `%(when)s` left open; None for a category that is newer than this page."""
    places: dict[str, object] = {"device": "%(device)s", "when": "%(when)s"}
    shape, words = shapes.find(incident.source), categories.find(incident.category)
    if shape is not None:
        return shape.say(places)
    if words is None:
        return None
    if incident.exercise:
        return _("This was a test: %(device)s asked for a harmless test name %(when)s.", **places)
    places["kind"] = str(words.kind)
    return _guess(incident, places) if incident.guess else _listed(incident, words, places)


def _listed(incident: Incident, words: categories.CategoryWords, places: dict[str, object]) -> str:
    """A list, or the school, knows the site."""
    reached = incident.outcome == "reached"
    if incident.intent == "page":
        return _page_reached(places) if reached else _page_asked(places)
    if incident.intent == "background":
        return _app_reached(places) if reached else _app_asked(places)
    if incident.intent == "person" and incident.outcome != "tried":
        return str(words.opened if reached else words.tried)
    if reached:
        return _("%(device)s connected to %(kind)s %(when)s.", **places)
    return _("%(device)s asked for %(kind)s %(when)s.", **places)


def _page_reached(places: dict[str, object]) -> str:
    return _("A page open on %(device)s seems to have fetched something from %(kind)s %(when)s.", **places)


def _page_asked(places: dict[str, object]) -> str:
    return _("A page open on %(device)s seems to have asked for %(kind)s %(when)s.", **places)


def _app_reached(places: dict[str, object]) -> str:
    return _("An app on %(device)s seems to have connected to %(kind)s by itself %(when)s.", **places)


def _app_asked(places: dict[str, object]) -> str:
    return _("An app on %(device)s seems to have asked for %(kind)s by itself %(when)s.", **places)


def _guess(incident: Incident, places: dict[str, object]) -> str:
    """No list knows the site: what it is about is read from words alone."""
    if incident.reason.startswith(TYPED):
        return _("%(device)s searched %(when)s for words that may mean %(kind)s.", **places)
    if incident.intent == "background":
        return _(
            "An app on %(device)s seems to have asked for something by itself %(when)s."
            " By its name it looks like %(kind)s, but no list knows it.",
            **places,
        )
    if incident.outcome != "reached":
        return _("%(device)s asked for something %(when)s. By its name it looks like %(kind)s, but no list knows it.", **places)
    if incident.intent == "page":
        return _(
            "A page open on %(device)s seems to have fetched something %(when)s."
            " By its name it looks like %(kind)s, but no list knows it.",
            **places,
        )
    if incident.intent == "person":
        return _("%(device)s opened something %(when)s. By its name it looks like %(kind)s, but no list knows it.", **places)
    return _("%(device)s connected to something %(when)s. By its name it looks like %(kind)s, but no list knows it.", **places)
