"""The school's terms and its days without school, as a short table to fill in: part of the settings and of the set-up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from appliance.school import Term
from web_ui.hostnames import clean
from web_ui.records import now, store
from web_ui.views import forms
from web_ui.views.mine import me
from web_ui.wording.texts import gettext as _

ROWS = 14  # three terms, three half terms and some days
FIELDS = ("name", "first", "last", "kind")
NAMES = tuple(f"term_{field}_{row}" for row in range(ROWS) for field in FIELDS)


class Row(Struct, frozen=True):
    """One line as it was typed."""

    name: str
    first: str
    last: str
    kind: str

    @property
    def empty(self) -> bool:
        """Whether nothing was typed."""
        return not (self.name or self.first or self.last)

    @property
    def term(self) -> Term:
        """The line as the store keeps it."""
        return Term(name=clean(self.name, 63), first=self.first, last=self.last, closed=self.kind == "closed")


def kept() -> dict[str, str]:
    """What the store holds, as the form shows it."""
    given: dict[str, str] = {}
    for number, term in enumerate(store().rulebook.terms()[-ROWS:]):
        values = (term.name, term.first, term.last, "closed" if term.closed else "term")
        given |= {f"term_{field}_{number}": value for field, value in zip(FIELDS, values, strict=True)}
    return given


def find_faults(given: Mapping[str, str]) -> forms.Faults:
    """What is wrong with it, by field."""
    return {f"term_name_{number}": fault for number, row in enumerate(_rows(given)) if (fault := _fault(row))}


def _fault(row: Row) -> str:
    if row.empty:
        return ""
    if not row.name or len(row.name) > 63 or not (_is_day(row.first) and _is_day(row.last)):
        return _("Enter a name and two days, for example 2026-09-02")
    return _("The last day must not come before the first") if row.first > row.last else ""


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def save(given: Mapping[str, str]) -> None:
    """Keep what changed: lines that are gone are removed, new ones added."""
    wanted = [row.term for row in _rows(given) if not row.empty]
    held = store().rulebook.terms()[-ROWS:]
    with store().write():
        for term in held:
            if _key(term) not in {_key(one) for one in wanted}:
                store().rulebook.remove_term(term.id, by=me().full_name, now=now())
        for term in wanted:
            if _key(term) not in {_key(one) for one in held}:
                store().rulebook.add_term(term, by=me().full_name, now=now())


def _key(term: Term) -> tuple[str, str, str, bool]:
    return (term.name, term.first, term.last, term.closed)


def _rows(given: Mapping[str, str]) -> list[Row]:
    return [Row(*(given.get(f"term_{field}_{number}", "") for field in FIELDS)) for number in range(ROWS)]
