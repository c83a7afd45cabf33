"""The first account, logging in, and what keeps others out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.edge.store import Store
from tests.web_ui import school, served
from tests.web_ui.conftest import Clock, Visitor
from web_ui import sessions
from web_ui.passwords import NOBODY, Passphrases, find_fault

GOOD = {"full_name": "Mrs Bevan", "username": "Bevan", "passphrase": school.PASSPHRASE, "again": school.PASSPHRASE}


def set_up(visitor: Visitor, code: str, **changes: str) -> int:
    visitor.get("/set-up")
    return visitor.post("/set-up", GOOD | {"code": code} | changes).status_code


def test_a_new_box_sends_everybody_to_its_set_up(visitor: Visitor) -> None:
    assert visitor.get("/").location == "/set-up"
    assert visitor.get("/log-in").location == "/set-up"


def test_the_printed_code_makes_the_heads_account_and_logs_in(visitor: Visitor, store: Store) -> None:
    code = store.first_run_code(school.NOW)
    assert set_up(visitor, code.lower().replace("-", " ")) == 302
    made = store.account("bevan")
    assert made and made.role == "head" and made.full_name == "Mrs Bevan"
    assert made.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert visitor.get("/").status_code == 200


def test_the_code_works_once(visitor: Visitor, store: Store, arrive: Callable[..., Visitor]) -> None:
    code = store.first_run_code(school.NOW)
    set_up(visitor, code)
    assert arrive().get("/set-up").location == "/log-in"
    assert len(store.accounts()) == 1


def test_a_wrong_code_makes_nothing_and_keeps_what_was_typed(visitor: Visitor, store: Store) -> None:
    store.first_run_code(school.NOW)
    visitor.get("/set-up")
    answer = visitor.post("/set-up", GOOD | {"code": "AAAA-AAAA"})
    assert answer.status_code == 400 and "not the code of this box" in answer.text
    assert 'value="Mrs Bevan"' in answer.text and school.PASSPHRASE not in answer.text
    assert not store.accounts()


def test_guessing_the_code_has_to_wait(visitor: Visitor, store: Store, clock: Clock) -> None:
    code = store.first_run_code(school.NOW)
    assert [set_up(visitor, f"AAAA-AA{n}A") for n in range(2, 9)] == [400] * 6 + [429]
    assert set_up(visitor, code) == 429
    clock.move(15 * 60 + 1)
    assert set_up(visitor, code) == 302


@pytest.mark.parametrize(
    ("passphrase", "again", "fault"),
    [
        ("", "", "Enter a passphrase"),
        ("eleven char", "eleven char", "at least 12"),
        ("x" * 257, "x" * 257, "256"),
        ("aaaaaaaaaaaaaa", "aaaaaaaaaaaaaa", "repeats"),
        ("four otters under ice", "four otters under ive", "not the same"),
        ("Mrs Bevan of Ashfield", "Mrs Bevan of Ashfield", "your name"),
    ],
)
def test_a_poor_passphrase_is_refused_in_a_sentence(app: object, passphrase: str, again: str, fault: str) -> None:
    from flask import Flask

    assert isinstance(app, Flask)
    with app.test_request_context():
        assert fault in (find_fault(passphrase, again, "mrs bevan of ashfield") or "")


def test_long_phrases_of_any_letters_are_welcome(app: object) -> None:
    from flask import Flask

    assert isinstance(app, Flask)
    with app.test_request_context():
        assert find_fault("čtyři vydry pod ledem", "čtyři vydry pod ledem") is None


def test_the_right_passphrase_opens_the_page(account: None, visitor: Visitor) -> None:
    assert visitor.log_in().location == "/"
    assert visitor.get("/").status_code == 200


@pytest.mark.parametrize("name", ["bevan", "nobody"])
def test_a_wrong_passphrase_and_an_unknown_name_get_the_same_answer(account: None, visitor: Visitor, name: str) -> None:
    answer = visitor.log_in(name, "not the passphrase")
    assert answer.status_code == 400
    assert "The name or the passphrase is not right" in answer.text


def test_an_unknown_name_costs_a_hash_too() -> None:
    hasher = Passphrases()
    stored = hasher.hash("four otters under ice")
    assert hasher.check("four otters under ice", stored)
    assert not hasher.check("four otters under ice", None)
    assert NOBODY.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_somebody_who_guesses_waits_and_the_head_does_not(account: None, arrive: Callable[..., Visitor], clock: Clock) -> None:
    pupil, head = arrive("10.20.0.77"), arrive("10.20.0.5")
    assert [pupil.log_in(passphrase=f"guess number {n} of many").status_code for n in range(8)] == [400] * 6 + [429] * 2
    assert head.log_in().status_code == 302
    clock.move(15 * 60 + 1)
    assert pupil.log_in(passphrase="another guess again").status_code == 400


def test_guesses_from_many_places_do_not_lock_the_heads_own_browser_out(
    account: None, arrive: Callable[..., Visitor], store: Store
) -> None:
    head = arrive("10.20.0.5")
    head.log_in()
    head.post("/log-out")
    for n in range(31):
        store.note_login("bevan", False, now=school.NOW, source=f"10.20.1.{n}")
    assert arrive("10.20.0.6").log_in().status_code == 429
    assert head.log_in().status_code == 302


def test_logging_out_ends_the_session_in_the_store(head: Visitor) -> None:
    cookie = head.client.get_cookie("safespan-session")
    assert cookie
    assert head.post("/log-out").location.startswith("/log-in")
    head.client.set_cookie("safespan-session", cookie.value)
    assert head.get("/").location.startswith("/log-in")


def test_twenty_idle_minutes_end_the_session(head: Visitor, clock: Clock) -> None:
    clock.move(sessions.IDLE - 1)
    assert head.get("/").status_code == 200
    clock.move(sessions.IDLE + 1)
    assert head.get("/").status_code == 302


def test_a_page_that_asks_by_itself_does_not_keep_the_session_alive(head: Visitor, clock: Clock) -> None:
    for _ in range(21):
        clock.move(60)
        last = head.get("/today/now")
    assert last.status_code == 401 and last.headers["HX-Redirect"] == "/log-in"


def test_the_lamp_in_a_pages_head_never_takes_a_half_written_note_away(head: Visitor, clock: Clock) -> None:
    clock.move(sessions.IDLE + 1)
    answer = head.get("/today/strip")
    assert answer.status_code == 401 and "HX-Redirect" not in answer.headers


def test_eight_hours_end_the_session_however_busy_it_was(head: Visitor, clock: Clock) -> None:
    for _ in range(31):
        clock.move(15 * 60)
        assert head.get("/").status_code == 200
    clock.move(15 * 60)
    assert head.get("/").status_code == 302


def test_a_note_sent_after_the_session_ended_survives_logging_in_again(morning: Store, head: Visitor, clock: Clock) -> None:
    head.get("/to-look-at/3")
    clock.move(sessions.IDLE + 1)
    answer = head.post("/to-look-at/3/note", {"text": "Rang home.\nMother <knows>."})
    assert answer.status_code == 401 and "Mother &lt;knows&gt;." in answer.text
    fields = {
        "username": school.HEAD,
        "passphrase": school.PASSPHRASE,
        "to": "/to-look-at/3/note",
        "text": "Rang home.\nMother <knows>.",
    }
    answer = head.post("/log-in", fields)
    assert answer.status_code == 200 and 'action="/to-look-at/3/note"' in answer.text
    assert not morning.notes(3)
    assert head.post("/to-look-at/3/note", {"text": "Rang home.\nMother <knows>."}).status_code == 302
    assert [note.text for note in morning.notes(3)] == ["Rang home.\nMother <knows>."]


def test_a_form_with_an_old_token_is_shown_again_with_what_was_typed(morning: Store, head: Visitor) -> None:
    head.token = "old"
    answer = head.post("/to-look-at/3/decision", {"decision": "behaviour", "text": "A quiet word."})
    assert answer.status_code == 400
    assert "A quiet word." in answer.text and 'name="decision" value="behaviour"' in answer.text
    assert morning.incident(3).decision is None


def test_after_logging_in_the_asked_page_comes(head: Visitor, clock: Clock) -> None:
    clock.move(sessions.IDLE + 1)
    assert head.get("/devices").location == "/log-in?to=/devices"
    assert head.log_in(to="/devices").location == "/devices"


@pytest.mark.parametrize(
    "to", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "/log-out", "/nowhere"]
)
def test_logging_in_never_leads_elsewhere(account: None, visitor: Visitor, to: str) -> None:
    assert visitor.log_in(to=to).location == "/"


def test_each_log_in_has_a_token_of_its_own_and_the_store_keeps_only_its_hash(
    account: None, visitor: Visitor, store: Store
) -> None:
    visitor.log_in()
    head = visitor
    cookie = head.client.get_cookie("safespan-session")
    assert cookie and cookie.http_only and cookie.same_site == "Strict" and len(cookie.value) >= 43
    assert store.session(cookie.value, school.NOW) is None
    assert store.session(sessions._hash(cookie.value), school.NOW)


def test_over_https_the_cookies_belong_to_this_host_alone(account: None, visitor: Visitor) -> None:
    https = {"wsgi.url_scheme": "https", "HTTP_REFERER": "https://localhost/log-in"}
    page = visitor.client.get("/log-in", environ_overrides=https)
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    fields = {"csrf_token": token, "username": school.HEAD, "passphrase": school.PASSPHRASE}
    answer = visitor.client.post("/log-in", data=fields, environ_overrides=https)
    cookies = [cookie for cookie in answer.headers.getlist("Set-Cookie") if "session" in cookie]
    assert answer.status_code == 302
    assert cookies and all(cookie.startswith("__Host-safespan-session=") for cookie in cookies)
    assert all("Secure" in cookie and "Path=/" in cookie and "Domain" not in cookie for cookie in cookies)


def test_a_name_made_at_the_box_with_capitals_logs_in_however_it_is_typed(visitor: Visitor, store: Store) -> None:
    store.add_account("Rees", "Mr Rees", "deputy", served.hashed(), now=school.NOW)
    assert visitor.log_in("REES").location == "/"
    assert "You are Mr Rees." in visitor.get("/").text


@pytest.mark.parametrize("path", ["/set-up", "/log-in", "/join"])
def test_the_doors_of_a_demonstration_say_that_it_is_one(store: Store, visitor: Visitor, home: Path, path: str) -> None:
    if path == "/log-in":
        served.add_head(home)
    assert "This is a demonstration." not in visitor.get(path).text
    store.save_health(school.a_health(demonstration=True))
    assert "This is a demonstration." in visitor.get(path).text
