"""Which language a page speaks: the one its reader chose, else one that the browser asks for, else the school's."""

from __future__ import annotations

from contextlib import suppress

from flask import Response, request
from flask_babel import get_locale

from appliance.edge.store import StoreError
from web_ui import sessions
from web_ui.records import now, store

# Each by its own name, which nobody translates.
LANGUAGES = {"en": "English", "cy": "Cymraeg"}
LOCALES = {"en": "en_GB", "cy": "cy"}
DEFAULT = "en"
SETTING = "language"
_REMEMBERED = 365 * 24 * 3600


def choose_locale() -> str:
    """The locale of this request."""
    return LOCALES[_own() or _browsers() or _schools() or DEFAULT]


def current() -> str:
    """The language of the page that is being made, by its key here."""
    return str(get_locale().language)


def other() -> str:
    """The language that the page offers beside its own."""
    return next(language for language in LANGUAGES if language != current())


def setting_of(username: str) -> str:
    """The name of the setting that holds somebody's own choice."""
    return f"{SETTING}:{username}"


def keep(response: Response, language: str) -> None:
    """Remember a choice: in this browser, and for whoever is logged in. The browser's works although the records don't."""
    secure = request.is_secure
    name = sessions.cookie_name("language", secure)
    response.set_cookie(name, language, max_age=_REMEMBERED, secure=secure, httponly=True, samesite="Lax")
    with suppress(StoreError):
        account = sessions.find_account()
        if account is not None and _find(setting_of(account.username)) != language:
            store().set_setting(setting_of(account.username), language, by=account.full_name, now=now())


def schools() -> str:
    """The language that the school chose at its set-up."""
    return _schools() or DEFAULT


def _own() -> str:
    """What the reader chose: for themselves where they are logged in, else in this browser."""
    chosen = ""
    with suppress(StoreError):  # the page that says so has a language too
        account = sessions.find_account()
        chosen = _find(setting_of(account.username)) if account else ""
    return chosen or _known(request.cookies.get(sessions.cookie_name("language", request.is_secure)))


def _browsers() -> str:
    """A language that the browser was told to ask for. English is what every browser asks for that nobody told anything."""
    best = request.accept_languages.best_match(list(LANGUAGES), DEFAULT)
    return "" if best == DEFAULT else _known(best)


def _schools() -> str:
    with suppress(StoreError):
        return _find(SETTING)
    return ""


def _find(setting: str) -> str:
    return _known(store().setting(setting))


def _known(language: str | None) -> str:
    return language if language in LANGUAGES else ""
