from __future__ import annotations

from appliance.judge.intent import BURST, DEVICES, REMEMBERED, SENTENCES, Intent, Lately


def reading(*before: tuple[float, str], name: str = "bet.example.com") -> Intent:
    lately = Lately()
    for time, other in before:
        lately.note("m", time, other)
    return lately.read("m", 100.0, name)


def test_name_after_silence_stands_alone() -> None:
    assert reading() == "alone"
    assert reading((97.0, "a.test"), (50.0, "b.test")) == "alone"


def test_parts_of_the_same_site_do_not_count_as_others() -> None:
    assert reading((99.9, "cdn.bet.co.uk"), (99.8, "bet.co.uk"), name="www.bet.co.uk") == "alone"
    assert reading((99.9, "other.co.uk"), name="www.bet.co.uk") == "unclear"


def test_name_amid_many_other_sites_may_be_part_of_a_page() -> None:
    assert reading(*((99.0 + n / 10, f"www.site{n}.test") for n in range(BURST))) == "burst"
    assert reading(*((99.0 + n / 10, f"www.site{n}.test") for n in range(BURST - 1))) == "unclear"


def test_other_devices_and_later_names_do_not_count() -> None:
    lately = Lately()
    lately.note("other", 99.9, "a.test")
    lately.note("m", 100.5, "b.test")
    assert lately.read("m", 100.0, "bet.example.com") == "alone"


def test_memory_is_bounded_in_devices_and_in_names() -> None:
    lately = Lately()
    for n in range(3 * DEVICES):
        lately.note(f"m{n}", float(n), "a.test")
    assert len(lately) == DEVICES
    for n in range(10 * REMEMBERED):
        lately.note("m", 100.0, f"{n}.test")
    assert len(lately._names["m"]) == REMEMBERED


def test_every_reading_has_its_sentence() -> None:
    assert all(sentence.endswith(".") for sentence in SENTENCES.values()) and len(SENTENCES) == 3
