from __future__ import annotations

from appliance.judge.health import BLINDING
from appliance.judge.lamp import TRIAL, WELL, decide_lamp
from appliance.model import Lamp, Level


def lamp(urgent: int = 0, look: int = 0, sounding: int = 0, *problems: str) -> Lamp:
    counts: dict[Level, int] = {"urgent": urgent, "look": look, "note": 7}
    return decide_lamp(counts, sounding, problems, 50.0)


def test_nothing_to_do_is_green() -> None:
    assert lamp() == Lamp(colour="green", sentence=WELL, time=50.0)


def test_unseen_urgent_is_red_with_the_buzzer() -> None:
    one = lamp(urgent=1, look=4, sounding=1)
    assert (one.colour, one.buzzer, one.urgent, one.look) == ("red", True, 1, 4)
    assert lamp(urgent=3, sounding=2).sentence == "2 urgent things need you now: see the page."


def test_box_on_trial_lights_for_what_is_urgent_and_for_blindness_only() -> None:
    quiet = decide_lamp({"look": 4, "note": 7}, 0, (), 50.0, on_trial=True)
    assert (quiet.colour, quiet.sentence, quiet.look) == ("green", TRIAL, 0)
    assert decide_lamp({"urgent": 1, "look": 4}, 1, (), 50.0, on_trial=True).colour == "red"
    assert decide_lamp({"look": 4}, 0, ("no-packets",), 50.0, on_trial=True).colour == "amber"


def test_acknowledged_urgent_is_amber_and_silent() -> None:
    one = lamp(urgent=1)
    assert (one.colour, one.buzzer) == ("amber", False)


def test_something_to_look_at_is_amber() -> None:
    assert lamp(look=1).sentence == "There is one thing to look at today."
    assert lamp(look=3).sentence == "There are 3 things to look at today."


def test_every_blindness_is_amber_and_says_what_to_do() -> None:
    for problem in BLINDING:
        one = lamp(0, 0, 0, problem)
        assert (one.colour, one.blind) == ("amber", True)
        assert one.sentence != WELL


def test_clock_alone_does_not_change_the_lamp() -> None:
    assert lamp(0, 0, 0, "clock", "records-recovered").colour == "green"


def test_red_stays_red_when_blind_and_says_both_by_its_flag() -> None:
    one = lamp(1, 0, 1, "no-mirror")
    assert (one.colour, one.blind) == ("red", True)


def test_unsaved_urgent_counts_before_the_store_has_it() -> None:
    assert lamp(urgent=0, sounding=1).colour == "red"
