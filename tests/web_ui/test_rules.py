"""Rules and lists: what is in force, a rule with its preview, and false alarms."""

from __future__ import annotations

import pytest

from appliance.edge.store import Store
from appliance.model import ListStatus
from appliance.school import Group
from tests.web_ui import school
from tests.web_ui.conftest import Visitor
from tests.web_ui.test_incidents import words

GAMBLING = {"kind": "allow", "site": "big-jackpot.example", "category": "gambling", "scope": "school", "length": "28",
            "reason": "A maths lesson about odds."}  # fmt: skip


def test_the_lists_are_told_in_plain_words(store: Store, head: Visitor) -> None:
    broken = ListStatus(name="county", category="gambling", entries=3, licence="OGL 3.0", version="7", problem="It is cut off.")
    store.save_health(school.a_health(lists=(*school.a_health().lists, broken)))
    page = words(head.get("/rules").text)
    for part in ("219,522", "Pornography", "OGL 3.0", "Problem: It is cut off.", "Sunday 22 November", "not said"):
        assert part in page
    assert "What nobody can switch off" in page and "Suicide" in page


def test_a_rule_is_shown_with_its_effect_before_it_is_saved(morning: Store, head: Visitor) -> None:
    head.get("/rules/new")
    page = words(head.post("/rules/new", GAMBLING).text)
    assert "In the last week this would have left out one thing:" in page and "iPad-11 tried to open a gambling site" in page
    assert "big-jackpot[.]example no longer comes up as: Gambling" in page and "Ends by itself on Tuesday 22 December." in page
    assert morning.rulebook.rules() == []
    assert head.post("/rules/new", GAMBLING | {"step": "save"}).location == "/rules"
    (rule,) = morning.rulebook.rules(school.NOW)
    assert (rule.pattern, rule.scope, rule.by) == ("big-jackpot.example", "school", "Mrs Bevan")
    assert "The rule is saved." in head.get("/rules").text


def test_going_back_to_change_it_loses_nothing(morning: Store, head: Visitor) -> None:
    head.get("/rules/new")
    page = head.post("/rules/new", GAMBLING | {"step": "change"}).text
    assert "A maths lesson about odds." in page and 'value="big-jackpot.example"' in page and 'value="28" checked' in page


def test_a_rule_is_ended(morning: Store, head: Visitor) -> None:
    head.get("/rules/new")
    head.post("/rules/new", GAMBLING | {"step": "save"})
    head.get("/rules")
    assert head.post("/rules/1/end").location == "/rules"
    page = words(head.get("/rules").text)
    assert "You have no rules of your own" in page and "Ended on Tuesday 24 November." in page
    assert head.post("/rules/99/end").status_code == 404


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"site": "", "category": ""}, "Enter a site, or choose a category"),
        ({"site": "two words"}, "not the name of a site"),
        ({"site": "co.uk"}, "name the site itself"),
        ({"reason": ""}, "Write why"),
        ({"reason": "y" * 201}, "200 characters or fewer"),
        ({"length": "9999"}, "Choose how long it lasts"),
        ({"scope": "group", "group": "none"}, "Choose a group"),
        ({"category": "suicide"}, "serious core"),
        ({"kind": "deny", "site": "", "category": ""}, "Choose what the site is about"),
    ],
)
def test_what_can_not_be_a_rule_comes_back_with_a_sentence(
    morning: Store, head: Visitor, changes: dict[str, str], said: str
) -> None:
    head.get("/rules/new")
    answer = head.post("/rules/new", GAMBLING | {"step": "save"} | changes)
    assert answer.status_code == 400 and said in words(answer.text)
    assert morning.rulebook.rules() == []


def test_a_further_site_says_who_asked_for_it(morning: Store, head: Visitor) -> None:
    head.get("/rules/new?kind=deny")
    fields = GAMBLING | {"kind": "deny", "site": "thesaurus.example", "category": "self_harm"}
    page = words(head.post("/rules/new", fields).text)
    assert "One device asked for this site in the last two days." in page
    head.post("/rules/new", fields | {"step": "save"})
    assert morning.rulebook.rules()[0].level == "urgent"


def test_a_rule_for_a_group_or_a_device_says_so(morning: Store, head: Visitor) -> None:
    morning.register.save_group(Group(id="oak", name="Oak class"), by="Mrs Bevan", now=school.NOW)
    head.get("/rules/new")
    page = words(head.post("/rules/new", GAMBLING | {"scope": "group", "group": "oak"}).text)
    assert "Only on devices of the group “Oak class”." in page and "would have left out nothing" in page
    assert "Only iPad-11" in head.get(f"/rules/new?device={school.mac(11)}").text
    page = words(head.post("/rules/new", GAMBLING | {"scope": "device", "device": school.mac(11)}).text)
    assert "Only on iPad-11." in page and "left out one thing" in page


def test_a_false_alarm_for_once_only_closes(morning: Store, head: Visitor) -> None:
    head.get("/to-look-at/3/false-alarm")
    assert head.post("/to-look-at/3/false-alarm", {"how": "once", "reason": ""}).status_code == 400
    assert head.post("/to-look-at/3/false-alarm", {"how": "once", "reason": "A lesson."}).location == "/to-look-at/3"
    assert morning.incident(3).decision == "no_concern" and morning.rulebook.rules() == []


@pytest.mark.parametrize(("how", "scope", "target"), [("device", "device", school.mac(11)), ("always", "school", "")])
def test_a_false_alarm_for_a_time_makes_a_rule_after_a_preview(
    morning: Store, head: Visitor, how: str, scope: str, target: str
) -> None:
    fields = {"how": how, "reason": "Maths.", "site": "big-jackpot.example", "length": "7"}
    head.get("/to-look-at/4/false-alarm")
    page = words(head.post("/to-look-at/4/false-alarm", fields).text)
    assert "left out one thing" in page and morning.incident(4).decision is None
    head.post("/to-look-at/4/false-alarm", fields | {"step": "save"})
    (rule,) = morning.rulebook.rules()
    assert (rule.scope, rule.target, rule.category) == (scope, target, "gambling")
    assert morning.incident(4).decision == "no_concern"


def test_the_most_serious_can_only_be_closed_once(morning: Store, head: Visitor) -> None:
    number = morning.save_incident(school.an_urgent()).id
    path = f"/to-look-at/{number}/false-alarm"
    assert "nobody can switch off" in words(head.get(path).text)
    fields = {"how": "always", "reason": "x", "site": "no-way-on.example", "length": "7", "step": "save"}
    assert head.post(path, fields).status_code == 400
    assert morning.rulebook.rules() == [] and morning.incident(number).decision is None


def test_a_site_that_is_not_the_incidents_is_refused(morning: Store, head: Visitor) -> None:
    fields = {"how": "always", "reason": "x", "site": "other.example", "length": "7", "step": "save"}
    head.get("/to-look-at/4/false-alarm")
    assert head.post("/to-look-at/4/false-alarm", fields).status_code == 400 and morning.rulebook.rules() == []
