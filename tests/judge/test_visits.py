from __future__ import annotations

import pytest

from appliance.judge.intent import BURST
from appliance.judge.visits import ADDRESSES, COUNTED, DEVICES, FOLLOWING, REMEMBERED, Visit, Visits, as_reading
from appliance.model import Verdict

BET = Verdict(name="bet.example", category="gambling", level="look", entry="bet.example")


def verdict(name: str) -> Verdict:
    return Verdict(name=name, category="gambling", level="look", entry=name)


def after(
    *before: tuple[float, str], third_parties: tuple[str, ...] = (), background: tuple[str, ...] = ()
) -> tuple[Visits, Visit]:
    """A visit at 100 s, after these names."""
    visits = Visits(third_parties, background)
    for time, name in before:
        visits.note("m", time, name, connects=False)
    visit = visits.visit("m", 100.0, BET)
    visits.note("m", 100.0, BET.name, connects=False)
    return visits, visit


def kinds(visits: Visits, now: float = 200.0) -> list[tuple[str, str]]:
    return [(visit.intent.kind, visit.intent.confidence) for visit in visits.settled(now)]


def burst(end: float, count: int = BURST) -> list[tuple[float, str]]:
    return [(end - 1.0 + n / count, f"www.site{n}.test") for n in range(count)]


def test_name_after_silence_is_read_at_once() -> None:
    assert after()[1].intent.kind == "person"
    assert after((50.0, "a.test"))[1].intent.confidence == "medium"


def test_parts_of_the_same_site_do_not_count_as_others() -> None:
    _, visit = after((99.9, "cdn.bet.example"), (99.8, "x.bet.example"))
    assert (visit.before.others, visit.before.quiet) == (0, None)


def test_burst_led_by_another_site_is_a_page() -> None:
    _, visit = after(*burst(100.0))
    assert visit.before.led_by_another and visit.before.others == BURST
    assert visit.intent.kind == "page"


def test_burst_that_the_site_led_is_its_own_page() -> None:
    visits = Visits()
    first = visits.visit("m", 100.0, BET)
    visits.note("m", 100.0, BET.name, connects=True)
    for time, name in burst(101.5):
        visits.note("m", time, name, connects=False)
    second = visits.visit("m", 101.5, verdict("cdn.bet.example"))
    assert second is first
    assert kinds(visits) == [("person", "high")]


def test_what_a_browser_asks_its_maker_just_before_is_nothing_before() -> None:
    noise = ((98.9, "clients2.maker.test"), (99.3, "update.maker.test"), (99.8, "kqzwvxtr"), (99.9, "update.maker.test"))
    _, visit = after(*noise, background=("maker.test",))
    assert (visit.before.quiet, visit.before.others, visit.before.led_by_another) == (None, 0, False)
    assert (visit.intent.kind, visit.intent.confidence) == ("person", "medium")
    _, visit = after(*noise)
    assert visit.intent.kind == "unclear"


def test_name_that_machines_ask_for_by_themselves_is_nobodys_choice_even_after_silence() -> None:
    _, visit = after(background=("bet.example",))
    assert (visit.intent.kind, visit.intent.confidence) == ("background", "high")


def test_first_page_of_a_fresh_browser_is_a_person_s_once_its_parts_have_come() -> None:
    visits, _ = after((99.5, "update.maker.test"), background=("maker.test",))
    visits.note("m", 100.1, BET.name, connects=True)
    # Its own second name, a part from elsewhere, an advert of the browser's maker that says nothing, another part.
    for number, name in enumerate(("cdn.bet.example", "a.test", "clients2.maker.test", "b.test")):
        visits.note("m", 100.4 + number / 10, name, connects=True)
    (visit,) = visits.settled(200.0)
    assert (visit.intent.kind, visit.intent.confidence) == ("person", "high")
    assert "3 other names followed" in visit.intent.reasons[1]


def test_open_page_that_asks_by_its_clock_is_no_other_page() -> None:
    clock = tuple((100.0 - beat, "live.scores.test") for beat in (13.4, 10.4, 7.4, 4.4, 1.4))
    _, visit = after(*clock)
    assert (visit.before.quiet, visit.before.others) == (None, 0)
    uneven = tuple((100.0 - beat, "live.scores.test") for beat in (13.4, 7.4, 5.0, 4.4, 1.4))
    _, visit = after(*uneven)
    assert visit.before.others == 1


def test_what_is_found_by_a_search_is_not_led_by_the_search() -> None:
    visits, visit = after((99.0, "www.google.com"))
    assert not visit.before.led_by_another and visit.before.others == 0 and visit.before.searched
    visits.note("m", 100.1, BET.name, connects=True)
    for number in range(3):
        visits.note("m", 100.5 + number / 10, f"part{number}.test", connects=True)
    assert kinds(visits) == [("person", "medium")]


