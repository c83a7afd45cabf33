"""Every sentence of the page passes here on its way to the reader's language (Flask-Babel's gettext, with types)."""

from __future__ import annotations

import flask_babel


def gettext(message: str, **values: object) -> str:
    """The sentence in the reader's language, with its values put in."""
    return str(flask_babel.gettext(message, **values))


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """The sentence for a number of things; `num` is one of its values."""
    return str(flask_babel.ngettext(one, many, num, **values))


def pgettext(context: str, message: str, **values: object) -> str:
    """A sentence that needs its context to be translated."""
    return str(flask_babel.pgettext(context, message, **values))


def format_number(number: float) -> str:
    """A number with the reader's separators."""
    return str(flask_babel.format_decimal(number))
