"""What this very box keeps, looks for and shows to whom, in plain words for parents, staff and children."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from appliance.config import Keep
from appliance.model import Account
from web_ui.wording import categories
from web_ui.wording.texts import gettext as _
from web_ui.wording.texts import ngettext


def say_kept(keep: Keep) -> list[str]:
    """How long what is kept, one sentence each."""
    return [
        _say_names(keep.recent_hours),
        _say_incidents(keep.incident_days),
        _say_worries(keep.worry_days),
        _("Places that help, such as Childline, Samaritans or the NSPCC, are never recorded at all, not even counted."),
        _("Everything stays on the box in this school. It gives nobody a score, and it decides nothing about anybody."),
    ]


def _say_names(hours: int) -> str:
    if hours % 24 == 0:
        return ngettext(
            "Every other name is forgotten within one day, and never written to the box’s memory card.",
            "Every other name is forgotten within %(num)d days, and never written to the box’s memory card.",
            hours // 24,
        )
    return ngettext(
        "Every other name is forgotten within one hour, and never written to the box’s memory card.",
        "Every other name is forgotten within %(num)d hours, and never written to the box’s memory card.",
        hours,
    )


def _say_incidents(days: int) -> str:
    return ngettext(
        "What may be harmful is kept, with what the school decided about it. %(num)d day after it ended the box deletes it.",
        "What may be harmful is kept, with what the school decided about it. %(num)d days after it ended the box deletes it.",
        days,
    )


def _say_worries(days: int) -> str:
    return ngettext(
        "A reported worry is deleted %(num)d day after somebody has dealt with it.",
        "A reported worry is deleted %(num)d days after somebody has dealt with it.",
        days,
    )


def say_watched(listed: Iterable[str]) -> list[str]:
    """What kinds of sites the box looks for now, the gravest first."""
    in_force = frozenset(listed)
    return [categories.title(category) for category in categories.known() if category in in_force]


def say_readers(accounts: Sequence[Account]) -> list[str]:
    """Who sees what: a sentence for each role that somebody has here."""
    held = {account.role for account in accounts if account.active}
    sentences = {
        "head": _("The head teacher or safeguarding lead sees what came up, but not what came up on their own devices."),
        "deputy": _("A deputy sees what came up too, also on the head teacher’s devices."),
        "technician": _("IT support sees which devices there are and whether the box works. Never what came up."),
        "governor": _("Governors see numbers, and who looked at what. Never a device or a site."),
        "supplier": _("The supplier sees whether the box works, and only while the school lets them."),
    }
    return [words for role, words in sentences.items() if role in held]
