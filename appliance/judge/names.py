"""Names as lists hold them: lower case, ASCII, no final dot, at least two labels; everything else is not a name."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 253  # RFC 1035 section 2.3.4, in text without the final dot

# Letters, digits, hyphens, and the underscore of service names (RFC 8552); the last label is never a number, so no address fits.
_NAME = re.compile(r"(?:[a-z0-9_-]{1,63}\.)+(?=[a-z0-9-]*[a-z])[a-z0-9-]{2,63}", re.ASCII)
_DOTS = str.maketrans("。．｡", "...")  # RFC 3490 section 3.1 counts these as dots


def normalise(text: str) -> str | None:
    """The name in the form that lists are kept in, or None for what could not be a host name on the internet.

    Letters beyond ASCII become punycode (RFC 5891); symbols, look-alike punctuation and addresses are refused.
    """
    name = text.strip().lower().removesuffix(".")
    if len(name) <= LONGEST and _NAME.fullmatch(name):
        return name
    if name.isascii():
        return None
    return _from_unicode(name)


def _from_unicode(name: str) -> str | None:
    """A name with letters beyond ASCII in its ASCII form, or None."""
    if len(name) > LONGEST:
        return None
    labels = unicodedata.normalize("NFKC", name.translate(_DOTS)).lower().removesuffix(".").split(".")
    ascii_labels = [_ascii_label(label) for label in labels]
    if not all(ascii_labels):
        return None
    joined = ".".join(label or "" for label in ascii_labels)
    return joined if len(joined) <= LONGEST and _NAME.fullmatch(joined) else None


def _ascii_label(label: str) -> str | None:
    """One label in ASCII; None where a character is neither letter, mark nor digit (U+2011 is no hyphen)."""
    if label.isascii():
        return label
    if not all(char == "-" or unicodedata.category(char)[0] in "LM" or unicodedata.category(char) == "Nd" for char in label):
        return None
    return "xn--" + label.encode("punycode").decode("ascii")
