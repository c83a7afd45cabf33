"""Keys to a person's name: not shown until somebody says why, and with two keys until somebody else agrees."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from appliance.edge.store import Store
from appliance.school import Lesson, Loan
from tests.web_ui import school, served
from tests.web_ui.conftest import Clock, Visitor
from tests.web_ui.test_incidents import words

SAM = "Sam Price"


@pytest.fixture
def lent(morning: Store) -> Store:
    """The iPad and the laptop were signed out this morning."""
    for number, person in ((7, SAM), (30, "Kim Lowe")):
        loan = Loan(mac=school.mac(number), person=person, class_name="Oak class", since=school.at("9:00"))
        morning.register.lend(loan, by="Mrs Bevan", now=school.at("9:00"))
    return morning


@pytest.fixture
def deputy(lent: Store, arrive: Callable[..., Visitor]) -> Visitor:
    """Mr Rees, logged in beside the head."""
    lent.add_account("rees", "Mr Rees", "deputy", served.hashed(), now=school.NOW)
    visitor = arrive("10.20.0.10")
    visitor.log_in("rees")
    return visitor


def choose(store: Store, keys: str) -> None:
    store.set_setting("name_keys", keys, by="Mrs Bevan", now=school.NOW)


def test_without_keys_the_name_is_shown(lent: Store, head: Visitor) -> None:
    assert "It was signed out to Sam Price (Oak class)." in words(head.get("/to-look-at/3").text)


def test_without_keys_there_is_nothing_to_ask_for(lent: Store, head: Visitor) -> None:
    head.get("/to-look-at/3")
    for answer in (head.get("/to-look-at/3/name"), head.post("/to-look-at/3/name", {"text": "Why not?"})):
        assert answer.location == "/to-look-at/3#known"
    assert lent.notes(3) == []


def test_with_one_key_a_reason_shows_it_to_whoever_gave_it(lent: Store, head: Visitor, deputy: Visitor, clock: Clock) -> None:
    choose(lent, "one")
    for path in (
        "/to-look-at/3",
        "/to-look-at/3/pack",
        "/to-look-at",
        "/",
        f"/devices/{school.mac(7)}",
        f"/devices/{school.mac(7)}/day",
    ):
        page = words(head.get(path).text)
        assert SAM not in page, path
    assert "It was signed out to somebody in Oak class." in words(head.get("/to-look-at/3").text)
    head.get("/to-look-at/3/name")
    answer = head.post("/to-look-at/3/name", {"text": ""})
    assert answer.status_code == 400 and "Write why you need to know" in answer.text
    head.post("/to-look-at/3/name", {"text": "To speak with them today."})
    assert SAM in words(head.get("/to-look-at/3").text) and SAM in words(head.get("/to-look-at/3/pack").text)
    assert SAM not in words(deputy.get("/to-look-at/3").text)
    note = lent.notes(3)[-1]
    assert (note.kind, note.by, note.text) == ("name asked", "Mrs Bevan", "To speak with them today.")
    assert "Asked who had the device in incident 3." in words(head.get("/who-looked").text)
    clock.move(13 * 3600)
    assert SAM not in words(deputy.get("/to-look-at/3").text)


def test_with_two_keys_another_agrees_or_refuses(lent: Store, head: Visitor, deputy: Visitor) -> None:
    choose(lent, "two")
    head.get("/to-look-at/3/name")
    head.post("/to-look-at/3/name", {"text": "To speak with them today."})
    page = words(head.get("/to-look-at/3").text)
    assert SAM not in page and "A second person has to agree" in page and "I agree" not in page
    ask = lent.notes(3)[-1].id
    first = words(deputy.get("/").text)
    assert "Mrs Bevan asks who had a device. To speak with them today." in first and "asks who had" not in words(
        head.get("/").text
    )
    assert "Mrs Bevan asks who had this device" in words(deputy.get("/to-look-at/3").text)
    assert SAM not in words(deputy.get("/to-look-at/3").text)
    deputy.post(f"/to-look-at/3/name/{ask}", {"answer": "refuse"})
    assert "Mr Rees refused to have the name shown." in words(head.get("/to-look-at/3").text)
    head.post("/to-look-at/3/name", {"text": "Once more."})
    ask = lent.notes(3)[-1].id
    assert head.post(f"/to-look-at/3/name/{ask}", {"answer": "agree"}).status_code == 503
    assert SAM not in words(head.get("/to-look-at/3").text)
    deputy.get("/to-look-at/3")
    deputy.post(f"/to-look-at/3/name/{ask}", {"answer": "agree"})
    assert SAM in words(head.get("/to-look-at/3").text) and SAM not in words(deputy.get("/to-look-at/3").text)
    assert "asks who had" not in words(deputy.get("/").text)
    assert lent.verify_chain().broken is None


def test_what_is_urgent_never_waits_for_a_second_person(lent: Store, head: Visitor) -> None:
    number = lent.save_incident(school.an_urgent()).id
    choose(lent, "two")
    assert "Kim Lowe" not in words(head.get(f"/to-look-at/{number}").text)
    assert "This is urgent, so nobody else has to agree." in words(head.get(f"/to-look-at/{number}/name").text)
    head.post(f"/to-look-at/{number}/name", {"text": "A child may be in danger."})
    assert "Kim Lowe" in words(head.get(f"/to-look-at/{number}").text)


def test_somebody_alone_is_told_that_nobody_can_agree(lent: Store, head: Visitor) -> None:
    choose(lent, "two")
    assert "There is nobody else here who could agree." in words(head.get("/to-look-at/3/name").text)
    assert "invite a deputy first" in words(head.get("/settings/names").text)


def test_a_class_is_no_persons_name(morning: Store, head: Visitor) -> None:
    morning.register.add_lesson(
        Lesson(weekday=1, starts="10:00", ends="11:30", group="unknown", class_name="Elm class"), by="x", now=1.0
    )
    choose(morning, "two")
    page = words(head.get("/to-look-at/3").text)
    assert "By the timetable Elm class had it." in page and "Ask for the name" not in page


def test_the_head_chooses_how_many_keys_there_are(lent: Store, head: Visitor, deputy: Visitor) -> None:
    head.get("/settings/names")
    assert head.post("/settings/names", {"keys": "three"}).status_code == 400
    assert head.post("/settings/names", {"keys": "two"}).location == "/settings"
    assert lent.setting("name_keys") == "two"
    assert deputy.get("/settings/names").status_code == 403


def test_governors_see_how_often_names_were_asked_for(lent: Store, head: Visitor) -> None:
    choose(lent, "one")
    for text in ("One.", "Two."):
        head.get("/to-look-at/3/name")
        head.post("/to-look-at/3/name", {"text": text})
    assert "A person’s name was asked for 2 times within 91 days." in words(head.get("/numbers").text)
