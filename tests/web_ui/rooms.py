"""A furnished box, its page, a browser to look at it with, and what is looked for on every page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from appliance.model import Health, Lamp
from tests.web_ui import school

AXE = (Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# The rules whose answer hangs on colours: the only ones to ask again in the dark.
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
PHONE, NARROW, DESKTOP = (390, 800), (320, 640), (1100, 800)
FOUR_TIMES = (320, 256)  # 1280 by 1024 at 400 per cent
CHECKS = (Path(__file__).parent / "checks.js").read_text()


class Room:
    """A furnished box, its page, and a browser to look at it with."""

    def __init__(self, browser: Browser, home: Path, address: str) -> None:
        self.browser, self.home, self.address = browser, home, address

    def context(self, size: tuple[int, int] = DESKTOP, *, token: str | None = "token", **options: Any) -> BrowserContext:
        """A browser of somebody's own, logged in with the session of this token."""
        made = self.browser.new_context(viewport={"width": size[0], "height": size[1]}, base_url=self.address, **options)
        made.set_default_timeout(20_000)
        if token:
            made.add_cookies([{"name": "safespan-session", "value": token, "url": self.address}])
        return made

    def page(self, path: str, size: tuple[int, int] = DESKTOP, *, logged_in: bool = True, **options: Any) -> Page:
        """A page, open."""
        page = self.context(size, token="token" if logged_in else None, **options).new_page()
        page.goto(path)
        return page

    def tell(self, lamp: Lamp, health: Health) -> None:
        """What the guardian says now."""
        with school.open_store(self.home) as store:
            store.save_lamp(lamp)
            store.save_health(health)


def find_faults(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe-core finds, one line each. Its script comes through the debugger, not through the page's policy."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE)
    found = page.evaluate("run => axe.run(document, {runOnly: run, resultTypes: ['violations']})", rules or TAGS)
    return [f"{fault['id']}: {node['html'][:160]}" for fault in found["violations"] for node in fault["nodes"]]


def look_closely(page: Page) -> list[str]:
    """What axe-core can't see, at the size that the page has now: see checks.js."""
    if not page.evaluate("Boolean(window.checks)"):
        page.evaluate(CHECKS)
    return list(page.evaluate("checks.all()"))


def look_around(page: Page) -> list[str]:
    """Everything that is looked for: by day, at night, at 320 px, with large letters, in forced colours."""
    faults = [f"by day: {fault}" for fault in find_faults(page) + look_closely(page)]
    page.emulate_media(color_scheme="dark")
    faults += [f"at night: {fault}" for fault in find_faults(page, COLOUR_RULES)]
    page.emulate_media(color_scheme="light", forced_colors="active")
    faults += [f"forced colours: {fault}" for fault in page.evaluate("checks.current()")]
    page.emulate_media(forced_colors="none")
    size = page.viewport_size
    page.set_viewport_size({"width": FOUR_TIMES[0], "height": FOUR_TIMES[1]})
    faults += [f"at 320 px: {fault}" for fault in look_closely(page)]
    faults += [f"letters apart at 320 px: {fault}" for fault in page.evaluate("checks.spaced()")]
    if size:
        page.set_viewport_size(size)
    faults += [f"twice as large: {fault}" for fault in page.evaluate("checks.large()")]
    return faults


def assert_fits(page: Page) -> None:
    """No sideways scrolling, and everything to press is large enough."""
    assert look_closely(page) == []


def skeleton(page: str) -> str:
    """A page without its words: two pages with the same one have the same faults."""
    kept = [
        (closing, tag, *sorted(re.findall(r'\b(class|role|type|hidden|scope|for|lang|dir)(?:="([^"]*)")?', attributes)))
        for closing, tag, attributes in re.findall(r"<(/?)([a-z0-9]+)([^>]*)>", page)
    ]
    return "\n".join(map(str, _without_repeats(kept)))


def _without_repeats(tags: list[Any], longest: int = 60) -> Iterator[Any]:
    """The tags with each run of the same row kept twice: a list of fifty looks like a list of two."""
    out: list[Any] = []
    for tag in tags:
        out.append(tag)
        for length in range(1, min(longest, len(out) // 3) + 1):
            if out[-length:] == out[-2 * length : -length] == out[-3 * length : -2 * length]:
                del out[-length:]
                break
    yield from out
