"""The capture of real pages: what it must hold, and what the box must make of it. Needs no root."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.judgement import open_judgement
from appliance.model import Incident
from tests.lab import pcap
from tests.lab.record import LARGEST, strangers

from .answers import RANKS
from .judging import open_evaluation
from .real_pages import CAPTURE, judge, visits

# What the box tells wrongly, for now: docs/evaluation.md says why. Whoever mends one takes it out here.
TOO_HIGH = {("Tablet-07", "gambling"), ("Tablet-08", "gambling"), ("Tablet-11", "gambling")}
MISREAD = {*TOO_HIGH, ("Tablet-03", "stranger_chat")}

Found = dict[tuple[str, str], Incident]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    pipeline = open_judgement(open_evaluation(tmp_path_factory.mktemp("lists")))
    return {(who, incident.category): incident for who, incident in judge(pipeline)}


def test_capture_is_small_and_speaks_to_nobody_outside_the_lab() -> None:
    assert CAPTURE.stat().st_size <= LARGEST
    assert strangers(pcap.read(CAPTURE)) == set()


def test_every_page_and_part_is_in_the_capture() -> None:
    whole = b"".join(packet.data for packet in pcap.read(CAPTURE)).lower()
    names = {name for visit in visits() for name in visit.names}
    asked = {name: b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) for name in names}
    assert [name for name, bytes_ in asked.items() if bytes_ not in whole] == []


def test_what_comes_up_from_real_pages_is_what_should_save_for_the_known_misses(found: Found) -> None:
    allowed = {(visit.who, visit.answer.category): visit.answer for visit in visits() if visit.answer.category}
    wrong = {
        key: (incident.level, allowed[key].because if key in allowed else "nobody did anything", incident.intent_reasons)
        for key, incident in found.items()
        if key not in allowed or not allowed[key].low <= RANKS.index(incident.level) <= allowed[key].high
    }
    missed = {key for key, answer in allowed.items() if answer.low and key not in found}
    assert (set(wrong), missed) == (TOO_HIGH, set()), wrong


def test_person_is_told_from_page_on_real_pages_save_for_the_known_misses(found: Found) -> None:
    meant = {(visit.who, visit.answer.category): visit.read for visit in visits() if visit.read != "-"}
    wrong = {
        key: (found[key].intent, found[key].intent_reasons)
        for key, read in meant.items()
        if key in found and found[key].intent != read
    }
    assert len(meant) >= 20 and set(wrong) == MISREAD, wrong


def test_help_line_left_no_trace(tmp_path: Path) -> None:
    pipeline = open_judgement(open_evaluation(tmp_path))
    list(judge(pipeline))
    names = {row.name for row in pipeline.take_recent()}
    assert "www.bbc.co.uk" in names and not any("childline" in name for name in names)
