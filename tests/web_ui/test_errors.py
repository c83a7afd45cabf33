"""What goes wrong says what to do, and nothing typed is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from appliance.edge.store import Store, StoreBusy, StoreError, StoreFull
from tests.web_ui.conftest import Visitor


class Broken:
    """A store that reads well and fails at every deed."""

    def __init__(self, real: Store, error: Exception) -> None:
        self._real, self._error = real, error

    def __getattr__(self, name: str) -> object:
        if name in ("add_note", "decide", "acknowledge", "name_device"):
            return self._fail
        return getattr(self._real, name)

    def _fail(self, *_given: object, **_named: object) -> None:
        raise self._error


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
