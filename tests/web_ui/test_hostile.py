"""Names are chosen by strangers: on every page they stay words."""

from __future__ import annotations

import re

import pytest

from appliance.edge.store import Store
from appliance.model import ListStatus, RecentName, Sight
from appliance.school import CheckDone, Group, Loan, Rule
from tests.web_ui import school
from tests.web_ui.conftest import Visitor
from web_ui.hostnames import break_up, clean, show_site

NASTY = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; javascript:alert(1)//",
    "{{ 7 * 7 }}%(device)s{0}",
    "iPad\u202e70-daPi",
    "a\x00b\x1b[31mc\x7f\u0085",
    "zero\u200bwidth\ufeff\u2066",
    "x" * 63 + "." + "y" * 63 + "." + "z" * 63 + "." + "w" * 61,
    "\U000e0041tag",
    "",
]
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]")
PAGES = [
    "/",
    "/to-look-at",
    "/to-look-at?view=all",
    "/to-look-at/1",
    "/to-look-at?device=a&site=b",
    "/to-look-at/1/pack",
    "/to-look-at/1/entry/1",
    "/to-look-at/1/name",
    "/settings/names",
    "/devices",
    "/devices/{mac}",
    "/is-it-working",
    "/can-we-see",
    "/rules",
    "/rules/new?device={mac}",
    "/to-look-at/1/false-alarm",
    "/checks",
    "/groups",
    "/who-looked",
    "/my-account",
    "/people",
    "/settings",
    "/numbers",
    "/set-up/steps/devices",
    "/set-up/steps/answers",
    "/today/now",
    "/today/strip",
]


def fill(store: Store, nasty: str) -> None:
    """The same nasty text wherever the network, a list or a person can put one."""
    device = school.a_device(1, heard_name=nasty, maker=nasty, addresses=(nasty,))
    texts = {"device": nasty, "names": (nasty, f"{nasty}.example"), "sentence": nasty, "reason": nasty, "source": nasty}
    store.save_devices([device])
    store.save_incident(school.an_incident(mac=school.mac(1), category="encrypted_dns", **texts))
    store.save_incident(school.an_incident(mac=school.mac(2), category=nasty or "none", **texts))
    store.add_recent([RecentName(time=school.NOW - 60, mac=school.mac(1), kind="dns", name=nasty)])
    store.add_note(1, nasty or "-", by=nasty, now=school.NOW)
    store.ownership.add(school.HEAD, school.mac(1), by=nasty, now=school.NOW)
    store.ownership.remove(school.HEAD, school.mac(1), by=nasty, now=1.0)
    store.add_account("other", nasty, "deputy", "hash", now=school.NOW)
    store.invitations.invite("third", nasty, "deputy", by=nasty, now=school.NOW)
    store.set_setting("school_name", nasty, by=nasty, now=school.NOW)
    lists = (ListStatus(name=nasty, category=nasty, entries=3, problem=nasty),)
    store.save_health(school.a_health(lists=lists, problems=(nasty,), source=nasty))
    store.save_lamp(school.a_lamp("amber", look=1, sentence=nasty))
    store.save_sight(
        [Sight(hour=school.at("11:00"), mac=school.mac(1), heard=5, seen=3, named=1, reasons={nasty: 2})], school.NOW
    )
    store.log_check(CheckDone(what=nasty or "-", place=nasty, action=nasty, result="failed"), by=nasty, now=school.NOW)
    store.register.save_group(Group(id="oak", name=nasty or "-"), by=nasty, now=school.NOW)
    store.register.lend(Loan(mac=school.mac(1), person=nasty or "-", since=school.NOW - 60), by=nasty, now=school.NOW)
    rule = Rule(kind="allow", category="games", scope="device", target=nasty or "-", reason=nasty or "-", until=school.NOW + 60)
    store.rulebook.add_rule(rule, by=nasty, now=school.NOW)


@pytest.mark.parametrize("nasty", NASTY)
def test_a_hostile_name_is_only_words_on_every_page(store: Store, head: Visitor, nasty: str) -> None:
    fill(store, nasty)
    for path in PAGES:
        answer = head.get(path.format(mac=school.mac(1)))
        assert answer.status_code == 200, path
        page = answer.text
        assert "<script>alert" not in page and "<img src=x" not in page and 'onerror="' not in page
        assert "49%(device)s" not in page
        assert not UNSEEN.search(page), path


@pytest.mark.parametrize("nasty", NASTY)
def test_a_hostile_label_or_note_typed_in_is_only_words_too(morning: Store, head: Visitor, nasty: str) -> None:
    path = f"/devices/{school.mac(3)}"
    head.get(path)
    answers = [head.post(f"{path}/name", {"label": nasty}), head.get(path), head.get("/devices")]
    answers += [head.post("/to-look-at/3/note", {"text": nasty}), head.get("/to-look-at/3")]
    answers += [head.client.get("/devices", query_string={"name": nasty})]
    answers += [head.client.get("/log-in", query_string={"to": nasty}), head.client.get(f"/{nasty.replace(chr(0), '')}")]
    for answer in answers:
        assert answer.status_code < 500
        assert "<script>alert" not in answer.text and "<img src=x" not in answer.text and not UNSEEN.search(answer.text)


def test_a_name_is_cut_at_253_letters() -> None:
    assert len(clean("n" * 9_999)) == 254


def test_a_look_alike_letter_shows_as_what_it_is() -> None:
    assert break_up("аpple.com") == "xn--pple-43d[.]com"


@pytest.mark.parametrize("name", ["a" * 300 + ".example", "..", ".", "\ud800.example", "ﬀ" * 80])
def test_names_that_are_none_are_shown_all_the_same(name: str) -> None:
    assert str(show_site(name)).startswith("<bdi")


def test_a_long_name_may_turn_its_line() -> None:
    assert "<wbr>" in show_site("x" * 63 + ".example")
