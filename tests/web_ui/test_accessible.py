"""Every page in every state, as everybody who may open it: axe-core with WCAG 2.2 AA, and what axe-core can't see."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

if not Path("/usr/bin/chromium").exists():
    pytest.skip("Debian's Chromium is not installed", allow_module_level=True)

from playwright.sync_api import Browser, Page

from tests.web_ui import addresses, rooms, school, served, states
from tests.web_ui.conftest import Visitor
from web_ui import create_app

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

ROOMS = [(state, "head") for state in states.STATES] + [("many", role) for role in states.ROLES if role != "head"]
# All of them take ten minutes of a browser: the gate looks at these, and at the rest where it is asked to (see CONTRIBUTING.md).
ALWAYS = {("empty", "head"), ("many", "head"), ("trouble", "head"), ("many", "technician")}
EVERY_STATE = bool(os.environ.get("SAFESPAN_EVERY_STATE"))
# What a form must not do here: it would end the session that looks at the next page.
LEAVING = {"account.log_out", "mine.log_out_everywhere", "mine.change_passphrase"}


class Watch:
    """A page that is watched: what its console says, and whom it asks."""

    def __init__(self, browser: Browser, address: str, role: str) -> None:
        self.page = rooms.Room(browser, Path(), address).context(token=role, reduced_motion="reduce").new_page()
        self._address, self._said = address, list[str]()
        self.page.on("console", lambda message: self._said.append(f"the console says: {message.text}"))
        self.page.on("pageerror", lambda error: self._said.append(f"an error: {error}"))
        self.page.context.on("request", lambda request: self._note(request.url))

    def _note(self, url: str) -> None:
        if not url.startswith((self._address, "data:")):
            self._said.append(f"asks elsewhere: {url}")

    def look(self) -> list[str]:
        """Everything that is wrong with the page as it is now."""
        said, self._said[:] = [line for line in self._said if "status of 4" not in line], []
        return rooms.look_around(self.page) + said


@pytest.fixture(scope="module")
def known() -> set[str]:
    """Skeletons of the pages that were looked at."""
    return set()


def open_app(home: Path, compiled: FileSystemBytecodeCache) -> Flask:
    app = create_app(served.SETTINGS, home / "data", home / "recent", testing=True, clock=lambda: school.NOW)
    app.jinja_env.bytecode_cache = compiled
    return app


def new_pages(app: Flask, role: str, known: set[str]) -> Iterator[tuple[str, str]]:
    """The pages that look like none before."""
    visitor = Visitor(app.test_client())
    visitor.client.set_cookie("safespan-session", role)
    for path, text in addresses.walk(app, visitor):
        seen = rooms.skeleton(text)
        if "<html" in text and seen not in known:
            known.add(seen)
            yield path, text


@pytest.mark.parametrize(("state", "role"), ROOMS, ids=[f"{state}-{role}" for state, role in ROOMS])
def test_every_page_can_be_used_by_everybody(
    browser: Browser, tmp_path: Path, compiled: FileSystemBytecodeCache, known: set[str], state: str, role: str
) -> None:
    if not EVERY_STATE and (state, role) not in ALWAYS:
        pytest.skip("looked at by the longer command: SAFESPAN_EVERY_STATE=1")
    home = states.furnish(tmp_path, state)
    app = open_app(home, compiled)
    faults, looked = {}, 0
    with served.serve(home) as address:
        watch = Watch(browser, address, role)
        for path, _ in new_pages(app, role, known):
            watch.page.goto(path)
            looked += 1
            if found := watch.look():
                faults[path] = found
        watch.page.context.close()
    print(f"{state} as {role}: {looked} pages that look like none before")
    assert not faults, say(faults)


def test_every_form_that_is_sent_empty_says_what_is_missing(
    browser: Browser, tmp_path: Path, compiled: FileSystemBytecodeCache
) -> None:
    home = states.furnish(tmp_path, "many")
    app = open_app(home, compiled)
    faults, tried, known = {}, set(LEAVING), set[str]()
    with served.serve(home) as address:
        watch = Watch(browser, address, "head")
        for path, text in new_pages(app, "head", known):
            for action in re.findall(r'<form[^>]* method="post"[^>]* action="([^"]+)"', text):
                endpoint = addresses.endpoint_of(app, action, "POST")
                assert endpoint is not None, f"{path} sends a form to {action}, which nothing takes"
                if endpoint in tried:
                    continue
                tried.add(endpoint)
                if send_empty(watch.page, path, action) == 400 and (found := watch.look()):
                    faults[f"{path} sent to {action}"] = found
        watch.page.context.close()
    print(f"{len(tried)} forms sent empty")
    assert not faults, say(faults)


def say(faults: dict[str, list[str]]) -> str:
    """What is wrong, page by page."""
    return "".join(f"\n{path}\n" + "".join(f"    {fault}\n" for fault in found) for path, found in faults.items())


def send_empty(page: Page, path: str, action: str) -> int:
    """Open a page, empty its form, send it, and say how it was answered."""
    page.goto(path)
    with page.expect_navigation() as answered:
        page.evaluate(
            """action => {
                const form = [...document.forms].find((one) => one.getAttribute('action') === action);
                for (const field of form.querySelectorAll('input:not([type=hidden]), textarea, select')) {
                    field.checked = false;
                    field.value = '';
                }
                HTMLFormElement.prototype.submit.call(form);
            }""",
            action,
        )
    return answered.value.status if answered.value else 0
