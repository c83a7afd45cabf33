"""The page served on a free loopback port in a thread, as a browser meets it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from playwright.sync_api import Browser, Playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from appliance.config import School, Settings
from tests.web_ui import school
from web_ui import create_app
from web_ui.passwords import Passphrases

SETTINGS = Settings(school=School(name="Ashfield Primary School"))


class Quiet(WSGIRequestHandler):
    """Keeps the address of each request to itself."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


def launch(playwright: Playwright) -> Browser:
    """Debian's Chromium."""
    arguments = ["--no-sandbox", "--disable-gpu", "--headless"]
    return playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)


@cache
def hashed() -> str:
    """The head's passphrase as it is kept."""
    return Passphrases().hash(school.PASSPHRASE)


def add_head(folder: Path) -> None:
    """The head's account, as the first run makes it."""
    with school.open_store(folder) as store:
        store.add_account(school.HEAD, "Mrs Bevan", "head", hashed(), now=school.NOW)


@contextmanager
def serve(folder: Path, clock: Callable[[], float] = lambda: school.NOW) -> Iterator[str]:
    """The address of the page of the store in `folder`."""
    app = create_app(SETTINGS, folder / "data", folder / "recent", testing=True, clock=clock)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, name="page", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
