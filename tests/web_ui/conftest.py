"""A furnished store, a clock that stands still until it is moved, and visitors who use the page without a browser."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Browser
from werkzeug.test import TestResponse

from appliance.edge.store import Store
from tests.web_ui import school, served
from web_ui import create_app, sessions


class Clock:
    """The page's clock."""

    def __init__(self) -> None:
        self.now = school.NOW

    def __call__(self) -> float:
        return self.now

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


class Visitor:
    """Somebody with a browser that keeps cookies and sends each form with the token of the page it came from."""

    def __init__(self, client: FlaskClient, source: str = "10.20.0.9") -> None:
        self.client, self.source = client, source
        self.token = ""

    def get(self, path: str, **headers: str) -> TestResponse:
        """Open a page."""
        return self._keep(self.client.get(path, headers=headers, environ_base={"REMOTE_ADDR": self.source}, buffered=True))

    def post(self, path: str, fields: dict[str, str] | None = None, **headers: str) -> TestResponse:
        """Send a form."""
        data = {"csrf_token": self.token} | (fields or {})
        return self._keep(
            self.client.post(path, data=data, headers=headers, environ_base={"REMOTE_ADDR": self.source}, buffered=True)
        )

    def log_in(self, username: str = school.HEAD, passphrase: str = school.PASSPHRASE, **fields: str) -> TestResponse:
        """Go through the door."""
        self.get("/log-in")
        answer = self.post("/log-in", {"username": username, "passphrase": passphrase} | fields)
        if answer.status_code == 302:
            self.get("/")
        return answer

    def _keep(self, answer: TestResponse) -> TestResponse:
        found = re.search(r'name="csrf_token" value="([^"]+)"', answer.text) if answer.mimetype == "text/html" else None
        if found:
            self.token = unescape(found[1])
        return answer


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates are compiled once for all tests."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of the page."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = served.launch(playwright)
        yield opened
        opened.close()


@pytest.fixture
def clock() -> Clock:
    """Tuesday 24 November 2026, 11:20."""
    return Clock()


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a new box, made once: making its tables takes a while."""
    folder = tmp_path_factory.mktemp("blank")
    school.open_store(folder).close()
    return folder


@pytest.fixture
def home(tmp_path: Path, blank: Path) -> Path:
    """The folder of a new box."""
    return Path(shutil.copytree(blank, tmp_path / "box"))


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    """The store that the page reads, as the guardian would hold it."""
    with school.open_store(home) as opened:
        yield opened


@pytest.fixture
def app(home: Path, clock: Clock, store: Store, compiled: FileSystemBytecodeCache) -> Iterator[Flask]:
    """The page of that box."""
    made = create_app(served.SETTINGS, home / "data", home / "recent", testing=True, clock=clock)
    made.jinja_env.bytecode_cache = compiled
    yield made
    made.extensions["records"].close()


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Somebody who is not logged in."""
    return Visitor(app.test_client())


@pytest.fixture
def arrive(app: Flask, home: Path) -> Callable[..., Visitor]:
    """Makes further visitors, each with a browser of their own."""
    return lambda source="10.20.0.9": Visitor(app.test_client(), source)


@pytest.fixture
def account(home: Path) -> None:
    """The head has an account."""
    served.add_head(home)


@pytest.fixture
def morning(store: Store) -> Store:
    """A believable morning in the store."""
    school.furnish(store)
    return store


@pytest.fixture
def head(account: None, visitor: Visitor, store: Store) -> Visitor:
    """The head, logged in, as if through the door: the hash is skipped for speed."""
    store.add_session(sessions._hash("token"), school.HEAD, school.NOW, school.NOW + sessions.ABSOLUTE)
    visitor.client.set_cookie("safespan-session", "token")
    visitor.get("/what-this-box-sees")
    visitor.get("/is-it-working")
    return visitor


@pytest.fixture
def card(tmp_path: Path) -> Iterator[Path]:
    """A card of four megabytes."""
    folder = tmp_path / "card"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or not shutil.which("mount") or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("needs root, and the right to mount")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)
