"""What people type: taken from the form, trimmed, and checked; a fault is a sentence beside the field it is about."""

from __future__ import annotations

from flask import request

from web_ui.hostnames import clean

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


def secret(name: str) -> str:
    """A passphrase, exactly as it was typed or pasted."""
    return request.form.get(name, "")
