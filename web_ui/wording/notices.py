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
        "corrected": _("Your correction is saved. The earlier entry stays, with a pointer to it."),
        "passed": _("It is passed on. This page says when they have read it."),
        "linked": _("They are linked. Both records say so."),
        "unlinked": _("The link is taken back. Both records keep that it was there."),
        "name-asked": _("Your reason is written down. Somebody else has to agree before the name is shown."),
        "name-shown": _("Your reason is written down, and the name is shown to you for twelve hours."),
        "name-agreed": _("You agreed. The name is shown to whoever asked."),
        "name-refused": _("You refused. The record says so."),
        "named": _("The device’s new name is saved."),
        "own": _("This device is marked as your own. What comes up on it is shown to the others who decide."),
        "not-own": _("This device is your own no more. You see what begins on it from now on."),
        "passphrase": _("Your new passphrase is saved. Every other browser is logged out."),
        "logged-out-elsewhere": _("Every other browser is logged out."),
        "second-off": _("The second step is switched off."),
        "person-closed": _("The account is closed. What the person wrote stays."),
        "withdrawn": _("The code on paper is worth nothing any more."),
        "door-open": _("The supplier’s door is open."),
        "door-shut": _("The supplier’s door is shut."),
        "settings": _("The settings are saved."),
        "set-up": _("The box is set up. You find all of it again under Settings and People."),
        "rule-made": _("The rule is saved. It works within a few seconds."),
        "check-written": _("The check is written down."),
        "grouped": _("The device’s group is saved."),
        "lent": _("It is written down who has the device."),
        "nobody": _("Nothing was written down: enter a name or a class."),
        "given-back": _("It is written down that the device came back."),
        "group-made": _("The group is made."),
        "group-removed": _("The group is gone. Its devices are not sorted any more."),
        "brought-in": _("The names are taken over."),
        "nothing-new": _("There was nothing new in these rows."),
        "rule-ended": _("The rule has ended."),
        "false-alarm": _("Saved as a false alarm, and closed."),
        "person-added": _("The person is in the list."),
        "people-added": _("The people are in the lists."),
        "person-removed": _("The person is out of the list."),
        "lesson-added": _("The lesson is in the timetable."),
        "lessons-added": _("The lessons are in the timetable."),
        "lesson-removed": _("The lesson is out of the timetable."),
        "merged": _("These are one device now."),
        "parted": _("These are two devices again."),
        "nothing-chosen": _("Nothing was changed: choose a device first."),
        "mended": _("That is no longer wrong, so there is no note about it."),
        "dismissed": _("The box says no more about its damaged records."),
        "unnamed": _("The device has no name of yours any more."),
    }.get(key, "")
