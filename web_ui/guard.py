"""What every request passes: the host's name, where it comes from, who it is; and the headers that every answer carries."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import Flask, Request, Response, abort, g, redirect, request, url_for
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from werkzeug.wrappers import Response as AnyResponse

from web_ui import access, sessions
from web_ui.records import store

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": with that a browser sends "Origin: null" with our own forms, and we could no longer tell them apart.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class FormCookie(SecureCookieSessionInterface):
    """Flask's own cookie holds nothing but the form token; over HTTPS it is a `__Host-` cookie."""

    def get_cookie_name(self, app: Flask) -> str:
        """The name for this request's scheme."""
        return sessions.cookie_name("form", request.is_secure)

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """Not under a name that is not ours."""
        return "stranger" not in g and super().should_set_cookie(app, session)

    def get_cookie_secure(self, app: Flask) -> bool:
        """Sent over HTTPS only, where the page came that way."""
        return request.is_secure


def is_host_allowed(host: str, names: Iterable[str]) -> bool:
    """Whether a Host header is one of ours: any address, localhost, `*.local`, or a configured name.

    A page of another site that points its own name at the box (DNS rebinding) still sends that name; it can't send an address.
    """
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return False
    if name == "localhost" or name.endswith((".local", ".localhost")) or name in names:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_from_here(asked: Request) -> bool:
    """Whether a form was sent from our own page, as far as the browser says (Sec-Fetch-Site, Origin)."""
    site = asked.headers.get("Sec-Fetch-Site")
    if site is not None and site != "same-origin":
        return False
    origin = asked.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == asked.host


def install(app: Flask, hosts: tuple[str, ...]) -> None:
    """Set the guards up, in the order in which they ask."""
    names = frozenset(host.lower() for host in hosts)
    app.session_interface = FormCookie()

    @app.before_request
    def check_host() -> None:
        if not is_host_allowed(request.headers.get("Host", ""), names):
            g.stranger = True
            abort(400, "host")

    @app.before_request
    def check_origin() -> None:
        if request.method not in SAFE and not is_from_here(request):
            abort(403, "origin")

    @app.before_request
    def check_person() -> AnyResponse | None:
        return _check_person()

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


def _check_person() -> AnyResponse | None:
    """Refuse, or send to log in or to set up, whoever may not open this route."""
    endpoint = request.endpoint
    if endpoint is None or access.ROUTES.get(endpoint) == "everyone":
        return None
    if access.ROUTES.get(endpoint) == "newcomer":
        return redirect(url_for("account.log_in")) if store().accounts() else None
    account = sessions.find_account()
    if account is None:
        return _ask_to_log_in()
    if endpoint == "today.show" and access.first_page(account.role) != endpoint:
        return redirect(url_for(access.first_page(account.role)))
    if not access.may_open(endpoint, account.role):
        abort(403)
    # Without scripts the first screen loads itself anew: that is no sign of anybody either.
    if endpoint not in access.POLLED and request.args.get("by") != "itself":
        sessions.touch()
    return _ask_for_proof() if _needs_proof(endpoint) and not sessions.is_fresh() else None


def _needs_proof(endpoint: str) -> bool:
    """Whether an unlocked screen is not enough here."""
    return endpoint in access.FRESH or (endpoint in access.FRESH_LATER and bool(store().setting(access.SET_UP)))


def _ask_for_proof() -> AnyResponse:
    """The passphrase once more, before what matters most; a form that was sent waits meanwhile."""
    if request.method in SAFE:
        return redirect(url_for("proof.show", to=request.full_path.rstrip("?")))
    from web_ui.views.proof import ask

    return ask()


def _ask_to_log_in() -> AnyResponse:
    if request.endpoint in access.POLLED:
        response = Response("", 401)
        # The first screen may hang on a wall: it goes back to the door by itself. Other pages may hold a half-written note.
        if request.endpoint == "today.now_part":
            response.headers["HX-Redirect"] = url_for("account.log_in")
        return response
    if not store().accounts():
        return redirect(url_for("account.set_up"))
    if request.method in SAFE:
        return redirect(url_for("account.log_in", to=request.path))
    from web_ui.views.account import ask_again

    return ask_again()
