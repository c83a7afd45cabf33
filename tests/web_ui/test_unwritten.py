"""A card that can't be written: whoever may read still gets in, what they did is kept in memory, and the page says so."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from appliance.edge.store import NotFound, Store, StoreBusy, StoreError
from appliance.model import Session
from tests.web_ui import school, served, states
from tests.web_ui.conftest import Clock, Visitor
from tests.web_ui.test_errors import hindered
from tests.web_ui.test_incidents import words
from web_ui import create_app, second_factor, unwritten

TOLD = "The box can’t write its records just now. You can read everything, but not save anything."
KEY = second_factor.make_key()


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be written is tried again by the next page."""
    monkeypatch.setattr(unwritten, "RETRY_SECONDS", 0.0)


def actions(store: Store) -> list[str]:
    return [entry.action for entry in store.audit_log()]


@pytest.mark.parametrize("how", ["full", "busy"])
def test_neither_a_full_card_nor_somebody_who_writes_keeps_the_head_out(
    morning: Store, account: None, visitor: Visitor, app: Flask, how: str
) -> None:
    with hindered(app, how):
        assert visitor.log_in().location == "/"
        assert "Do not visit the site to check." in words(visitor.get("/to-look-at/3").text)
        assert visitor.post("/to-look-at/3/note", {"text": "Rang home. " * 354}).status_code == 503
    visitor.get("/to-look-at/3")
    assert {"log-in", "looked"} <= set(actions(morning))


def test_the_head_logs_in_and_reads_and_what_was_done_is_written_down_later(
    morning: Store, account: None, visitor: Visitor, app: Flask
) -> None:
    with hindered(app, "read-only"):
        assert visitor.log_in().location == "/"
        visitor.get("/to-look-at/3")
        assert TOLD in words(visitor.get("/").text)
        assert "Do not visit the site to check." in words(visitor.get("/to-look-at/3").text)
        assert visitor.post("/to-look-at/3/note", {"text": "Rang home."}).status_code == 503
        assert "log-in" not in actions(morning) and "looked" not in actions(morning)
    visitor.get("/to-look-at/3")
    assert {"log-in", "looked"} <= set(actions(morning)) and morning.verify_chain().broken is None
    assert TOLD not in words(visitor.get("/to-look-at/3").text)
    assert visitor.post("/to-look-at/3/note", {"text": "Rang home."}).status_code == 302


def test_who_does_not_know_the_passphrase_stays_out_and_is_slowed_down(
    morning: Store, account: None, arrive: Callable[..., Visitor], app: Flask
) -> None:
    with hindered(app, "read-only"):
        answers = [arrive(f"10.20.1.{n}").log_in(passphrase="wrong").status_code for n in range(unwritten.ACCOUNT_TRIES + 3)]
        assert set(answers) == {400, 429} and answers[-1] == 429


def test_a_log_in_that_is_only_in_memory_ends_with_the_passphrase(
    morning: Store, account: None, visitor: Visitor, app: Flask
) -> None:
    with hindered(app, "read-only"):
        visitor.log_in()
    assert visitor.get("/").status_code == 200
    morning.set_password(school.HEAD, "another hash", by="box", now=school.NOW)
    assert visitor.get("/").location == "/log-in?to=/"


def test_logging_out_counts_although_it_cannot_be_written(morning: Store, head: Visitor, app: Flask) -> None:
    cookie = head.client.get_cookie("safespan-session")
    assert cookie
    with hindered(app, "read-only"):
        head.post("/log-out")
        head.client.set_cookie("safespan-session", cookie.value)
        assert head.get("/").location == "/log-in?to=/"
    head.get("/log-in")
    assert head.get("/").location == "/log-in?to=/"


def test_a_passphrase_proved_again_is_proved(morning: Store, head: Visitor, app: Flask, clock: Clock) -> None:
    clock.move(11 * 60)
    with hindered(app, "read-only"):
        assert head.get("/to-look-at/3/pack").location == "/prove?to=/to-look-at/3/pack"
        head.get("/prove?to=/to-look-at/3/pack")
        head.post("/prove", {"passphrase": school.PASSPHRASE, "to": "/to-look-at/3/pack"})
        assert "Evidence code" in head.get("/to-look-at/3/pack").text


