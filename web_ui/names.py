"""Keys to a person's name: screens show the device until somebody asks who had it and says why; with two keys another agrees.

What was asked and answered stands in the incident's own record, so it is append-only, in the chain, and counted for governors.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from appliance.model import Incident, Note
from web_ui.records import now, store
from web_ui.sessions import find_account

SETTING = "name_keys"
LASTS = 12 * 3600.0  # how long an answer opens the name, and an ask waits for one

Keys = Literal["off", "one", "two"]
State = Literal["shown", "veiled", "waiting", "refused"]


class Veil(Struct, frozen=True):
    """Whether whoever reads this page sees the name; `ask` is their newest ask, `answer` what a second person said to it."""

    state: State
    ask: Note | None = None
    answer: Note | None = None


def keys() -> Keys:
    """How many keys a name has here."""
    kept = store().setting(SETTING)
    return "one" if kept == "one" else "two" if kept == "two" else "off"


def keys_for(incident: Incident) -> Keys:
    """How many keys it takes for this incident: what is urgent never waits for a second person."""
    kept = keys()
    return "one" if kept == "two" and incident.level == "urgent" else kept


def find_veil(notes: Sequence[Note]) -> Veil:
    """What the reader may see by this record."""
    account = find_account()
    if keys() == "off":
        return Veil("shown")
    mine = [note for note in notes if note.kind == "name asked" and account and note.one("who") == account.username]
    if not mine:
        return Veil("veiled")
    ask = mine[-1]
    answer = next((note for note in notes if note.one("ask") == str(ask.id)), None)
    opened = ask if ask.one("keys") == "1" else answer
    if now() - (opened or ask).time > LASTS:
        return Veil("veiled", ask, answer)
    if opened is None:
        return Veil("waiting", ask)
    return Veil("refused" if opened.kind == "name refused" else "shown", ask, answer)


def find_asks(notes: Sequence[Note]) -> list[Note]:
    """Whose asks in this record the reader may answer: others', that still wait."""
    account = find_account()
    answered = {note.one("ask") for note in notes}
    return [
        note
        for note in notes
        if note.kind == "name asked"
        and note.one("keys") == "2"
        and str(note.id) not in answered
        and now() - note.time <= LASTS
        and account is not None
        and note.one("who") != account.username
    ]
