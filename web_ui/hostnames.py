"""Names from the network, made safe to read: they were chosen by strangers and may try to deceive."""

from __future__ import annotations

import re
import unicodedata

from markupsafe import Markup, escape

LONGEST = 253
# Cc control, Cf format (bidi overrides, zero-width), Co private, Cs surrogate, Cn unassigned, Zl/Zp line breaks.
_UNSEEN = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)


def clean(text: str, longest: int = LONGEST) -> str:
    """The text with every character that shows as nothing or turns the line round replaced by U+FFFD, and cut to length."""
    cut = text[:longest]
    # Printable letters have none of those: nearly every name is this, and a page may hold a thousand.
    seen = (
        cut
        if cut.isprintable()
        else "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(letter) in _UNSEEN else letter for letter in cut)
    )
    return seen + ("…" if len(text) > longest else "")


def reveal(value: object) -> object:
    """Whatever a template is about to show, with unseen characters made seen: the last net beneath `clean`.

    Line breaks stay, and so do the joiners that some scripts and emoji need in what people type.
    """
    if isinstance(value, str) and _HIDDEN.search(value):
        return type(value)(_HIDDEN.sub("\N{REPLACEMENT CHARACTER}", value))
    return value


def punycode(name: str) -> str:
    """The name in ASCII (RFC 3492): a look-alike letter shows as what it is. Names that cannot be one stay as they are."""
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return name


def break_up(name: str) -> str:
    """A site's name that no program takes for a link: each dot in square brackets."""
    return clean(punycode(name)).replace(".", "[.]")


def show_site(name: str) -> Markup:
    """A site's name as markup: broken up, never a link, and with places where a line may turn."""
    return Markup('<bdi class="site" translate="no">{}</bdi>').format(
        Markup("<wbr>").join(escape(part) for part in _portions(break_up(name)))
    )


def _portions(text: str) -> list[str]:
    """The text cut after each dot, and every 24 characters where a label is longer than that."""
    portions: list[str] = []
    for label in text.replace("[.]", "[.]\0").split("\0"):
        portions += [label[start : start + 24] for start in range(0, len(label), 24)]
    return portions or [""]
