"""One browser that stays open and does what it is told, as a person at it would: `python -m tests.evaluation.real_browser STEPS`.

STEPS is JSON: `at` (seconds from the start), `how` and `url`. It runs within a machine of the lab, one process for each machine.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from typing import Any, Final

from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.lab.clients import CHROMIUM_FLAGS

CHROMIUM: Final = "/usr/bin/chromium"
# A real browser asks its makers for this and that.
QUIET: Final = ("--headless", "--disable-background-networking", "--disable-component-update")
LINK: Final = "url => Object.assign(document.body.appendChild(document.createElement('a')), {href: url}).click()"
LOUD: Final = ("--disable-background-networking", "--disable-component-update", "--disable-default-apps")


def play(context: BrowserContext, steps: list[dict[str, Any]]) -> None:
    """Do every step at its time."""
    start, page = time.monotonic(), context.pages[0]
    for step in steps:
        # Events of pages are only handled while something waits for them.
        page.wait_for_timeout(max(0.0, 1000 * (start + step["at"] - time.monotonic())))
        page = _do(context, page, step["how"], step["url"])


def _do(context: BrowserContext, page: Page, how: str, url: str) -> Page:
    """One step; the page that is in front afterwards."""
    match how:
        case "types":
            page.goto(url, wait_until="commit")
        case "follows":
            page.evaluate(LINK, url)
        case "tab":
            page = context.new_page()
            page.goto(url, wait_until="commit")
        case "reload":
            page.reload(wait_until="commit")
        case "waits":
            pass
        case _:
            raise ValueError(f"a browser can't {how}")
    return page


def main() -> None:
    """Open the browser, play, close it."""
    steps = json.loads(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="safespan-browser-") as profile, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=CHROMIUM,
            ignore_https_errors=True,
            args=[flag for flag in CHROMIUM_FLAGS if flag not in QUIET],
            ignore_default_args=list(LOUD),
        )
        play(context, steps)
        context.close()


if __name__ == "__main__":
    main()
