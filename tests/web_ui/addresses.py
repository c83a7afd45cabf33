"""Every address of the page, worked out from the table of routes: a new page is tried without another line of test."""

from __future__ import annotations

import itertools
import re
from collections import deque
from collections.abc import Iterator, Mapping
from html import unescape
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Rule

from tests.web_ui import school
from tests.web_ui.conftest import Visitor
from web_ui.views.steps import STEPS

# What may stand in an address, by the name of the place ("endpoint place" where one route means something else by it).
VALUES: Mapping[str, tuple[str, ...]] = {
    "number": ("3",),
    "mac": (school.mac(30),),
    "group": ("none",),
    "shelf": ("devices", "sights"),
    "username": ("nobody",),
    "entry": ("1",),
    "other": ("4",),
    "asked": ("1",),
    "check": ("names", "no-mirror"),
    "casework.correct number": ("1",),
    "casework.save_correction number": ("1",),
    "steps.step key": STEPS,
    "steps.save key": STEPS,
}
# Pages that mean nothing without a question.
QUERIES: Mapping[str, str] = {
    name: f"?name=gambling.trigger.example&since={int(school.NOW)}" for name in ("checks.drill", "checks.drill_part")
}
# Read from folders of the checkout, not from the store.
FILES = {"assets.show"}


def addresses(app: Flask, method: str) -> dict[str, list[str]]:
    """Each endpoint that takes the method, with its addresses."""
    found: dict[str, list[str]] = {}
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()) and rule.endpoint not in FILES:
            found.setdefault(rule.endpoint, []).extend(_fill(app, rule))
    return found


def _fill(app: Flask, rule: Rule) -> Iterator[str]:
    names = sorted(rule.arguments)
    for values in itertools.product(*(_values(rule, name) for name in names)):
        with app.test_request_context():
            built = app.url_map.bind("").build(rule.endpoint, dict(zip(names, values, strict=True)), method=_method(rule))
        yield built + QUERIES.get(rule.endpoint, "")


def _values(rule: Rule, name: str) -> tuple[str, ...]:
    """What the place may hold: what is said above, or a number or a word that stands for nothing yet."""
    known = VALUES.get(f"{rule.endpoint} {name}") or VALUES.get(name)
    return known or ("1" if isinstance(rule._converters[name], IntegerConverter) else "none",)


def _method(rule: Rule) -> str:
    return "POST" if "POST" in (rule.methods or ()) else "GET"


def endpoint_of(app: Flask, path: str, method: str = "GET") -> str | None:
    """The endpoint that answers a path, None where nothing does."""
    try:
        return str(app.url_map.bind("").match(urlsplit(path).path, method)[0])
    except HTTPException:
        return None


def walk(app: Flask, visitor: Visitor, most: int = 6) -> Iterator[tuple[str, str]]:
    """Every page that this visitor can come to, with its HTML: from every route, along the links, `most` of each route."""
    waiting = deque(path for paths in addresses(app, "GET").values() for path in paths)
    met, count = set(waiting), dict.fromkeys(addresses(app, "GET"), 0)
    while waiting:
        path = waiting.popleft()
        answer = visitor.get(path)
        if answer.mimetype != "text/html" or answer.status_code in (204, 302, 401, 403):
            continue
        yield path, answer.text
        for link in links(answer.text):
            endpoint = endpoint_of(app, link)
            if endpoint in count and link not in met and count[endpoint] < most:
                count[endpoint] += 1
                met.add(link)
                waiting.append(link)


def links(page: str) -> Iterator[str]:
    """Where a page leads to on this box, without the places inside a page."""
    for href in re.findall(r'<a [^>]*href="(/[^"#]*)', page):
        yield unescape(href)
