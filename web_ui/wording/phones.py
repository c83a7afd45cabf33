"""Whom a school rings: the school's own numbers, asked for at set-up and shown in the first steps of what is urgent."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import get_locale

from web_ui.wording.texts import gettext as _

# The settings that hold them.
KEYS = ("deputy", "social_care", "lado", "prevent", "it", "supplier")


def setting(key: str) -> str:
    """The name of the setting that holds a number."""
    return f"phone_{key}"


def labels() -> dict[str, tuple[str, str]]:
    """What each number is, and a hint."""
    return {
        "deputy": (_("Your deputy, or who else can act today"), ""),
        "social_care": (_("Children’s social care"), _("The “front door” or MASH of your local authority.")),
        "lado": (_("Local authority designated officer"), _("For worries about a member of staff.")),
        "prevent": (_("Prevent lead of your local authority"), ""),
        "it": (_("IT support"), ""),
        "supplier": (_("Supplier of this box"), ""),
    }


def in_welsh() -> tuple[tuple[str, str], ...]:
    """The help line of Wales for children and young people, for whoever reads the page in Welsh."""
    if get_locale().language != "cy":
        return ()
    return ((_("Meic, for children and young people, in Welsh or English"), "0808 80 23456"),)


def own(numbers: Mapping[str, str], *keys: str) -> tuple[tuple[str, str], ...]:
    """Those of the school's own numbers that are known, with what each is."""
    return tuple((labels()[key][0], numbers[key]) for key in keys if numbers.get(key))
