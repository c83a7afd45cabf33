"""Which language a page speaks, and the switch between them, without scripts and before logging in."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from appliance.edge.store import Store, StoreFull
from tests.web_ui import addresses, school, spoken, states
from tests.web_ui.conftest import Visitor

WELSH = "cy-GB,cy;q=0.9,en;q=0.5"


def language_of(page: str) -> str:
    found = re.search(r'<html lang="([a-zA-Z-]+)"', page)
    assert found
    return found[1]


def switch(visitor: Visitor, language: str, to: str = "/log-in") -> str:
    answer = visitor.post("/language", {"language": language, "to": to})
    assert answer.status_code == 302
    return answer.location


def test_a_page_begins_in_english(account: None, visitor: Visitor) -> None:
    assert language_of(visitor.get("/log-in").text) == "en-GB"
    assert language_of(visitor.get("/log-in", **{"Accept-Language": "de, fr;q=0.8"}).text) == "en-GB"


def test_it_begins_in_the_schools_language_where_nobody_has_chosen(account: None, store: Store, visitor: Visitor) -> None:
    store.set_setting("language", "cy", by="Mrs Bevan", now=school.NOW)
    # Every browser that nobody told anything asks for English: that is no choice.
    assert language_of(visitor.get("/log-in", **{"Accept-Language": "en-GB,en;q=0.9"}).text) == "cy"
    store.set_setting("language", "tlh", by="Mrs Bevan", now=school.NOW)
    assert language_of(visitor.get("/log-in").text) == "en-GB"


def test_a_browser_that_asks_for_welsh_gets_it(account: None, visitor: Visitor) -> None:
    assert language_of(visitor.get("/what-this-box-sees", **{"Accept-Language": WELSH}).text) == "cy"


@pytest.mark.parametrize("path", ["/log-in", "/join", "/what-this-box-sees", "/nowhere"])
def test_the_switch_stands_on_public_pages_and_leads_back(account: None, visitor: Visitor, path: str) -> None:
    page = visitor.get(path).text
    assert re.search(r'<button class="plain" name="language" value="cy" lang="cy">Cymraeg</button>', page)
    kept = re.search(r'name="to" value="([^"]+)"', page)
    assert kept and kept[1] == path
    assert switch(visitor, "cy", path) == (path if path != "/nowhere" else "/")
    page = visitor.get(path).text
    assert language_of(page) == "cy" and 'lang="en">English</button>' in page


def test_the_choice_goes_before_what_the_browser_and_the_school_say(account: None, store: Store, visitor: Visitor) -> None:
    store.set_setting("language", "cy", by="Mrs Bevan", now=school.NOW)
    visitor.get("/log-in")
    switch(visitor, "en")
    assert language_of(visitor.get("/log-in", **{"Accept-Language": WELSH}).text) == "en-GB"


def test_whoever_is_logged_in_keeps_their_choice_in_every_browser(
    head: Visitor, store: Store, arrive: Callable[..., Visitor]
) -> None:
    switch(head, "cy", "/to-look-at?view=all")
    elsewhere = arrive()
    assert language_of(elsewhere.get("/log-in").text) == "en-GB"
    elsewhere.log_in()
    assert language_of(elsewhere.get("/my-account").text) == "cy"
    before = len(store.audit_log(1000))
    switch(head, "cy")
    assert len(store.audit_log(1000)) == before, "what did not change is not written again"


def test_somebodys_own_choice_goes_before_that_of_the_browser(account: None, visitor: Visitor) -> None:
    visitor.log_in()
    switch(visitor, "en")
    visitor.get("/my-account")
    visitor.post("/log-out")
    visitor.get("/log-in")
    switch(visitor, "cy")
    visitor.log_in()
    assert language_of(visitor.get("/my-account").text) == "en-GB"


def test_it_leads_nowhere_else(account: None, visitor: Visitor) -> None:
    visitor.get("/log-in")
    for target in ("https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "/log-out", ""):
        assert switch(visitor, "cy", target) == "/"
    assert switch(visitor, "cy", "/to-look-at?view=all") == "/to-look-at?view=all"


def test_a_language_that_there_is_not_is_refused(account: None, visitor: Visitor) -> None:
    visitor.get("/log-in")
    assert visitor.post("/language", {"language": "tlh"}).status_code == 400
    visitor.client.set_cookie("safespan-language", "tlh")
    assert language_of(visitor.get("/log-in").text) == "en-GB"


def test_a_form_of_another_site_changes_nothing(head: Visitor) -> None:
    assert head.post("/language", {"language": "cy", "csrf_token": "made up"}).status_code == 400
    assert head.post("/language", {"language": "cy"}, Origin="https://elsewhere.example").status_code == 403
    assert language_of(head.get("/my-account").text) == "en-GB"


def test_a_full_card_does_not_keep_a_browser_from_its_language(
    head: Visitor, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object, **_named: object) -> None:
        raise StoreFull("no room")

    monkeypatch.setattr(type(store), "set_setting", fail)
    switch(head, "cy")
    assert language_of(head.get("/my-account").text) == "cy"


def test_after_a_faulty_form_the_switch_leads_to_the_forms_own_page(morning: Store, head: Visitor) -> None:
    head.get("/to-look-at/3")
    page = head.post("/to-look-at/3/decision", {"decision": "nonsense"}, Referer="http://localhost/to-look-at/3")
    assert page.status_code == 400 and 'name="to" value="/to-look-at/3"' in page.text
    page = head.post("/to-look-at/3/decision", {"decision": "nonsense"}, Referer="http://elsewhere.example/to-look-at/3")
    assert 'name="to" value="/"' in page.text


def test_whoever_sets_the_box_up_chooses_the_schools_language_first(
    head: Visitor, store: Store, arrive: Callable[..., Visitor]
) -> None:
    assert head.get("/set-up/steps").text.index("/set-up/steps/language") < head.get("/set-up/steps").text.index("/steps/school")
    head.get("/set-up/steps/language")
    assert head.post("/set-up/steps/language", {"language": "cy"}).location == "/set-up/steps/school"
    assert store.setting("language") == "cy"
    assert language_of(head.get("/set-up/steps/school").text) == "cy"
    assert language_of(arrive().get("/what-this-box-sees").text) == "cy"


def test_the_settings_change_the_schools_language_and_not_the_readers(head: Visitor, store: Store) -> None:
    switch(head, "en")
    head.get("/settings")
    given = {"language": "cy", "school": "Ysgol y Bryn", "time_zone": "Europe/London"}
    assert head.post("/settings", given).status_code == 302
    assert store.setting("language") == "cy" and language_of(head.get("/settings").text) == "en-GB"


def test_welsh_pages_name_the_help_line_of_wales(morning: Store, head: Visitor) -> None:
    number = morning.save_incident(school.an_urgent()).id
    morning.set_setting("report_a_worry", "on", by="Mrs Bevan", now=school.NOW)
    assert "0808 80 23456" not in head.get(f"/to-look-at/{number}").text
    switch(head, "cy")
    assert "0808 80 23456" in head.get(f"/to-look-at/{number}").text
    assert "0808 80 23456" in head.get("/worry").text


def find_pages(app: Flask) -> list[str]:
    # What a technician browses has the names that the box's own tables have.
    found = addresses.addresses(app, "GET")
    return [path for endpoint, paths in found.items() if not endpoint.startswith("browse.") for path in paths[:12]]


@pytest.mark.parametrize("language", ["en", "cy"])
def test_every_address_speaks_the_readers_language_and_nothing_else(
    store: Store, head: Visitor, app: Flask, language: str
) -> None:
    states.many(store)
    switch(head, language)
    slips: list[tuple[str, str]] = []
    english: list[tuple[str, str]] = []
    read = 0
    for path in find_pages(app):
        answer = head.get(path)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        said = spoken.read(answer.text)
        read += 1
        slips += [(path, piece) for piece in said if spoken.SLIPS.search(piece)]
        english += [(path, piece) for piece in said if spoken.ENGLISH.search(piece)]
    assert read > 30 and slips == []
    assert bool(english) == (language == "en"), english
