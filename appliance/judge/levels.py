"""How urgent: a category's level, lowered where the evidence is doubtful. Nothing here raises a level by itself yet."""

from __future__ import annotations

from appliance.model import Confidence, Level, Verdict

_ORDER: dict[Level, int] = {"note": 0, "look": 1, "urgent": 2}
_SURENESS: dict[Confidence, int] = {"low": 0, "medium": 1, "high": 2}


def level_of(verdict: Verdict) -> Level:
    """The level of one hit: a doubtful one never sounds the buzzer."""
    level = verdict.level or "note"
    return "look" if level == "urgent" and verdict.confidence == "low" else level


def higher(one: Level, other: Level) -> Level:
    """The more urgent of two levels."""
    return one if _ORDER[one] >= _ORDER[other] else other


def surer(one: Confidence, other: Confidence) -> Confidence:
    """The surer of two confidences."""
    return one if _SURENESS[one] >= _SURENESS[other] else other
