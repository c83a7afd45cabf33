"""Is it working? Each check as a sentence with a remedy."""

from __future__ import annotations

import pytest

from appliance.edge.store import Store
from appliance.judge.health import PROBLEMS
from appliance.model import ListStatus
from tests.web_ui import school
from tests.web_ui.conftest import Visitor
from tests.web_ui.test_incidents import words
from web_ui.wording import slips


def test_a_well_box_says_so_and_how_it_knows(morning: Store, head: Visitor) -> None:
    page = words(head.get("/is-it-working").text)
    assert "Yes, the box is working" in page and "We have been watching 23 devices" in page
    for part in (
        "1,284,220 packets",
        "The mirror works",
        "12 packets were lost",
        "96%",
        "5 lists are in force, with 284,294 sites",
        "clock is right",
    ):
        assert part in page


@pytest.mark.parametrize(
    ("problem", "title", "remedy"),
    [
        ("no-sensor", "The part that listens has stopped", "Switch the box off and on."),
        ("store", "The box can’t write its records", "Ring your supplier today"),
        ("interface-down", "The listening cable has no signal", "Push both ends in until they click."),
        ("no-packets", "The box hears nothing from the network", "Check the cable"),
        ("no-mirror", "The box does not hear the school’s devices", "socket of the switch that IT support marked"),
        ("sight-fell", "We can name far less than usual", "Ask IT support what was changed"),
        ("no-lookups", "We see connections, but hardly any look-ups", "mirror the port of the server that looks names up"),
        ("one-way", "We hear one direction only", "mirror both directions"),
        ("forwarder", "One machine asks for all the others", "mirror the network before that machine"),
        ("one-mac", "Many devices look like one", "Ask IT support to mirror the network before that router"),
        ("drops", "The box can’t keep up", "mirrors more than the one port"),
        ("no-lists", "No lists are in force", "ring your supplier"),
        ("lists-stale", "A list is out of date", "which list is the oldest"),
        ("records-recovered", "Damaged records were put aside", "see whether something is missing"),
        ("incidents-capped", "Very much came up within an hour", "comes up again and again"),
        ("clock", "The clock may be wrong", "time server"),
        ("something-new", "Something else needs a look The box reports: something new", "Switch the box off and on."),
    ],
)
def test_each_problem_is_a_sentence_with_a_remedy(store: Store, head: Visitor, problem: str, title: str, remedy: str) -> None:
    changes: dict[str, object] = {"problems": (problem,)} | ({"lists": ()} if problem == "no-lists" else {})
    store.save_health(school.a_health(**changes))
    page = words(head.get("/is-it-working").text)
    assert "One thing needs putting right" in page and title in page and remedy in page


def test_what_blinds_the_box_stands_on_the_first_screen_too(store: Store, head: Visitor) -> None:
    store.save_health(school.a_health(problems=("no-mirror", "clock")))
    store.save_lamp(school.a_lamp("amber", blind=True))
    page = words(head.get("/").text)
    assert "What keeps us from watching" in page and "It hears its own switch" in page and "The clock may be wrong" not in page


def test_answers_that_are_missing_are_worth_a_look(store: Store, head: Visitor) -> None:
    store.save_health(school.a_health(answers=3))
    page = words(head.get("/is-it-working").text)
    assert "Yes, and one thing is worth a look" in page and "We hear one direction only" in page


def test_much_without_a_name_is_worth_a_look(store: Store, head: Visitor) -> None:
    store.save_health(school.a_health(named=50, unnamed=50))
    assert "We could name 50% of what devices connected to." in words(head.get("/is-it-working").text)


def test_too_little_heard_is_not_called_well(store: Store, head: Visitor) -> None:
    store.save_health(school.a_health(foreign_unicast=0, packets=4, queries=1, answers=0, named=1, unnamed=0, clock_synced=None))
    page = words(head.get("/is-it-working").text)
    assert page.count("Can’t tell yet") == 4 and "The mirror works" not in page


def test_a_list_that_could_not_be_read_is_named_and_the_others_go_on(store: Store, head: Visitor) -> None:
    broken = ListStatus(name="county\u202elist", category="gambling", entries=0, problem="The file is empty.")
    store.save_health(school.a_health(lists=(*school.a_health().lists, broken)))
    page = words(head.get("/is-it-working").text)
    assert "A list could not be read" in page and "county\ufffdlist: The file is empty." in page


def test_silence_is_the_only_thing_told_while_the_box_is_silent(store: Store, head: Visitor) -> None:
    store.save_health(school.a_health(time=school.NOW - 600))
    page = words(head.get("/is-it-working").text)
    assert "We have lost touch with the box" in page and "10 minutes ago" in page and "The mirror works" not in page


GENERIC = "Something else needs a look"


@pytest.mark.parametrize("problem", PROBLEMS)
def test_no_problem_of_the_box_is_without_words_a_remedy_and_a_note(store: Store, head: Visitor, problem: str) -> None:
    changes: dict[str, object] = {"problems": (problem,)} | ({"lists": ()} if problem == "no-lists" else {})
    store.save_health(school.a_health(**changes))
    page = head.get("/is-it-working").text
    assert GENERIC not in page and '<ol class="steps"><li>' in page
    assert f'href="/is-it-working/{problem}/note"' in page
    note = words(head.get(f"/is-it-working/{problem}/note").text)
    for part in ("What is wrong", "How the box knows", "What we ask of you Please ", "Packets heard: 1,284,220", "Mrs Bevan"):
        assert part in note
    assert str(slips.find(problem).known) in note and problem in slips.known()


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"answers": 3}, "both-ways"),
        ({"named": 50, "unnamed": 50}, "names"),
        ({"lists": (ListStatus(name="x", category="games", entries=1, problem="It is empty."),)}, "lists"),
        ({"time": school.NOW - 600}, "touch"),
        ({"problems": ("something-new",)}, "something-new"),
    ],
)
def test_what_the_page_itself_remarks_has_a_note_too(store: Store, head: Visitor, changes: dict[str, object], check: str) -> None:
    store.save_health(school.a_health(**changes))
    assert f'href="/is-it-working/{check}/note"' in head.get("/is-it-working").text
    assert "What we ask of you Please " in words(head.get(f"/is-it-working/{check}/note").text)
    assert (check in slips.known()) == (check != "something-new")


def test_a_note_about_what_was_put_right_meanwhile_leads_back(store: Store, head: Visitor) -> None:
    store.save_health(school.a_health())
    assert head.get("/is-it-working/no-mirror/note").location == "/is-it-working"
    assert "there is no note about it" in words(head.get("/is-it-working").text)


def test_what_became_of_damaged_records_is_said_until_the_head_has_read_it(store: Store, head: Visitor) -> None:
    store.save_health(school.a_health())
    store.set_setting("recovered", "The box's records were damaged on 3 May.", by="box", now=school.NOW)
    assert "damaged on 3 May." in head.get("/is-it-working").text
    assert head.post("/is-it-working/recovered").location == "/is-it-working"
    assert "damaged on 3 May." not in head.get("/is-it-working").text and not store.recovered
