"""The list, one incident, and what people do about it."""

from __future__ import annotations

import re

import pytest

from appliance.edge.store import Store
from tests.web_ui import school
from tests.web_ui.conftest import Clock, Visitor


def words(html: str) -> str:
    """The text of a page as it is read."""
    text = re.sub(
        r"<(style|script|template).*?</\1>|</?(strong|bdi|span|wbr|a|h\d|em)\b[^>]*>", "", html.split("<body")[-1], flags=re.S
    )
    text = re.sub(r"<[^>]+>", " ", text)
    return re.sub(r"\s+", " ", text.replace("&#39;", "'").replace("&quot;", '"'))


def test_the_urgent_one_stands_first_and_then_the_oldest(morning: Store, head: Visitor) -> None:
    morning.save_incident(school.an_urgent())
    page = words(head.get("/to-look-at").text)
    order = ["4 things to look at", "ending life", "Unknown device 3F2A", "iPad-07", "iPad-11"]
    places = [page.index(part) for part in order]
    assert places == sorted(places)


def test_an_incident_says_what_when_why_and_what_is_unknown(morning: Store, head: Visitor) -> None:
    page = words(head.get("/to-look-at/3").text)
    assert "iPad-07 (Oak class trolley) opened a site for getting round the school’s filter, twice, at 10:42 and 10:51." in page
    assert "(called iPad-07 at the time)" in page
    for part in (
        "Do not visit the site to check.",
        "The school’s filter did not stop it.",
        "What was read or typed there",
        "Nobody has written down who had it.",
        "bypass, version",
        "Probably a person",
        "A search engine was asked for shortly before.",
    ):
        assert part in page


def test_a_sites_name_is_broken_up_and_never_a_link(morning: Store, head: Visitor) -> None:
    morning.save_incident(school.an_incident(reason="hide-me-now.example is on the list “bypass”.", mac=school.mac(9)))
    for number in (3, 7):
        page = head.get(f"/to-look-at/{number}").text
        assert "hide-me-now[.]example" in words(page)
        assert "hide-me-now.example" not in page
        assert all(link.startswith(("/", "#")) for link in re.findall(r'(?:href|src|action)="([^"]*)"', page))


def test_saying_that_you_look_at_it_acknowledges_it_once(morning: Store, head: Visitor) -> None:
    number = morning.save_incident(school.an_urgent()).id
    assert "This stops the buzzer." in head.get(f"/to-look-at/{number}").text
    answer = head.post(f"/to-look-at/{number}/seen")
    assert answer.location == f"/to-look-at/{number}"
    assert morning.incident(number).acknowledged
    page = words(head.get(f"/to-look-at/{number}").text)
    assert "The box knows that you are looking at this." in page and "Being looked at" in page and "Mrs Bevan" in page


@pytest.mark.parametrize(
    "decision", ["no_concern", "behaviour", "safeguarding", "technical", "staff_matter", "filter_fault", "exercise"]
)
def test_each_outcome_closes_it_under_the_heads_name(morning: Store, head: Visitor, decision: str) -> None:
    head.get("/to-look-at/3")
    head.post("/to-look-at/3/decision", {"decision": decision, "text": "Spoke with Sam."})
    assert morning.incident(3).decision == decision
    note = morning.notes(3)[-1]
    assert note.by == "Mrs Bevan" and note.time == school.NOW
    page = words(head.get("/to-look-at/3").text)
    assert "Saved. You have dealt with this." in page and "Spoke with Sam." in page and "Closed it:" in page


@pytest.mark.parametrize("decision", ["", "everything", "<script>"])
def test_without_a_known_outcome_nothing_closes_and_nothing_typed_is_lost(morning: Store, head: Visitor, decision: str) -> None:
    answer = head.post("/to-look-at/3/decision", {"decision": decision, "text": "Spoke with Sam."})
    assert answer.status_code == 400 and "Choose how this ends" in answer.text and "Spoke with Sam." in answer.text
    assert "<title>Error: " in answer.text
    assert morning.incident(3).decision is None


def test_a_note_is_added_and_the_earlier_ones_stay(morning: Store, head: Visitor) -> None:
    head.post("/to-look-at/3/note", {"text": "First.\r\nSecond line."})
    head.post("/to-look-at/3/note", {"text": "Correction."})
    assert [note.text for note in morning.notes(3)] == ["First.\nSecond line.", "Correction."]


def test_a_note_that_is_too_long_comes_back_whole(morning: Store, head: Visitor) -> None:
    answer = head.post("/to-look-at/3/note", {"text": "x" * 4_010})
    assert answer.status_code == 400 and "too long by 10 characters" in answer.text and "x" * 4_010 in answer.text
    assert not morning.notes(3)


