"""What to do first, in order, for each kind of incident."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from appliance.model import Incident
from web_ui.wording import categories, phones, sight_falls, worry
from web_ui.wording.texts import gettext as _


class Steps(Struct, frozen=True):
    """The steps in order, and whom to ring: pairs of a name and a number."""

    steps: tuple[str, ...]
    numbers: tuple[tuple[str, str], ...] = ()


# Whom of the school's own numbers each kind of incident may need.
_OWN = {
    "life": ("deputy", "social_care"),
    "exploitation": ("deputy", "social_care", "lado"),
    "extremism": ("deputy", "prevent"),
    "child": ("deputy", "social_care"),
    "hiding": ("it",),
    "technical": ("it",),
}


def first_steps(incident: Incident, own: Mapping[str, str]) -> Steps:
    """The steps for this incident's category; `own` are the school's own numbers, by their keys."""
    if incident.exercise:
        return Steps((_("This came from a harmless test name. Nothing needs doing: close it as an exercise."),))
    if worry.is_worry(incident):
        return Steps(worry.first_steps(), ((_("Emergency"), "999"), *phones.own(own, "deputy", "social_care", "lado")))
    if sight_falls.is_fall(incident):
        return Steps(sight_falls.first_steps(), phones.own(own, "it"))
    makers = {
        "life": _life,
        "exploitation": _exploitation,
        "extremism": _extremism,
        "hiding": _hiding,
        "technical": _technical,
        "conduct": _conduct,
    }
    words = categories.find(incident.category)
    kind = words.steps if words else "child"
    made = makers.get(kind, _child)()
    return Steps(made.steps, made.numbers + phones.own(own, *_OWN.get(kind, ())))


def _life() -> Steps:
    return Steps(
        (
            _("Find out who has this device now, and make sure that they are not alone."),
            _("If anyone may be in danger now, ring 999."),
            _("Talk with them calmly and in private. Ask openly, listen, and do not promise to keep it secret."),
            _("Follow your child protection policy: tell parents or carers, unless that would put the child at more risk."),
            _("Write down what you did, in the child’s file and below."),
        ),
        (
            (_("Emergency"), "999"),
            (_("NHS mental health crisis, option 2"), "111"),
            (_("Childline, for the child"), "0800 1111"),
            *phones.in_welsh(),
            (_("Papyrus HOPELINE247, for you and for young people"), "0800 068 4141"),
        ),
    )


def _exploitation() -> Steps:
    return Steps(
        (
            _("Find out who has this device now, and make sure that they are safe and not alone."),
            _("If anyone may be in danger now, ring 999."),
            _("Take the device into safe keeping, switched on. Do not look for, copy or send any pictures."),
            _("Ring your local children’s social care, and the police on 101. You can also report to CEOP."),
            _("Write down what you did, in the child’s file and below."),
        ),
        ((_("Emergency"), "999"), (_("Police"), "101"), (_("NSPCC helpline, for adults"), "0808 800 5000")),
    )


def _extremism() -> Steps:
    return Steps(
        (
            _("Find out who had this device, and what the lesson was: it may be homework."),
            _("If anyone may be in danger now, ring 999."),
            _("Talk with the child calmly. Ask what they were looking for and where they heard of it."),
            _("If you are still worried, use your Prevent procedure. The Prevent lead of your council can advise you."),
            _("Write down what you decided and why."),
        ),
        ((_("Emergency"), "999"), (_("Police, ask about Prevent"), "101"), (_("ACT Early support line"), "0800 011 3764")),
    )


def _child() -> Steps:
    return Steps(
        (
            _("Find out who had this device then, and what they were doing."),
            _("Talk with the child in private. Ask openly: children often come across such things by accident."),
            _("Look in your child protection policy: do parents or carers need to know today?"),
            _("If the filter did not stop it, ask IT support to block the site."),
        ),
        ((_("NSPCC helpline, for adults"), "0808 800 5000"),),
    )


def _conduct() -> Steps:
    return Steps(
        (
            _("Find out who had this device then, and what the lesson was."),
            _("A quiet word is often enough."),
            _("If the filter did not stop it, ask IT support to block the site."),
        )
    )


def _hiding() -> Steps:
    return Steps(
        (
            _("Find out who had this device then. It may also be a setting or an app, not a person."),
            _("Ask IT support to block the service, and to remove the app or setting from the device."),
            _("If a child did it on purpose, talk about what they wanted to reach. That matters more than the trick."),
        )
    )


def _technical() -> Steps:
    return Steps(
        (
            _("Ask IT support to look at this device today, and to disconnect it from the network until then."),
            _("Ask whoever uses it whether they typed a password anywhere. If so, it must be changed."),
            _("If your own IT support uses such a service, close this as technical."),
        )
    )
