"""How many keys a person's name has, in plain words."""

from __future__ import annotations

from web_ui.wording.texts import gettext as _


def choices() -> dict[str, tuple[str, str]]:
    """What a school may choose, and what it means."""
    return {
        "off": (_("Shown at once"), _("Whoever decides about incidents sees who had the device.")),
        "one": (
            _("After a reason"),
            _("Screens show the device. Whoever needs the name writes why, and sees it for half a day. Governors see how often."),
        ),
        "two": (
            _("After a reason, and with a second person"),
            _("As above, and another head or deputy must agree. What is urgent never waits for that."),
        ),
    }
