from __future__ import annotations

from datetime import UTC
from typing import Any

import msgspec

from appliance.judge.cases import Case, Hit
from appliance.judge.folding import Folder
from appliance.judge.outcomes import Evidence
from appliance.model import Incident, Intent, Verdict

DAY = 86_400.0


def verdict(name: str = "a.example", **changes: Any) -> Verdict:
    fields = {"category": "gambling", "level": "look", "entry": "a.example", "reason": "It is on a list.", "source": "list"}
    return Verdict(name=name, **fields | changes)


def hit(time: float, name: str = "a.example", *, mac: str = "m1", **changes: Any) -> Hit:
    return Hit(time=time, mac=mac, device="iPad", verdict=verdict(name, **changes))


class Keeper:
    """What the store would do: gives ids, keeps what it was given, and lets a person decide."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.rows: dict[int, Incident] = {}

    def save(self, now: float = 0.0) -> list[Incident]:
        """Save everything that is due, as a recorder does."""
        saved = []
        for case in list(self.folder.due()):
            incident = self.folder.incident(case, now)
            held = self.rows.get(incident.id)
            if held is not None and held.decision:
                stored = held
            else:
                stored = msgspec.structs.replace(incident, id=incident.id or len(self.rows) + 1)
                if held is not None:
                    stored = msgspec.structs.replace(stored, acknowledged=held.acknowledged)
            self.rows[stored.id] = stored
            self.folder.settle(case, stored)
            saved.append(stored)
        return saved

    def change(self, number: int, **changes: Any) -> None:
        self.rows[number] = msgspec.structs.replace(self.rows[number], **changes)

    def follow(self) -> None:
        self.folder.follow(row for row in self.rows.values() if row.decision is None)


def folded(*hits: Hit) -> Keeper:
    keeper = Keeper(Folder(UTC))
    for one in hits:
        keeper.folder.hit(one)
    keeper.save()
    return keeper


def test_requests_of_one_page_load_are_one_visit() -> None:
    keeper = folded(hit(0.0), hit(0.01), hit(0.2, "www.a.example"), hit(4.0), hit(13.0))
    assert [(row.count, row.names) for row in keeper.rows.values()] == [(1, ("a.example", "www.a.example"))]


def test_visits_apart_are_counted() -> None:
    keeper = folded(hit(0.0), hit(60.0), hit(540.0))
    (row,) = keeper.rows.values()
    assert (row.count, row.first_seen, row.last_seen) == (3, 0.0, 540.0)


def test_two_sites_at_once_are_two_visits() -> None:
    keeper = folded(hit(0.0), hit(1.0, "b.example", entry="b.example"))
    assert [row.count for row in keeper.rows.values()] == [2]


def test_devices_categories_and_exercises_stay_apart() -> None:
    keeper = folded(hit(0.0), hit(0.0, mac="m2"), hit(0.0, category="drugs"), hit(0.0, exercise=True))
    assert len(keeper.rows) == 4


def test_packets_out_of_order_change_nothing() -> None:
    forward, backward = folded(hit(0.0), hit(1.0)), folded(hit(1.0), hit(0.0))
    assert forward.rows == backward.rows


def test_quiet_day_begins_a_new_incident() -> None:
    keeper = folded(hit(0.0), hit(DAY + 1.0))
    assert [(row.count, row.first_seen) for row in keeper.rows.values()] == [(1, 0.0), (1, DAY + 1.0)]


def test_quiet_day_gives_the_same_whether_saved_in_between_or_not() -> None:
    at_once = folded(hit(0.0), hit(DAY + 1.0))
    stepwise = folded(hit(0.0))
    stepwise.folder.forget_quiet(DAY + 1.0)
    stepwise.folder.hit(hit(DAY + 1.0))
    stepwise.save()
    assert {(row.count, row.first_seen) for row in at_once.rows.values()} == {
        (row.count, row.first_seen) for row in stepwise.rows.values()
    }


def test_decision_closes_and_the_next_visit_is_a_new_incident() -> None:
    keeper = folded(hit(0.0))
    keeper.change(1, decision="behaviour")
    keeper.follow()
    keeper.folder.hit(hit(60.0))
    keeper.save()
    assert [(row.id, row.count, row.decision) for row in keeper.rows.values()] == [(1, 1, "behaviour"), (2, 1, None)]


def test_visit_that_crosses_with_a_decision_is_not_lost() -> None:
    keeper = folded(hit(0.0), hit(60.0))
    keeper.change(1, decision="behaviour")
    keeper.folder.hit(hit(120.0))
    keeper.folder.hit(hit(180.0))
    keeper.save()
    keeper.save()
    assert [(row.count, row.first_seen) for row in keeper.rows.values()] == [(2, 0.0), (2, 120.0)]


def test_reopened_incident_goes_on_growing() -> None:
    keeper = folded(hit(0.0))
    keeper.change(1, decision="behaviour")
    keeper.follow()
    keeper.change(1, decision=None)
    keeper.follow()
    keeper.folder.hit(hit(60.0))
    keeper.save()
    assert [(row.id, row.count) for row in keeper.rows.values()] == [(1, 2)]


def test_restart_goes_on_with_what_the_store_holds() -> None:
    before = folded(hit(0.0), hit(60.0))
    after = Keeper(Folder(UTC))
    after.rows = dict(before.rows)
    after.follow()
    after.folder.hit(hit(120.0, "b.example"))
    after.save()
    (row,) = after.rows.values()
    assert (row.count, row.first_seen, row.names) == (3, 0.0, ("a.example", "b.example"))


def test_new_and_urgent_things_press_and_repeats_do_not() -> None:
    keeper = Keeper(Folder(UTC))
    keeper.folder.hit(hit(0.0))
    assert keeper.folder.pressing
    keeper.save()
    keeper.folder.hit(hit(60.0))
    assert not keeper.folder.pressing
    keeper.folder.hit(hit(61.0, level="urgent"))
    assert keeper.folder.pressing
    assert keeper.save()[0].level == "urgent"


def test_unsaved_urgent_is_counted_until_it_is_saved() -> None:
    keeper = Keeper(Folder(UTC))
    keeper.folder.hit(hit(0.0, level="urgent"))
    assert keeper.folder.unsaved_urgent() == 1
    keeper.save()
    assert keeper.folder.unsaved_urgent() == 0


def test_acknowledged_urgent_that_comes_back_after_an_hour_sounds_again() -> None:
    keeper = folded(hit(0.0, level="urgent"))
    keeper.change(1, acknowledged=True)
    keeper.follow()
    keeper.folder.hit(hit(600.0, level="urgent"))
    assert not sounding(keeper)
    keeper.save()
    keeper.folder.hit(hit(600.0 + 3601.0, level="urgent"))
    assert sounding(keeper)
    assert keeper.folder.pressing


def sounding(keeper: Keeper) -> list[Case]:
    return [case for case in keeper.folder.due() if case.sounds]


def test_doubtful_urgent_hit_is_only_something_to_look_at() -> None:
    assert folded(hit(0.0, level="urgent", confidence="low")).rows[1].level == "look"


def test_outcome_takes_the_weightiest_evidence_and_says_why() -> None:
    keeper = folded(hit(0.0))
    assert keeper.rows[1].outcome == "tried"
    for outcome, reason in (("stopped", "It was cut."), ("reached", "It answered."), ("stopped", "It was cut.")):
        keeper.folder.learn("m1", verdict(), Evidence(outcome, reason))  # type: ignore[arg-type]
    keeper.save()
    assert (keeper.rows[1].outcome, keeper.rows[1].reason) == ("reached", "It is on a list. It answered.")


def test_evidence_about_something_unknown_is_ignored() -> None:
    keeper = folded(hit(0.0))
    keeper.folder.learn("m2", verdict(), Evidence("reached", "x"))
    keeper.folder.learn("m1", verdict("other.example"), Evidence("reached", "x"))
    assert keeper.save() == []


def test_names_are_bounded_and_the_count_goes_on() -> None:
    keeper = folded(*(hit(20.0 * n, f"n{n}.example") for n in range(50)))
    assert (len(keeper.rows[1].names), keeper.rows[1].count) == (20, 50)


def test_entries_remembered_per_case_are_bounded() -> None:
    keeper = folded(*(hit(0.0, f"n{n}.example", entry=f"n{n}.example") for n in range(1_000)))
    assert keeper.rows[1].count == 1_000
    case = keeper.folder.hit(hit(1.0))
    assert case is not None and len(case.visits) == 64 and len(case.since_saved) <= 64


def test_new_incidents_per_hour_are_bounded_and_the_rest_counted() -> None:
    folder = Folder(UTC, new_per_hour=10)
    keeper = Keeper(folder)
    for n in range(100):
        folder.hit(hit(float(n), mac=f"m{n}"))
    keeper.save()
    assert (len(keeper.rows), folder.capped) == (10, 90)
    folder.hit(hit(3601.0, mac="later"))
    assert len(keeper.save()) == 1


def test_open_cases_are_bounded_and_the_quietest_makes_room() -> None:
    folder = Folder(UTC, limit=10, new_per_hour=1_000)
    keeper = Keeper(folder)
    for n in range(50):
        folder.hit(hit(float(n), mac=f"m{n}"))
        keeper.save()
    assert len(folder) == 10
    assert len(keeper.rows) == 50


def test_clock_set_back_a_week_neither_breaks_nor_folds() -> None:
    keeper = folded(hit(7 * DAY), hit(0.0))
    assert len(keeper.rows) == 2


def test_hits_before_a_decision_that_were_not_saved_yet_belong_to_what_was_decided() -> None:
    folder = Folder(UTC)
    first = folder.hit(hit(0.0))
    assert first is not None
    stored = msgspec.structs.replace(folder.incident(first, 0.0), id=7)
    folder.settle(first, stored)
    folder.hit(hit(60.0))
    folder.settle(first, msgspec.structs.replace(stored, decision="no_concern", decided_at=61.0))
    assert len(folder) == 0
    again = folder.hit(hit(120.0))
    assert again is not None and again.id == 0


WORDS = "Safespan: words (en), 2026-11-21"
CHOSEN, UNTOLD = Intent("person", "high"), Intent("unclear", "low")


def guess(time: float, name: str, intent: Intent = CHOSEN) -> Hit:
    said = verdict(name, level="note", entry="vpn", source=WORDS, reason="It says “vpn”.", confidence="medium")
    return Hit(time=time, mac="m1", device="iPad", verdict=said, intent=intent, visit=time)


def test_one_name_that_no_list_knows_is_a_note_and_a_second_site_is_to_be_looked_at() -> None:
    keeper = folded(guess(100.0, "www.vpncricket.example"), guess(900.0, "vpncricket.example"))
    assert [row.level for row in keeper.rows.values()] == ["note"]
    keeper.folder.hit(guess(1_800.0, "freevpn.example"))
    (row,) = keeper.save()
    assert row.level == "look" and "2 sites" in row.reasons[-1]


def test_guesses_that_nobody_chose_do_not_bear_each_other_out() -> None:
    keeper = folded(*(guess(100.0 * n, f"vpn{n}.example", UNTOLD) for n in range(1, 9)))
    assert [row.level for row in keeper.rows.values()] == ["note"]
    keeper = folded(guess(100.0, "vpn1.example"), guess(900.0, "vpn2.example", UNTOLD))
    keeper.folder.amend("m1", guess(900.0, "vpn2.example").verdict, 900.0, CHOSEN)
    assert [row.level for row in keeper.save()] == ["look"]


def test_site_that_a_list_knows_takes_the_place_of_a_guess_in_what_is_said() -> None:
    keeper = folded(guess(100.0, "vpncricket.example"), hit(900.0, "croxy.example", category="gambling"))
    (row,) = keeper.rows.values()
    assert (row.source, row.guess, row.level) == ("list", False, "look")
