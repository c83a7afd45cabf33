"""What each state of the lamp looks and sounds like: pure functions of the time since it began.

States differ by rhythm and not by colour alone, so that a person who can't tell red from green can tell them apart:
breathing is well, a double blink wants a look, one slow blink can't see, fast flashing with the buzzer is urgent.
"""

from __future__ import annotations

from msgspec import Struct

from appliance.model import Lamp


class Levels(Struct, frozen=True):
    """How bright each lamp is and whether the buzzer sounds, from 0 (off) to 1 (full)."""

    green: float = 0.0
    amber: float = 0.0
    red: float = 0.0
    buzzer: float = 0.0


class Stroke(Struct, frozen=True):
    """A part of a rhythm: `seconds` long, going evenly from level `start` to level `end`."""

    seconds: float
    start: float
    end: float


class Rhythm(Struct, frozen=True):
    """Strokes that repeat for ever; no strokes is dark."""

    strokes: tuple[Stroke, ...] = ()

    @property
    def period(self) -> float:
        """Seconds until it starts again."""
        return sum(stroke.seconds for stroke in self.strokes)

    def level(self, elapsed: float) -> float:
        """The level `elapsed` seconds (>= 0) after the rhythm began."""
        if not self.strokes:
            return 0.0
        left = elapsed % self.period
        for stroke in self.strokes:
            if left < stroke.seconds:
                return stroke.start + (stroke.end - stroke.start) * left / stroke.seconds
            left -= stroke.seconds
        return self.strokes[-1].end


def steady(*seconds: float) -> Rhythm:
    """A rhythm that is on, off, on, off ... for the given seconds each."""
    return Rhythm(tuple(Stroke(length, level, level) for length, level in zip(seconds, _on_and_off(len(seconds)), strict=True)))


def _on_and_off(count: int) -> list[float]:
    return [float(index % 2 == 0) for index in range(count)]


class Pattern(Struct, frozen=True):
    """A rhythm for each lamp and the buzzer, with the word a person would use for it."""

    word: str
    green: Rhythm = Rhythm()
    amber: Rhythm = Rhythm()
    red: Rhythm = Rhythm()
    buzzer: Rhythm = Rhythm()

    def at(self, elapsed: float) -> Levels:
        """The levels `elapsed` seconds after the pattern began."""
        return Levels(
            green=self.green.level(elapsed),
            amber=self.amber.level(elapsed),
            red=self.red.level(elapsed),
            buzzer=self.buzzer.level(elapsed),
        )


# Never quite dark: a lamp that goes out for a moment looks like a box without power.
WELL = Pattern("watching", green=Rhythm((Stroke(2.0, 0.1, 1.0), Stroke(2.0, 1.0, 0.1))))
LOOK = Pattern("have a look", amber=steady(0.2, 0.2, 0.2, 1.4))
LOOK_AND_BLIND = Pattern("have a look, and can't see everything", amber=steady(0.2, 0.2, 0.2, 0.8, 0.6, 2.0))
BLIND = Pattern("can't see", amber=steady(0.6, 3.4))
# More than three flashes a second can set off a seizure (WCAG 2.2, success criterion 2.3.1); this is two and a half.
_FLASHES = steady(0.2, 0.2)
URGENT = Pattern("urgent", red=_FLASHES, buzzer=steady(0.1, 0.1, 0.1, 0.1, 0.3, 2.3))
URGENT_QUIET = Pattern("urgent", red=_FLASHES)


def pattern_for(lamp: Lamp) -> Pattern:
    """The pattern of a lamp's state."""
    if lamp.colour == "red":
        return URGENT if lamp.buzzer else URGENT_QUIET
    if lamp.colour == "green":
        return WELL
    if lamp.colour == "grey":
        return BLIND
    wanted = lamp.urgent or lamp.look or not lamp.blind
    return (LOOK_AND_BLIND if lamp.blind else LOOK) if wanted else BLIND
