"""A reported worry in plain words: for whoever writes it, and for whoever reads it."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.model import Account, Incident
from appliance.school import WORRY
from web_ui.hostnames import clean
from web_ui.wording import people
from web_ui.wording.texts import gettext as _


def is_worry(incident: Incident) -> bool:
    """Whether an incident is a reported worry, not something that a device did."""
    return incident.category == WORRY


def say_about(reader: Account) -> tuple[str, str]:
    """That a worry is about one of those who read worries, and what that means."""
    name = clean(reader.full_name, 80)
    return (
        _("Yes, about %(name)s (%(role)s)", name=name, role=people.role_title(reader.role)),
        _("Then %(name)s will not see it.", name=name),
    )


def say_read(hours: Sequence[tuple[str, str, str]]) -> str:
    """When somebody reads what is written; `hours` are days with when the school opens and closes."""
    if not hours:
        return _("Somebody reads it on school days, while the school is open. Nobody reads it at night or in the holidays.")
    opens, closes = min((opens for _day, opens, _closes in hours)), max(closes for _day, _opens, closes in hours)
    return _(
        "Somebody reads it on school days, between %(opens)s and %(closes)s. Nobody reads it at night or in the holidays.",
        opens=opens.removeprefix("0"),
        closes=closes.removeprefix("0"),
    )


def say_too_many() -> str:
    """That no more is taken just now."""
    return _("A lot has been sent just now, so this was not sent. Your words are still here. Tell a grown-up, or ring Childline.")


def say_not_saved() -> str:
    """That the box could not keep it."""
    return _("This could not be sent. Your words are still here. Tell a grown-up now, or ring Childline.")


def first_steps() -> tuple[str, ...]:
    """What to do first with a worry."""
    return (
        _("Read it now, all of it."),
        _("If anyone may be in danger now, ring 999."),
        _("If it says who wrote it, find them today. Listen, stay calm, and do not promise to keep it secret."),
        _("If it is about somebody who works here, follow your policy for that. Ring the designated officer of your council."),
        _("Write down what you did, in the child’s file and below."),
    )
