"""Checks in plain words: what was tested, what came of it, and how a fire drill goes."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from appliance.model import Incident
from appliance.school import CheckDone
from appliance.witness import FilterCheck
from web_ui.hostnames import clean
from web_ui.wording.dates import say_date, say_moment
from web_ui.wording.texts import gettext as _
from web_ui.wording.texts import ngettext

PATIENCE = 180.0  # seconds after which a drill has not worked


class CheckWords(Struct, frozen=True):
    """One line of the log."""

    when: str
    by: str
    what: str
    where: str
    result: str
    action: str
    witnessed: str
    incident: int | None


class Place(Struct, frozen=True):
    """One line of the grid: a kind of device, a place, a group of users, and the newest check there."""

    device_type: str
    place: str
    user_group: str
    result: str
    when: str


def tests() -> dict[str, str]:
    """What can be tested."""
    return {
        "drill": _("Fire drill of this box"),
        "filter": _("The filter stops what it should"),
        "search": _("Safe search is on"),
        "notice": _("Alerts reach the right people"),
        "other": _("Something else"),
    }


def results() -> dict[str, str]:
    """What can come of it."""
    return {"worked": _("It worked"), "partly": _("It worked in part"), "failed": _("It did not work")}


def say_check(check: CheckDone, now: float) -> CheckWords:
    """A check in plain words."""
    told = [clean(part, 120) for part in (check.device_type, check.place, check.user_group) if part]
    return CheckWords(
        say_moment(check.time, now),
        clean(check.by, 80),
        tests().get(check.what, clean(check.what, 120)),
        ", ".join(told) or _("not said"),
        results()[check.result],
        clean(check.action, 300),
        _("Seen by the box") if check.incident else _("Told by the school"),
        check.incident,
    )


def grid(checks: Iterable[CheckDone], now: float) -> list[Place]:
    """The newest check (they come newest first) of each kind of device, place and group of users."""
    newest: dict[tuple[str, str, str], CheckDone] = {}
    for check in checks:
        key = (check.device_type, check.place, check.user_group)
        if any(key):
            newest.setdefault(key, check)
    return [_place(check, now) for _, check in sorted(newest.items())]


def _place(check: CheckDone, now: float) -> Place:
    parts = (check.device_type, check.place, check.user_group)
    device_type, place, user_group = (clean(part, 120) or _("not said") for part in parts)
    return Place(device_type, place, user_group, results()[check.result], say_date(check.time, now))


def untested(checks: Iterable[CheckDone], since: float) -> list[str]:
    """Kinds of device, places and groups of users that were checked once, but together not since then."""
    known: dict[tuple[str, str, str], bool] = {}
    for check in checks:
        key = (check.device_type, check.place, check.user_group)
        if any(key):
            known[key] = known.get(key, False) or check.time >= since
    due = sorted(key for key, tested in known.items() if not tested)
    return [", ".join(clean(part, 120) for part in key if part) for key in due]


def missing_tests(checks: Iterable[CheckDone], since: float) -> list[str]:
    """What can be tested and was not since then."""
    done = {check.what for check in checks if check.time >= since}
    return [words for key, words in tests().items() if key not in done and key != "other"]


def say_since(term: str) -> str:
    """Since when something was not tested: the term by its name, or, where there is none, the last three months."""
    if not term:
        return _("Not tested in the last three months")
    return _("Not tested yet in “%(term)s”", term=clean(term, 80))


def say_witnessed(check: FilterCheck, now: float) -> str:
    """A test of the filter that the box saw somebody run."""
    values = {"device": clean(check.device, 80), "test": clean(check.test, 80), "when": say_moment(check.time, now)}
    if check.result == "active":
        return _("%(when)s: %(device)s ran the test “%(test)s”. The list seems to be in force.", **values)
    if check.result == "not active":
        return _("%(when)s: %(device)s ran the test “%(test)s”. The test page answered, so the list is not in force.", **values)
    return _("%(when)s: %(device)s ran the test “%(test)s”. We could not see what came of it.", **values)


def say_arrived(incident: Incident, device: str, since: float) -> str:
    """That the drill came up."""
    seconds = max(1, round(incident.last_seen - since))
    return ngettext(
        "It works: it came up on %(device)s after one second.",
        "It works: it came up on %(device)s after %(num)d seconds.",
        seconds,
        device=clean(device, 80),
    )


def say_missing() -> tuple[str, ...]:
    """What to check where a drill does not come up."""
    return (
        _("Is the device on the school’s Wi-Fi or cable, and not on mobile data?"),
        _("Was the name typed exactly as it stands here?"),
        _("Does the browser hide what it looks up (a VPN, Private Relay, secure DNS)? See “Can we see?”."),
        _("If it still does not come up, see “Is it working?” and tell IT support."),
    )
