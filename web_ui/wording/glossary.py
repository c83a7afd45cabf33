"""The words of this page that a new governor, parent or teacher may not know."""

from __future__ import annotations

from web_ui.wording.texts import gettext as _


def words() -> list[tuple[str, str]]:
    """Each word and what it means, in the order in which somebody meets them."""
    return [*_seen(), *_done(), *_technical()]


def _seen() -> list[tuple[str, str]]:
    return [
        (_("Came up"), _("A device asked for a site that may be harmful, and the box noticed.")),
        (_("Urgent"), _("Somebody may be in danger. The lamp turns red and the buzzer sounds until somebody looks.")),
        (_("Look today"), _("Not urgent, but worth a look before the school day ends. The lamp is amber.")),
        (_("Note"), _("Small by itself, so no lamp is lit. Many notes may form a pattern.")),
        (
            _("Person or page"),
            _("Did a person choose the site, or did another page load it by itself? The box can only say what is likely."),
        ),
        (_("List"), _("Names of sites of one kind, such as gambling. The box compares what it hears with its lists.")),
    ]


def _done() -> list[tuple[str, str]]:
    return [
        (_("Exercise"), _("A test with a harmless name, like a fire drill. It counts for nobody.")),
        (_("False alarm"), _("Something came up that was nothing. You can tell the box to leave it out for a time.")),
        (_("Evidence code"), _("Letters that show that no record before them was changed later. It is printed on reports.")),
        (_("Safeguarding lead"), _("The person who looks after children’s safety in the school. Every school has one.")),
        (_("Prevent"), _("The duty to keep people from being drawn into terrorism.")),
        (_("Passphrase"), _("A long password of several words.")),
    ]


def _technical() -> list[tuple[str, str]]:
    return [
        (_("Filter"), _("What stops harmful sites in your school. It is not this box: the box only listens.")),
        (_("Switch and mirror"), _("The switch joins the school’s cables. The mirror is its setting that sends the box a copy.")),
        (_("Look-up"), _("How a device finds a site by its name. The box hears these.")),
        (_("VPN"), _("A tunnel that hides where a device goes, from the filter and from this box.")),
        (_("Private Relay"), _("A service of Apple that hides which sites a device visits.")),
        (_("Hardware address"), _("A number that every device has in its network part. Some devices change it to stay private.")),
    ]
