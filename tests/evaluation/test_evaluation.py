"""Ten simulated days with thresholds that can fail; what the evaluation itself promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import falls
from .__main__ import tables
from .answers import Answer, habits, read_answer, weeks
from .judging import JudgedDay, judge_school, open_evaluation
from .names import ALLOWED, pools
from .school import Item, School, SchoolDay
from .scoring import Score

SMALL, PACE = 31, 0.25  # machines at most; a quarter of the ordinary traffic, all of the rest
WEEKS = (1, 4)  # one with everything that hides, one of hard cases


@pytest.fixture(scope="module")
def score(tmp_path_factory: pytest.TempPathFactory) -> Score:
    lists, found, scripts = open_evaluation(tmp_path_factory.mktemp("lists")), Score(), weeks()
    for number in WEEKS:
        for judged in judge_school(School(number, scripts[number], habits(), SMALL, PACE), lists):
            found.add(judged)
    return found


def test_no_urgent_thing_is_missed_and_none_is_made_up(score: Score) -> None:
    urgent = score.levels["urgent"]
    assert score.days == 10 and urgent.found >= 8
    assert (urgent.missed, urgent.false) == (0, 0), [one for one in score.wrong if "urgent" in (one.level, one.answer)]


def test_what_to_look_at_is_found_and_seldom_wrong(score: Score) -> None:
    look = score.levels["look"]
    assert look.recall is not None and look.recall >= 0.9
    # Harmless words and adverts are thrown at the judgement far more often here than in any school: see docs/evaluation.md.
    assert score.per_device_day("look") <= 0.03


def test_adverts_and_help_lines_and_names_with_a_bad_word_inside_stay_quiet(score: Score) -> None:
    adverts = {how: score.deeds["embedded @gambling", how] for how in ("right", "too high")}
    assert adverts["too high"] <= 0.1 * adverts["right"]
    assert score.deeds["types @help", "right"] and not score.deeds["types @help", "too high"]
    awkward = {how: score.deeds["types @awkward", how] for how in ("right", "too high")}
    assert awkward["too high"] <= 0.08 * awkward["right"]


def test_a_person_is_told_from_a_page_in_most_cases(score: Score) -> None:
    read = score.readings
    assert read["person", "person"] >= 0.85 * sum(count for (meant, _), count in read.items() if meant == "person")
    assert read["page", "person"] <= 0.05 * sum(count for (meant, _), count in read.items() if meant == "page")


def test_no_fall_of_sight_is_made_up(score: Score) -> None:
    assert not score.falls


def test_a_mirror_that_goes_one_way_in_class_is_noticed(tmp_path: Path) -> None:
    school = School(2, weeks()[2], habits(), SMALL)
    cause, minutes = falls.play_school(school, open_evaluation(tmp_path), falls.one_way)
    assert cause == "sight:one-way" and 0 <= minutes <= 60


def test_same_school_says_the_same_twice_and_another_something_else() -> None:
    one, same, other = (next(School(number, weeks()[0], habits(), SMALL).days()) for number in (0, 0, 5))
    assert one.sightings == same.sightings and one.answers == same.answers
    assert one.sightings != other.sightings
    assert [seen.time for seen in one.sightings] == sorted(seen.time for seen in one.sightings)


def test_every_row_of_the_scripts_can_be_played() -> None:
    known, machines = pools(), School(0, (), ()).machines
    for act in (act for week in weeks() for act in week):
        assert act.who in machines
        assert not act.what.startswith("@") or known[act.what[1:]]
    assert all(not habit.act.what.startswith("@") or known[habit.act.what[1:]] for habit in habits())
    assert not any(ALLOWED in names for key, names in known.items() if key != "allowed")


@pytest.mark.parametrize("text", ["urgent..look", "often", "look"])
def test_answers_that_say_nothing_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_answer(text, "-", "")


def test_scores_count_what_is_missed_false_and_found() -> None:
    school = School(0, (), ())
    item = Item(0, 0, "ipad-1", "gambling")
    day = SchoolDay(0, len(school.machines), [], (), {item: Answer(2, 2, "gambling", "opened")})
    score = Score()
    score.add(JudgedDay(day, {}))
    look = score.levels["look"]
    assert (look.missed, look.found, look.precision, look.recall) == (1, 0, None, 0.0)
    assert [one.level for one in score.wrong] == ["nothing"]
    assert any("| look | 0 | 0 | - | 0 | 1 | 0.0% |" in line for line in tables(score))


def test_lists_of_the_evaluation_are_no_exercise(tmp_path: Path) -> None:
    lists = open_evaluation(tmp_path)
    found = {key: lists.match(pools()[key][0]) for key in ("suicide", "listed_suicide", "cse")}
    assert all(match and not match.exercise for match in found.values())
    assert [found[key].checked for key in found] == [True, False, True]  # type: ignore[union-attr]
