"""Which incidents whoever reads this page may see: a case worker sees all but what came up on devices of their own."""

from __future__ import annotations

from flask import request
from msgspec import Struct

from appliance.edge.store import NotFound
from appliance.model import Account, Incident
from appliance.school import Rule
from web_ui import access
from web_ui.records import store
from web_ui.sessions import find_account


class Hidden(Struct, frozen=True):
    """How many open incidents are hidden from whoever reads this page, and the names of those who see them instead."""

    count: int
    seen_by: tuple[str, ...]


def owner() -> str | None:
    """The username to hide incidents from; None for somebody who owns no device here, which spares the store a look."""
    account = find_account()
    return account.username if account and store().ownership.owns(account.username) else None


def find(number: int) -> Incident:
    """One incident; NotFound also where it is hidden from whoever asks."""
    account = find_account()
    if account and store().ownership.hides(account.username, number):
        raise NotFound(f"There is no incident {number}.")
    return store().incident(number)


def find_hidden() -> Hidden:
    """What is hidden just now."""
    username = owner()
    if username is None:
        return Hidden(0, ())
    return Hidden(store().ownership.count_open(username), tuple(other.full_name for other in others()))


def hidden_rules() -> frozenset[int]:
    """The rules that would tell whoever reads this page what came up on devices of their own: others made them."""
    username, account = owner(), find_account()
    if username is None or account is None:
        return frozenset()
    incidents = [store().incident(number) for number in store().ownership.hidden(username)]
    own = store().ownership.devices(username)
    return frozenset(
        rule.id
        for rule in store().rulebook.rules()
        if rule.by != account.full_name
        and ((rule.scope == "device" and rule.target in own) or any(_is_about(rule, incident) for incident in incidents))
    )


def _is_about(rule: Rule, incident: Incident) -> bool:
    """Whether a rule's site is one of the incident's, or stands above one."""
    return bool(rule.pattern) and any(f".{name}".endswith(f".{rule.pattern}") for name in incident.names)


def check_hidden() -> None:
    """What came up on somebody's own device is not there for them, whatever they ask for: before each route of an incident."""
    number = (request.view_args or {}).get("number")
    if number is not None:
        find(number)


def others() -> list[Account]:
    """Everybody else who decides about incidents and may log in."""
    me = find_account()
    username = me.username if me else ""
    return [
        account
        for account in store().accounts()
        if account.active and account.role in access.CASE_WORKERS and account.username != username
    ]
