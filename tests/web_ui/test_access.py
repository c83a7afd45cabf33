"""Every route stands in the table of who may open it, and the table is kept."""

from __future__ import annotations

from typing import cast, get_args

import pytest
from flask import Flask

from appliance.edge.store import Store
from appliance.model import Role
from tests.web_ui import school, served
from tests.web_ui.conftest import Visitor
from web_ui import access, sessions

LAPTOP = f"/devices/{school.mac(30)}"
ROLES = {"h": "head", "d": "deputy", "t": "technician", "g": "governor", "s": "supplier"}
# Every page, its address, and the first letters of the roles that may open it.
PATHS = {
    "today.show": ("/", "hd"),
    "today.now_part": ("/today/now", "hd"),
    "today.strip": ("/today/strip", "hdtgs"),
    "incidents.inbox": ("/to-look-at", "hd"),
    "incidents.show": ("/to-look-at/3", "hd"),
    "casework.correct": ("/to-look-at/1/entry/1", "hd"),
    "casework.pack": ("/to-look-at/3/pack", "hd"),
    "casework.text": ("/to-look-at/3/text", "hd"),
    "names.ask": ("/to-look-at/3/name", "hd"),
    "names.choose": ("/settings/names", "h"),
    "devices.inventory": ("/devices", "hdt"),
    "devices.show": (LAPTOP, "hdt"),
    "day.show": (f"{LAPTOP}/day", "hd"),
    "class_lists.show": ("/class-lists", "hd"),
    "class_lists.export": ("/class-lists.csv", "hd"),
    "timetable.show": ("/timetable", "hdt"),
    "timetable.export": ("/timetable.csv", "hdt"),
    "browse.listed": ("/browse", "hdt"),
    "browse.show": ("/browse/devices", "hdt"),
    "browse.as_csv": ("/browse/sights.csv", "hdt"),
    "browse.as_json": ("/browse/lists.json", "hdt"),
    "working.show": ("/is-it-working", "hdtgs"),
    "working.note": ("/is-it-working/clock/note", "hdtgs"),
    "seeing.show": ("/can-we-see", "hdt"),
    "rules.listed": ("/rules", "hd"),
    "register.groups": ("/groups", "hdt"),
    "register.export": ("/devices.csv", "hdt"),
    "register.bring_in": ("/devices/bring-in", "hdt"),
    "vlans.show": ("/vlans", "hdt"),
    "checks.listed": ("/checks", "hdt"),
    "checks.drill": ("/checks/drill?name=gambling.trigger.example&since=1", "hdt"),
    "checks.drill_part": ("/checks/drill/now?name=gambling.trigger.example&since=1", "hdt"),
    "rules.new": ("/rules/new", "hd"),
    "rules.false_alarm": ("/to-look-at/3/false-alarm", "hd"),
    "numbers.show": ("/numbers", "hdg"),
    "audit.show": ("/who-looked", "hdg"),
    "proof.show": ("/prove", "hdtgs"),
    "mine.show": ("/my-account", "hdtgs"),
    "second.show": ("/my-account/second-step", "hdtgs"),
    "people.show": ("/people", "h"),
    "settings.show": ("/settings", "h"),
    "steps.show": ("/set-up/steps", "h"),
    "steps.step": ("/set-up/steps/mirror", "h"),
    "steps.mirror_part": ("/set-up/steps/mirror/now", "h"),
}
# Every deed, likewise. Logging out comes last.
DEEDS = {
    "incidents.acknowledge": ("/to-look-at/3/seen", "hd"),
    "incidents.decide": ("/to-look-at/3/decision", "hd"),
    "incidents.note": ("/to-look-at/3/note", "hd"),
    "incidents.reopen": ("/to-look-at/3/again", "hd"),
    "casework.save_correction": ("/to-look-at/1/entry/1", "hd"),
    "casework.pass_on": ("/to-look-at/3/pass", "hd"),
    "casework.link": ("/to-look-at/3/link", "hd"),
    "casework.unlink": ("/to-look-at/3/unlink/4", "hd"),
    "names.ask_try": ("/to-look-at/3/name", "hd"),
    "names.answer": ("/to-look-at/3/name/1", "hd"),
    "names.save": ("/settings/names", "h"),
    "devices.rename": (f"{LAPTOP}/name", "hdt"),
    "devices.own": (f"{LAPTOP}/own", "hd"),
    "merging.merge": (f"{LAPTOP}/same", "hdt"),
    "merging.part": (f"{LAPTOP}/apart", "hdt"),
    "class_lists.add": ("/class-lists", "hd"),
    "class_lists.remove": ("/class-lists/1/remove", "hd"),
    "class_lists.take_in": ("/class-lists/bring-in", "hd"),
    "timetable.add": ("/timetable", "hdt"),
    "timetable.remove": ("/timetable/1/remove", "hdt"),
    "timetable.take_in": ("/timetable/bring-in", "hdt"),
    "rules.make": ("/rules/new", "hd"),
    "register.put_in_group": (f"{LAPTOP}/group", "hdt"),
    "register.lend": (f"{LAPTOP}/loan", "hd"),
    "register.take_back": (f"{LAPTOP}/back/1", "hd"),
    "register.make_group": ("/groups", "hdt"),
    "register.remove_group": ("/groups/none/remove", "hdt"),
    "register.take_in": ("/devices/bring-in", "hdt"),
    "vlans.save": ("/vlans", "hdt"),
    "checks.write": ("/checks", "hdt"),
    "checks.begin": ("/checks/drill", "hdt"),
    "rules.end": ("/rules/1/end", "hd"),
    "rules.mark": ("/to-look-at/3/false-alarm", "hd"),
    "people.invite": ("/people", "h"),
    "people.renew": ("/people/renew/nobody", "h"),
    "people.close": ("/people/close/nobody", "h"),
    "people.withdraw": ("/people/withdraw/nobody", "h"),
    "people.open_door": ("/people/supplier", "h"),
    "settings.save": ("/settings", "h"),
    "working.dismiss": ("/is-it-working/recovered", "h"),
    "steps.save": ("/set-up/steps/mirror", "h"),
    "proof.give": ("/prove", "hdtgs"),
    "mine.change_passphrase": ("/my-account/passphrase", "hdtgs"),
    "second.switch_on": ("/my-account/second-step", "hdtgs"),
    "second.switch_off": ("/my-account/second-step/off", "hdtgs"),
    "second.renew_codes": ("/my-account/recovery-sheet", "hdtgs"),
    "mine.log_out_everywhere": ("/my-account/log-out-everywhere", "hdtgs"),
    "account.log_out": ("/log-out", "hdtgs"),
}
OPEN = {
    *("account.log_in", "account.log_in_try", "account.second_try", "account.set_up", "account.set_up_try"),
    *(
        "join.show",
        "join.knock",
        "join.choose",
        "about.show",
        "about.words",
        "security.contact",
        "assets.show",
        "language.switch",
    ),
    *("worry.show", "worry.sent", "worry.send"),
}
SENT = {"decision": "no_concern", "text": "Hello.", "label": "Mine", "own": "yes"}


