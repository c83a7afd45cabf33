"""What holds for every route there is, worked out from the table of routes: no page is forgotten."""

from __future__ import annotations

import re
from typing import cast

import pytest
from flask import Flask

from appliance.edge.store import Store
from appliance.model import Role
from tests.web_ui import addresses, school, states
from tests.web_ui.conftest import Clock, Visitor
from web_ui import access, sessions

# Deeds of the door itself, which need no session; they need the form's token all the same.
DOORS = {route for route, who in access.ROUTES.items() if who in ("everyone", "newcomer")}
SENT = {"decision": "no_concern", "text": "Hello.", "label": "Mine", "own": "yes", "name": "Oak", "kind": "year"}


@pytest.fixture
def furnished(store: Store, account: None) -> Store:
    """A morning with everything in it."""
    states.many(store)
    return store


def deeds(app: Flask) -> list[tuple[str, str]]:
    return [(endpoint, path) for endpoint, paths in addresses.addresses(app, "POST").items() for path in paths[:1]]


def pages(app: Flask) -> list[tuple[str, str]]:
    return [(endpoint, path) for endpoint, paths in addresses.addresses(app, "GET").items() for path in paths[:1]]


def kept(store: Store) -> tuple[object, ...]:
    """What a deed could have changed."""
    return (
        *(store.audit_log(10_000), store.accounts(), store.incidents(), store.devices(), store.chain_head()),
        *(store.register.groups(), store.rulebook.rules(), store.check_log(), store.sessions(school.HEAD, school.NOW)),
    )


def test_no_deed_is_done_without_the_forms_token(furnished: Store, head: Visitor, app: Flask) -> None:
    before = kept(furnished)
    for endpoint, path in deeds(app):
        for token in ("", "made-up", head.token[:-2]):
            head.token = token
            answer = head.client.post(path, data=SENT | {"csrf_token": token})
            # Where there is somebody already, the first account's form only leads to the door.
            assert answer.status_code in (400, 401) or answer.location == "/log-in", (endpoint, answer.status_code)
            assert "Traceback" not in answer.text
    assert kept(furnished) == before


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "none"}],
)
def test_no_deed_is_done_for_a_form_that_stood_elsewhere(
    furnished: Store, head: Visitor, app: Flask, headers: dict[str, str]
) -> None:
    before = kept(furnished)
    for endpoint, path in deeds(app):
        assert head.post(path, SENT, **headers).status_code == 403, endpoint
    assert kept(furnished) == before


@pytest.mark.parametrize("host", ["evil.example", "safespan.local.evil.example", "", "127.0.0.1.evil.example"])
def test_nothing_is_shown_or_done_under_a_name_that_is_not_the_boxs(
    furnished: Store, head: Visitor, app: Flask, host: str
) -> None:
    before = kept(furnished)
    for endpoint, path in pages(app) + deeds(app):
        answer = head.get(path, Host=host) if (endpoint, path) in pages(app) else head.post(path, SENT, Host=host)
        assert answer.status_code == 400, endpoint
        assert "iPad" not in answer.text and "Ashfield" not in answer.text
        assert not answer.headers.get("Set-Cookie")
    assert kept(furnished) == before


@pytest.mark.parametrize("seconds", [sessions.IDLE + 1, sessions.ABSOLUTE + 1], ids=["idle", "too-long"])
def test_nothing_is_shown_or_done_once_a_session_has_ended(
    furnished: Store, head: Visitor, app: Flask, clock: Clock, seconds: float
) -> None:
    clock.move(seconds)
    before = furnished.chain_head()
    for endpoint, path in pages(app):
        answer = head.get(path)
        if endpoint not in DOORS:
            assert answer.status_code == (401 if endpoint in access.POLLED else 302), endpoint
            assert "iPad" not in answer.text
    for endpoint, path in deeds(app):
        if endpoint not in DOORS:
            answer = head.post(path, SENT)
            assert answer.status_code == 401, endpoint
            assert "iPad" not in answer.text
    assert furnished.chain_head() == before


