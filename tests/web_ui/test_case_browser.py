"""Case work in a real browser: a false alarm, two people at once, a session that ends in a note, passing on, a pack on paper."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

if not Path("/usr/bin/chromium").exists():
    pytest.skip("Debian's Chromium is not installed", allow_module_level=True)

from playwright.sync_api import Browser, Page, expect

from appliance.judge.health import PROBLEMS
from tests.web_ui import school, served, states
from tests.web_ui.rooms import DESKTOP, NARROW, Room, assert_fits, find_faults, look_closely
from web_ui import sessions

pytestmark = pytest.mark.browser


class Shift:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = school.NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return states.furnish(tmp_path_factory.mktemp("furnished"), "many")


@pytest.fixture
def clock() -> Shift:
    return Shift()


@pytest.fixture
def room(browser: Browser, furnished: Path, tmp_path: Path, clock: Shift) -> Iterator[Room]:
    home = Path(shutil.copytree(furnished, tmp_path / "box"))
    with served.serve(home, clock) as address:
        yield Room(browser, home, address)


def open_as(room: Room, role: str, path: str, size: tuple[int, int] = DESKTOP, *, scripts: bool = True) -> Page:
    page = room.context(size, token=role, java_script_enabled=scripts).new_page()
    page.goto(path)
    return page


@pytest.mark.parametrize(("scripts", "size"), [(True, DESKTOP), (False, NARROW)], ids=["desktop", "narrow-without-scripts"])
def test_a_false_alarm_is_left_out_for_a_time_after_its_effect_was_shown(
    room: Room, scripts: bool, size: tuple[int, int]
) -> None:
    page = open_as(room, "head", "/to-look-at/3", size, scripts=scripts)
    page.get_by_role("link", name="Mark it as a false alarm").click()
    page.get_by_label("For a time, on iPad-07").check()
    page.get_by_label("Why?").fill("The maths site moved there.")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("main")).to_contain_text("The maths site moved there.")
    page.get_by_role("button", name=re.compile("[Ss]ave")).click()
    expect(page.locator(".notice")).to_contain_text("Saved as a false alarm, and closed.")
    with school.open_store(room.home) as store:
        rule = store.rulebook.rules()[-1] if store.rulebook.rules()[-1].pattern.startswith("hide") else store.rulebook.rules()[0]
        assert store.incident(3).decision == "no_concern"
        assert (rule.kind, rule.pattern, rule.scope, rule.target) == ("allow", "hide-me-now.example", "device", school.mac(7))


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_two_people_decide_at_once(room: Room, scripts: bool) -> None:
    first, second = (open_as(room, role, "/to-look-at/3", scripts=scripts) for role in ("deputy", "head"))
    for page, ending in ((first, "Behaviour"), (second, "Safeguarding")):
        page.get_by_role("radio", name=ending).check()
        page.locator("#close-told_parents").check()
        page.get_by_label("Anything else?").fill(f"{ending}, in my own words.")
    first.get_by_role("button", name="I have dealt with it").click()
    expect(first.locator(".notice")).to_contain_text("You have dealt with this")
    second.get_by_role("button", name="I have dealt with it").click()
    expect(second.locator("#beaten")).to_contain_text("Mr Rees was quicker: “Closed it: Behaviour”")
    expect(second.get_by_label("Anything else?")).to_have_value("Safeguarding, in my own words.")
    expect(second.locator("#close-told_parents")).to_be_checked()
    if scripts:
        assert find_faults(second) == []
    second.get_by_role("button", name="Keep their decision, and add mine as a note").click()
    expect(second.locator("#record + .sheet .record")).to_contain_text("Safeguarding, in my own words.")
    with school.open_store(room.home) as store:
        assert store.incident(3).decision == "behaviour"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_session_that_ends_in_the_middle_of_a_note_loses_nothing(room: Room, clock: Shift, scripts: bool) -> None:
    page = open_as(room, "head", "/to-look-at/3", scripts=scripts)
    page.locator("summary", has_text="Add a note").click()
    page.get_by_label("Your note").fill("Rang home.\nMother <knows>.")
    page.locator("#note-told_parents").check()
    clock.now += sessions.IDLE + 60
    page.get_by_role("button", name="Save this note").click()
    expect(page.locator("main")).to_contain_text("What you typed is still here.")
    page.locator("#username").fill(school.HEAD)
    page.locator("#passphrase").fill(school.PASSPHRASE)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_label("What you typed")).to_have_value("Rang home.\nMother <knows>.")
    page.get_by_role("button", name="Send it again").click()
    expect(page.locator(".notice")).to_contain_text("Your note is saved.")
    with school.open_store(room.home) as store:
        note = next(note for note in store.notes(3) if note.text.startswith("Rang"))
        assert (note.text, note.all("action")) == ("Rang home.\nMother <knows>.", ("told_parents",))


def test_an_urgent_one_is_passed_on_named_and_closed_by_a_colleague(room: Room) -> None:
    head, deputy = open_as(room, "head", "/to-look-at/7"), open_as(room, "deputy", "/")
    expect(head.locator("main")).to_contain_text("It was signed out to somebody.")
    head.get_by_role("link", name="Ask for the name").click()
    head.get_by_label("Why do you need to know").fill("To find the child now.")
    head.get_by_role("button", name="Show the name").click()
    expect(head.locator("main")).to_contain_text("It was signed out to A. Pupil.")
    head.locator("summary", has_text="Pass it to a colleague").click()
    head.get_by_label("To whom?").select_option("Mr Rees")
    head.get_by_label("What should they know or do?").fill("I am with the child. Please ring home.")
    head.get_by_role("button", name="Pass it on").click()
    expect(head.locator(".case")).to_contain_text("It has not been read yet.")
    deputy.goto("/to-look-at?view=mine")
    deputy.get_by_role("link", name="See what happened").first.click()
    expect(deputy.locator(".case")).to_contain_text("Please ring home.")
    head.reload()
    expect(head.locator(".case")).to_contain_text("It was read")
    deputy.get_by_role("radio", name="Safeguarding").check()
    for deed in ("told_parents", "told_social_care", "in_file"):
        deputy.locator(f"#close-{deed}").check()
    deputy.get_by_role("button", name="I have dealt with it").click()
    expect(deputy.locator(".record")).to_contain_text("Told children’s social care")
    with school.open_store(room.home) as store:
        assert store.incident(7).decision == "safeguarding" and store.verify_chain().broken is None


def test_a_pack_has_its_code_on_every_sheet(room: Room, tmp_path: Path) -> None:
    page = open_as(room, "head", "/to-look-at/3/pack")
    assert find_faults(page) == []
    page.emulate_media(media="print")
    for hidden in ("nav", "form", ".foot", ".sheet--pack", ".mast__cover"):
        assert not page.locator(hidden).first.is_visible(), hidden
    expect(page.locator(".pack__foot")).to_contain_text("Incident 3. Evidence code:")
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    assert_fits(page)


@pytest.mark.parametrize("language", ["English", "Cymraeg"])
def test_every_note_for_it_support_fits_on_one_sheet(room: Room, language: str) -> None:
    page = open_as(room, "head", "/is-it-working")
    if language == "Cymraeg":
        page.get_by_role("button", name=language).click()
    room.tell(school.a_lamp("green"), school.a_health(problems=tuple(PROBLEMS), lists=()))
    for problem in PROBLEMS:
        page.goto(f"/is-it-working/{problem}/note")
        assert page.url.endswith("/note") and "mrs bevan" in page.locator("main").inner_text().lower(), problem
        assert len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(format="A4"))) == 1, problem
    assert find_faults(page) + look_closely(page) == []
