from __future__ import annotations

from appliance.judge.domains import Match
from appliance.judge.remembered import VERDICTS, Verdicts


class Counting:
    """Lists that know one name and count how often they are asked."""

    def __init__(self) -> None:
        self.asked = 0

    def match(self, name: str) -> Match | None:
        self.asked += 1
        known = {"bet.example": "block", "help.example": "help"}.get(name)
        if known is None:
            return None
        level = "look" if known == "block" else None
        return Match(kind=known, category="gambling", level=level, list_name="by hand", entry=name, version="1")


def test_a_name_is_looked_up_once() -> None:
    lists = Counting()
    verdicts = Verdicts(lists)
    for _ in range(3):
        assert verdicts.of("plain.example") is None
        assert verdicts.of("bet.example") is not None
    assert lists.asked == 2


def test_a_help_line_is_told_apart() -> None:
    verdicts = Verdicts(Counting())
    assert verdicts.is_help("help.example")
    assert not verdicts.is_help("bet.example")
    assert not verdicts.is_help("plain.example")


def test_a_flood_of_names_leaves_the_names_in_use() -> None:
    lists = Counting()
    verdicts = Verdicts(lists)
    for number in range(VERDICTS * 3):
        verdicts.of(f"n{number}.example")
        if not number % 1_000:
            verdicts.of("bet.example")
    assert lists.asked == VERDICTS * 3 + 1
