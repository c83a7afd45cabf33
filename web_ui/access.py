"""Who may open which page: a table of every route. What is not in it is refused."""

from __future__ import annotations

from typing import Literal

Who = Literal["everyone", "newcomer", "people", "case-workers"]

# The roles that read incidents. A technician, governor or supplier never does.
CASE_WORKERS = frozenset({"head", "deputy"})

ROUTES: dict[str, Who] = {
    "assets.show": "everyone",
    "about.show": "everyone",
    "account.log_in": "everyone",
    "account.log_in_try": "everyone",
    "account.set_up": "newcomer",
    "account.set_up_try": "newcomer",
    "account.log_out": "people",
    "today.show": "case-workers",
    "today.now_part": "case-workers",
    "today.strip": "people",
    "incidents.inbox": "case-workers",
    "incidents.show": "case-workers",
    "incidents.acknowledge": "case-workers",
    "incidents.decide": "case-workers",
    "incidents.note": "case-workers",
    "incidents.reopen": "case-workers",
    "devices.inventory": "people",
    "devices.show": "people",
    "devices.rename": "people",
    "working.show": "people",
    "seeing.show": "people",
}

# Asked for by the page itself every few seconds: they are no sign that somebody is still there.
POLLED = frozenset({"today.now_part", "today.strip"})


def first_page(role: str) -> str:
    """The route that somebody with this role meets after logging in."""
    return "today.show" if role in CASE_WORKERS else "working.show"


def may_open(endpoint: str, role: str | None) -> bool:
    """Whether somebody with this role (None: not logged in) may open the route."""
    who = ROUTES.get(endpoint)
    if who is None:
        return False
    if who in ("everyone", "newcomer"):
        return True
    if role is None:
        return False
    return who == "people" or role in CASE_WORKERS
