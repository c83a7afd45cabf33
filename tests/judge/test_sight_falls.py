"""A fall of sight comes up once for each cause, when it has held in class; a decision ends it until the next fall."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from appliance.judge.health import PROBLEMS
from appliance.judge.sight import Trouble
from appliance.judge.sight_falls import AGAIN, CAUSES, HOLD, PAUSE, SAVE, STEP, WELL, Cause, SightFalls, cause_of, find_causes
from appliance.model import Incident, Sight

TEN = datetime(2026, 11, 24, 10, tzinfo=UTC).timestamp()
ONE_WAY: Mapping[Cause, str] = {"one-way": "It heard 300 look-ups and 0 answers in an hour."}


class Office:
    """A store in the test's hands: what was saved stands in it, and `decide` is the head."""

    def __init__(self, falls: SightFalls | None = None, at: float = TEN) -> None:
        self.falls = falls or SightFalls(UTC)
        self.now = at
        self.held: dict[int, Incident] = {}
        self.saves = 0

    def watch(self, seconds: float, found: Mapping[Cause, str] | None = None) -> list[Incident]:
        """So long of class time, with what is wrong in it; what stands open at its end."""
        for _ in range(int(seconds / 10)):
            for incident in self.falls.observe(self.now, found or {}):
                self.saves += 1
                number = incident.id or len(self.held) + 1
                before = self.held.get(number)
                decided = before is not None and before.decision is not None
                stored = before if decided and before else replace(incident, id=number)
                self.held[number] = stored
                self.falls.settle(stored)
            self.now += 10
        return [incident for incident in self.held.values() if incident.decision is None]

    def decide(self) -> None:
        self.held = {number: replace(incident, decision="technical") for number, incident in self.held.items()}


def test_a_cause_that_holds_comes_up_once_and_grows() -> None:
    office = Office()
    assert not office.watch(HOLD - 20, ONE_WAY)
    (incident,) = office.watch(3_600, ONE_WAY)
    assert (incident.category, incident.level, incident.mac, incident.names) == ("sight", "look", "sight:one-way", ())
    assert incident.first_seen == TEN and incident.last_seen >= TEN + 3_600 - SAVE
    assert incident.sentence.startswith("The box hears only one direction of the traffic. It began at 10:00 and was last so at 1")
    assert office.saves <= 1 + 3_600 / SAVE


def test_what_comes_and_goes_for_moments_never_comes_up() -> None:
    office = Office()
    for _ in range(20):
        office.watch(60, ONE_WAY)
        office.watch(PAUSE + 60)
    assert not office.held


def test_what_pauses_shortly_is_one_fall() -> None:
    office = Office()
    for _ in range(6):
        office.watch(120, ONE_WAY)
        office.watch(600)
    assert len(office.held) == 1


def test_each_cause_has_its_own_incident() -> None:
    found: Mapping[Cause, str] = dict.fromkeys(CAUSES, "Because.")
    opened = Office().watch(HOLD + 60, found)
    assert sorted(incident.mac for incident in opened) == sorted(f"sight:{cause}" for cause in CAUSES)
    assert len({incident.sentence for incident in opened}) == len(CAUSES)


def test_a_decision_ends_it_while_it_lasts() -> None:
    office = Office()
    office.watch(HOLD + 60, ONE_WAY)
    office.decide()
    assert not office.watch(5 * 3_600, ONE_WAY)


def test_a_second_fall_after_it_was_well_comes_up_again() -> None:
    office = Office()
    office.watch(HOLD + 60, ONE_WAY)
    office.decide()
    office.watch(WELL + 60)
    (incident,) = office.watch(2 * HOLD, ONE_WAY)
    assert incident.id == 2 and incident.first_seen >= TEN + WELL


def test_a_second_fall_while_the_first_waits_is_the_same_incident_twice() -> None:
    office = Office()
    office.watch(HOLD + 60, ONE_WAY)
    office.watch(WELL + 60)
    (incident,) = office.watch(2 * HOLD, ONE_WAY)
    assert (incident.id, incident.count, incident.first_seen) == (1, 2, TEN)


def test_what_was_decided_and_never_mended_comes_again_after_a_week() -> None:
    office = Office()
    office.watch(HOLD + 60, ONE_WAY)
    office.decide()
    office.watch(SAVE + 60, ONE_WAY)
    office.now += AGAIN
    assert office.watch(2 * HOLD, ONE_WAY)


@pytest.mark.parametrize("decided", [False, True])
def test_a_restart_goes_on_where_it_was(decided: bool) -> None:
    before = Office()
    before.watch(HOLD + 60, ONE_WAY)
    if decided:
        before.decide()
    after = Office(SightFalls(UTC), before.now)
    after.held = dict(before.held)
    after.falls.resume(before.held.values())
    after.watch(3_600, ONE_WAY)
    assert list(after.held) == [1] and (after.held[1].last_seen > before.held[1].last_seen) is not decided


def test_a_clock_that_jumps_makes_no_fall() -> None:
    office = Office()
    office.watch(STEP, ONE_WAY)
    for jump in (30 * 86_400.0, -40 * 86_400.0, 3_600.0):
        office.now += jump
        assert not office.watch(20, ONE_WAY)


@pytest.mark.parametrize(
    ("trouble", "problems", "cause", "words"),
    [
        (Trouble(), ("no-mirror",), "silent", "mirror setting"),
        (Trouble(), ("drops",), "drops", "More came than the box could read"),
        (Trouble(one_way=True), (), "one-way", "It heard 300 look-ups and 2 answers"),
        (Trouble(unasked=True), (), "lookups", "look up far less"),
        (Trouble(), ("no-lookups",), "lookups", "look up far less"),
        (Trouble(fell=True, share=41, ordinary=96, why="ech"), (), "fell", "It could tell of 41 in 100"),
        (Trouble(fell=True, share=41, ordinary=96, why="ech"), (), "fell", "only a cover name"),
        (Trouble(fell=True, share=41, ordinary=96), (), "fell", "of 96 in a usual hour."),
        (Trouble(quiet=23), (), "quiet", "23 devices were heard that named nothing"),
    ],
)
def test_each_cause_says_why(trouble: Trouble, problems: tuple[str, ...], cause: Cause, words: str) -> None:
    found = find_causes(Sight(hour=0.0, asked=300, answered=2), trouble, problems)
    assert list(found) == [cause] and words in found[cause]


def test_what_is_not_sight_is_no_cause() -> None:
    others = set(PROBLEMS) - {"no-sensor", "interface-down", "no-packets", "no-mirror", "drops", "no-lookups"}
    assert not find_causes(Sight(hour=0.0), Trouble(), others)


def test_other_incidents_have_no_cause() -> None:
    (incident,) = Office().watch(HOLD + 60, ONE_WAY)
    assert cause_of(incident) == "one-way"
    assert cause_of(replace(incident, category="worry")) is None and cause_of(replace(incident, mac="sight:else")) is None
