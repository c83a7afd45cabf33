"""Working together on an incident: correcting, passing on, linking, printing; and the inbox that shows where each stands."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from appliance.edge.store import Store
from appliance.school import WORRY
from tests.web_ui import school, served, states
from tests.web_ui.conftest import Clock, Visitor
from tests.web_ui.test_incidents import words


@pytest.fixture
def deputy(morning: Store, arrive: Callable[..., Visitor]) -> Visitor:
    """Mr Rees, logged in beside the head."""
    morning.add_account("rees", "Mr Rees", "deputy", served.hashed(), now=school.NOW)
    visitor = arrive("10.20.0.10")
    visitor.log_in("rees")
    return visitor


def test_a_correction_is_a_new_entry_and_each_points_at_the_other(morning: Store, head: Visitor) -> None:
    morning.add_note(3, "It was Sam.", by="Mr Rees", now=school.at("11:00"))
    entry = morning.notes(3)[0].id
    assert f'href="/to-look-at/3/entry/{entry}"' in head.get("/to-look-at/3").text
    assert "It was Sam." in head.get(f"/to-look-at/3/entry/{entry}").text
    head.post(f"/to-look-at/3/entry/{entry}", {"text": "It was Kim."})
    page = words(head.get("/to-look-at/3").text)
    assert "It was Sam. Put right later: see the entry of Tuesday 24 November, 11:20" in page
    assert "It puts right the entry of Tuesday 24 November, 11:00. It was Kim." in page
    assert [note.text for note in morning.notes(3)] == ["It was Sam.", "It was Kim."]


def test_an_empty_correction_or_one_of_another_incidents_entry_is_not_kept(morning: Store, head: Visitor) -> None:
    entry = morning.notes(1)[0].id
    head.get(f"/to-look-at/1/entry/{entry}")
    assert "Write what is right" in head.post(f"/to-look-at/1/entry/{entry}", {"text": " "}).text
    assert head.get(f"/to-look-at/3/entry/{entry}").status_code == 404
    assert head.post(f"/to-look-at/3/entry/{entry}", {"text": "Kept?"}).status_code == 404
    assert not morning.notes(3)


def test_what_is_passed_on_waits_for_the_colleague_and_says_when_it_was_read(
    morning: Store, head: Visitor, deputy: Visitor, clock: Clock
) -> None:
    head.get("/to-look-at/3")
    head.post("/to-look-at/3/pass", {"to_whom": "rees", "text": "Please ring home."})
    page = words(head.get("/to-look-at/3").text)
    assert "Mrs Bevan passed it to Mr Rees, Tuesday 24 November, 11:20. It has not been read yet. Please ring home." in page
    assert "Passed to you" not in words(head.get("/to-look-at").text)
    assert "Passed to you (1)" in words(deputy.get("/to-look-at").text)
    mine = words(deputy.get("/to-look-at?view=mine").text)
    assert "iPad-07" in mine and "iPad-11" not in mine and "Mr Rees has it in hand." in mine
    clock.move(60)
    deputy.get("/to-look-at/3")
    page = words(head.get("/to-look-at/3").text)
    assert "It was read Tuesday 24 November, 11:21." in page and "Read what was passed to them Mr Rees" in page


def test_it_can_only_be_passed_to_others_who_decide_and_may_see_it(morning: Store, head: Visitor, deputy: Visitor) -> None:
    morning.add_account("it", "IT support", "technician", "hash", now=school.NOW)
    page = head.get("/to-look-at/3").text
    assert ">Mr Rees</option>" in page and "IT support</option>" not in page and "Mrs Bevan</option>" not in page
    for name in ("it", school.HEAD, "nobody", ""):
        answer = head.post("/to-look-at/3/pass", {"to_whom": name, "text": "Kept?"})
        assert answer.status_code == 400 and "Choose whom to pass it to" in answer.text and "Kept?" in answer.text
    morning.ownership.add("rees", school.mac(7), by="Mr Rees", now=school.NOW)
    assert "Mr Rees</option>" not in head.get("/to-look-at/3").text
    assert head.post("/to-look-at/3/pass", {"to_whom": "rees"}).status_code == 400
    assert not morning.notes(3)


def test_incidents_of_the_same_device_are_offered_and_linked(morning: Store, head: Visitor) -> None:
    near = morning.save_incident(
        school.an_incident(category="games", first_seen=school.at("9:00", 1), last_seen=school.at("9:00", 1))
    )
    page = words(head.get("/to-look-at/3").text)
    assert "The same device, within two days Incident 7: iPad-07 (Oak class trolley) opened a games site" in page
    head.post("/to-look-at/3/link", {"other": str(near.id)})
    page = words(head.get("/to-look-at/3").text)
    assert "Take this link back" in page and "It belongs to this one" not in page
    assert "Linked it with another incident Mrs Bevan" in words(head.get(f"/to-look-at/{near.id}").text)
    head.post(f"/to-look-at/3/unlink/{near.id}")
    assert morning.cases.links(3) == [] and "It belongs to this one" in words(head.get("/to-look-at/3").text)


@pytest.mark.parametrize("other", ["", "3", "999", "iPad", "-1", "99999999999999999999"])
def test_a_number_that_is_no_other_incident_links_nothing(morning: Store, head: Visitor, other: str) -> None:
    head.get("/to-look-at/3")
    answer = head.post("/to-look-at/3/link", {"other": other})
    assert answer.status_code == 400 and "Enter the number of another incident" in answer.text
    assert morning.cases.links(3) == []


def test_the_pack_says_everything_with_the_code_and_the_limits(morning: Store, head: Visitor) -> None:
    morning.save_incident(school.an_incident(id=3, names=tuple(f"n{n}.example" for n in range(30))))
    morning.cases.add_note(3, "Spoke with Sam.", by="Mr Rees", now=school.at("11:00"), actions=("told_parents",))
    # That it was printed is written once the page is on its way: the code is that of the record as the pack found it.
    code = morning.chain_head().code
    page = words(head.get("/to-look-at/3/pack").text)
    for part in (
        "Ashfield Primary School Incident 3",
        "opened a site for getting round the school’s filter",
        "Probably a person",
        "It opened",
        "n29[.]example",
        "bypass, version of 23 November",
        "97% of this device’s 47 connections",
        "The box’s clock",
        "Wrote a note Mr Rees, Tuesday 24 November, 11:00 Told parents or carers Spoke with Sam.",
        f"safespan audit verify --code {code}",
        "Printed Tuesday 24 November, 11:20 by Mrs Bevan.",
        f"Incident 3. Evidence code: {code}.",
    ):
        assert part in page, part
    assert morning.verify_chain(code).broken is None
    assert "Made a pack to print of incident 3." in words(head.get("/who-looked").text)
    assert "Correct this" not in page


def test_everything_is_there_as_plain_text_to_paste_elsewhere(morning: Store, head: Visitor) -> None:
    morning.cases.add_note(
        3, "Spoke with <Sam>.\nRang\u202e home.", by="Mr Rees", now=school.at("11:00"), actions=("told_parents",)
    )
    code = morning.chain_head().code
    answer = head.get("/to-look-at/3/text")
    assert (
        answer.content_type == "text/plain; charset=utf-8"
        and 'filename="incident-3.txt"' in answer.headers["Content-Disposition"]
    )
    for part in (
        "Ashfield Primary School\nIncident 3\niPad-07 (Oak class trolley) opened a site for getting round the school’s filter,",
        "\nLook today, New\n",
        "\nDevice: iPad-07 (Oak class trolley) (called iPad-07 at the time), 3c:22:fb:00:00:07\n",
        "\nSite: hide-me-now[.]example\n",
        "\nProbably a person:\n  - No other site was asked for just before",
        "\nIn sight:\n  - Between 10:00 and 11:00 the box could tell where 97% of this device’s 47 connections went.\n",
        "\n10:40–10:49: This is what came up: hide-me-now[.]example; nationalgeographic[.]com\n",
        "\nTuesday 24 November, 11:00, Mr Rees: Wrote a note\n  - Told parents or carers\n",
        "\n  Spoke with <Sam>.\n  Rang\ufffd home.\n",
        f"\nEvidence code: {code}.\n",
        f"\nsafespan audit verify --code {code}\n",
        "Made Tuesday 24 November, 11:20 for Mrs Bevan.\n",
    ):
        assert part in answer.text, part
    assert "hide-me-now.example" not in answer.text and "&" not in answer.text and "<bdi" not in answer.text
    assert morning.verify_chain(code).broken is None
    assert "Copied incident 3 as text." in words(head.get("/who-looked").text)


def test_a_worry_is_there_as_plain_text_too(store: Store, head: Visitor) -> None:
    states.many(store)
    number = next(incident.id for incident in store.incidents() if incident.category == WORRY)
    text = head.get(f"/to-look-at/{number}/text").text
    assert (
        "What they wrote\n---------------\nI am worried about my friend.\nWho wrote it: Sam\n" in text and "Device:" not in text
    )


def test_text_asks_for_the_passphrase_again_and_is_linked_without_a_script(morning: Store, head: Visitor, clock: Clock) -> None:
    for path in ("/to-look-at/3", "/to-look-at/3/pack"):
        assert 'href="/to-look-at/3/text"' in head.get(path).text
    clock.move(11 * 60)
    assert head.get("/to-look-at/3/text").location == "/prove?to=/to-look-at/3/text"


def test_a_pack_asks_for_the_passphrase_again(morning: Store, head: Visitor, clock: Clock) -> None:
    clock.move(11 * 60)
    assert head.get("/to-look-at/3/pack").location == "/prove?to=/to-look-at/3/pack"


# --- the inbox ------------------------------------------------------------------------------------------------------


def test_the_inbox_can_be_searched_by_everything_that_is_on_a_card(morning: Store, head: Visitor) -> None:
    wanted = {
        "device=oak+class": ["iPad-07"],
        "device=ipad-11": ["iPad-11"],
        f"device={school.mac(11)}": ["iPad-11"],
        "site=hide-me": ["iPad-07"],
        "site=m.big-jackpot%5B.%5Dexample": ["iPad-11"],
        "level=note": ["Laptop-02"],
        "category=piracy": ["Laptop-04"],
        "category=gambling&state=closed": ["iPad-03"],
        "to_day=2026-11-23": ["Laptop-04", "iPad-03"],
        "from_day=24/11/2026&category=gambling": ["iPad-11"],
        "device=zebra": [],
    }
    for query, devices in wanted.items():
        page = head.get(f"/to-look-at?{query}").text
        found = re.findall(r'<h2 class="item__sentence"><strong><bdi>([\w-]+)', page)
        assert sorted(found) == sorted(devices), query
    assert "Nothing fits." in words(page) and "We have been watching" in words(page)
    assert 'value="zebra"' in page


@pytest.mark.parametrize("day", ["never", "2026-13-40", "0001-01-01", "31/02/2026"])
def test_a_day_that_is_none_is_said_beside_its_field(morning: Store, head: Visitor, day: str) -> None:
    answer = head.get(f"/to-look-at?from_day={day}")
    assert answer.status_code == 400 and "Enter a day such as 24/11/2026" in answer.text and f'value="{day}"' in answer.text


def test_the_search_stays_with_the_pages(store: Store, head: Visitor) -> None:
    with store.write():
        for n in range(60):
            store.save_incident(school.an_incident(device=f"iPad-{n:02d}", mac=school.mac(n), first_seen=school.NOW - 100 + n))
    page = head.get("/to-look-at?device=ipad&level=look").text
    assert "60 things fit" in words(page)
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following
    second = head.get(following[1].replace("&amp;", "&")).text
    assert "60 things fit" in words(second) and second.count('class="govuk-button item__go"') == 25


def test_the_states_are_counted_and_can_be_pressed(morning: Store, head: Visitor) -> None:
    head.get("/to-look-at/3")
    head.post("/to-look-at/4/seen")
    page = head.get("/to-look-at").text
    assert "New (1) Seen (1) Being looked at (1)" in words(page)
    for state, name, word in (("new", "Unknown", "New"), ("seen", "iPad-07", "Seen"), ("looking", "iPad-11", "Being looked at")):
        listed = words(head.get(f"/to-look-at?state={state}").text)
        assert f"{word} (1)" in listed and name in listed
    assert "iPad-03" in words(head.get("/to-look-at?view=closed").text)


# --- what came up on the reader's own device ------------------------------------------------------------------------


def test_nothing_about_an_own_device_shows_anywhere(morning: Store, head: Visitor, deputy: Visitor) -> None:
    other = morning.save_incident(
        school.an_incident(
            mac=school.mac(9),
            device="iPad-09",
            category="games",
            names=("other.example",),
            reason="other.example is a games site.",
        )
    ).id
    morning.cases.link(other, 3, by="Mr Rees", now=school.NOW)
    morning.cases.pass_on(3, school.HEAD, "Look.", by="Mr Rees", now=school.NOW)
    morning.set_setting("name_keys", "two", by="Mr Rees", now=school.NOW)
    morning.cases.ask_name(3, "rees", "About the head.", 2, by="Mr Rees", now=school.NOW)
    morning.ownership.add(school.HEAD, school.mac(7), by="Mr Rees", now=school.NOW)
    for path in ("", "/pack", "/name", "/false-alarm", f"/entry/{morning.notes(3)[0].id}"):
        assert head.get(f"/to-look-at/3{path}").status_code == 404, path
    head.get("/to-look-at")
    for path in (
        "/note",
        "/decision",
        "/seen",
        "/again",
        "/pass",
        "/link",
        f"/unlink/{other}",
        "/name",
        "/name/1",
        "/false-alarm",
    ):
        assert head.post(f"/to-look-at/3{path}", {"text": "x", "decision": "technical"}).status_code == 404, path
    assert head.post(f"/to-look-at/{other}/unlink/3").status_code == 404
    assert head.post(f"/to-look-at/{other}/link", {"other": "3"}).status_code == 400
    pages = [
        "/",
        "/to-look-at",
        "/to-look-at?view=all",
        "/to-look-at?view=mine",
        "/to-look-at?site=hide",
        "/to-look-at?device=ipad-07",
    ]
    pages += ["/to-look-at?state=looking", f"/to-look-at/{other}", f"/to-look-at/{other}/pack", f"/devices/{school.mac(7)}"]
    for path in pages:
        page = words(head.get(path).text)
        for leak in ("hide-me-now", "getting round", "About the head"):
            assert leak not in page, (path, leak)
        assert "Incident 3" not in page and "Passed to you (1)" not in page, path
    assert "Incident 3" in words(deputy.get(f"/to-look-at/{other}").text)
    assert "incident 3" not in words(head.get("/who-looked").text) and "incident 3." in words(deputy.get("/who-looked").text)


def test_kinds_do_not_give_away_what_came_up_on_an_own_device(store: Store, head: Visitor, deputy: Visitor) -> None:
    for day in range(6):
        seen = school.at("10:00", day)
        store.save_incident(school.an_incident(category="dating", mac=school.mac(9), first_seen=seen, last_seen=seen))
    store.ownership.add(school.HEAD, school.mac(9), by="Mr Rees", now=school.NOW)
    assert "Dating" not in words(head.get("/numbers").text)
    assert "Dating 6" in words(deputy.get("/numbers").text)
