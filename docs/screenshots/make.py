"""Fill a store with a made-up school and photograph its pages, from the checkout.

`python -m docs.screenshots.make` takes the README's three; `python -m docs.screenshots.make FOLDER` every page in every state.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.web_ui import school, served

PAGES = {
    "today": "/",
    "inbox": "/to-look-at",
    "everything": "/to-look-at?view=all",
    "incident": "/to-look-at/3",
    "urgent": "/to-look-at/7",
    "closed": "/to-look-at/1",
    "devices": "/devices",
    "device": f"/devices/{school.mac(30)}",
    "working": "/is-it-working",
    "about": "/what-this-box-sees",
    "missing": "/nowhere",
}
HERE = Path(__file__).parent
SIZES = {"desktop": (1100, 800), "phone": (390, 800), "narrow": (320, 700)}


def main(folder: Path) -> None:
    """Every page in every size, on paper, and in the dark; the first screen in every state of the lamp."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        home = Path(scratch)
        with school.open_store(home) as store:
            school.furnish(store, lamp=school.a_lamp("red", urgent=1, look=3, buzzer=True))
            store.save_incident(school.an_urgent())
        browser = served.launch(playwright)
        with served.serve(home) as address:
            if folder == HERE:
                served.add_head(home)
                _readme(browser, address)
                return
            _doors(browser, address, folder, home)
            for size, (width, height) in SIZES.items():
                _photograph(_enter(browser, address, width, height), address, folder, size)
            _photograph(_enter(browser, address, 1100, 800, dark=True), address, folder, "dark")
            _print(_enter(browser, address, 794, 1100), address, folder)
            _states(_enter(browser, address, 1100, 800), address, folder, home)


def _readme(browser: Browser, address: str) -> None:
    """What the README shows: the first screen, an urgent incident on a phone, and whether the box works."""
    for name, path, width, height in (
        ("today", "/", 1100, 860),
        ("incident-phone", PAGES["urgent"], 390, 844),
        ("working", PAGES["working"], 1100, 780),
    ):
        page = _enter(browser, address, width, height)
        page.goto(address + path)
        page.screenshot(path=HERE / f"{name}.png")


def _doors(browser: Browser, address: str, folder: Path, home: Path) -> None:
    for size, (width, height) in SIZES.items():
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(f"{address}/set-up")
        page.screenshot(path=folder / f"set-up-{size}.png", full_page=True)
        page.click("text=Make my account")
        page.screenshot(path=folder / f"set-up-faults-{size}.png", full_page=True)
    served.add_head(home)
    for size, (width, height) in SIZES.items():
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(f"{address}/log-in")
        page.screenshot(path=folder / f"log-in-{size}.png", full_page=True)


def _enter(browser: Browser, address: str, width: int, height: int, dark: bool = False) -> Page:
    size: ViewportSize = {"width": width, "height": height}
    page = browser.new_page(viewport=size, color_scheme="dark" if dark else "light", reduced_motion="reduce")
    page.goto(f"{address}/log-in")
    page.fill("#username", school.HEAD)
    page.fill("#passphrase", school.PASSPHRASE)
    page.click("button:has-text('Log in')")
    page.wait_for_url(f"{address}/")
    return page


def _photograph(page: Page, address: str, folder: Path, size: str) -> None:
    for name, path in PAGES.items():
        page.goto(address + path)
        page.screenshot(path=folder / f"{name}-{size}.png", full_page=True)


def _print(page: Page, address: str, folder: Path) -> None:
    page.emulate_media(media="print")
    for name in ("today", "urgent", "working"):
        page.goto(address + PAGES[name])
        page.screenshot(path=folder / f"{name}-print.png", full_page=True)
        page.pdf(path=folder / f"{name}.pdf", format="A4")


def _states(page: Page, address: str, folder: Path, home: Path) -> None:
    quiet = school.a_health(
        foreign_unicast=0, answers=12, clock_synced=False, demonstration=True, problems=("no-mirror", "clock")
    )
    states = {
        "red": (school.a_lamp("red", urgent=1, look=3, buzzer=True), school.a_health()),
        "green": (school.a_lamp("green"), school.a_health()),
        "blind": (school.a_lamp("amber", blind=True), quiet),
        "lost": (school.a_lamp("green", time=school.NOW - 600), school.a_health(time=school.NOW - 600)),
    }
    for state, (lamp, health) in states.items():
        with school.open_store(home) as store:
            store.save_lamp(lamp)
            store.save_health(health)
            if state == "green":
                for incident in store.incidents(open_only=True):
                    store.decide(incident.id, "no_concern", by="Mrs Bevan", now=school.NOW)
        for name in ("today", "inbox", "working"):
            page.goto(address + PAGES[name])
            page.screenshot(path=folder / f"{name}-{state}.png", full_page=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
