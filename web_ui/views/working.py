"""Is it working? Each part of the box in one sentence, with what to do, and a note to print for IT support."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from appliance.model import Health
from web_ui.records import now, store
from web_ui.views.mine import me
from web_ui.wording import health as wording
from web_ui.wording import slips
from web_ui.wording.lamp import STALE
from web_ui.wording.sight_falls import is_fall, say

blueprint = Blueprint("working", __name__)

WRONG = ("wrong", "look")
RECOVERED = "recovered"  # the setting that holds the sentence about damaged records


@blueprint.get("/is-it-working")
def show() -> str:
    """What is wrong first, then what is well."""
    health = store().health()
    checks = wording.checks(health, now())
    lists = (health.lists if health else ()) or tuple(store().lists())
    falls = [incident for incident in store().incidents(open_only=True, level="look") if is_fall(incident)]
    return render_template(
        "working/show.html",
        checks=checks,
        wrong=[check for check in checks if check.state in WRONG],
        fine=[check for check in checks if check.state in ("well", "unknown")],
        falls=[(incident, say(incident, now())) for incident in falls],
        lists=[wording.say_list(status, now()) for status in lists],
        health=health if health and now() - health.time <= STALE else None,
        recovered=store().recovered,
    )


@blueprint.get("/is-it-working/<check>/note")
def note(check: str) -> AnyResponse | str:
    """What is wrong, how the box knows, and what to do: one sheet of paper for IT support."""
    health = store().health()
    found = next((one for one in wording.checks(health, now()) if one.id == check and one.state in WRONG), None)
    if found is None:
        flash("mended")
        return redirect(url_for("working.show"))
    return render_template(
        "working/note.html", check=found, slip=slips.find(check), figures=_figures(health), box=store().box_id()
    )


def _figures(health: Health | None) -> list[tuple[str, str]]:
    return slips.figures(health, now()) if health else []


@blueprint.post("/is-it-working/recovered")
def dismiss() -> AnyResponse:
    """The head has read what became of damaged records."""
    store().set_setting(RECOVERED, "", by=me().full_name, now=now())
    flash("dismissed")
    return redirect(url_for("working.show"))
