"""The few words that levels, outcomes, decisions, colours and roles are told by."""

from __future__ import annotations

from typing import Literal

Level = Literal["urgent", "look", "note"]
Outcome = Literal["tried", "stopped", "reached", "unknown"]
Confidence = Literal["high", "medium", "low"]
IntentKind = Literal["person", "page", "background", "unclear"]
Decision = Literal["no_concern", "behaviour", "safeguarding", "technical", "staff_matter", "filter_fault", "exercise"]
LampColour = Literal["green", "amber", "red", "grey"]
Role = Literal["head", "deputy", "technician", "governor", "supplier"]
NoteKind = Literal[
    "note",
    "decision",
    "acknowledged",
    "correction",
    "passed",
    "read",
    "linked",
    "unlinked",
    "name asked",
    "name agreed",
    "name refused",
]
