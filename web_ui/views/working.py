"""Is it working? Each part of the box in one sentence, with what to do."""

from __future__ import annotations

from flask import Blueprint, render_template

from web_ui.records import now, store
from web_ui.wording import health as wording
from web_ui.wording.lamp import STALE

blueprint = Blueprint("working", __name__)


@blueprint.get("/is-it-working")
def show() -> str:
    """What is wrong first, then what is well."""
    health = store().health()
    checks = wording.checks(health, now())
    lists = (health.lists if health else ()) or tuple(store().lists())
    return render_template(
        "working.html",
        checks=checks,
        wrong=[check for check in checks if check.state in ("wrong", "look")],
        slips=list(dict.fromkeys(check.note for check in checks if check.note)),
        fine=[check for check in checks if check.state in ("well", "unknown")],
        lists=[wording.say_list(status, now()) for status in lists],
        health=health if health and now() - health.time <= STALE else None,
        recovered=store().recovered,
    )
