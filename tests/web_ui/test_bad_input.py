"""Rubbish, floods, things that are gone and a card that is full: the page says what to do, and nothing typed is lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from appliance.edge.store import Store
from tests.web_ui import addresses, school, served, states
from tests.web_ui.conftest import Clock, Visitor
from web_ui import create_app, sessions

RUBBISH = ["", "x" * 5_000, "\x00\x1b[2J", "-1", "1e309", "NaN", "../../etc/passwd", "9" * 23, "\ufffe\u202e", "[]", "{{7*7}}"]
HUGE = ["99999999999999999999999", "-1", "0", "9223372036854775808", "1.5", "x", "%00", "%ff", "a" * 3_000, "..%2f..%2fetc"]
# These end the session that tries the others.
LEAVING = {"account.log_out", "mine.log_out_everywhere", "mine.change_passphrase"}


@pytest.fixture
def furnished(store: Store, account: None) -> Store:
    """A morning with everything in it."""
    states.many(store)
    return store


@pytest.fixture
def strict(app: Flask) -> Flask:
    """A page that answers a slip of its own with 500, as it would in a school."""
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


def fields_of(app: Flask, head: Visitor) -> dict[str, set[str]]:
    """The names of the fields that each deed's forms have, wherever they stand."""
    found: dict[str, set[str]] = {}
    for _, page in addresses.walk(app, head, most=2):
        for action, inside in re.findall(r'<form[^>]* method="post"[^>]* action="([^"]+)"(.*?)</form>', page, re.DOTALL):
            endpoint = addresses.endpoint_of(app, action, "POST")
            if endpoint:
                found.setdefault(endpoint, set()).update(re.findall(r'name="([^"]+)"', inside))
    return found


@pytest.mark.timeout(400)
def test_rubbish_in_any_field_of_any_form_is_never_a_fault_of_the_box(furnished: Store, head: Visitor, strict: Flask) -> None:
    fields = fields_of(strict, head)
    assert len(fields) > 20
    for endpoint, paths in addresses.addresses(strict, "POST").items():
        if endpoint in LEAVING:
            continue
        for rubbish in RUBBISH:
            answer = head.post(paths[0], {name: rubbish for name in fields.get(endpoint, set()) - {"csrf_token"}})
            assert answer.status_code < 500, (endpoint, rubbish[:20])
            assert head.get("/my-account").status_code == 200, f"{endpoint} ended the session"


def test_rubbish_in_any_address_is_never_a_fault_of_the_box(furnished: Store, head: Visitor, strict: Flask) -> None:
    for rule in strict.url_map.iter_rules():
        if rule.endpoint in LEAVING:
            continue
        for huge in HUGE:
            path = re.sub(r"<[^>]+>", huge, rule.rule)
            asked = f"{path}?from={huge}&view={huge}&back={huge}&who={huge}&since={huge}&name={huge}&device={huge}&seen={huge}"
            answer = head.get(asked) if "GET" in (rule.methods or ()) else head.post(path)
            assert answer.status_code < 500, asked


@pytest.mark.parametrize("many", [60, 6_000])
def test_a_form_with_thousands_of_fields_makes_no_large_page(furnished: Store, head: Visitor, clock: Clock, many: int) -> None:
    clock.move(sessions.IDLE + 1)
    answer = head.post("/to-look-at/3/note", {f"f{n}": "1" for n in range(many)} | {"text": "Rang home."})
    assert answer.status_code in (401, 413)
    assert len(answer.data) < 100_000


@pytest.mark.parametrize("size", [70_000, 1_000_000])
def test_a_form_that_is_too_large_is_refused_at_every_deed(furnished: Store, head: Visitor, app: Flask, size: int) -> None:
    before = furnished.chain_head()
    for endpoint, paths in addresses.addresses(app, "POST").items():
        answer = head.post(paths[0], {"text": "x" * size})
        # Where there is somebody already, the first account's form only leads to the door.
        assert answer.location == "/log-in" or (answer.status_code == 413 and "That was too long" in answer.text), endpoint
    assert furnished.chain_head() == before


def test_what_is_gone_is_said_to_be_gone_and_the_note_on_it_is_given_back(furnished: Store, head: Visitor) -> None:
    answer = head.post("/to-look-at/4711/note", {"text": "Rang <home>."})
    assert answer.status_code == 404 and "This is no longer here" in answer.text and "Rang &lt;home&gt;." in answer.text


def test_on_a_card_that_is_really_full_every_page_still_opens_and_a_note_waits_until_there_is_room(
    card: Path, tmp_path: Path, compiled: FileSystemBytecodeCache, clock: Clock
) -> None:
    with school.open_store(card) as store:
        states.many(store)
        store.add_session(sessions._hash("token"), school.HEAD, school.NOW, school.NOW + sessions.ABSOLUTE)
    served.add_head(card)
    app = create_app(served.SETTINGS, card / "data", tmp_path / "recent", testing=False, clock=clock)
    app.jinja_env.bytecode_cache = compiled
    head = Visitor(app.test_client())
    head.client.set_cookie("safespan-session", "token")
    head.get("/my-account")
    fill_up(card / "ballast")
    clock.move(120)
    for endpoint, paths in addresses.addresses(app, "GET").items():
        assert head.get(paths[0]).status_code in (200, 204, 302, 404), endpoint
    head.get("/to-look-at/3")
    answer = head.post("/to-look-at/3/note", {"text": "Rang home. " * 300})
    assert answer.status_code == 503 and "There is no room left on the box" in answer.text
    assert "Rang home. Rang home." in answer.text
    (card / "ballast").unlink()
    assert head.post("/to-look-at/3/note", {"text": "Rang home. " * 300}).status_code == 302
    app.extensions["records"].close()


def fill_up(file: Path) -> None:
    """Write until nothing more fits."""
    with file.open("wb", buffering=0) as ballast:
        for size in (65_536, 4_096, 512, 1):
            try:
                while True:
                    ballast.write(b"\0" * size)
            except OSError:
                continue
