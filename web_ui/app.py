"""Puts the page together: settings in, a Flask application out."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import Flask, Response, current_app, get_flashed_messages, request
from flask_babel import Babel, get_locale
from flask_wtf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader

from appliance.config import Settings
from appliance.edge.store import StoreError
from web_ui import access, errors, guard, hostnames, languages, sessions
from web_ui.assets import Assets, make_blueprint
from web_ui.cases import owner
from web_ui.doors import Doors
from web_ui.latest import Latest
from web_ui.passwords import Passphrases
from web_ui.records import Records, now, store
from web_ui.throttle import Throttle
from web_ui.unwritten import Unwritten, unwritten
from web_ui.views import (
    about,
    account,
    audit,
    browse,
    casework,
    checks,
    class_lists,
    day,
    devices,
    incidents,
    join,
    language,
    merging,
    mine,
    names,
    numbers,
    people,
    proof,
    register,
    rules,
    second,
    security,
    seeing,
    steps,
    timetable,
    today,
    vlans,
    working,
    worry,
)
from web_ui.views import settings as school_settings
from web_ui.wording import dates, notices, phones, texts
from web_ui.wording import incidents as incident_wording
from web_ui.wording.devices import say_name
from web_ui.wording.lamp import STALE, say_lamp, say_watched
from web_ui.wording.retold import retell

HERE = Path(__file__).parent
DEFAULT_ZONE = "Europe/London"


def create_app(
    settings: Settings,
    data_dir: Path,
    recent_dir: Path,
    *,
    testing: bool = False,
    clock: Callable[[], float] = time.time,
) -> Flask:
    """The page of one box. `clock` gives seconds since the epoch."""
    app = Flask(__name__, static_folder=None)
    app.config.update(
        TESTING=testing,
        # Sessions are kept in the store; this key only signs form tokens, so it need not outlive the process.
        SECRET_KEY=secrets.token_bytes(32),
        SCHOOL_NAME=settings.school.name,
        KEEP=settings.keep,
        TIME_ZONE=_known_zone(settings.school.time_zone) or DEFAULT_ZONE,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=64 * 1024,
        MAX_FORM_MEMORY_SIZE=64 * 1024,
        MAX_FORM_PARTS=50,
        BABEL_DEFAULT_LOCALE=languages.LOCALES[languages.DEFAULT],
        BABEL_TRANSLATION_DIRECTORIES=str(HERE / "translations"),
    )
    app.extensions |= {
        "records": Records(data_dir, recent_dir),
        "clock": clock,
        "latest": Latest(0.0 if testing else 0.2),
        "unwritten": Unwritten(),
        "doors": Doors(Passphrases(), Throttle()),
        "worry_throttle": worry.make_throttle(),
    }
    # Before Babel, which makes the template environment with the options that stand then.
    _set_up_templates(app)
    Babel(app, locale_selector=languages.choose_locale, timezone_selector=_find_zone)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda message: texts.catalogue().gettext(message),
        ngettext=lambda one, many, num: texts.catalogue().ngettext(one, many, num),
        newstyle=True,
    )
    # First who asks and where from, then whether the form is ours: a form that is sent too late must not be lost.
    guard.install(app, settings.page.hosts)
    CSRFProtect(app)
    errors.install(app)
    _add_pages(app)
    app.after_request(_forget_latest)
    return app


def _forget_latest(response: Response) -> Response:
    """Whatever a form may have changed, the live parts show at once."""
    if request.method == "POST":
        current_app.extensions["latest"].forget()
    return response


def _find_zone() -> str:
    """The time zone that the school chose on the page, or else the one of the settings file."""
    try:
        chosen = _known_zone(store().setting("time_zone") or "")
    except StoreError:
        chosen = ""  # the page that says so has times on it too
    return chosen or str(current_app.config["TIME_ZONE"])


def _known_zone(name: str) -> str:
    """The name, where it is one of a time zone; else empty."""
    try:
        return ZoneInfo(name).key if name else ""
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ""


def _set_up_templates(app: Flask) -> None:
    app.jinja_loader = ChoiceLoader(
        [
            FileSystemLoader(HERE / "templates"),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True, "finalize": hostnames.reveal}
    app.jinja_env.filters["moment"] = lambda time: dates.say_moment(time, now())
    app.jinja_env.filters["safe_name"] = say_name
    app.jinja_env.filters["site_name"] = hostnames.break_up
    app.jinja_env.filters["safe_text"] = lambda text: incident_wording.break_dots(hostnames.clean(text, 600))
    app.jinja_env.filters["retold"] = retell
    app.jinja_env.filters["watched"] = lambda health: say_watched(health, now())
    app.jinja_env.globals["in_welsh"] = phones.in_welsh
    app.jinja_env.globals["language"] = lambda: str(get_locale()).replace("_", "-")
    app.context_processor(_common)


def _common() -> dict[str, Any]:
    """What every page's frame shows. Pages for nobody in particular read nothing from the store."""
    return {"frame": _Frame(), "notices": [notices.say(str(key)) for key in get_flashed_messages()]}


class _Frame:
    """The frame's values, read when a template asks for them: an error page of a broken store asks for none."""

    @property
    def account(self) -> Any:
        return sessions.find_account()

    def may_open(self, endpoint: str) -> bool:
        """Whether whoever reads this page may open another."""
        return access.may_open(endpoint, self.account.role if self.account else None)

    @property
    def other_language(self) -> tuple[str, str]:
        """The language that the page offers: its key and its own name."""
        key = languages.other()
        return key, languages.LANGUAGES[key]

    @property
    def here(self) -> str:
        """Where the switch of languages leads back to."""
        return language.find_here()

    @property
    def school(self) -> str:
        return store().setting("school_name") or str(current_app.config["SCHOOL_NAME"])

    @property
    def demonstration(self) -> bool:
        health = store().health()
        return health is not None and health.demonstration

    @property
    def lamp(self) -> Any:
        return say_lamp(store().lamp_now(now(), STALE), store().health(), now())

    @property
    def waiting(self) -> int:
        counts = store().count_open(owner())
        return counts["urgent"] + counts["look"]

    @property
    def unwritten(self) -> int:
        """How many deeds wait in memory because the box can't write."""
        return unwritten().count if unwritten().stuck else 0

    @property
    def code(self) -> str:
        """The evidence code for a printed page."""
        return store().chain_head().code

    @property
    def time(self) -> str:
        return dates.say_moment(now(), now())


def _add_pages(app: Flask) -> None:
    assets = Assets(HERE / "static")
    app.jinja_env.globals["asset"] = assets.address
    app.register_blueprint(make_blueprint(assets))
    opened = (about, security, worry, language, account, join, proof, mine, second, steps)
    own = (rules, checks, register, vlans, browse, day, merging, timetable, class_lists, people, school_settings)
    for pages in (*opened, *own, today, incidents, casework, names, devices, seeing, working, numbers, audit):
        app.register_blueprint(pages.blueprint)
