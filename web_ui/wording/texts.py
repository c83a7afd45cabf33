"""Every sentence of the page passes here on its way to the reader's language (Flask-Babel's gettext, with types)."""

from __future__ import annotations

from gettext import NullTranslations
from typing import cast

import flask_babel
from babel import Locale

_catalogues: dict[Locale, NullTranslations] = {}


def catalogue() -> NullTranslations:
    """The sentences in the reader's language, found with one look at the request where Flask-Babel takes three."""
    locale = flask_babel.get_locale()
    found = _catalogues.get(locale) if locale else None
    if found is None:
        found = cast(NullTranslations, flask_babel.get_translations())
        if locale:
            _catalogues[locale] = found
    return found


def gettext(message: str, **values: object) -> str:
    """The sentence in the reader's language, with its values put in."""
    said = catalogue().gettext(message)
    return said % values if values else said


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """The sentence for a number of things; `num` is one of its values."""
    return catalogue().ngettext(one, many, num) % {"num": num, **values}


def pgettext(context: str, message: str, **values: object) -> str:
    """A sentence that needs its context to be translated."""
    said = catalogue().pgettext(context, message)
    return said % values if values else said


def format_number(number: float) -> str:
    """A number with the reader's separators."""
    return str(flask_babel.format_decimal(number))