def test_adverts_around_are_counted_by_their_names_and_what_is_above() -> None:
    _, visit = after((99.0, "x.ads.test"), (99.5, "y.other.test"), third_parties=("ads.test", "other.test"))
    assert visit.before.adverts == 2
    _, visit = after(third_parties=("bet.example",))
    assert visit.before.is_advert and visit.intent.kind == "page"


def test_search_shortly_before_speaks_for_a_person() -> None:
    assert after((95.0, "www.google.co.uk"))[1].before.searched
    assert not after((30.0, "www.google.co.uk"))[1].before.searched
    assert not after((95.0, "fonts.google.com"))[1].before.searched


def test_look_up_without_connection_is_told_once_the_moment_is_over() -> None:
    visits, _ = after((99.9, "page.test"))
    visits.note("m", 100.05, "page.test", connects=True)
    visits.answered("m", 100.1, BET.name, ("192.0.2.1",))
    assert kinds(visits, 100.0 + FOLLOWING) == []
    assert kinds(visits, 100.1 + FOLLOWING) == [("page", "medium")]
    assert kinds(visits) == []


def test_missing_connection_says_nothing_where_the_mirror_carries_look_ups_only() -> None:
    visits, _ = after((99.9, "page.test"))
    visits.answered("m", 100.1, BET.name, ("192.0.2.1",))
    assert kinds(visits) == [("unclear", "low")]


@pytest.mark.parametrize("by_name", [True, False])
def test_connection_by_name_or_to_the_answered_address_counts(by_name: bool) -> None:
    visits, _ = after((99.9, "page.test"))
    visits.answered("m", 100.1, BET.name, ("192.0.2.1",))
    if by_name:
        visits.note("m", 100.2, "www.bet.example", connects=True)
    else:
        visits.connected("m", 100.2, "192.0.2.9")
        visits.connected("m", 100.2, "192.0.2.1")
    assert kinds(visits) == [("unclear", "low")]


def test_going_on_connecting_and_names_that_follow_speak_for_a_person() -> None:
    visits, _ = after()
    for second in range(6):
        visits.note("m", 100.0 + second, BET.name, connects=True)
    assert kinds(visits) == [("person", "high")]
    visits, _ = after()
    for n in range(3):
        visits.note("m", 100.5, f"part{n}.test", connects=False)
    assert kinds(visits) == [("person", "high")]


def test_what_comes_later_or_from_others_does_not_count() -> None:
    visits, _ = after()
    for n in range(5):
        visits.note("m", 100.1 + FOLLOWING, f"part{n}.test", connects=False)
        visits.note("other", 100.5, f"part{n}.test", connects=False)
    assert kinds(visits) == [("person", "medium")]


def test_visits_by_the_clock_are_an_apps() -> None:
    visits = Visits()
    read = []
    for n in range(6):
        visit = visits.visit("m", n * 300.0 + n % 2, BET)
        visits.note("m", n * 300.0 + n % 2, BET.name, connects=True)
        read.append(visit.intent.kind)
    assert read == ["person"] * 4 + ["background"] * 2
    assert kinds(visits, 5_000.0)[-1] == ("background", "high")


def test_requests_within_ten_seconds_are_one_visit() -> None:
    visits = Visits()
    first = visits.visit("m", 100.0, BET)
    assert visits.visit("m", 108.0, BET) is first and visits.visit("m", 117.0, BET) is first
    assert visits.visit("m", 130.0, BET) is not first
    assert visits.visit("other", 130.0, BET) is not visits.visit("m", 130.0, BET)


def test_clock_set_back_leaves_no_visit_waiting() -> None:
    visits, _ = after()
    assert len(kinds(visits, 10.0)) == 1


def test_exercises_are_not_read() -> None:
    exercise = Verdict(name="t.example", category="gambling", exercise=True)
    assert as_reading(Visits().visit("m", 1.0, exercise)) is None


def test_every_memory_is_bounded_and_counted() -> None:
    visits = Visits(visits=50, histories=60)
    for n in range(3 * DEVICES):
        visits.note(f"m{n}", float(n), "a.test", connects=False)
    for n in range(500):
        visits.visit(f"v{n}", 5_000.0, BET)
    assert len(visits) <= DEVICES + 50 + 60
    assert visits.evicted >= 2 * DEVICES + 450 + 440
    assert len(list(visits.settled(5_000.0))) == 450  # what found no room is read early
    assert len(list(visits.settled(6_000.0))) == 50 and not visits._open


def test_one_device_and_one_visit_hold_only_so_much() -> None:
    visits, visit = after()
    for n in range(10 * REMEMBERED):
        visits.note("m", 101.0, f"n{n}.test", connects=True)
        visits.answered("m", 101.0, BET.name, (f"192.0.2.{n % 250}", f"198.51.100.{n % 250}"))
        visits.note("m", 101.0, BET.name, connects=True)
    assert len(visits._trails["m"].names) == REMEMBERED
    assert (len(visit.followers), len(visit.connections)) == (COUNTED, 2)
    assert len(visit.addresses) <= ADDRESSES
