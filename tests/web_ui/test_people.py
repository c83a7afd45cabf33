"""Who may log in: invitations on paper, closing, the supplier's door, fresh passphrases, sessions, own devices, the record."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from appliance.edge.store import Store, StoreFull
from appliance.school import Rule
from tests.web_ui import school, served
from tests.web_ui.conftest import Clock, Visitor
from tests.web_ui.test_incidents import words
from web_ui import sessions

REES = {"full_name": "Mr Rees", "login_name": "Rees", "role": "deputy"}
NEW = {"passphrase": "three owls at dusk", "again": "three owls at dusk"}


def code_on(page: str) -> str:
    found = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", page)
    assert found
    return found[0]


def invite(head: Visitor, **changes: str) -> str:
    head.get("/people")
    return code_on(head.post("/people", REES | changes).text)


@pytest.fixture
def deputy(store: Store, arrive: Callable[..., Visitor]) -> Visitor:
    """The deputy, logged in."""
    store.add_account("rees", "Mr Rees", "deputy", served.hashed(), now=school.NOW)
    visitor = arrive("10.20.0.30")
    visitor.log_in("rees")
    return visitor


def test_a_deputy_joins_with_the_code_on_paper(head: Visitor, store: Store, arrive: Callable[..., Visitor]) -> None:
    code = invite(head)
    visitor = arrive()
    visitor.get("/join")
    page = visitor.post("/join", {"code": code.lower()}).text
    assert "Mr Rees" in page and "Choose your passphrase" in page
    assert visitor.post("/join/passphrase", {"code": code} | NEW).location == "/my-account"
    account = store.account("rees")
    assert account and account.role == "deputy" and visitor.get("/").status_code == 200
    other = arrive()
    other.get("/join")
    assert other.post("/join", {"code": code}).status_code == 400


def test_a_poor_passphrase_does_not_use_the_code_up(head: Visitor, store: Store, arrive: Callable[..., Visitor]) -> None:
    code = invite(head)
    visitor = arrive()
    visitor.get("/join")
    answer = visitor.post("/join/passphrase", {"code": code, "passphrase": "short", "again": "short"})
    assert answer.status_code == 400 and "at least 12" in answer.text
    assert visitor.post("/join/passphrase", {"code": code} | NEW).status_code == 302


def test_guessing_codes_has_to_wait(head: Visitor, arrive: Callable[..., Visitor]) -> None:
    visitor = arrive("10.20.0.77")
    visitor.get("/join")
    assert [visitor.post("/join", {"code": "AAAA-AAAA-AAAA"}).status_code for _ in range(7)] == [400] * 6 + [429]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"full_name": ""}, "Enter their name"),
        ({"full_name": "mrs bevan"}, "has this name already"),
        ({"login_name": "BEVAN"}, "logs in with this name already"),
        ({"login_name": "x" * 81}, "Enter a name to log in with"),
        ({"role": "king"}, "Choose what they may see"),
    ],
)
def test_a_faulty_invitation_is_refused_and_keeps_what_was_typed(
    head: Visitor, store: Store, changes: dict[str, str], fault: str
) -> None:
    head.get("/people")
    answer = head.post("/people", REES | changes)
    assert answer.status_code == 400 and fault in answer.text
    assert not store.invitations.waiting(school.NOW)


def test_a_new_code_ends_what_the_person_had(
    deputy: Visitor, head: Visitor, store: Store, arrive: Callable[..., Visitor]
) -> None:
    store.factors.switch_on("rees", "KEY", ["AAAA"], step=1, by="Mr Rees", now=school.NOW)
    head.get("/people")
    code = code_on(head.post("/people/renew/rees").text)
    assert deputy.get("/").status_code == 302 and arrive().log_in("rees").status_code == 400
    assert arrive().log_in("rees", "").status_code == 400
    visitor = arrive()
    visitor.get("/join")
    assert visitor.post("/join/passphrase", {"code": code} | NEW).status_code == 302
    assert store.factors.find("rees") is None and visitor.get("/").status_code == 200


def test_a_closed_account_is_out_at_once_and_the_head_closes_nobody_who_is_the_head(
    deputy: Visitor, head: Visitor, store: Store, arrive: Callable[..., Visitor]
) -> None:
    head.get("/people")
    head.post("/people/close/rees")
    assert deputy.get("/").status_code == 302
    answer = arrive().log_in("rees")
    assert answer.status_code == 403 and "Your account is closed" in answer.text
    head.post("/people/close/bevan")
    account = store.account("bevan")
    assert account and account.active and head.get("/").status_code == 200


def test_the_supplier_comes_in_only_while_the_door_is_open(
    head: Visitor, store: Store, arrive: Callable[..., Visitor], clock: Clock
) -> None:
    store.add_account("helper", "A Helper", "supplier", served.hashed(), now=school.NOW)
    supplier = arrive("10.20.0.50")
    answer = supplier.log_in("helper")
    assert answer.status_code == 403 and "has not opened its door" in answer.text
    head.get("/people")
    head.post("/people/supplier", {"hours": "1"})
    assert "Open until Tuesday 24 November, 12:20." in head.get("/people").text
    assert supplier.log_in("helper").status_code == 302
    assert supplier.get("/is-it-working").status_code == 200
    clock.move(15 * 60)
    head.get("/people")
    supplier.get("/is-it-working")
    for _ in range(3):
        clock.move(15 * 60)
        last = supplier.get("/is-it-working")
    assert last.status_code == 302, "the door has shut by itself"


@pytest.mark.parametrize("hours", ["0", "-1", "9999", "x", ""])
def test_the_door_opens_for_no_other_time(head: Visitor, store: Store, hours: str) -> None:
    head.get("/people")
    head.post("/people/supplier", {"hours": hours})
    assert float(store.setting(sessions.DOOR) or 1) == 0


def test_before_what_matters_the_passphrase_is_asked_for_again(head: Visitor, clock: Clock) -> None:
    assert head.get("/people").status_code == 200
    clock.move(sessions.FRESH + 1)
    assert head.get("/people").location == "/prove?to=/people"
    head.get("/prove?to=/people")
    assert head.post("/prove", {"passphrase": "wrong", "to": "/people"}).status_code == 400
    assert head.post("/prove", {"passphrase": school.PASSPHRASE, "to": "/people"}).location == "/people"
    assert head.get("/people").status_code == 200


def test_a_form_that_needs_a_fresh_passphrase_waits_with_what_was_typed(head: Visitor, store: Store, clock: Clock) -> None:
    head.get("/people")
    clock.move(sessions.FRESH + 1)
    answer = head.post("/people", REES)
    assert answer.status_code == 401 and not store.invitations.waiting(clock.now)
    answer = head.post("/prove", {"passphrase": school.PASSPHRASE, "to": "/people"} | REES)
    assert answer.status_code == 200 and 'value="Mr Rees"' in answer.text and school.PASSPHRASE not in answer.text
    assert head.post("/people", REES).status_code == 200
    assert [invitation.username for invitation in store.invitations.waiting(clock.now)] == ["rees"]


@pytest.mark.parametrize("to", ["https://elsewhere.example/", "//elsewhere.example", "/log-out", "/nowhere", ""])
def test_proving_never_leads_elsewhere(head: Visitor, to: str) -> None:
    head.get("/prove")
    assert head.post("/prove", {"passphrase": school.PASSPHRASE, "to": to}).location == "/my-account"


def test_logging_out_everywhere_keeps_this_browser_only(head: Visitor, arrive: Callable[..., Visitor]) -> None:
    other = arrive("10.20.0.44")
    other.log_in()
    page = head.get("/my-account").text
    assert "This browser" in page and "A browser at 10.20.0.44" in page
    head.post("/my-account/log-out-everywhere")
    assert other.get("/").status_code == 302 and head.get("/").status_code == 200


def test_a_new_passphrase_of_ones_own_keeps_one_logged_in(head: Visitor, arrive: Callable[..., Visitor]) -> None:
    head.get("/my-account")
    assert head.post("/my-account/passphrase", NEW).status_code == 302
    assert head.get("/").status_code == 200
    assert arrive().log_in().status_code == 400 and arrive().log_in(passphrase=NEW["passphrase"]).status_code == 302


def test_what_comes_up_on_the_heads_own_device_is_for_the_deputy(morning: Store, head: Visitor, deputy: Visitor) -> None:
    path = f"/devices/{school.mac(7)}"
    head.get(path)
    head.post(f"{path}/own", {"own": "yes"})
    for page in ("/", "/to-look-at", "/to-look-at?view=all", path, "/today/now"):
        answer = head.get(page)
        assert answer.status_code == 200 and "/to-look-at/3" not in answer.text, page
    assert "Shown instead to: Mr Rees." in head.get("/").text
    for attempt in (
        lambda: head.get("/to-look-at/3"),
        lambda: head.post("/to-look-at/3/decision", {"decision": "no_concern"}),
        lambda: head.post("/to-look-at/3/note", {"text": "Nothing."}),
    ):
        assert attempt().status_code == 404
    assert morning.incident(3).decision is None
    assert deputy.get("/to-look-at/3").status_code == 200 and "/to-look-at/3" in deputy.get("/").text
    deputy.get("/to-look-at/3")
    deputy.post("/to-look-at/3/note", {"text": "Spoke with the chair of governors."})
    assert "incident 3" not in head.get("/who-looked").text and "incident 3" in deputy.get("/who-looked").text
    head.get(path)
    head.post(f"{path}/own", {"own": "no"})
    assert head.get("/to-look-at/3").status_code == 404, "taking the mark away shows nothing that began before"


def test_rules_that_tell_of_the_heads_own_device_are_not_shown_to_the_head(
    morning: Store, head: Visitor, deputy: Visitor
) -> None:
    until = school.NOW + 30 * school.DAY
    about = {"kind": "allow", "category": "proxy_avoidance", "reason": "The chair of governors knows.", "until": until}
    morning.ownership.add(school.HEAD, school.mac(7), by="Mrs Bevan", now=school.NOW)
    for values, by in (
        ({"pattern": "hide-me-now.example"}, "Mr Rees"),
        ({"pattern": "elsewhere.example", "scope": "device", "target": school.mac(7)}, "Mr Rees"),
        ({"pattern": "chess.example"}, "Mr Rees"),
        ({"pattern": "hide-me-now.example"}, "Mrs Bevan"),
    ):
        morning.rulebook.add_rule(Rule(**(about | values)), by=by, now=school.NOW)
    page = words(head.get("/rules").text)
    assert "2 rules of your own" in page and "2 rules are not shown to you" in page and "chess[.]example" in page
    assert page.count("hide-me-now[.]example") == 2, "the head's own rule: in its sentence, and for those who hear its button"
    assert "elsewhere" not in page
    assert "elsewhere" not in (log := words(head.get("/who-looked").text)) and log.count("hide-me-now.example") == 1
    for number in (1, 2):
        head.get("/rules")
        assert head.post(f"/rules/{number}/end").status_code == 404
    assert "4 rules of your own" in words(deputy.get("/rules").text) and "elsewhere" in deputy.get("/who-looked").text
    assert head.post("/rules/3/end").location == "/rules"


def test_without_a_deputy_the_page_says_that_nobody_sees_it(morning: Store, head: Visitor) -> None:
    path = f"/devices/{school.mac(7)}"
    head.get(path)
    head.post(f"{path}/own", {"own": "yes"})
    assert "There is nobody else to see it. Invite a deputy" in head.get("/").text


def test_looking_is_kept_once_an_hour_and_told(morning: Store, head: Visitor, clock: Clock) -> None:
    for _ in range(3):
        head.get("/to-look-at/3")
    looked = [entry for entry in morning.audit_log() if entry.action == "looked"]
    assert [(entry.who, entry.subject) for entry in looked] == [("Mrs Bevan", "3")]
    assert "Looked at incident 3." in head.get("/who-looked?who=Mrs Bevan").text
    assert "Nothing is written here yet." in head.get("/who-looked?who=nobody").text
    assert morning.verify_chain().broken is None


def test_a_full_card_keeps_nobody_from_an_incident(morning: Store, head: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_values: object, **_named: object) -> None:
        raise StoreFull("full")

    monkeypatch.setattr(Store, "note_read", refuse)
    assert head.get("/to-look-at/3").status_code == 200


def test_a_governor_reads_the_record_without_devices_or_links(
    morning: Store, head: Visitor, arrive: Callable[..., Visitor]
) -> None:
    head.get("/to-look-at/3")
    morning.add_account("ali", "Ms Ali", "governor", served.hashed(), now=school.NOW)
    governor = arrive()
    governor.log_in("ali")
    page = governor.get("/who-looked").text
    assert "Looked at incident 3." in page and "Named a device: a device." in page
    assert "/to-look-at" not in page and "iPad" not in page
    page = governor.get("/numbers").text
    assert "fewer than five" in page and "iPad" not in page and "example" not in page


def test_the_printed_incident_carries_the_evidence_code(morning: Store, head: Visitor) -> None:
    code = morning.chain_head().code
    assert f"Evidence code: {code}." in head.get("/to-look-at/3").text
    assert morning.chain_head().code != code, "that the head looked is a link of its own, written once the page was on its way"
    assert morning.verify_chain(code).broken is None


def test_the_record_is_filtered_by_what_and_by_day(morning: Store, head: Visitor) -> None:
    head.get("/to-look-at/3")
    assert "Looked at incident 3." in head.get("/who-looked?what=looks").text
    deeds = head.get("/who-looked?what=deeds").text
    assert "Looked at incident" not in deeds and "Decided on incident" in deeds
    earlier = head.get("/who-looked?day=2026-11-21").text
    assert "Named a device" in earlier and "Looked at incident 3" not in earlier
    assert head.get("/who-looked?day=9999-12-31&what=x&from=-4").status_code == 200