def test_an_empty_note_is_not_kept(morning: Store, head: Visitor) -> None:
    assert head.post("/to-look-at/3/note", {"text": " \n "}).status_code == 400
    assert not morning.notes(3)


def known(page: str) -> str:
    """The newest entry that the form to decide with knows of."""
    found = re.search(r'name="known" value="(\d+)"', page)
    assert found
    return found[1]


def test_the_second_of_two_people_deciding_at_once_is_told_what_the_first_decided(morning: Store, head: Visitor) -> None:
    typed = {"decision": "safeguarding", "text": "Rang home.", "did_told_parents": "yes"}
    typed["known"] = known(head.get("/to-look-at/3").text)
    morning.decide(3, "behaviour", by="Mr Rees", now=school.NOW, note="Spoke with Sam.")
    answer = head.post("/to-look-at/3/decision", typed)
    page = words(answer.text)
    assert answer.status_code == 409 and morning.incident(3).decision == "behaviour"
    assert "Mr Rees was quicker: “Closed it: Behaviour”" in page and "Spoke with Sam." in page
    assert "Rang home." in page and 'id="close-told_parents" name="did_told_parents" value="yes" checked' in answer.text
    assert 'value="safeguarding" checked' in answer.text
    head.post("/to-look-at/3/decision", typed | {"known": known(answer.text)})
    page = words(head.get("/to-look-at/3").text)
    assert "Closed it: Behaviour Mr Rees" in page and "Closed it: Safeguarding Mrs Bevan" in page


def test_the_second_may_leave_the_first_decision_and_keep_what_was_typed_as_a_note(morning: Store, head: Visitor) -> None:
    head.get("/to-look-at/3")
    morning.decide(3, "behaviour", by="Mr Rees", now=school.NOW)
    page = head.post("/to-look-at/3/decision", {"decision": "safeguarding", "text": "Rang home."}).text
    assert 'formaction="/to-look-at/3/note"' in page
    head.post("/to-look-at/3/note", {"decision": "safeguarding", "text": "Rang home."})
    assert morning.incident(3).decision == "behaviour" and morning.notes(3)[-1].text == "Rang home."


def test_a_false_alarm_that_comes_second_is_told_so_too(morning: Store, head: Visitor) -> None:
    head.get("/to-look-at/3/false-alarm")
    morning.decide(3, "safeguarding", by="Mr Rees", now=school.NOW)
    answer = head.post("/to-look-at/3/false-alarm", {"how": "once", "reason": "It was homework."})
    assert answer.status_code == 409 and "Mr Rees was quicker" in words(answer.text) and "It was homework." in answer.text
    assert morning.incident(3).decision == "safeguarding"


def test_what_was_done_is_ticked_and_kept_with_the_decision(morning: Store, head: Visitor) -> None:
    head.get("/to-look-at/3")
    head.post(
        "/to-look-at/3/decision", {"decision": "behaviour", "did_spoke_pupil": "yes", "did_told_parents": "yes", "did_x": "yes"}
    )
    assert morning.notes(3)[-1].all("action") == ("spoke_pupil", "told_parents")
    page = words(head.get("/to-look-at/3").text)
    assert "Closed it: Behaviour Mrs Bevan, Tuesday 24 November, 11:20 Spoke with the pupil Told parents or carers" in page


def test_a_tick_alone_is_a_note(morning: Store, head: Visitor) -> None:
    head.get("/to-look-at/3")
    head.post("/to-look-at/3/note", {"text": "", "did_told_police": "yes"})
    assert morning.notes(3)[-1].all("action") == ("told_police",)


def test_opening_it_makes_it_seen(morning: Store, head: Visitor) -> None:
    assert "Look today New iPad-07" in words(head.get("/to-look-at/3").text)
    assert "Look today Seen iPad-07" in words(head.get("/to-look-at/3").text)
    assert morning.incident(3).seen and not morning.incident(3).acknowledged
    page = words(head.get("/to-look-at").text)
    assert "New (2) Seen (1)" in page


def test_the_outcome_says_what_it_means(morning: Store, head: Visitor) -> None:
    assert "It opened The site answered" in words(head.get("/to-look-at/3").text)
    assert "It was stopped The device asked, and was turned away" in words(head.get("/to-look-at/4").text)


def test_what_the_box_could_not_see_then_stands_beside_the_claim(morning: Store, head: Visitor) -> None:
    page = words(head.get("/to-look-at/3").text)
    assert "Between 10:00 and 11:00 the box could tell where 97% of this device’s 47 connections went." in page
    assert "One gave no name." in page
    morning.save_sight([], school.NOW + 90 * school.DAY)
    assert "97% of this device’s 47 connections" in words(head.get("/to-look-at/3").text)
    assert "no longer knows how much" in words(head.get("/to-look-at/1").text)


