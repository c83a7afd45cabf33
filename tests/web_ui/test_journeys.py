"""What people come to do, from end to end, in a real Chromium; each step can be used by everybody."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

if not Path("/usr/bin/chromium").exists():
    pytest.skip("Debian's Chromium is not installed", allow_module_level=True)

from playwright.sync_api import Browser, Page, expect

from appliance.edge.store import Store
from tests.web_ui import school, served, states
from tests.web_ui.rooms import DESKTOP, NARROW, Room, find_faults, look_closely
from web_ui import second_factor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
NEW = "five badgers on a sledge"


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return states.furnish(tmp_path_factory.mktemp("journeys"), "many")


@pytest.fixture
def room(browser: Browser, furnished: Path, tmp_path: Path) -> Iterator[Room]:
    """A furnished box of one's own."""
    home = Path(shutil.copytree(furnished, tmp_path / "box"))
    with served.serve(home) as address:
        yield Room(browser, home, address)


def reading(room: Room) -> Store:
    return school.open_store(room.home)


def enter(room: Room, size: tuple[int, int] = DESKTOP, role: str | None = "head", **options: object) -> Page:
    """Somebody's own browser; with `role` None nobody is logged in there."""
    return room.context(size, token=role, **options).new_page()


def press(page: Page, name: str | re.Pattern[str]) -> None:
    """Press a button, where the page that it stands on can be used by everybody."""
    assert find_faults(page) + look_closely(page) == []
    page.get_by_role("button", name=name, exact=isinstance(name, str)).first.click()


@pytest.mark.parametrize("size", [DESKTOP, NARROW], ids=["desktop", "320px"])
def test_a_new_deputy_comes_in_with_a_code_on_paper(room: Room, size: tuple[int, int]) -> None:
    page = enter(room, size)
    page.goto("/people")
    page.get_by_label("Their name").fill("Mr Owen")
    page.get_by_label("Name to log in with").fill("owen")
    page.get_by_label("Deputy", exact=True).check()
    press(page, "Make their code")
    expect(page.get_by_role("heading", level=1)).to_have_text("Code for Mr Owen")
    code = page.locator(".key--large").first.inner_text()
    theirs = enter(room, size, None)
    theirs.goto("/log-in")
    theirs.get_by_role("link", name="I have a code on paper").click()
    theirs.get_by_label("Code").fill(code)
    press(theirs, "Go on")
    theirs.locator("#passphrase").fill(NEW)
    theirs.locator("#again").fill(NEW)
    theirs.locator("main form button").click()
    expect(theirs.get_by_role("heading", level=1)).to_have_text("My account")
    theirs.goto("/to-look-at/7")
    expect(theirs.get_by_role("heading", level=1)).to_contain_text("ending life")


def test_a_deputy_who_lost_the_passphrase_gets_a_new_code_and_the_old_one_opens_nothing(room: Room) -> None:
    page = enter(room)
    page.goto("/people")
    row = page.locator("li", has_text="Mr Rees").first
    row.locator(f"form[action='/people/renew/{'deputy'}'] button").click()
    code = page.locator(".key--large").first.inner_text()
    old = enter(room, DESKTOP, None)
    old.goto("/log-in")
    old.get_by_label("Name", exact=True).fill("deputy")
    old.get_by_label("Passphrase").fill(school.PASSPHRASE)
    press(old, "Log in")
    expect(old.locator(".govuk-error-summary")).to_contain_text("not right")
    assert find_faults(old) + look_closely(old) == []
    old.get_by_role("link", name="I have a code on paper").click()
    old.get_by_label("Code").fill(code)
    press(old, "Go on")
    old.locator("#passphrase").fill(NEW)
    old.locator("#again").fill(NEW)
    old.locator("main form button").click()
    expect(old.get_by_role("heading", level=1)).to_have_text("My account")


def test_a_head_who_lost_the_phone_comes_in_with_a_code_from_the_recovery_sheet(room: Room) -> None:
    page = enter(room)
    page.goto("/my-account/second-step")
    key = (page.locator(".key").first.text_content() or "").replace(" ", "")
    page.get_by_label("Six digits").fill(second_factor.digits_at(key, int(school.NOW) // second_factor.STEP))
    page.locator("main form button").first.click()
    codes = page.locator(".codes li").all_inner_texts()
    assert len(codes) == second_factor.CODES and find_faults(page) == []
    fresh = enter(room, NARROW, None)
    fresh.goto("/log-in")
    fresh.get_by_label("Name", exact=True).fill(school.HEAD)
    fresh.get_by_label("Passphrase").fill(school.PASSPHRASE)
    press(fresh, "Log in")
    assert find_faults(fresh) + look_closely(fresh) == []
    fresh.locator("#code").fill("000000")
    fresh.locator("main form button").first.click()
    expect(fresh.locator(".govuk-error-summary")).to_be_focused()
    assert find_faults(fresh) + look_closely(fresh) == []
    fresh.locator("#code").fill(codes[0].lower())
    fresh.locator("main form button").first.click()
    fresh.wait_for_url("**/")
    with reading(room) as store:
        assert store.factors.count_codes(school.HEAD) == second_factor.CODES - 1


def test_a_false_alarm_is_marked_for_this_device_and_counts_no_more(room: Room) -> None:
    page = enter(room)
    page.goto("/to-look-at/3")
    page.get_by_role("link", name=re.compile("false alarm", re.IGNORECASE)).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mark it as a false alarm")
    page.get_by_label(re.compile("For a time, on iPad-07")).check()
    page.locator("[name=reason]").fill("The name was a lesson's.")
    assert find_faults(page) + look_closely(page) == []
    page.locator("main form button").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check before you save")
    press(page, "Save this rule")
    page.wait_for_url("**/to-look-at**")
    with reading(room) as store:
        made = [rule for rule in store.rulebook.rules() if rule.target == school.mac(7) and rule.kind == "allow"]
        assert store.incident(3).decision is not None and [rule.pattern for rule in made] == ["hide-me-now.example"]


def test_a_note_begun_before_the_session_ended_is_saved_after_logging_in_without_typing_it_again(room: Room) -> None:
    page = enter(room)
    page.goto("/to-look-at/3")
    page.locator("summary", has_text="Add a note").click()
    page.locator("textarea").first.fill("Rang home.\nMother knows.")
    with reading(room) as store:
        store.end_sessions(school.HEAD)
    page.locator("form:has(textarea) button").first.click()
    expect(page.get_by_text("What you typed is still here")).to_be_visible()
    page.get_by_label("Name", exact=True).fill(school.HEAD)
    page.get_by_label("Passphrase").fill(school.PASSPHRASE)
    press(page, "Log in")
    press(page, "Send it again")
    page.wait_for_load_state()
    with reading(room) as store:
        assert [note.text for note in store.notes(3) if note.kind == "note"][-1] == "Rang home.\nMother knows."


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_head_who_reads_welsh_works_an_urgent_incident_in_welsh(room: Room, scripts: bool) -> None:
    page = enter(room, NARROW, java_script_enabled=scripts)
    page.goto("/")
    page.get_by_role("button", name="Cymraeg").click()
    assert page.locator("html").get_attribute("lang") == "cy"
    page.locator("a.item__go").first.click()
    assert page.locator("html").get_attribute("lang") == "cy"
    if scripts:
        assert find_faults(page) + look_closely(page) == []
    page.locator("form[action='/to-look-at/7/seen'] button").first.click()
    page.wait_for_load_state()
    with reading(room) as store:
        assert store.incident(7).acknowledged
