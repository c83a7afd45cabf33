"""What the page says after something was done."""

from __future__ import annotations

from web_ui.wording.texts import gettext as _


def say(key: str) -> str:
    """The sentence for a deed; empty for an unknown one."""
    return {
        "seen": _("The box knows that you are looking at this. Its buzzer is quiet."),
        "closed": _("Saved. You have dealt with this."),
        "noted": _("Your note is saved."),
        "reopened": _("This is open again."),
        "named": _("The device’s new name is saved."),
        "unnamed": _("The device has no name of yours any more."),
    }.get(key, "")
