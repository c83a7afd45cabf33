"""A reported worry as an incident: somebody must read it, and at once where its words or its writer say so.

The words are a guess, and negations are not understood; a worry is never less than something to look at today.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from msgspec.structs import replace

from appliance.judge.categories import CATEGORIES, SERIOUS_CORE
from appliance.judge.sentences import write_sentence
from appliance.judge.words import Finding, Words, judge_text
from appliance.model import Incident
from appliance.school import WORRY, Worry

WRITER = "A reported worry"  # what the incident calls itself where others name a device
TODAY = "Whoever wrote it says that somebody may get hurt today."
SOURCE = "Report a worry"


def judge_worry(worry: Worry, words: Words | None, zone: tzinfo) -> Incident:
    """The incident that a worry becomes. Its text is in no field of it."""
    findings = judge_text(worry.text, words) if words is not None else ()
    serious = [finding for finding in findings if finding.category in SERIOUS_CORE]
    reasons = [f"Its words may be about: {CATEGORIES[finding.category].title}." for finding in serious]
    incident = Incident(
        id=0,
        category=WORRY,
        level="urgent" if worry.today or serious else "look",
        device=WRITER,
        mac=worry.target,
        first_seen=worry.time,
        last_seen=worry.time,
        count=1,
        names=(),
        outcome="unknown",
        confidence="low",
        reason=_say_findings(findings),
        reasons=((TODAY,) if worry.today else ()) + tuple(reasons),
        source=_say_source(words),
    )
    return _with_sentence(incident, zone)


def _say_findings(findings: Sequence[Finding]) -> str:
    if not findings:
        return "The word lists say nothing about it. Only reading it tells."
    titles = ", ".join(CATEGORIES[finding.category].title for finding in findings[:3])
    return f"By its words it may be about: {titles}. This is a guess from the words alone."


def _say_source(words: Words | None) -> str:
    return f"{SOURCE}; Safespan: words, {words.version}" if words is not None else SOURCE


def _with_sentence(incident: Incident, zone: tzinfo) -> Incident:
    return replace(incident, sentence=write_sentence(incident, incident.first_seen, zone))