def test_digits_of_a_phone_are_good_once_and_a_code_from_paper_waits(
    morning: Store, account: None, arrive: Callable[..., Visitor], app: Flask, clock: Clock
) -> None:
    morning.factors.switch_on(school.HEAD, KEY, ["23456-789AB"], step=0, by="Mrs Bevan", now=school.NOW)
    digits = second_factor.digits_at(KEY, int(clock.now) // second_factor.STEP)

    def try_code(visitor: Visitor, code: str) -> int:
        page = visitor.log_in().text
        half = page.split('name="half" value="')[1].split('"')[0]
        return visitor.post("/log-in/code", {"half": half, "code": code}).status_code

    with hindered(app, "read-only"):
        assert try_code(arrive(), "23456-789AB") == 503
        assert try_code(arrive(), digits) == 302
        assert try_code(arrive(), digits) == 400
    assert try_code(arrive(), digits) == 400, "what was used up in memory stays so once the card can be written"
    assert try_code(arrive(), "23456-789AB") == 302


def test_on_a_card_that_can_really_only_be_read_the_head_reads(
    card: Path, tmp_path: Path, compiled: FileSystemBytecodeCache, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with school.open_store(card) as store:
        states.many(store)
    served.add_head(card)
    subprocess.run(["mount", "-o", "remount,ro", str(card)], check=True)
    app = create_app(served.SETTINGS, card / "data", tmp_path / "recent", testing=False, clock=clock)
    app.jinja_env.bytecode_cache = compiled
    head = Visitor(app.test_client())
    assert head.log_in().location == "/"
    page = words(head.get("/").text)
    assert "ending life" in page and TOLD in page
    assert head.post("/to-look-at/3/note", {"text": "Rang home."}).status_code == 503
    subprocess.run(["mount", "-o", "remount,rw", str(card)], check=True)
    app.extensions["records"]._mine.until = 0.0
    head.get("/to-look-at/3")
    assert head.post("/to-look-at/3/note", {"text": "Rang home."}).status_code == 302
    app.extensions["records"].close()


def test_what_waits_is_bounded_and_counted() -> None:
    waiting = unwritten.Unwritten()
    for number in range(unwritten.DEEDS + 100):
        waiting.keep(lambda _store: None, StoreError("full"))
        waiting.begin(Session(token_hash=str(number), username="x", created=0.0, seen=0.0, expires=9.0), "hash")
        waiting.end(f"gone {number}")
    assert waiting.count == unwritten.DEEDS and waiting.lost == 100 and waiting.stuck
    assert len(waiting._sessions) == unwritten.SESSIONS and len(waiting._ended) == unwritten.ENDED
    assert set(waiting._keys) == set(waiting._sessions)
    assert waiting.session("1", 1.0) is None and waiting.session(str(unwritten.DEEDS + 99), 10.0) is None


def test_what_is_about_something_that_is_gone_holds_nothing_up(store: Store) -> None:
    def gone(_store: Store) -> None:
        raise NotFound("gone")

    waiting, done = unwritten.Unwritten(), []
    waiting.keep(gone, NotFound("gone"))
    assert waiting.count == 0
    waiting.keep(gone, StoreBusy("busy"))
    waiting.keep(lambda _store: done.append(1), StoreBusy("busy"))
    assert not waiting.stuck, "a moment in which somebody else writes is no trouble"
    waiting.write_down(store)
    assert done == [1] and waiting.count == 0


def test_a_store_that_refused_is_left_alone_for_a_while(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unwritten, "RETRY_SECONDS", 60.0)
    tries: list[int] = []

    def refused(_store: Store) -> None:
        tries.append(1)
        raise StoreBusy("busy")

    waiting = unwritten.Unwritten()
    waiting.keep(refused, StoreBusy("busy"))
    assert not waiting.write_down(store) and tries == []
    waiting._again = 0.0
    assert not waiting.write_down(store) and not waiting.write_down(store)
    assert tries == [1] and waiting.count == 1


def test_nobody_waits_while_another_page_tries_the_store(store: Store) -> None:
    waiting, begun, let_go = unwritten.Unwritten(), threading.Event(), threading.Event()

    def slow(_store: Store) -> None:
        begun.set()
        assert let_go.wait(10)

    waiting.queue(slow)
    trying = threading.Thread(target=waiting.write_down, args=(store,))
    trying.start()
    assert begun.wait(10)
    began = time.monotonic()
    assert not waiting.write_down(store)
    waiting.queue(lambda _store: None)
    waiting.touch("somebody", 1.0)
    assert time.monotonic() - began < 1.0
    let_go.set()
    trying.join(10)
    assert waiting.count == 0
