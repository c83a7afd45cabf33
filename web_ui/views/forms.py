"""What people type: taken from the form, trimmed, and checked; a fault is a sentence beside the field it is about."""

from __future__ import annotations

from collections.abc import Iterable

from flask import request

from web_ui.hostnames import clean
from web_ui.wording.texts import ngettext

NOTE_LIMIT = 4_000
LINE_LIMIT = 80
CARRIED_LIMIT = 10_000  # of a field that is shown again: as much as any form takes

Faults = dict[str, str]


def line(name: str) -> str:
    """A one-line field, without what can't be seen. Never longer than a body may be."""
    return clean(" ".join(request.form.get(name, "").split()), 10_000)


def text(name: str) -> str:
    """A field of several lines, with line breaks as one sign each."""
    return request.form.get(name, "").replace("\r\n", "\n").replace("\r", "\n").strip()


def ticked(names: Iterable[str]) -> dict[str, str]:
    """Those of the names whose boxes were ticked, as fields of a form that is shown again."""
    return {name: "yes" for name in names if request.form.get(f"did_{name}")}


def fault_in_text(text: str) -> Faults:
    """What is wrong with a note's text."""
    over = len(text) - NOTE_LIMIT
    if over <= 0:
        return {}
    return {
        "text": ngettext(
            "This is too long by one character: shorten it, or save it in two parts",
            "This is too long by %(num)d characters: shorten it, or save it in two parts",
            over,
        )
    }


def secret(name: str) -> str:
    """A passphrase, exactly as it was typed or pasted."""
    return request.form.get(name, "")
