"""Whoever guesses waits; the head never waits for somebody else's guesses, from wherever they come."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from appliance.edge.store import Store
from tests.web_ui import school, served
from tests.web_ui.conftest import Clock, Visitor
from web_ui import access, create_app, sessions
from web_ui.doors import ACCOUNT_TRIES
from web_ui.throttle import TRIES, WINDOW


def guess(pupil: Visitor, times: int) -> list[int]:
    """Wrong passphrases, one after the other."""
    return [pupil.log_in(passphrase=f"guess number {n} of many").status_code for n in range(times)]


def test_guesses_from_the_heads_own_address_do_not_keep_the_heads_browser_out(
    account: None, arrive: Callable[..., Visitor]
) -> None:
    head, pupil = arrive("10.20.0.1"), arrive("10.20.0.1")
    assert head.log_in().status_code == 302
    head.post("/log-out")
    assert guess(pupil, TRIES + 2)[-1] == 429
    assert head.log_in().status_code == 302


def test_a_browser_is_still_known_when_the_page_has_started_again(
    account: None, arrive: Callable[..., Visitor], home: Path, store: Store, clock: Clock
) -> None:
    head = arrive("10.20.0.5")
    head.log_in()
    cookie = head.client.get_cookie("safespan-known")
    assert cookie
    for n in range(ACCOUNT_TRIES + 1):
        store.note_login(school.HEAD, False, now=school.NOW, source=f"10.20.1.{n}")
    again = create_app(served.SETTINGS, home / "data", home / "recent", testing=True, clock=clock)
    late = Visitor(again.test_client(), "10.20.0.6")
    assert late.log_in().status_code == 429
    late.client.set_cookie("safespan-known", cookie.value)
    assert late.log_in().status_code == 302
    again.extensions["records"].close()


@pytest.mark.parametrize("forged", ["bevan", "ImJldmFuIg.AAAA", "ImJldmFuIg.xxxxxxxxxxxxxxxxxxxxxxxxxxx", "", "\x7f"])
def test_nobody_can_say_of_themselves_that_they_are_known(account: None, visitor: Visitor, store: Store, forged: str) -> None:
    for n in range(ACCOUNT_TRIES + 1):
        store.note_login(school.HEAD, False, now=school.NOW, source=f"10.20.1.{n}")
    visitor.client.set_cookie("safespan-known", forged)
    assert visitor.log_in().status_code == 429


def test_a_new_passphrase_makes_strangers_of_all_browsers_but_this_one(head: Visitor, store: Store, app: Flask) -> None:
    head.client.set_cookie("safespan-known", "old")
    fields = {"passphrase": "five badgers on a sledge", "again": "five badgers on a sledge"}
    assert head.post("/my-account/passphrase", fields).status_code == 302
    cookie = head.client.get_cookie("safespan-known")
    assert cookie and cookie.value != "old" and cookie.http_only and cookie.same_site == "Strict"


def test_a_known_browser_has_its_own_few_tries_too(account: None, visitor: Visitor, clock: Clock) -> None:
    visitor.log_in()
    visitor.post("/log-out")
    assert guess(visitor, TRIES + 1) == [400] * TRIES + [429]
    clock.move(WINDOW + 1)
    assert visitor.log_in().status_code == 302


FRESH = ["/rules/new", "/rules/1/end", "/to-look-at/3/false-alarm", "/people", "/settings", "/my-account/recovery-sheet"]


@pytest.mark.parametrize("path", FRESH)
def test_what_matters_most_asks_for_the_passphrase_again_and_keeps_what_was_typed(
    morning: Store, head: Visitor, clock: Clock, path: str
) -> None:
    clock.move(sessions.FRESH + 1)
    head.get("/")
    answer = head.post(path, {"reason": "Chess <club>."})
    assert answer.status_code == 401 and "Your passphrase, once more" in answer.text and "Chess &lt;club&gt;." in answer.text


def test_a_file_leaves_the_box_only_after_the_passphrase_was_typed_again(morning: Store, head: Visitor, clock: Clock) -> None:
    assert head.get("/devices.csv").status_code == 200
    clock.move(sessions.FRESH + 1)
    answer = head.get("/devices.csv")
    assert answer.status_code == 302 and answer.location == "/prove?to=/devices.csv"
    head.get("/prove?to=/devices.csv")
    assert head.post("/prove", {"passphrase": school.PASSPHRASE, "to": "/devices.csv"}).location == "/devices.csv"
    assert head.get("/devices.csv").status_code == 200


@pytest.mark.parametrize(("finished", "code"), [(False, 302), (True, 401)])
def test_the_set_ups_steps_are_no_way_round_that_once_it_is_over(
    store: Store, head: Visitor, clock: Clock, finished: bool, code: int
) -> None:
    if finished:
        store.set_setting(access.SET_UP, "1", by="Mrs Bevan", now=school.NOW)
    clock.move(sessions.FRESH + 1)
    head.get("/set-up/steps/numbers")
    assert head.post("/set-up/steps/numbers", {"it": "01632 960 123"}).status_code == code
    assert (store.setting("phone_it") == "01632 960 123") != finished


def test_every_route_that_changes_who_may_come_in_or_what_is_kept_quiet_is_among_them() -> None:
    deeds = {route for route in access.ROUTES if route.split(".")[0] in ("people", "rules", "settings", "second")}
    asking = {route for route in deeds if route.split(".")[1] not in ("show", "listed", "new", "false_alarm", "preview")}
    assert asking <= access.FRESH
    assert {route for route in access.ROUTES if "export" in route} <= access.FRESH


def test_the_school_says_whom_to_tell_of_a_hole(store: Store, visitor: Visitor) -> None:
    assert visitor.get("/.well-known/security.txt").status_code == 404
    store.set_setting("phone_supplier", "+44 (0)1632 960 123 ext 4", by="x", now=school.NOW)
    answer = visitor.get("/.well-known/security.txt")
    assert answer.mimetype == "text/plain"
    assert answer.text.splitlines() == [
        "Contact: tel:+4401632960123",
        "Expires: 2026-12-24T11:20:00Z",
        "Preferred-Languages: en, cy",
    ]
