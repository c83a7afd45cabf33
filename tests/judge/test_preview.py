from __future__ import annotations

from typing import Any

import pytest

from appliance.judge.policy import Policy, make_policy
from appliance.judge.preview import SHOWN, preview_rule
from appliance.model import Incident, RecentName
from appliance.school import Rule


def rule(**changes: Any) -> Rule:
    return Rule(**{"kind": "allow", "pattern": "a.example", "reason": "r", "until": 10.0} | changes)


def incident(*names: str, category: str = "gambling", mac: str = "m1", **changes: Any) -> Incident:
    fields: dict[str, Any] = {"id": 1, "level": "look", "device": "iPad", "first_seen": 1.0, "last_seen": 2.0, "count": 1}
    return Incident(category=category, mac=mac, names=names, **fields | changes)


def name(text: str, mac: str = "m1", time: float = 1.0, count: int = 1) -> RecentName:
    return RecentName(time=time, mac=mac, kind="dns", name=text, count=count)


INCIDENTS = [
    incident("a.example", "www.a.example"),
    incident("a.example", "b.example", mac="m2"),
    incident("nota.example", category="drugs"),
    incident("a.example", category="suicide"),
    incident("a.example", exercise=True),
]


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({}, (1, 1, 1)),
        ({"scope": "device", "target": "m1"}, (1, 0, 1)),
        ({"scope": "group", "target": "staff"}, (0, 1, 0)),
        ({"pattern": "", "category": "gambling"}, (2, 0, 0)),
        ({"category": "drugs"}, (0, 0, 0)),
        ({"pattern": "", "category": "drugs"}, (1, 0, 0)),
    ],
)
def test_allow_rule_shows_what_it_would_have_hidden(changes: dict[str, Any], counts: tuple[int, int, int]) -> None:
    found = preview_rule(rule(**changes), INCIDENTS, (), make_policy(members={"m2": "staff"}))
    assert (len(found.hidden), len(found.thinned), len(found.staying)) == counts


def test_allow_rule_is_told_in_sentences() -> None:
    assert preview_rule(rule(), INCIDENTS, (), Policy()).sentence == (
        "One incident would have been hidden. One more would have named fewer sites. "
        "One stays, because nobody can switch off the serious core."
    )
    assert preview_rule(rule(pattern="z.example"), INCIDENTS, (), Policy()).sentence == (
        "None of these incidents would have been hidden."
    )


def test_deny_rule_shows_the_names_that_it_would_have_reported() -> None:
    names = [
        name("www.a.example", time=5.0),
        name("www.a.example", time=3.0, count=4),
        name("a.example", "m2"),
        name("nota.example"),
    ]
    found = preview_rule(rule(kind="deny", category="games"), INCIDENTS, names, Policy())
    assert [(one.name, one.mac, one.count, one.first, one.last) for one in found.shown] == [
        ("www.a.example", "m1", 5, 3.0, 5.0),
        ("a.example", "m2", 1, 1.0, 1.0),
    ]
    assert found.sentence == "2 names on 2 devices would have been shown."
    assert preview_rule(rule(kind="deny", category="games"), (), (), Policy()).sentence == (
        "Nothing that was asked for in these hours would have been shown."
    )


def test_list_of_names_is_bounded() -> None:
    names = [name(f"n{number}.a.example") for number in range(SHOWN + 50)]
    found = preview_rule(rule(kind="deny", category="games"), (), names, Policy())
    assert len(found.shown) == SHOWN
    assert found.sentence == f"{SHOWN + 50} names on one device would have been shown."
