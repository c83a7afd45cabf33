"""The one lamp: red while something urgent waits to be seen, amber for something to look at or for blindness, else green."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from appliance.judge.health import BLINDING, PROBLEMS
from appliance.model import Lamp, LampColour, Level

WELL = "All is well. The box is watching."
TRIAL = "The box is on trial: it watches and records, and the lamp shows only what is urgent."
_URGENT = ("Something urgent needs you now: see the page.", "{n} urgent things need you now: see the page.")
_SEEN = ("An urgent matter has been seen and is still open.", "{n} urgent matters have been seen and are still open.")
_LOOK = ("There is one thing to look at today.", "There are {n} things to look at today.")
_LOOK_BLIND = (
    "There is one thing to look at today, and the box can't see everything.",
    "There are {n} things to look at today, and the box can't see everything.",
)


def decide_lamp(
    open_counts: Mapping[Level, int], sounding: int, problems: Sequence[str], now: float, *, on_trial: bool = False
) -> Lamp:
    """The lamp for what is open, how many urgent incidents nobody has acknowledged (`sounding`), and what is wrong.

    On trial everything is recorded, and what is not urgent leaves the lamp alone; what is urgent nobody can switch off.
    """
    urgent, look = open_counts.get("urgent", 0), 0 if on_trial else open_counts.get("look", 0)
    blinding = [problem for problem in problems if problem in BLINDING]
    colour, sentence = _colour(urgent, look, sounding, blinding)
    sentence = TRIAL if on_trial and sentence == WELL else sentence
    return Lamp(
        colour=colour, sentence=sentence, buzzer=colour == "red", time=now, urgent=urgent, look=look, blind=bool(blinding)
    )


def _colour(urgent: int, look: int, sounding: int, blinding: Sequence[str]) -> tuple[LampColour, str]:
    if sounding:
        return "red", _plural(_URGENT, sounding)
    if urgent:
        return "amber", _plural(_SEEN, urgent)
    if look:
        return "amber", _plural(_LOOK_BLIND if blinding else _LOOK, look)
    if blinding:
        return "amber", PROBLEMS[blinding[0]]
    return "green", WELL


def _plural(forms: tuple[str, str], n: int) -> str:
    return forms[0] if n == 1 else forms[1].format(n=n)
