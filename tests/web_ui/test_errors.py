"""What goes wrong says what to do, and nothing typed is lost."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from flask import Flask

from appliance.edge.store import Store, StoreBusy, StoreError, StoreFull
from appliance.edge.store.cases import Cases
from tests.web_ui.conftest import Clock, Visitor


class Broken:
    """A store that reads well and fails at every deed."""

    def __init__(self, real: Store, error: Exception) -> None:
        self._real, self._error = real, error

    def __getattr__(self, name: str) -> object:
        if name in ("acknowledge", "name_device"):
            return self._fail
        return BrokenCases(self._real.cases, self._fail) if name == "cases" else getattr(self._real, name)

    def _fail(self, *_given: object, **_named: object) -> None:
        raise self._error


class BrokenCases:
    """The same for its case work."""

    def __init__(self, real: Cases, fail: Callable[..., None]) -> None:
        self._real = real
        self.add_note = self.decide = fail

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)


class BrokenRecords:
    """Opens the broken store."""

    def __init__(self, broken: Broken) -> None:
        self._broken = broken

    def open(self) -> Broken:
        """Always the same."""
        return self._broken

    def close(self) -> None:
        """Nothing to close."""


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (StoreBusy("busy"), 503, "The box is busy"),
        (StoreFull("full"), 503, "There is no room left on the box"),
        (StoreError("read-only"), 503, "The box can’t use its records just now"),
        (ZeroDivisionError("a secret of the code"), 500, "Something went wrong on the box"),
    ],
)
def test_a_note_that_cannot_be_kept_is_given_back(
    morning: Store, head: Visitor, app: Flask, error: Exception, code: int, told: str
) -> None:
    app.testing = False
    app.extensions["records"] = BrokenRecords(Broken(morning, error))
    answer = head.post("/to-look-at/3/note", {"text": "Rang <home>."})
    assert answer.status_code == code
    assert (
        told in answer.text
        and "Rang &lt;home&gt;." in answer.text
        and "secret" not in answer.text
        and "Traceback" not in answer.text
    )


@contextmanager
def hindered(app: Flask, how: str) -> Iterator[None]:
    """The page's own connection can't write: the card is full, can only be read, or somebody else is writing for long."""
    pages: Store = app.extensions["records"].open()
    raw = pages._lasting._db.conn
    if how == "busy":
        raw.execute("PRAGMA busy_timeout = 10")
        with sqlite3.connect(pages.data_dir / "safespan.db", isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
        return
    size = raw.execute("PRAGMA page_count").fetchone()[0]
    raw.execute("PRAGMA query_only = 1" if how == "read-only" else f"PRAGMA max_page_count = {size}")
    if how == "full":
        for length in (3_000, 300, 3):
            with suppress(sqlite3.OperationalError):
                while True:
                    raw.execute("INSERT INTO settings VALUES (hex(randomblob(8)), hex(zeroblob(?)))", (length,))
    yield
    raw.execute("PRAGMA query_only = 0" if how == "read-only" else f"PRAGMA max_page_count = {size + 10_000}")


@pytest.mark.parametrize(
    ("how", "told"),
    [("full", "There is no room left on the box"), ("read-only", "can’t use its records"), ("busy", "The box is busy")],
)
def test_what_was_typed_waits_in_a_form_until_it_can_be_saved(
    morning: Store, head: Visitor, app: Flask, clock: Clock, how: str, told: str
) -> None:
    head.get("/to-look-at/3")
    typed = {"decision": "behaviour", "text": "Rang home. " * 354, "did_told_parents": "yes", "known": "0"}
    clock.move(120)
    with hindered(app, how):
        for path in ("/", "/to-look-at", "/to-look-at/3", "/to-look-at/4"):
            assert head.get(path).status_code == 200, path
        answer = head.post("/to-look-at/3/decision", typed)
    assert answer.status_code == 503 and told in answer.text and morning.incident(3).decision is None
    form = re.search(r'<form class="sheet" method="post" action="/to-look-at/3/decision">.*?</form>', answer.text, re.S)
    assert form
    fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form[0]))
    text = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", form[0], re.S)
    assert text and text[1].strip() == typed["text"].strip()
    assert head.post("/to-look-at/3/decision", fields | {"text": text[1]}).status_code == 302
    assert morning.incident(3).decision == "behaviour" and morning.notes(3)[-1].all("action") == ("told_parents",)


def test_records_that_cannot_be_opened_are_one_sentence(app: Flask, visitor: Visitor, home: Path, store: Store) -> None:
    store.close()
    (home / "data" / "safespan.db").unlink()
    (home / "data").rename(home / "gone")
    (home / "data").write_text("not a folder")
    answer = visitor.get("/")
    assert answer.status_code == 503 and "The box can’t use its records just now" in answer.text
    assert str(home) not in answer.text


def test_a_page_that_is_not_there_says_where_to_go(visitor: Visitor) -> None:
    answer = visitor.get("/nowhere")
    assert answer.status_code == 404 and "There is no such page" in answer.text and "Go to Today" in answer.text


def test_a_page_that_can_only_be_read_refuses_a_form(head: Visitor) -> None:
    assert head.post("/is-it-working").status_code == 405
