from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest

from appliance.judge.categories import CATEGORIES
from appliance.judge.sentences import write_sentence
from appliance.judge.shapes import SHAPES, Finding, shape_of, verdict_of
from appliance.model import Incident

from .seen import NOON


def sentence(shape: str, **changes: Any) -> str:
    verdict = verdict_of(Finding(shape=shape, name="198.51.100.7", evidence="It began so."))  # type: ignore[arg-type]
    fields = {
        "id": 1, "category": verdict.category, "level": "look", "device": "iPad 7", "mac": "m", "first_seen": NOON,
        "last_seen": NOON, "count": 1, "names": (verdict.name,), "outcome": "tried", "source": verdict.source,
    }  # fmt: skip
    return write_sentence(Incident(**fields | changes), NOON, UTC)


@pytest.mark.parametrize("shape", list(SHAPES))
def test_each_shape_has_a_category_and_words_that_claim_no_more_than_was_seen(shape: Any) -> None:
    verdict = verdict_of(Finding(shape=shape, name="x", evidence="It began so."))
    assert verdict.category in CATEGORIES and verdict.level == SHAPES[shape].level
    assert verdict.reason.startswith("It began so. ") and verdict.reason.endswith(".")
    assert shape_of(verdict.source) is SHAPES[shape]
    assert " is a VPN" not in verdict.reason and sentence(shape).endswith(" at 12:00.")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "iPad 7 started something that looks like a VPN at 12:00."),
        ({"count": 2}, "iPad 7 started something that looks like a VPN twice at 12:00."),
        (
            {"count": 9, "first_seen": NOON - 3600},
            "iPad 7 started something that looks like a VPN 9 times between 11:00 and 12:00.",
        ),
        # What happened to a name of the same category says nothing of the tunnel.
        ({"outcome": "stopped"}, "iPad 7 started something that looks like a VPN at 12:00."),
    ],
)
def test_a_tunnel_is_told_in_its_own_sentence(changes: dict[str, Any], told: str) -> None:
    assert sentence("vpn", **changes) == told


def test_what_runs_by_itself_is_used() -> None:
    assert sentence("hidden-lookups") == "iPad 7 used something that looks like hidden look-ups at 12:00."


def test_a_lists_source_is_no_shape() -> None:
    assert shape_of("Safespan: ways round the filter, 2026-11-21") is None
