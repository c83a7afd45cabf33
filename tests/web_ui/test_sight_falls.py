"""A fall of sight on the page: among what is to look at, with a note for IT, and for the technician without the rest."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from appliance.edge.store import Store
from appliance.judge.sight_falls import CAUSES
from appliance.model import Incident
from appliance.witness import SIGHT
from tests.web_ui import school, served
from tests.web_ui.conftest import Visitor
from tests.web_ui.test_incidents import words

FELL = Incident(
    id=0,
    category=SIGHT,
    level="look",
    device="The box",
    mac="sight:fell",
    first_seen=school.NOW - 1_800,
    last_seen=school.NOW - 60,
    count=1,
    names=(),
    reason="It could tell of 41 in 100 connections where they went, and of 96 in a usual hour.",
    source="Safespan: how much is in sight",
)


@pytest.fixture
def technician(store: Store, visitor: Visitor) -> Visitor:
    store.add_account("it", "IT support", "technician", served.hashed(), now=school.NOW)
    visitor.log_in("it")
    return visitor


def test_a_fall_is_to_be_looked_at_like_anything_else(store: Store, head: Visitor) -> None:
    store.save_incident(FELL)
    page = words(head.get("/to-look-at").text)
    assert "One thing to look at" in page and "The box can name far less than usual. It began at" in page
    page = words(head.get("/to-look-at/1").text)
    for part in (
        "Until this is put right, the box may miss what matters.",
        "Print this page and give it to IT support today.",
        "It could tell of 41 in 100 connections",
        "mirror (SPAN) session",
        "Encrypted Client Hello",
        "It is about no child and no device.",
        "Print everything about it, for IT support",
    ):
        assert part in page
    for part in ("Do not visit the site", "Who had it then", "Mark it as a false alarm", "child’s file, and"):
        assert part not in page


def test_a_fall_is_decided_and_printed_like_anything_else(store: Store, head: Visitor) -> None:
    store.save_incident(FELL)
    pack = words(head.get("/to-look-at/1/pack").text)
    assert "give it to IT support" in pack and "Note for IT support" in pack and "child’s file" not in pack
    head.post("/to-look-at/1/decision", {"decision": "technical", "text": "A new switch.", "known": "0"})
    assert store.incident(1).decision == "technical"


def test_the_technician_reads_falls_and_nothing_of_children(store: Store, technician: Visitor) -> None:
    store.save_incident(FELL)
    store.save_incident(school.an_incident())
    store.save_health(school.a_health())
    page = technician.get("/is-it-working").text
    assert "What came up for IT support" in page and "The box can name far less than usual" in words(page)
    assert "iPad" not in page and "/to-look-at" not in page
    assert technician.get("/to-look-at/1").status_code == 403


def test_what_is_decided_is_gone_from_is_it_working(store: Store, head: Visitor) -> None:
    store.save_incident(FELL)
    store.save_health(school.a_health())
    assert 'href="/to-look-at/1"' in head.get("/is-it-working").text
    store.decide(1, "technical", by="Mrs Bevan", now=school.NOW)
    assert "What came up for IT support" not in head.get("/is-it-working").text


def test_a_fall_as_plain_text_has_its_note_and_no_device(store: Store, head: Visitor) -> None:
    number = store.save_incident(FELL).id
    text = head.get(f"/to-look-at/{number}/text").text
    assert "Note for IT support:\n  - Please set a mirror (SPAN) session" in text and "Device:" not in text


@pytest.mark.parametrize("cause", CAUSES)
def test_each_cause_has_its_own_sentence(store: Store, head: Visitor, cause: str) -> None:
    store.save_incident(replace(FELL, mac=f"{SIGHT}:{cause}"))
    page = words(head.get("/to-look-at").text)
    assert ("far less than usual" in page) is (cause == "fell")
    assert "It began at" in page
