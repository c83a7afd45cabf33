"""Fill a store with a made-up school and photograph its pages, from the checkout.

`python -m docs.screenshots.make` takes those of the README; with a FOLDER it takes every page there is, as a desktop, a phone,
the night and paper show it, and the first screens in every state of the box.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.web_ui import addresses, school, served, states
from tests.web_ui.conftest import Visitor
from web_ui import create_app

HERE = Path(__file__).parent
DESKTOP, PHONE, NARROW, PAPER = (1280, 800), (390, 800), (320, 640), (794, 1100)
SIZES: dict[str, tuple[tuple[int, int], dict[str, Any]]] = {
    "desktop": (DESKTOP, {}),
    "phone": (PHONE, {}),
    "narrow": (NARROW, {}),
    "dark": (DESKTOP, {"color_scheme": "dark"}),
    "forced": (DESKTOP, {"forced_colors": "active"}),
    "print": (PAPER, {}),
}
# What the README shows: the first screen, and an urgent incident on a phone.
README = (
    ("today", "/", (1100, 860)),
    ("incident-phone", "/to-look-at/7", (390, 844)),
)
FIRST = {"today": "/", "inbox": "/to-look-at", "working": "/is-it-working"}
# What others than the head see, the error page, and the other language.
OTHERS: tuple[tuple[str, str, str], ...] = (
    ("technician", "today", "/"),
    ("technician", "browse", "/browse"),
    ("technician", "browse-devices", "/browse/devices"),
    ("technician", "browse-sights", "/browse/sights"),
    ("technician", "forbidden", "/to-look-at"),
    ("governor", "today", "/"),
    ("governor", "numbers", "/numbers"),
    ("supplier", "today", "/"),
    ("head", "not-found", "/nothing-here"),
)
WELSH = {"today": "/", "incident": "/to-look-at/7", "devices": "/devices", "can-we-see": "/can-we-see"}


def main(folder: Path) -> None:
    """The README's pictures where the folder is this one, else all."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        browser = served.launch(playwright)
        home = states.furnish(Path(scratch) / "many", "many")
        with served.serve(home) as address:
            if folder == HERE:
                for name, path, size in README:
                    _photograph(_enter(browser, address, size), path, folder / f"{name}.png", full=False)
                return
            _every_page(browser, address, folder, home)
            _others(browser, address, folder)
        for state in states.STATES:
            with served.serve(states.furnish(Path(scratch) / state / "box", state)) as address:
                page = _enter(browser, address, DESKTOP)
                for name, path in FIRST.items():
                    _photograph(page, path, folder / f"{name}-{state}.png")
        _doors(browser, folder, Path(scratch) / "new")


def _every_page(browser: Browser, address: str, folder: Path, home: Path) -> None:
    paths = list(_paths(home))
    for size, (pixels, options) in SIZES.items():
        page = _enter(browser, address, pixels, **options)
        if size == "print":
            page.emulate_media(media="print")
        for path in paths:
            _photograph(page, path, folder / f"{_name(path)}-{size}.png")
        page.context.close()


def _others(browser: Browser, address: str, folder: Path) -> None:
    """The pages as the other roles and a reader of Welsh see them."""
    for size, pixels in (("desktop", DESKTOP), ("phone", PHONE)):
        for role, name, path in OTHERS:
            page = _enter(browser, address, pixels, role)
            _photograph(page, path, folder / f"{role}-{name}-{size}.png")
            page.context.close()
        page = _enter(browser, address, pixels, locale="cy")
        for name, path in WELSH.items():
            _photograph(page, path, folder / f"welsh-{name}-{size}.png")
        page.context.close()


def _paths(home: Path) -> Iterator[str]:
    """One address of every page that the head can come to."""
    app = create_app(served.SETTINGS, home / "data", home / "recent", testing=True, clock=lambda: school.NOW)
    visitor = Visitor(app.test_client())
    visitor.client.set_cookie("safespan-session", "head")
    yield from (path for path, page in addresses.walk(app, visitor, most=2) if "<html" in page)


def _name(path: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")[:80] or "today"


def _enter(browser: Browser, address: str, size: tuple[int, int], role: str = "head", **options: Any) -> Page:
    """The browser of somebody of this role."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, base_url=address, reduced_motion="reduce", **options
    )
    context.add_cookies([{"name": "safespan-session", "value": role, "url": address}])
    return context.new_page()


def _photograph(page: Page, path: str, file: Path, *, full: bool = True) -> None:
    page.goto(path)
    page.screenshot(path=file, full_page=full)


def _doors(browser: Browser, folder: Path, home: Path) -> None:
    """A new box, and the door of one that has a head."""
    home.mkdir(parents=True)
    school.open_store(home).close()
    with served.serve(home) as address:
        for size, pixels in (("desktop", DESKTOP), ("phone", PHONE)):
            page = browser.new_page(viewport={"width": pixels[0], "height": pixels[1]}, base_url=address)
            _photograph(page, "/set-up", folder / f"set-up-{size}.png")
            page.locator("main form button").last.click()
            page.screenshot(path=folder / f"set-up-faults-{size}.png", full_page=True)
        served.add_head(home)
        for size, pixels in (("desktop", DESKTOP), ("phone", PHONE)):
            page = browser.new_page(viewport={"width": pixels[0], "height": pixels[1]}, base_url=address)
            for name in ("log-in", "join", "worry", "what-this-box-sees"):
                _photograph(page, f"/{name}", folder / f"{name}-{size}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
