"""The second step: RFC vectors, drift, one use for each code, and logging in with it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from html import unescape

import pytest

from appliance.edge.store import Store
from tests.web_ui import school
from tests.web_ui.conftest import Clock, Visitor
from web_ui import qr, second_factor
from web_ui.throttle import TRIES

RFC_KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # "12345678901234567890", RFC 6238 appendix B


@pytest.mark.parametrize(
    ("time", "digits"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"),
     (2000000000, "279037"), (20000000000, "353130")],
)  # fmt: skip
def test_rfc_6238_appendix_b(time: int, digits: str) -> None:
    assert second_factor.digits_at(RFC_KEY, time // 30) == digits


@pytest.mark.parametrize(("drift", "fits"), [(-3, False), (-2, True), (0, True), (2, True), (3, False)])
def test_a_clock_may_be_a_minute_off_and_no_more(drift: int, fits: bool) -> None:
    digits = second_factor.digits_at(RFC_KEY, int(school.NOW) // 30 + drift)
    assert (second_factor.find_step(RFC_KEY, digits, school.NOW) is not None) == fits


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "٣٣٣٣٣٣", "\x00" * 40])
def test_what_is_not_six_digits_never_fits(typed: str) -> None:
    assert second_factor.find_step(RFC_KEY, typed, school.NOW) is None


@pytest.mark.parametrize(
    ("data", "size", "digest"),
    [
        (b"hello", 21, "d591b9a8e941c643"),
        (second_factor.address(RFC_KEY, "bevan").encode(), 37, "f153b406e9c57506"),
        (b"x" * 200, 53, "cfe4fcc3cbfb75ba"),
    ],
)
def test_the_square_code_is_the_one_that_other_makers_draw(data: bytes, size: int, digest: str) -> None:
    grid = qr.encode(data)
    signs = "".join("01"[dark] for row in grid for dark in row)
    assert len(grid) == size and hashlib.sha256(signs.encode()).hexdigest().startswith(digest)


def test_a_text_that_no_phone_reads_easily_is_refused() -> None:
    assert len(qr.encode(b"x" * 230)) == 53
    with pytest.raises(ValueError, match="too long"):
        qr.encode(b"x" * 231)


def key_on(page: str) -> str:
    found = re.search(r'<strong class="key"[^>]*>([A-Z2-7 ]+)<', page)
    assert found
    return found[1].replace(" ", "")


def digits_now(key: str, clock: Clock) -> str:
    return second_factor.digits_at(key, int(clock.now) // 30)


@pytest.fixture
def switched_on(head: Visitor, clock: Clock) -> tuple[str, list[str]]:
    """The head has a second step: its key, and the codes of the recovery sheet."""
    page = head.get("/my-account/second-step").text
    kept = re.search(r'name="key" value="([^"]+)"', page)
    assert kept and "<svg" in page
    key = key_on(page)
    answer = head.post("/my-account/second-step", {"key": unescape(kept[1]), "code": digits_now(key, clock)})
    codes = re.findall(r"<li><span class=\"key\"[^>]*>([0-9A-Z]{5}-[0-9A-Z]{5})<", answer.text)
    assert answer.status_code == 200 and len(set(codes)) == 10
    return key, codes


def test_wrong_digits_switch_nothing_on_and_keep_the_key(head: Visitor, store: Store) -> None:
    page = head.get("/my-account/second-step").text
    kept = re.search(r'name="key" value="([^"]+)"', page)
    assert kept
    answer = head.post("/my-account/second-step", {"key": unescape(kept[1]), "code": "000000"})
    assert answer.status_code == 400 and key_on(answer.text) == key_on(page)
    assert head.post("/my-account/second-step", {"key": "made-up", "code": "000000"}).status_code == 302
    assert store.factors.find(school.HEAD) is None


def test_logging_in_then_needs_the_phone(
    switched_on: tuple[str, list[str]], arrive: Callable[..., Visitor], clock: Clock
) -> None:
    visitor = arrive()
    clock.move(60)
    answer = visitor.log_in()
    assert answer.status_code == 200 and "Second step" in answer.text
    assert visitor.get("/").status_code == 302, "the passphrase alone opens nothing"
    answer = visitor.log_in()
    half = half_of(answer.text)
    digits = digits_now(switched_on[0], clock)
    assert visitor.post("/log-in/code", {"half": half, "code": f"{digits[:3]} {digits[3:]}"}).location == "/"
    assert visitor.get("/").status_code == 200


def half_of(page: str) -> str:
    found = re.search(r'name="half" value="([^"]+)"', page)
    assert found
    return unescape(found[1])


def test_digits_work_once(switched_on: tuple[str, list[str]], arrive: Callable[..., Visitor], clock: Clock) -> None:
    clock.move(60)
    digits = digits_now(switched_on[0], clock)
    for expected in (302, 400):
        visitor = arrive()
        half = half_of(visitor.log_in().text)
        assert visitor.post("/log-in/code", {"half": half, "code": digits}).status_code == expected


def test_a_code_from_the_sheet_works_once_however_it_is_typed(
    switched_on: tuple[str, list[str]], arrive: Callable[..., Visitor], store: Store
) -> None:
    for expected in (302, 400):
        visitor = arrive()
        half = half_of(visitor.log_in().text)
        typed = switched_on[1][3].lower().replace("-", " ")
        assert visitor.post("/log-in/code", {"half": half, "code": typed}).status_code == expected
    assert store.factors.count_codes(school.HEAD) == 9


def test_guessing_digits_has_to_wait_and_half_a_log_in_ends_by_itself(
    switched_on: tuple[str, list[str]], arrive: Callable[..., Visitor], clock: Clock
) -> None:
    visitor = arrive("10.20.0.77")
    half = half_of(visitor.log_in().text)
    tries = [visitor.post("/log-in/code", {"half": half, "code": "000000"}).status_code for _ in range(TRIES + 1)]
    assert tries == [400] * TRIES + [429]
    clock.move(301)
    assert "took too long" in visitor.post("/log-in/code", {"half": half, "code": switched_on[1][0]}).text
    assert visitor.post("/log-in/code", {"half": "made-up", "code": switched_on[1][0]}).status_code == 400


def test_a_note_survives_a_log_in_with_two_steps(
    morning: Store, switched_on: tuple[str, list[str]], head: Visitor, clock: Clock
) -> None:
    head.get("/to-look-at/3")
    clock.move(21 * 60)
    head.post("/to-look-at/3/note", {"text": "Rang home."})
    fields = {"username": school.HEAD, "passphrase": school.PASSPHRASE, "to": "/to-look-at/3/note", "text": "Rang home."}
    answer = head.post("/log-in", fields)
    fields = {"half": half_of(answer.text), "code": switched_on[1][0], "to": "/to-look-at/3/note", "text": "Rang home."}
    answer = head.post("/log-in/code", fields)
    assert answer.status_code == 200 and "Rang home." in answer.text and 'action="/to-look-at/3/note"' in answer.text


def test_switching_off_and_new_sheets(switched_on: tuple[str, list[str]], head: Visitor, store: Store) -> None:
    answer = head.post("/my-account/recovery-sheet")
    assert answer.status_code == 200 and switched_on[1][0] not in answer.text
    assert not store.factors.use_code(school.HEAD, switched_on[1][0], now=school.NOW)
    assert head.post("/my-account/second-step/off").status_code == 302
    assert store.factors.find(school.HEAD) is None and store.factors.count_codes(school.HEAD) == 0
    assert head.post("/my-account/recovery-sheet").location == "/my-account/second-step"
