"""The head's own browser with the first screen open, as it stands on a desk: when does the eye see it?"""

from __future__ import annotations

import time
from types import TracebackType
from typing import Final

from playwright.sync_api import Playwright, sync_playwright

from .box import PORT, Box, Head

CHROMIUM: Final = "/usr/bin/chromium"
WATCH: Final = """() => {
    window.seen = null;
    new MutationObserver(() => {
        if (window.seen === null && document.querySelector('.item--urgent')) window.seen = Date.now() / 1000;
    }).observe(document.documentElement, {childList: true, subtree: true});
}"""


class Screen:
    """A browser in the box's namespace that shows Today and notes when an urgent incident appears on it."""

    def __init__(self, box: Box, head: Head) -> None:
        # The browser is started by this thread, and so stays in the namespace that the thread was in.
        with box.namespace.entered():
            self._playwright: Playwright = sync_playwright().start()
            self._browser = self._playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        context = self._browser.new_context()
        context.add_cookies([{"name": name, "value": value, "url": self._url} for name, value in head.cookies.items()])
        self._page = context.new_page()
        self._page.goto(self._url)
        self._page.evaluate(WATCH)

    @property
    def _url(self) -> str:
        return f"http://127.0.0.1:{PORT}/"

    def __enter__(self) -> Screen:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._browser.close()
        self._playwright.stop()

    def look(self, seconds: float) -> float | None:
        """When an urgent incident came on the screen (seconds since the epoch), None where none did within `seconds`."""
        end = time.monotonic() + seconds
        while (seen := self._page.evaluate("() => window.seen")) is None and time.monotonic() < end:
            time.sleep(0.05)
        return None if seen is None else float(seen)

    def look_away(self) -> None:
        """Forget what was seen, for the next time."""
        self._page.evaluate("() => { window.seen = null; }")
