"""Who looked at what: everything that people did on the page or at the box, newest first."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import Blueprint, render_template, request
from flask_babel import get_timezone
from msgspec import Struct

from appliance.edge.store import NotFound
from appliance.model import AuditEntry
from web_ui import access, cases
from web_ui.hostnames import clean
from web_ui.records import now, store
from web_ui.sessions import find_account
from web_ui.wording import audit as wording
from web_ui.wording.dates import say_moment
from web_ui.wording.texts import gettext as _

blueprint = Blueprint("audit", __name__)

PAGE = 50
WHAT = {"looks": True, "deeds": False}


class Line(Struct, frozen=True):
    """One entry in words; `number` is its incident's, where the reader may open it."""

    when: str
    who: str
    what: str
    number: int | None


@blueprint.get("/who-looked")
def show() -> str:
    """The record, of everybody or of one."""
    who = request.args.get("who", "")[:200]
    names = {account.username: account.full_name for account in store().accounts()}
    start = max(0, min(request.args.get("from", 0, type=int), 10_000_000))
    what, day = request.args.get("what", ""), request.args.get("day", "")[:10]
    until = _end_of(day)
    entries = store().audit_log(PAGE + 1, start, _also(who, names), WHAT.get(what), until)
    return render_template(
        "people/audit.html",
        lines=_lines(entries[:PAGE], names),
        people=sorted({names.get(name, name) for name in store().audited_people()}),
        who=who,
        what=what if what in WHAT else "",
        day=day if until else "",
        arguments={key: value for key, value in (("who", who), ("what", what), ("day", day)) if value},
        start=start,
        page=PAGE,
        more=len(entries) > PAGE,
        code=store().chain_head().code,
    )


def _end_of(day: str) -> float | None:
    """When a day such as 2026-11-24 ended by the school's clock; None for anything else."""
    try:
        then = date.fromisoformat(day)
    except ValueError:
        return None
    if not 1971 <= then.year <= 2900:
        return None
    return datetime.combine(then + timedelta(days=1), datetime.min.time(), get_timezone()).timestamp()


def _also(who: str, names: dict[str, str]) -> list[str]:
    """A person's name, and the name they log in with: the record knows them by both."""
    return [who, *(username for username, full_name in names.items() if full_name == who)] if who else []


def _lines(entries: list[AuditEntry], names: dict[str, str]) -> list[Line]:
    """In words, without what must stay hidden from the reader: what others do about the reader's own device."""
    account = find_account()
    assert account is not None, "the guard lets nobody in who is not logged in"
    hidden = store().ownership.hidden(account.username)
    sees = account.role in access.CASE_WORKERS
    rules = cases.hidden_rules() if sees else frozenset()
    kept = [
        entry
        for entry in entries
        if entry.who == account.full_name or (wording.incident_of(entry) not in hidden and wording.rule_of(entry) not in rules)
    ]
    name = _device_name if sees else lambda mac: _("a device")
    return [
        Line(
            say_moment(entry.time, now()),
            clean(names.get(entry.who, entry.who), 80),
            wording.say(entry, name, sees=sees),
            wording.incident_of(entry) if sees and wording.incident_of(entry) not in hidden else None,
        )
        for entry in kept
    ]


def _device_name(mac: str) -> str:
    try:
        return store().device(mac).name
    except NotFound:
        return mac
