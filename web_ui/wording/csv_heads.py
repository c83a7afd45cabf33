"""The headings of the files that leave and come back, in the reader's language; a file comes back in whichever it left in.

The tables for the technician keep the box's own names for columns: those that their addresses and the JSON have as well.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import force_locale

from web_ui.languages import LOCALES
from web_ui.wording.marked import Marked
from web_ui.wording.marked import gettext as _

Head = tuple[Marked, ...]

DEVICES: Head = (
    *(_("address"), _("name"), _("group"), _("calls itself"), _("maker"), _("first heard"), _("last heard"), _("VLAN")),
)
CLASS_LISTS: Head = (_("name"), _("class"), _("log-on"), _("kind"))
TIMETABLE: Head = (_("day"), _("starts"), _("ends"), _("devices"), _("class"), _("teacher"))


def say(head: Head) -> tuple[str, ...]:
    """The headings in the reader's language."""
    return tuple(heading.say({}) for heading in head)


def is_head(row: Sequence[str], head: Head) -> bool:
    """Whether a row is no row at all but the headings, in any of the page's languages, or the first few of them."""
    cells = [cell.casefold() for cell in row[: len(head)]]
    for locale in LOCALES.values():
        with force_locale(locale):
            if cells == [heading.casefold() for heading in say(head)][: len(cells)]:
                return True
    return False
