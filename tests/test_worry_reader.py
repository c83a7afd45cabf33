from __future__ import annotations

from appliance.school import Worry
from tests.test_guardian import Bench, bench, folder, lists

__all__ = ["bench", "folder", "lists"]  # fixtures of the guardian's tests, used here too


def test_a_worry_on_the_page_is_an_incident_and_on_the_lamp_within_a_second(bench: Bench) -> None:
    bench.later(1.0).turn()
    assert bench.colour == "green"
    bench.page.worries.add(Worry(text="someone took my shoes"), now=bench.time)
    bench.later(0.6).turn()
    bench.later(0.3).turn()
    (incident,) = bench.page.incidents()
    assert (incident.category, incident.level) == ("worry", "look")
    assert bench.colour == "amber"
    assert bench.page.worries.of_incident(incident.id) is not None


def test_what_must_be_today_lights_the_lamp_red_and_each_worry_is_told_of_once(bench: Bench) -> None:
    for number in range(3):
        bench.page.worries.add(Worry(text=f"come now {number}", today=True), now=bench.time)
    for _turn in range(4):
        bench.later(0.6).turn()
    assert len(bench.page.incidents()) == 3
    assert bench.colour == "red"


def test_worries_do_not_fold_and_a_new_day_leaves_their_sentence_whole(bench: Bench) -> None:
    for text in ("one", "two"):
        bench.page.worries.add(Worry(text=text), now=bench.time)
    bench.later(1.0).turn()
    bench.later(86_400.0).report().turn()
    sentences = {incident.sentence for incident in bench.page.incidents()}
    assert len(bench.page.incidents()) == 2 and len(sentences) == 1
    assert sentences.pop().startswith("Somebody reported a worry at 12:00 on Saturday")
