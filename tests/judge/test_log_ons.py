from __future__ import annotations

from appliance.judge.log_ons import GOES_ON_SECONDS, USERS, LogOns
from appliance.model import LoggedOn
from appliance.school import LogOn


def seen(user: str, time: float = 100.0) -> LoggedOn:
    return LoggedOn(time=time, user=user, realm="SCHOOL", via="kerberos")


def test_signs_of_one_log_on_are_one() -> None:
    log_ons = LogOns()
    for time in (100.0, 200.0, 150.0, 200.0 + GOES_ON_SECONDS):
        log_ons.observe("m1", seen("sam", time))
    assert log_ons.take_changes() == [
        LogOn(mac="m1", user="sam", realm="SCHOOL", via="kerberos", first=100.0, last=200.0 + GOES_ON_SECONDS)
    ]
    log_ons.observe("m1", seen("sam", 1e6))
    assert [(change.first, change.last) for change in log_ons.take_changes()] == [(1e6, 1e6)]
    assert log_ons.take_changes() == []


def test_computers_and_empty_names_are_nobody() -> None:
    log_ons = LogOns()
    for user in ("PC-07$", "", "\u202e\u200b"):
        log_ons.observe("m1", seen(user))
    assert log_ons.take_changes() == []


def test_hostile_names_are_made_harmless() -> None:
    log_ons = LogOns()
    log_ons.observe("m1", seen("sam\u202e\n" + "x" * 500))
    (kept,) = log_ons.take_changes()
    assert kept.user.isprintable()
    assert len(kept.user) <= 63


def test_devices_and_users_are_bounded() -> None:
    log_ons = LogOns(limit=10)
    for number in range(50):
        log_ons.observe(f"d{number}", seen("sam"))
        log_ons.observe("d49", seen(f"u{number}"))
    assert (len(log_ons), log_ons.evicted > 0) == (10, True)
    assert all(len(users) <= USERS for users in log_ons._running.values())
    assert len(log_ons.take_changes()) <= 10 * USERS
