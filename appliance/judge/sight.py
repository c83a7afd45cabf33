"""The school's figure: how much of an hour was in sight, in one sentence, and whether that is far less than usual."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from statistics import median
from typing import NamedTuple

from msgspec import Struct

from appliance.model import Sight

HOURS = 240  # of the school, that make up what is usual: about a month of school days
ENOUGH = 50  # connections in an hour, to say anything of it
FEWEST = 3  # such hours before anything is usual
BUSY = 0.25  # of what a busy hour has (the ninth decile of all), to compare an hour with others
FALL = 0.2  # of all connections, below the usual share
STALE = 7_200.0  # an hour that began longer ago says nothing of now
QUESTIONS = 200  # look-ups or answers in an hour of which a twentieth at least must have its counterpart
ONE_SIDED = 20

# Why connections have no name, as a person can read it; {n} of them.
REASONS: dict[str, str] = {
    "relay": "{n} went through Apple's Private Relay.",
    "vpn": "{n} went into something that looks like a VPN or a proxy.",
    "encrypted-dns": "{n} had no name, and the look-up before was hidden.",
    "ech": "{n} showed only a cover name (encrypted hello).",
    "no-sni": "{n} gave no name; gadgets and old programs do that.",
    "lost": "{n} began with packets that the box did not get whole.",
    "silent": "{n} more opened and said nothing: refused, broken off, or lost on the way to the box.",
}

_NOTHING = "Nothing has connected to anything in this hour yet."
_ALL = "In this hour the box could tell of all {seen} connections where they went"
_SOME = "In this hour the box could tell of {share}% of {seen} connections where they went"
_QUIET = ("; one device was heard that named nothing.", "; {n} devices were heard that named nothing.")


class Trouble(Struct, frozen=True):
    """What is wrong with the school's sight in the hour at hand."""

    fell: bool = False
    one_way: bool = False


class _Hour(NamedTuple):
    began: float
    seen: int
    share: float


class Usual:
    """The share of named connections in the school's hours so far."""

    def __init__(self) -> None:
        self._hours: deque[_Hour] = deque(maxlen=HOURS)

    def __len__(self) -> int:
        return len(self._hours)

    def close(self, sight: Sight) -> None:
        """An hour of the school has ended."""
        if sight.seen >= ENOUGH and all(hour.began != sight.hour for hour in self._hours):
            self._hours.append(_measured(sight))

    def restore(self, sights: Iterable[Sight]) -> None:
        """Take over the hours that the store holds, oldest first."""
        for sight in sights:
            self.close(sight)

    def trouble(self, sight: Sight) -> Trouble:
        """Judge the hour at hand; where too little has happened in it, the one before."""
        return Trouble(fell=self._fell(sight), one_way=_is_one_way(sight))

    def _fell(self, sight: Sight) -> bool:
        """Busy hours are compared with busy ones: at night only gadgets speak, and few of them say where they go."""
        hours = list(self._hours)
        if not hours:
            return False
        busy = max(ENOUGH, BUSY * sorted(hour.seen for hour in hours)[int(0.9 * (len(hours) - 1))])
        last = hours.pop() if sight.seen < busy else _measured(sight)
        if last.seen < busy or not 0 <= sight.hour - last.began < STALE:
            return False
        shares = [hour.share for hour in hours if hour.seen >= busy]
        return len(shares) >= FEWEST and last.share < median(shares) - FALL


def _measured(sight: Sight) -> _Hour:
    return _Hour(sight.hour, sight.seen, sight.named / sight.seen)


def _is_one_way(sight: Sight) -> bool:
    """Questions without answers, or answers without questions."""
    more, fewer = max(sight.asked, sight.answered), min(sight.asked, sight.answered)
    return more >= QUESTIONS and fewer * ONE_SIDED < more


def say_sight(sight: Sight) -> str:
    """The school's figure in one sentence."""
    if not sight.seen:
        told = _NOTHING.removesuffix(".")
    else:
        # Rounded down: "100%" must mean all.
        share = 100 * sight.named // sight.seen
        told = (_ALL if sight.named == sight.seen else _SOME).format(seen=sight.seen, share=share)
    if not sight.quiet:
        return told + "."
    return told + _QUIET[sight.quiet > 1].format(n=sight.quiet)


def say_reasons(sight: Sight) -> list[str]:
    """Why the others could not be named, a sentence each, the most frequent first."""
    known = [(count, why) for why, count in sight.reasons.items() if why in REASONS]
    return [REASONS[why].format(n=count) for count, why in sorted(known, key=lambda pair: (-pair[0], pair[1]))]
