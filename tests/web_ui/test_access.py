"""Every route stands in the table of who may open it, and the table is kept."""

from __future__ import annotations

from typing import get_args

import pytest
from flask import Flask

from appliance.edge.store import Store
from appliance.model import Role
from tests.web_ui import school, served
from tests.web_ui.conftest import Visitor
from web_ui import access

PATHS = {
    "today.show": "/",
    "today.now_part": "/today/now",
    "today.strip": "/today/strip",
    "incidents.inbox": "/to-look-at",
    "incidents.show": "/to-look-at/3",
    "devices.inventory": "/devices",
    "devices.show": f"/devices/{school.mac(30)}",
    "working.show": "/is-it-working",
    "seeing.show": "/can-we-see",
}
DEEDS = {
    "incidents.acknowledge": "/to-look-at/3/seen",
    "incidents.decide": "/to-look-at/3/decision",
    "incidents.note": "/to-look-at/3/note",
    "incidents.reopen": "/to-look-at/3/again",
    "devices.rename": f"/devices/{school.mac(30)}/name",
    "account.log_out": "/log-out",
}
OPEN = {"account.log_in", "account.log_in_try", "account.set_up", "account.set_up_try", "about.show", "assets.show"}


def test_every_route_stands_in_the_table_and_in_these_tests(app: Flask) -> None:
    routes = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert routes == set(access.ROUTES)
    assert routes == OPEN | set(PATHS) | set(DEEDS)
    assert {route for route, who in access.ROUTES.items() if who in ("everyone", "newcomer")} == OPEN


def test_a_route_that_is_not_in_the_table_is_refused() -> None:
    assert not access.may_open("incidents.export", "head")


@pytest.mark.parametrize("path", [path for endpoint, path in PATHS.items() if endpoint not in access.POLLED])
def test_whoever_is_not_logged_in_is_sent_to_the_door(account: None, morning: Store, visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status_code == 302 and answer.location.startswith("/log-in")
    assert "iPad" not in answer.text


@pytest.mark.parametrize("path", DEEDS.values())
def test_whoever_is_not_logged_in_changes_nothing(account: None, morning: Store, visitor: Visitor, path: str) -> None:
    before = morning.audit_log(1000)
    visitor.get("/log-in")
    answer = visitor.post(path, {"decision": "no_concern", "text": "Hello.", "label": "Mine"})
    assert answer.status_code == 401
    assert morning.audit_log(1000) == before


@pytest.mark.parametrize("role", get_args(Role))
def test_only_case_workers_read_incidents(morning: Store, visitor: Visitor, role: Role) -> None:
    morning.add_account("someone", "Someone", role, served.hashed(), now=school.NOW)
    assert visitor.log_in("someone").status_code == 302
    reads = role in ("head", "deputy")
    for endpoint, path in PATHS.items():
        allowed = reads or access.ROUTES[endpoint] == "people"
        assert (visitor.get(path).status_code in (200, 204)) == allowed, path
    assert visitor.get("/").location == (None if reads else "/is-it-working")
    visitor.get("/devices")
    assert (visitor.post(DEEDS["incidents.note"], {"text": "Read."}).status_code == 302) == reads


def test_a_technician_meets_no_incident_on_a_devices_page(morning: Store, visitor: Visitor) -> None:
    morning.add_account("it", "IT support", "technician", served.hashed(), now=school.NOW)
    visitor.log_in("it")
    page = visitor.get(f"/devices/{school.mac(7)}").text
    assert "hide-me" not in page and "filter" not in page and "To look at" not in page
