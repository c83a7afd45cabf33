from __future__ import annotations

from datetime import UTC

import pytest

from appliance.edge.word_lists import open_words
from appliance.judge.worries import TODAY, WRITER, judge_worry
from appliance.model import Incident
from appliance.school import Worry

WORDS = open_words()
NOON = 1_795_262_400.0


def judged(text: str, **changes: object) -> Incident:
    return judge_worry(Worry(id=7, time=NOON, text=text, **changes), WORDS, UTC)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["i want to kill myself", "she cuts herself, self harm", "how to do selfharm"])
def test_words_of_the_serious_core_are_urgent(text: str) -> None:
    incident = judged(text)
    assert incident.level == "urgent"
    assert any("Its words may be about" in reason for reason in incident.reasons)


@pytest.mark.parametrize("text", ["someone took my pencil case", "they call me names at break", "?", "🙁"])
def test_any_other_worry_is_something_to_look_at_today(text: str) -> None:
    assert judged(text).level == "look"


def test_whoever_says_that_it_is_today_is_believed() -> None:
    incident = judged("come please", today=True)
    assert incident.level == "urgent" and incident.reasons == (TODAY,)


def test_the_words_are_in_no_field_of_the_incident() -> None:
    incident = judged("zebra kill myself zebra", name="Quagga")
    assert "zebra" not in repr(incident) and "Quagga" not in repr(incident)


def test_it_is_a_worry_and_no_device() -> None:
    incident = judged("help", about="bevan")
    assert (incident.category, incident.mac, incident.device, incident.count) == ("worry", "worry:bevan", WRITER, 1)
    assert incident.sentence == "Somebody reported a worry at 12:00."
    assert incident.first_seen == incident.last_seen == NOON


def test_without_word_lists_it_is_still_read_by_somebody() -> None:
    assert judge_worry(Worry(time=NOON, text="kill myself"), None, UTC).level == "look"
