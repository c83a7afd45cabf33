from __future__ import annotations

from appliance.judge.customs import DEVICES, SERVERS, USERS, Custom


def used(*pairs: tuple[str, str]) -> Custom:
    custom = Custom()
    for key, server in pairs:
        custom.note(key, server)
    return custom


def test_what_three_of_five_use_is_usual_and_what_one_uses_is_not() -> None:
    custom = used(("a", "own"), ("b", "own"), ("c", "own"), ("d", "other"), ("e", "own"))
    assert custom.known and custom.usual("own") and not custom.usual("other") and not custom.usual("never")


def test_with_few_devices_nothing_is_known_yet() -> None:
    assert not used(("a", "own"), ("b", "own")).known


def test_three_among_very_many_are_no_custom() -> None:
    custom = used(*((f"d{n}", "own") for n in range(100)), ("x", "odd"), ("y", "odd"), ("z", "odd"))
    assert custom.usual("own") and not custom.usual("odd")


def test_floods_of_servers_and_devices_stay_within_bounds() -> None:
    custom = used(*((f"d{n}", f"s{n}") for n in range(SERVERS + 70)))
    assert len(custom) == SERVERS and custom.full == 70
    crowded = used(*((f"d{n}", "own") for n in range(DEVICES + 10)))
    assert crowded.usual("own") and USERS < DEVICES
