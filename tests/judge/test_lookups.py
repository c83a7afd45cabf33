from __future__ import annotations

from appliance.judge.lookups import DAY, DEVICES, SEEING, Lookups

from .seen import IPAD, LAPTOP, NOON, answer


def test_an_answer_tells_where_a_connection_leads_for_a_day() -> None:
    lookups = Lookups()
    lookups.answered(IPAD, answer("bbc.co.uk", "151.101.0.81"))
    assert lookups.name_at(IPAD, "151.101.0.81", NOON + 5) == "bbc.co.uk"
    assert lookups.name_at(IPAD, "151.101.0.81", NOON + DAY + 1) == ""
    assert lookups.name_at(LAPTOP, "151.101.0.81", NOON) == ""


def test_a_question_without_an_answer_counts_as_asked() -> None:
    lookups = Lookups()
    lookups.asked(IPAD, NOON, "bbc.co.uk")
    assert lookups.has_asked(IPAD, "bbc.co.uk", NOON)
    assert not lookups.has_asked(LAPTOP, "bbc.co.uk", NOON) and not lookups.has_asked(IPAD, "itv.com", NOON)


def test_a_device_is_seen_to_look_up_after_enough_questions() -> None:
    lookups = Lookups()
    for n in range(SEEING):
        assert not lookups.sees(IPAD)
        lookups.asked(IPAD, NOON, f"n{n}.example")
    assert lookups.sees(IPAD)


def test_a_flood_fills_both_memories_and_is_counted() -> None:
    lookups = Lookups(addresses=100, names=100)
    for n in range(1_000):
        lookups.answered(IPAD, answer(f"n{n}.example", f"198.51.{n // 250}.{n % 250}"))
    assert len(lookups) <= 400
    assert lookups.forgotten == 18
    assert lookups.name_at(IPAD, "198.51.3.249", NOON) == "n999.example"


def test_what_is_in_use_outlives_a_flood() -> None:
    lookups = Lookups(names=100)
    for n in range(1_000):
        lookups.asked(IPAD, NOON, f"n{n}.example")
        lookups.asked(LAPTOP, NOON, "in-use.example")
    assert lookups.has_asked(LAPTOP, "in-use.example", NOON)


def test_more_devices_than_fit_forget_the_first() -> None:
    lookups = Lookups()
    for n in range(DEVICES + 5):
        for _ in range(SEEING):
            lookups.asked(f"device {n}", NOON, "a.example")
    assert lookups.sees(f"device {DEVICES}") and not lookups.sees("device 1")
