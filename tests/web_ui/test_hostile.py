"""Names are chosen by strangers: on every page they stay words."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from flask import Flask

from appliance.edge.store import Store
from appliance.model import ListStatus, RecentName, Sight
from appliance.school import CheckDone, Group, Lesson, Loan, Rule, Worry
from tests.web_ui import addresses, school
from tests.web_ui.conftest import Visitor
from web_ui.hostnames import break_up, clean, show_site
from web_ui.wording import csv_files

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
FORMULAS = ["=1+1", "+44 1632", "-2+3", "@SUM(1)", "\t=1", '=HYPERLINK("https://a.example")', " =1", "|calc", "%0A=1"]
# Addresses in which a stranger's text stands, beside those that links lead to.
QUESTIONS = [
    "/devices?name={}",
    "/to-look-at?site={}",
    "/who-looked?who={}",
    "/log-in?to={}",
    "/prove?to={}",
    "/rules/new?device={}",
]


class Markup(HTMLParser):
    """What a browser would take for more than words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """No script but our files, no picture, frame or form that leads elsewhere, no handler, no style of its own."""
        given = dict(attrs)
        source = given.get("src") or given.get("href") or given.get("action") or given.get("formaction") or "/"
        if not source.startswith(("/", "#", "?", "tel:")) or source.startswith(("//", "/\\")):
            self.found.append(f"<{tag}> leads to {source}")
        if tag == "script" and not source.startswith("/assets/"):
            self.found.append("a script")
        if tag in ("img", "iframe", "object", "embed", "base", "style"):
            self.found.append(f"<{tag}>")
        self.found += [f"{name} of <{tag}>" for name, _ in attrs if name.startswith("on") or name == "style"]


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
    lesson = Lesson(weekday=1, starts="09:00", ends="15:00", group="oak", class_name=nasty or "-", teacher=nasty)
    store.register.add_lesson(lesson, by=nasty, now=school.NOW)
    store.worries.add(Worry(text=nasty or "-", name=nasty), now=school.NOW)
    rule = Rule(kind="allow", category="games", scope="device", target=nasty or "-", reason=nasty or "-", until=school.NOW + 60)
    store.rulebook.add_rule(rule, by=nasty, now=school.NOW)


@pytest.mark.parametrize("nasty", NASTY)
def test_a_hostile_name_is_only_words_on_every_page(store: Store, head: Visitor, app: Flask, nasty: str) -> None:
    fill(store, nasty)
    asked = [question.format(quote(nasty, errors="replace")) for question in QUESTIONS]
    pages = [*addresses.walk(app, head, most=2), *((path, head.get(path).text) for path in asked)]
    assert len(pages) > 40
    for path, page in pages:
        assert Markup(page).found == [], path
        assert "49%(device)s" not in page, path
        assert not UNSEEN.search(page), path


def test_a_site_that_looks_like_another_is_shown_as_what_it_is_on_every_page(store: Store, head: Visitor, app: Flask) -> None:
    store.save_devices([school.a_device(1), school.a_device(30)])
    store.save_incident(school.an_incident(mac=school.mac(1), names=("аpple.com", "other.example")))
    store.save_incident(school.an_incident(mac=school.mac(30), names=("аpple.com",)))
    store.add_recent([RecentName(time=school.at("10:45"), mac=school.mac(30), kind="dns", name="аpple.com")])
    pages = dict(addresses.walk(app, head))
    assert not [path for path, page in pages.items() if "аpple" in re.sub(r'value="[^"]*"', "", page)]
    assert "xn--pple-43d" in pages["/to-look-at/1"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_file_that_leaves_the_box_makes_a_spreadsheet_work(store: Store, head: Visitor, app: Flask, formula: str) -> None:
    fill(store, formula)
    store.name_device(school.mac(1), formula, by="x", now=school.NOW)
    files = 0
    for paths in addresses.addresses(app, "GET").values():
        answer = head.get(paths[0])
        if answer.mimetype != "text/csv":
            continue
        files += 1
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        cells = [cell for row in csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))) for cell in row]
        assert not [cell for cell in cells if cell.lstrip(" ").startswith(csv_files.FORMULA)]
    assert files >= 2


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
