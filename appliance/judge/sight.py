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
FEWER = 0.5  # look-ups for each connection, of what is usual
QUIETER, QUIET_MORE = 2, 5  # times as many devices that name nothing as in any busy hour, and so many more

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
    """What is wrong with the school's sight in the hour at hand.

    `share` and `ordinary` are percentages of named connections, now and in a usual hour, and `why` the reason most of the
    others have, where it `fell`. `unasked`: far fewer look-ups than usual for what is connected to. `quiet`: how many devices
    named nothing, where that is far more than usual.
    """

    fell: bool = False
    one_way: bool = False
    unasked: bool = False
    quiet: int = 0
    share: int = 0
    ordinary: int = 0
    why: str = ""


class _Hour(NamedTuple):
    began: float
    seen: int
    share: float
    asked: float  # for each connection
    quiet: int
    why: str


class Usual:
    """The school's hours so far: the share of named connections, the look-ups, the devices that named nothing."""

    def __init__(self) -> None:
        self._hours: deque[_Hour] = deque(maxlen=HOURS)

    def __len__(self) -> int:
        return len(self._hours)

    @property
    def settled(self) -> bool:
        """Whether enough hours have passed for anything to be usual."""
        return len(self._hours) >= FEWEST

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
        one_way = _is_one_way(sight)
        last, busy = self._compared(sight)
        if last is None:
            return Trouble(one_way=one_way)
        ordinary = median(hour.share for hour in busy)
        asked = median(hour.asked for hour in busy)
        return Trouble(
            fell=last.share < ordinary - FALL,
            one_way=one_way,
            unasked=last.asked < FEWER * asked,
            quiet=self._quiet(sight, busy),
            share=int(100 * last.share),
            ordinary=int(100 * ordinary),
            why=last.why,
        )

    def _compared(self, sight: Sight) -> tuple[_Hour | None, list[_Hour]]:
        """The hour to judge, None where there is none, and those to hold it against.

        Busy hours are compared with busy ones: at night only gadgets speak, and few of them say where they go.
        """
        hours = list(self._hours)
        if not hours:
            return None, []
        least = max(ENOUGH, BUSY * sorted(hour.seen for hour in hours)[int(0.9 * (len(hours) - 1))])
        last = hours.pop() if sight.seen < least else _measured(sight)
        others = [hour for hour in hours if hour.seen >= least]
        if last.seen < least or not 0 <= sight.hour - last.began < STALE or len(others) < FEWEST:
            return None, []
        return last, others

    def _quiet(self, sight: Sight, busy: list[_Hour]) -> int:
        """Devices that named nothing in the last whole hour: at its beginning all devices are still quiet."""
        last = self._hours[-1]
        most = max((hour.quiet for hour in busy if hour.began != last.began), default=last.quiet)
        far_more = last.quiet >= most + QUIET_MORE and last.quiet >= QUIETER * most
        return last.quiet if far_more and 0 <= sight.hour - last.began < STALE else 0


def _measured(sight: Sight) -> _Hour:
    reasons = {why: count for why, count in sight.reasons.items() if why in REASONS and why != "silent"}
    why = max(reasons, key=lambda why: (reasons[why], why), default="")
    return _Hour(sight.hour, sight.seen, sight.named / sight.seen, sight.asked / sight.seen, sight.quiet, why)


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
