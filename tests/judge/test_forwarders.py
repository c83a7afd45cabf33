from __future__ import annotations

from appliance.judge.forwarders import ASKED, DEVICES, ENOUGH, OTHERS, WINDOW, Forwarders

OWNERS = {"192.168.1.2": "resolver", "192.168.1.9": "pupil"}


def forwarders() -> Forwarders:
    return Forwarders(lambda address: OWNERS.get(address, ""))


def test_resolver_that_asks_on_what_it_was_asked_is_an_echo() -> None:
    known = forwarders()
    assert not known.is_echo("pupil", "192.168.1.2", "bet.example", 100.0)
    assert known.is_echo("resolver", "8.8.8.8", "bet.example", 100.1)
    assert not known.is_echo("resolver", "8.8.8.8", "other.example", 100.1)
    assert not known.is_echo("resolver", "8.8.8.8", "bet.example", 110.0)


def test_device_that_asks_for_itself_is_no_echo() -> None:
    known = forwarders()
    assert not known.is_echo("pupil", "8.8.8.8", "bet.example", 100.0)
    assert not known.is_echo("pupil", "8.8.8.8", "bet.example", 100.1)
    assert not known.is_echo("resolver", "192.168.1.2", "bet.example", 100.2)
    assert not known.is_echo("resolver", "192.168.1.2", "bet.example", 100.3)


def test_memory_of_what_was_asked_is_bounded() -> None:
    known = forwarders()
    for number in range(ASKED + 100):
        known.is_echo("pupil", "192.168.1.2", f"n{number}.example", 100.0)
    assert len(known) == ASKED
    assert known.is_echo("resolver", "8.8.8.8", f"n{ASKED + 99}.example", 100.0)


def fill(known: Forwarders, start: float, *, by_others: int = 0, others: int = OTHERS) -> Forwarders:
    for number in range(ENOUGH):
        known.note("resolver", start + number / 10, query=True)
    for number in range(others):
        known.note(f"d{number}", start + 50.0, query=False)
        for _ in range(by_others):
            known.note(f"d{number}", start + 50.0, query=True)
    known.note("resolver", start + WINDOW, query=True)
    return known


def test_one_machine_that_asks_for_the_others_is_found() -> None:
    assert fill(forwarders(), 0.0).found == "resolver"


def test_devices_that_ask_for_themselves_are_no_forwarders_work() -> None:
    assert fill(forwarders(), 0.0, by_others=50).found == ""
    assert fill(forwarders(), 0.0, others=OTHERS - 1).found == ""


def test_finding_is_taken_back_once_devices_ask_for_themselves_but_not_overnight() -> None:
    known = fill(forwarders(), 0.0)
    known.note("resolver", 10 * WINDOW, query=True)
    known.note("resolver", 12 * WINDOW, query=True)
    assert known.found == "resolver"
    assert fill(known, 20 * WINDOW, by_others=50).found == ""


def test_windows_are_bounded_and_a_clock_set_back_begins_a_new_one() -> None:
    known = forwarders()
    for number in range(DEVICES + 100):
        known.note(f"q{number}", 100.0, query=True)
        known.note(f"s{number}", 100.0, query=False)
    assert len(known._queries) == len(known._speaking) == DEVICES
    known.note("q", 0.0, query=True)
    assert len(known._queries) == 1
