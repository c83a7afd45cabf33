"""An incident's record in plain words: who did what when, with corrections beside what they put right."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from appliance.model import Note
from web_ui.hostnames import clean
from web_ui.wording.dates import say_moment
from web_ui.wording.incidents import clean_text, decision_word
from web_ui.wording.texts import gettext as _

CORRECTED = frozenset({"note", "decision", "correction", "passed"})


class Entry(Struct, frozen=True):
    """One entry. `corrects` and `corrected` are pairs of an entry's id and when it was written."""

    id: int
    kind: str
    when: str
    by: str
    what: str
    text: str
    actions: tuple[str, ...] = ()
    corrects: tuple[int, str] | None = None
    corrected: tuple[int, str] | None = None
    incident: int | None = None

    @property
    def may_correct(self) -> bool:
        """Whether there are words or deeds in it that could be wrong."""
        return self.kind in CORRECTED and bool(self.text or self.actions)


def actions() -> dict[str, str]:
    """What can be done about an incident, as the form offers it."""
    return {
        "spoke_pupil": _("Spoke with the pupil"),
        "told_parents": _("Told parents or carers"),
        "told_teacher": _("Told the class teacher"),
        "in_file": _("Wrote it in the child’s file"),
        "told_social_care": _("Told children’s social care"),
        "told_police": _("Told the police"),
        "told_prevent": _("Asked the Prevent lead"),
        "told_lado": _("Told the local authority’s designated officer"),
        "kept_device": _("Took the device into safe keeping"),
        "told_it": _("Told IT support"),
        "asked_filter": _("Asked the filter’s maker to block the site"),
    }


def make_entries(
    notes: Sequence[Note], now: float, full_name: Callable[[str], str], may_see: Callable[[int], bool]
) -> list[Entry]:
    """The record, oldest first. `full_name` is of a username; `may_see` says whether another incident may be named."""
    whens = {note.id: say_moment(note.time, now) for note in notes}
    later = {int(note.one("corrects")): note.id for note in notes if note.one("corrects")}
    return [_entry(note, whens, later, full_name, may_see) for note in notes]


def _entry(
    note: Note, whens: dict[int, str], later: dict[int, int], full_name: Callable[[str], str], may_see: Callable[[int], bool]
) -> Entry:
    what, text = _say(note, full_name)
    corrects, corrected = int(note.one("corrects") or 0), later.get(note.id)
    other = int(note.one("incident") or 0)
    return Entry(
        note.id,
        note.kind,
        whens[note.id],
        clean(note.by, 80),
        what,
        text,
        tuple(actions().get(action, clean(action, 80)) for action in note.all("action")),
        (corrects, whens[corrects]) if corrects in whens else None,
        (corrected, whens[corrected]) if corrected else None,
        other if other and may_see(other) else None,
    )


def _say(note: Note, full_name: Callable[[str], str]) -> tuple[str, str]:
    """What kind of entry it is, and the text that somebody typed."""
    if note.kind == "decision":
        return say_decision(note)
    if note.kind == "passed":
        return _("Passed it to %(name)s", name=clean(full_name(note.one("to")), 80)), clean_text(note.text)
    kinds = {
        "acknowledged": _("Started to look at it"),
        "correction": _("Corrected an earlier entry"),
        "read": _("Read what was passed to them"),
        "linked": _("Linked it with another incident"),
        "unlinked": _("Took a link with another incident back"),
        "name asked": _("Asked who had the device"),
        "name agreed": _("Agreed that the name is shown"),
        "name refused": _("Refused to have the name shown"),
    }
    return kinds.get(note.kind) or _("Wrote a note"), clean_text(note.text)


def say_decision(note: Note) -> tuple[str, str]:
    """A decision or its taking back, and the text that goes with it."""
    decision, _colon, typed = note.text.partition(": ")
    if decision == "reopened":
        return _("Opened it again"), clean_text(typed)
    return _("Closed it: %(decision)s", decision=decision_word(decision)), clean_text(typed)
