from __future__ import annotations

from typing import Any

import pytest

from appliance.edge.store.preview import is_serious, left_out
from appliance.model import Incident
from appliance.school import Rule


def an_incident(**changes: Any) -> Incident:
    values = {"id": 1, "category": "gambling", "level": "look", "device": "d", "mac": "m1", "first_seen": 1.0, "last_seen": 2.0,
              "count": 1, "names": ("win.example", "m.win.example")}  # fmt: skip
    return Incident(**{**values, **changes})


def a_rule(**changes: Any) -> Rule:
    return Rule(**{"kind": "allow", "pattern": "win.example", "reason": "Lesson.", "until": 9e9, **changes})


@pytest.mark.parametrize(
    ("rule", "goes"),
    [
        (a_rule(), True),
        (a_rule(category="gambling"), True),
        (a_rule(pattern="", category="gambling"), True),
        (a_rule(category="games"), False),
        (a_rule(pattern="m.win.example"), False),
        (a_rule(pattern="in.example"), False),
        (a_rule(scope="device", target="m1"), True),
        (a_rule(scope="device", target="m2"), False),
        (a_rule(scope="group", target="oak"), True),
        (a_rule(scope="group", target="elm"), False),
        (a_rule(kind="deny", category="gambling"), False),
    ],
)
def test_an_incident_goes_where_all_its_names_and_its_device_are_meant(rule: Rule, goes: bool) -> None:
    assert bool(left_out(rule, [an_incident()], lambda mac: "oak")) == goes


def test_the_serious_core_and_exercises_stay() -> None:
    stay = [an_incident(category="suicide"), an_incident(exercise=True), an_incident(names=())]
    assert is_serious("suicide") and not is_serious("gambling")
    assert left_out(a_rule(), stay, lambda mac: "oak") == []
