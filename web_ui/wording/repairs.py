"""What the guardian can find wrong, each with what a head can do about it."""

from __future__ import annotations

from msgspec import Struct

from web_ui.hostnames import clean
from web_ui.wording.texts import gettext as _


class Check(Struct, frozen=True):
    """One thing that must be right. `state` is "wrong", "look", "unknown" or "well"; `remedy` are steps, `note` is for IT.

    What is "wrong" the guardian has found, and the lamp may show it; what is worth a "look" is this page's own remark.
    """

    id: str
    state: str
    title: str
    sentence: str
    remedy: tuple[str, ...] = ()
    note: str = ""


def find(problem: str) -> Check:
    """A problem that the guardian found and that no check of the page says by itself."""
    restart = (_("Switch the box off and on. Nothing recorded is lost."), _("If this stays, ring your supplier."))
    known = {
        "no-sensor": (_("The part that listens has stopped"), _("It starts again by itself within a minute."), restart),
        "store": (
            _("The box can’t write its records"),
            _("It goes on watching, but what it finds may be lost. Its memory card may be full or worn out."),
            (_("Ring your supplier today, and ask for a new memory card."),),
        ),
        "forwarder": (
            _("One machine asks for all the others"),
            _("Nearly all look-ups come from one machine, so it is hard to say which device asked for what."),
            (_("Ask IT support to mirror the network before that machine, usually the school’s own name server or filter."),),
        ),
        "sight-fell": (
            _("We can name far less than usual"),
            _("Far fewer connections than usual say where they go. Something on the network, or on many devices, has changed."),
            (
                _("Ask IT support what was changed: private relays, encrypted look-ups, a VPN, or the mirror setting."),
                _("See under Today which devices hide the sites they visit."),
            ),
        ),
        "no-lookups": (
            _("We see connections, but hardly any look-ups"),
            _("The box stands where the names that devices look up do not pass, so it can explain less of what it sees."),
            (_("Ask IT support to mirror the port of the server that looks names up as well."),),
        ),
        "one-way": (
            _("We hear one direction only"),
            _("The box hears questions without their answers, or answers without their questions."),
            (_("Ask IT support to mirror both directions (ingress and egress)."),),
        ),
        "one-mac": (
            _("Many devices look like one"),
            _("Devices seem to stand behind one router, so we tell them apart by their addresses only."),
            (_("Ask IT support to mirror the network before that router, where each device is itself."),),
        ),
        "lists-stale": (
            _("A list is out of date"),
            _("A list of names has not been brought up to date for a month. New sites may be missing from it."),
            (
                _("Look at the end of this page which list is the oldest."),
                _("Print the note for IT support and give it to them."),
            ),
        ),
        "incidents-capped": (
            _("Very much came up within an hour"),
            _("Some of it was only counted, so that the rest could still be read."),
            (_("Look under To look at for one device or one site that comes up again and again."),),
        ),
    }
    told = _("The box reports: %(problem)s", problem=clean(problem, 120).replace("-", " "))
    title, sentence, remedy = (known | _records()).get(problem, (_("Something else needs a look"), told, restart))
    return Check(problem, "wrong", title, sentence, remedy)


def _records() -> dict[str, tuple[str, str, tuple[str, ...]]]:
    return {
        "records-recovered": (
            _("Damaged records were put aside"),
            _("The box found its records damaged when it started. It took over what it could read, and went on."),
            (
                _("Look through what came up lately, and see whether something is missing."),
                _("Read what the box says about it below, then press “I have read this”."),
                _("If it comes back, the memory card is worn out: ring your supplier for a new one."),
            ),
        ),
    }