def test_whatever_was_typed_into_any_form_is_still_there_after_logging_in_again(
    furnished: Store, head: Visitor, app: Flask, clock: Clock
) -> None:
    for endpoint, path in deeds(app):
        if endpoint in DOORS or endpoint in ("account.log_out", "mine.log_out_everywhere"):
            continue
        clock.move(sessions.IDLE + 1)
        typed = {"text": f"Rang home about {endpoint}.", "reason": "A <reason>.", "passphrase": "not to be shown"}
        answer = head.post(path, typed)
        assert answer.status_code == 401 and f"Rang home about {endpoint}." in answer.text, endpoint
        assert "not to be shown" not in answer.text
        fields = {"username": school.HEAD, "passphrase": school.PASSPHRASE, "to": path, "reason": typed["reason"]}
        again = head.post("/log-in", fields | {"text": typed["text"]})
        assert again.status_code == 200 and f'action="{path}"' in again.text, endpoint
        assert f"Rang home about {endpoint}." in again.text and "A &lt;reason&gt;." in again.text, endpoint


def test_every_answer_to_anybody_carries_the_headers_and_no_trace(furnished: Store, head: Visitor, app: Flask) -> None:
    head.client.delete_cookie("safespan-session")
    for path in [path for _, path in pages(app)] + ["/nowhere", "/assets/x/y"]:
        headers = head.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; ") and "unsafe" not in policy, path
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["X-Frame-Options"] == "DENY", path
        assert "no-store" in headers["Cache-Control"], path
        assert "Server" not in headers or "Python" not in headers["Server"]


def test_every_cookie_is_the_servers_alone(account: None, visitor: Visitor) -> None:
    answers = [visitor.get("/log-in"), visitor.log_in(), visitor.post("/log-out")]
    set_ = [cookie for answer in answers for cookie in answer.headers.getlist("Set-Cookie")]
    assert len(set_) >= 4
    assert all("HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie for cookie in set_)
    assert not any("Domain" in cookie for cookie in set_)


@pytest.mark.parametrize("role", [role for role in states.ROLES if role not in access.CASE_WORKERS])
def test_whoever_reads_no_incidents_finds_nothing_of_one_wherever_they_can_go(
    furnished: Store, visitor: Visitor, app: Flask, role: str
) -> None:
    furnished.add_account("someone", "Someone", cast(Role, role), "hash", now=school.NOW)
    furnished.set_setting(sessions.DOOR, str(school.NOW + 3_600), by="head", now=school.NOW)
    furnished.add_session(sessions._hash("theirs"), "someone", school.NOW, school.NOW + sessions.ABSOLUTE)
    visitor.client.set_cookie("safespan-session", "theirs")
    met = 0
    for path, page in addresses.walk(app, visitor):
        met += 1
        for secret in ("no-way-on", "hide-me-now", "big-jackpot", "ending life", "football page", "A. Pupil"):
            assert secret not in page, (path, secret)
    assert met > 5


def test_wherever_the_head_can_go_every_link_and_form_leads_somewhere(furnished: Store, head: Visitor, app: Flask) -> None:
    met: set[str] = set()
    for path, page in addresses.walk(app, head):
        met.add(addresses.endpoint_of(app, path) or "")
        for link in addresses.links(page):
            assert addresses.endpoint_of(app, link) or link.startswith("/assets/"), (path, link)
        for action in re.findall(r'<form[^>]* action="([^"]+)"', page):
            assert addresses.endpoint_of(app, action, "POST") or addresses.endpoint_of(app, action), (path, action)
    print(f"{len(met)} kinds of pages")


def test_every_page_that_is_printed_carries_the_evidence_code_or_is_a_sheet_for_one_person(
    furnished: Store, head: Visitor, app: Flask
) -> None:
    code = re.compile(r"Evidence code: \d+(-[0-9A-F]{4}){4}\.")
    without = {addresses.endpoint_of(app, path) for path, page in addresses.walk(app, head, most=1) if not code.search(page)}
    assert without - DOORS - access.POLLED == set()