def test_every_route_stands_in_the_table_and_in_these_tests(app: Flask) -> None:
    routes = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert routes == set(access.ROUTES)
    assert routes == OPEN | set(PATHS) | set(DEEDS)
    assert {route for route, who in access.ROUTES.items() if who in ("everyone", "newcomer")} == OPEN


def test_a_route_that_is_not_in_the_table_is_refused() -> None:
    assert not access.may_open("incidents.export", "head")


@pytest.mark.parametrize("path", [path for endpoint, (path, _) in PATHS.items() if endpoint not in access.POLLED])
def test_whoever_is_not_logged_in_is_sent_to_the_door(account: None, morning: Store, visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status_code == 302 and answer.location.startswith("/log-in")
    assert "iPad" not in answer.text


@pytest.mark.parametrize("path", [path for path, _ in DEEDS.values()])
def test_whoever_is_not_logged_in_changes_nothing(account: None, morning: Store, visitor: Visitor, path: str) -> None:
    before = morning.audit_log(1000)
    visitor.get("/log-in")
    answer = visitor.post(path, SENT)
    assert answer.status_code == 401
    assert morning.audit_log(1000) == before


@pytest.mark.parametrize("letter", ROLES)
def test_every_role_at_every_route(morning: Store, visitor: Visitor, letter: str) -> None:
    role = cast(Role, ROLES[letter])
    morning.add_account("someone", "Someone", role, served.hashed(), now=school.NOW)
    morning.set_setting(sessions.DOOR, str(school.NOW + 3600), by="head", now=school.NOW)
    morning.save_health(school.a_health(problems=("clock",)))
    morning.set_setting("name_keys", "one", by="head", now=school.NOW)
    assert visitor.log_in("someone").status_code == 302
    visitor.get("/my-account")
    for path, allowed in PATHS.values():
        expected = (200, 204) if letter in allowed else (302, 403) if path == "/" else (403,)
        assert visitor.get(path).status_code in expected, path
    visitor.get("/my-account")
    for path, allowed in DEEDS.values():
        assert (visitor.post(path, SENT).status_code == 403) == (letter not in allowed), path


def test_the_table_knows_every_role() -> None:
    assert set(ROLES.values()) == set(get_args(Role)) == access.ROLES["people"]


@pytest.mark.parametrize(
    ("role", "first"), [("technician", "/is-it-working"), ("governor", "/numbers"), ("supplier", "/is-it-working")]
)
def test_whoever_reads_no_incidents_begins_elsewhere(morning: Store, visitor: Visitor, role: Role, first: str) -> None:
    morning.add_account("someone", "Someone", role, served.hashed(), now=school.NOW)
    morning.set_setting(sessions.DOOR, str(school.NOW + 3600), by="head", now=school.NOW)
    visitor.log_in("someone")
    assert visitor.get("/").location == first


def test_a_technician_meets_no_incident_on_a_devices_page(morning: Store, visitor: Visitor) -> None:
    morning.add_account("it", "IT support", "technician", served.hashed(), now=school.NOW)
    visitor.log_in("it")
    page = visitor.get(f"/devices/{school.mac(7)}").text
    assert "hide-me" not in page and "filter" not in page and "To look at" not in page
