"""The steps of setting the box up: what each is called, and what it is for."""

from __future__ import annotations

from web_ui.wording.texts import gettext as _


def titles() -> dict[str, tuple[str, str]]:
    """Each step's title and its one sentence."""
    return {
        "language": (_("Language"), _("The language that this page begins in. Everybody can change it for themselves.")),
        "school": (_("Your school"), _("Its name and time zone.")),
        "people": (_("A second person"), _("Somebody who acts when you are away, and sees what comes up on your own devices.")),
        "mirror": (_("Does the box hear the school?"), _("A live test of the cable and the switch, with a note for IT support.")),
        "devices": (_("Devices found so far"), _("Name those that you know.")),
        "hours": (_("School hours"), _("So that the box can tell you what happened outside them.")),
        "terms": (_("Terms and holidays"), _("So that the box knows on which days there is school.")),
        "numbers": (_("Whom to ring"), _("Your school’s own numbers, shown when something is urgent.")),
        "recovery": (_("If you can’t log in"), _("A sheet to print and lock away.")),
        "answers": (_("Check your answers"), _("Then you are done.")),
    }
