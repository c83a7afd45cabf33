"""Where requests may come from, and what every answer carries."""

from __future__ import annotations

import pytest

from appliance.edge.store import Store
from tests.web_ui.conftest import Visitor
from web_ui.guard import is_host_allowed

NAMES = frozenset({"safespan.ashfield.sch.uk"})


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.0.0.1:8080", "10.20.0.4", "[fe80::1]:8080", "[::1]", "localhost:8080", "safespan.local", "safespan.local.",
     "safespan.ashfield.sch.uk:443"],
)  # fmt: skip
def test_the_pages_own_names_and_addresses_are_answered(host: str) -> None:
    assert is_host_allowed(host, NAMES)


@pytest.mark.parametrize(
    "host", ["", "evil.example", "local", "evillocal", "safespan.local.evil.example", "10.20.0.4.evil.example", "[::1", "a b"]
)
def test_other_names_are_not(host: str) -> None:
    assert not is_host_allowed(host, NAMES)


def test_a_page_of_another_site_that_points_its_name_here_gets_nothing(account: None, visitor: Visitor) -> None:
    answer = visitor.get("/log-in", Host="evil.example")
    assert answer.status_code == 400 and "Passphrase" not in answer.text
    assert "This page has another address" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_a_form_from_elsewhere_changes_nothing(morning: Store, head: Visitor, headers: dict[str, str]) -> None:
    answer = head.post("/to-look-at/3/decision", {"decision": "no_concern"}, **headers)
    assert answer.status_code == 403 and "did not come from this page" in answer.text
    assert morning.incident(3).decision is None


def test_a_form_from_the_page_itself_is_taken(morning: Store, head: Visitor) -> None:
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert head.post("/to-look-at/3/decision", {"decision": "no_concern"}, **headers).status_code == 302
    assert morning.incident(3).decision == "no_concern"


@pytest.mark.parametrize("path", ["/", "/to-look-at", "/nowhere", "/what-this-box-sees", "/today/now", "/log-out"])
def test_every_answer_carries_the_headers(morning: Store, head: Visitor, path: str) -> None:
    headers = head.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] in ("no-store", "no-cache, private")


def test_a_form_that_is_too_big_is_refused_whole(head: Visitor) -> None:
    answer = head.post("/to-look-at/3/note", {"text": "x" * 70_000})
    assert answer.status_code == 413 and "That was too long" in answer.text


def test_a_form_with_too_many_parts_is_refused(head: Visitor) -> None:
    body = b"".join(b'--x\r\nContent-Disposition: form-data; name="f%d"\r\n\r\ny\r\n' % n for n in range(60)) + b"--x--\r\n"
    answer = head.client.post("/to-look-at/3/note", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413
