"""Roles in plain words, and what state somebody's account is in."""

from __future__ import annotations

from appliance.model import Account, Role
from web_ui.wording.texts import gettext as _


def roles() -> dict[Role, tuple[str, str]]:
    """What somebody may be, and what that lets them see."""
    return {
        "deputy": (_("Deputy"), _("Sees everything that comes up, also on the head’s own devices, and decides.")),
        "technician": (_("IT support"), _("Sees devices and whether the box works. Never sees what came up.")),
        "governor": (_("Governor"), _("Sees numbers, and who looked at what. Never sees a device or a site.")),
        "supplier": (_("Supplier"), _("Sees only whether the box works, and only while you hold the door open.")),
        "head": (
            _("Head or safeguarding lead"),
            _("Sees everything but what comes up on their own devices, and says who may log in."),
        ),
    }


def role_title(role: Role) -> str:
    """The role's name."""
    return roles()[role][0]


def say_state(account: Account, factor: bool, waits: bool) -> str:
    """Whether somebody can log in, and how."""
    if not account.active:
        return _("Closed: can’t log in any more.")
    if waits:
        return _("Has a new code on paper, and chooses a new passphrase with it.")
    if factor:
        return _("Logs in with a passphrase and a phone.")
    return _("Logs in with a passphrase.")
