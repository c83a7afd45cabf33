"""The scripts and their right answers, read from `weeks/` and `habits.tsv`; a script that says something unknown is an error."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal, get_args

from msgspec import Struct

from appliance.judge.categories import CATEGORIES

Deed = Literal[
    "types", "follows", "busy", "cached", "bare", "http", "covered", "embedded", "prefetched", "app", "asks",
    "vpn", "dot", "ssh", "doh", "relay", "hidden", "foreign", "tunnels", "swarm", "tor", "proxies", "calls",
]  # fmt: skip
Fate = Literal["reached", "sinkholed", "nxdomain", "umbrella", "inside", "reset", "none", "answered", "-"]

FOLDER: Final = Path(__file__).parent
DAYS: Final = ("mon", "tue", "wed", "thu", "fri")
RANKS: Final = ("nothing", "note", "look", "urgent")
KINDS: Final = ("ipad", "chromebook", "teacher", "office", "phone", "speaker", "printer")
HOUR, MINUTE = 3600, 60


class Answer(Struct, frozen=True):
    """From which to which level an item may come up, as places in `RANKS`; `category` is empty where nothing may at all."""

    low: int = 0
    high: int = 0
    category: str = ""
    because: str = ""


class Act(Struct, frozen=True, kw_only=True):
    """One row: on `day` (0 Monday) at `time` (seconds after midnight) `who` does `deed` with `what`, and the right answer."""

    day: int = 0
    time: float = 0.0
    who: str
    deed: Deed
    what: str
    fate: Fate
    answer: Answer


class Habit(Struct, frozen=True):
    """Something that any machine of a kind (`act.who`) does with this chance on a day."""

    chance: float
    act: Act


def weeks() -> list[tuple[Act, ...]]:
    """The acts of every scripted week, in the order of their files; raises ValueError for a row that can't be played."""
    return [tuple(_act(row) for row in _rows(file)) for file in sorted((FOLDER / "weeks").glob("*.tsv"))]


def habits() -> list[Habit]:
    """What goes on everywhere; raises ValueError as `weeks` does."""
    found = []
    for row in _rows(FOLDER / "habits.tsv"):
        kind, chance, *rest = row
        if kind not in KINDS:
            raise ValueError(f"there are no machines of kind {kind}")
        found.append(Habit(float(chance), _act([DAYS[0], "00:00", kind, *rest])))
    return found


def read_answer(text: str, category: str, because: str) -> Answer:
    """`look`, `note..look`, `nothing`; raises ValueError."""
    low, _, high = text.partition("..")
    key = "" if category == "-" else category
    if key and key not in CATEGORIES:
        raise ValueError(f"there is no category {category}")
    answer = Answer(RANKS.index(low), RANKS.index(high or low), key, because)
    if answer.low > answer.high or (answer.high and not key):
        raise ValueError(f"{text} of {category} is no answer")
    return answer


def _act(row: list[str]) -> Act:
    day, time, who, deed, what, fate, answer, category, because = row
    if deed not in get_args(Deed) or fate not in get_args(Fate) or who.partition("-")[0] not in KINDS:
        raise ValueError(f"a row says {who} {deed} {fate}")
    hours, minutes = time.split(":")
    return Act(
        day=DAYS.index(day),
        time=int(hours) * HOUR + int(minutes) * MINUTE,
        who=who,
        deed=deed,  # type: ignore[arg-type]
        what=what,
        fate=fate,  # type: ignore[arg-type]
        answer=read_answer(answer, category, because),
    )


def _rows(file: Path) -> list[list[str]]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]
