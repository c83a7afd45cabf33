"""Sentences that are only marked for translation where they stand, and translated when they are shown.

The names are those that pybabel looks for; `web_ui.wording.texts` has the same ones for what is shown at once.
"""

from __future__ import annotations

import re

from msgspec import Struct

from web_ui.wording import texts

_PLACE = re.compile(r"%\((\w+)\)[sd]")
# What may stand in a place: a number, the name of a site or address, words between quotation marks, or anything.
_KINDS = {"num": r"\d+", "lit": r"\d+", "port": r"\d+", "name": r"\S+", "parent": r"\S+", "list": r"[^“”]+", "group": r"[^“”]+"}


class Marked(Struct, frozen=True):
    """A sentence with places; `many` where it is about `%(num)d` things."""

    one: str
    many: str = ""

    @property
    def pattern(self) -> re.Pattern[str]:
        """What the sentence looks like with its places filled, at the beginning of a text."""
        parts = _PLACE.split(self.many or self.one)
        made = [f"(?P<{part}>{_KINDS.get(part, '.+?')})" if at % 2 else re.escape(part) for at, part in enumerate(parts)]
        return re.compile("".join(made) + r"(?= |$)")

    def say(self, values: dict[str, object]) -> str:
        """The sentence in the reader's language."""
        if not self.many:
            return texts.gettext(self.one, **values)
        rest = {name: value for name, value in values.items() if name != "num"}
        return texts.ngettext(self.one, self.many, int(str(values["num"])), **rest)


def gettext(message: str) -> Marked:
    """A sentence."""
    return Marked(message)


def ngettext(one: str, many: str) -> Marked:
    """A sentence about a number of things."""
    return Marked(one, many)