def test_a_closed_one_can_be_opened_again(morning: Store, head: Visitor) -> None:
    head.get("/to-look-at/1")
    head.post("/to-look-at/1/again")
    assert morning.incident(1).decision is None
    assert "Opened it again" in head.get("/to-look-at/1").text


def test_a_vanished_incident_says_so_on_each_of_its_addresses(morning: Store, head: Visitor) -> None:
    assert head.get("/to-look-at/999").status_code == 404
    head.get("/to-look-at/3")
    for deed in ("seen", "decision", "note", "again"):
        answer = head.post(f"/to-look-at/999/{deed}", {"text": "Kept?", "decision": "technical"})
        assert answer.status_code == 404 and "This is no longer here" in answer.text
        assert "Kept?" in answer.text or deed in ("seen", "again")


def test_what_the_device_did_around_it_is_told_in_groups(morning: Store, head: Visitor) -> None:
    page = words(head.get("/to-look-at/3").text)
    assert "10:40–10:49 This is what came up: hide-me-now[.]example nationalgeographic[.]com" in page


def test_after_two_days_only_the_incident_is_left(morning: Store, head: Visitor) -> None:
    morning.trim_recent(school.NOW + 49 * school.HOUR, 48, 1000)
    assert "The box no longer has it." in head.get("/to-look-at/3").text


def test_an_exercise_says_that_it_is_one(morning: Store, head: Visitor) -> None:
    number = morning.save_incident(school.an_incident(exercise=True, mac=school.mac(2), device="iPad-02")).id
    page = words(head.get(f"/to-look-at/{number}").text)
    assert "This was a test: iPad-02 asked for a harmless test name" in page and "Nothing needs doing" in page


def test_a_category_of_a_later_version_shows_the_boxs_own_sentence(morning: Store, head: Visitor) -> None:
    number = morning.save_incident(
        school.an_incident(category="time_travel", mac=school.mac(2), sentence="iPad-02 opened x.example at 10:42.")
    ).id
    assert "iPad-02 opened x[.]example at 10:42." in words(head.get(f"/to-look-at/{number}").text)


def test_nothing_to_look_at_is_never_said_without_that_we_were_watching(store: Store, head: Visitor) -> None:
    assert "may not have seen everything" in words(head.get("/to-look-at").text)
    store.save_health(school.a_health())
    store.save_lamp(school.a_lamp("green"))
    page = words(head.get("/to-look-at").text)
    assert "Nothing is waiting for you here. We have been watching 23 devices since 8:41 and could name 96%" in page


def test_everything_and_the_notes_have_views_of_their_own(morning: Store, head: Visitor) -> None:
    assert "chat" not in words(head.get("/to-look-at").text)
    assert "social media" in words(head.get("/to-look-at?view=notes").text)
    page = words(head.get("/to-look-at?view=all").text)
    assert "Closed" in page and "social media" in page


def test_pages_turn(store: Store, head: Visitor) -> None:
    with store.write():
        for n in range(60):
            store.save_incident(school.an_incident(device=f"iPad-{n:02d}", mac=school.mac(n), first_seen=school.NOW - 100 + n))
    first, third = head.get("/to-look-at").text, head.get("/to-look-at?from=50").text
    assert "iPad-00" in first and "iPad-24" in first and "iPad-25" not in first and "from=25" in first
    assert "iPad-50" in third and "iPad-59" in third and 'rel="next"' not in third
    assert head.get("/to-look-at?from=-5").status_code == 200
    assert head.get("/to-look-at?from=elsewhere").status_code == 200
    assert "iPad-0" not in head.get("/to-look-at?from=99999").text


def test_yesterday_is_called_yesterday(morning: Store, head: Visitor, clock: Clock) -> None:
    assert "iPad-03 opened a gambling site yesterday at 14:31." in words(head.get("/to-look-at/1").text)


@pytest.mark.parametrize(
    ("intent", "said"), [("page", "part of another page"), ("background", "in the background"), ("unclear", "can’t tell")]
)
def test_who_probably_did_it_is_said_with_its_reasons(intent: str, said: str, morning: Store, head: Visitor) -> None:
    incident = school.an_incident(
        mac=school.mac(9), intent=intent, intent_reasons=("<b>odd</b>",), reasons=("Raised by a pattern.",)
    )
    page = head.get(f"/to-look-at/{morning.save_incident(incident).id}").text
    assert said in words(page)
    assert "<b>odd" not in page
    assert "Raised by a pattern." in words(page)
