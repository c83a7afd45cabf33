"""The page in Welsh, in a real Chromium: a journey from the door to a decision, nothing left in English, nothing too wide."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

if not Path("/usr/bin/chromium").exists():
    pytest.skip("Debian's Chromium is not installed", allow_module_level=True)

from playwright.sync_api import Browser, Page, expect

from tests.web_ui import school, served
from tests.web_ui.rooms import DESKTOP, NARROW, PHONE, Room, assert_fits, find_faults
from tests.web_ui.test_browser import PAGES
from web_ui import sessions

pytestmark = pytest.mark.browser

# Words that stand in nearly every English sentence, and in no Welsh one.
ENGLISH = re.compile(r"\b(the|and|what|which|this|that|with|was|were|has|have|your|you|device|devices|box)\b", re.IGNORECASE)
SPOKEN = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!parent.closest('[lang=en], bdi, code, script, style, template, [translate=no], textarea, .typed'))
      found.push(walker.currentNode.textContent.trim());
  }
  return found.filter(Boolean);
}"""


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("welsh")
    with school.open_store(home) as store:
        school.furnish(store)
        store.save_incident(school.an_urgent())
        store.add_session(sessions._hash("token"), school.HEAD, school.NOW, school.NOW + sessions.ABSOLUTE)
        store.set_setting("language", "cy", by="Mrs Bevan", now=school.NOW)
    served.add_head(home)
    return home


@pytest.fixture
def room(browser: Browser, furnished: Path, tmp_path: Path) -> Iterator[Room]:
    home = Path(shutil.copytree(furnished, tmp_path / "box"))
    with served.serve(home) as address:
        yield Room(browser, home, address)


@pytest.fixture(scope="module")
def seen(browser: Browser, furnished: Path) -> Iterator[Room]:
    with served.serve(furnished) as address:
        yield Room(browser, furnished, address)


def find_english(page: Page) -> list[str]:
    """What stands on the page in English without being marked as such."""
    return [text for text in page.evaluate(SPOKEN) if ENGLISH.search(text)]


@pytest.mark.parametrize("size", [DESKTOP, NARROW], ids=["desktop", "narrow"])
def test_a_head_works_in_welsh_from_the_door_to_a_decision(room: Room, size: tuple[int, int]) -> None:
    page = room.page("/", size, logged_in=False, java_script_enabled=size == DESKTOP)
    expect(page.get_by_role("heading", level=1)).to_have_text("Mewngofnodi")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
    assert find_english(page), "English would be found"
    page.get_by_role("button", name="Cymraeg").click()
    page.get_by_label("Enw").fill(school.HEAD)
    page.get_by_label("Cyfrinymadrodd").fill(school.PASSPHRASE)
    page.get_by_role("button", name="Mewngofnodi").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 pheth i edrych arnyn nhw heddiw")
    page.get_by_role("link", name="Gweld beth ddigwyddodd").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("wefan am ddod â bywyd i ben am 11:05.")
    expect(page.locator("main")).to_contain_text("dydd Mawrth 24 Tachwedd, 11:05")
    expect(page.locator("main")).to_contain_text("Gofynnwyd am beiriant chwilio ychydig cyn hynny.")
    page.get_by_role("button", name="Rwy’n edrych ar hyn").click()
    page.locator("summary", has_text="Ychwanegu nodyn").click()
    page.get_by_label("Eich nodyn").fill("Mae hi gyda Mr Rees.")
    page.get_by_role("button", name="Cadw’r nodyn hwn").click()
    page.get_by_label("Diogelu").check()
    page.get_by_role("button", name="Rwyf wedi delio ag ef").click()
    expect(page.locator(".notice").first).to_contain_text("Rydych wedi delio â hyn.")
    with school.open_store(room.home) as store:
        assert store.incident(7).decision == "safeguarding"


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_welsh_and_fits_a_phone(seen: Room, name: str) -> None:
    page = seen.page(PAGES[name], PHONE, reduced_motion="reduce")
    assert page.locator("html").get_attribute("lang") == "cy"
    assert find_english(page) == []
    assert_fits(page)
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    assert_fits(page)
    page.context.close()


def test_languages_are_marked_for_whoever_hears_the_page(seen: Room) -> None:
    page = seen.page(PAGES["urgent"])
    rules = ["html-has-lang", "html-lang-valid", "valid-lang", "html-xml-lang-mismatch"]
    assert find_faults(page, rules) == [] and find_faults(page) == []
    expect(page.get_by_role("button", name="English")).to_have_attribute("lang", "en")
    page.context.close()
