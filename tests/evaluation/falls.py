"""`python -m tests.evaluation.falls`: on the Friday of each simulated week the box's sight falls at ten; is it noticed, and when?

Four days of the week say what is usual. Every kind of fall is played in every school, and the Friday as it was as well.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final
from zlib import crc32

from msgspec.structs import replace

from appliance.judge.domains import DomainLists
from appliance.judgement import open_judgement
from appliance.model import DnsAnswer, HelloAnswered, NameAsked, Sighting, TlsHello

from .answers import DAYS, habits, weeks
from .judging import SightWatch, feed, open_evaluation
from .school import DAY, MONDAY, School

TEN: Final = MONDAY + 4 * DAY + 10 * 3600.0
RESOLVER: Final = "1.1.1.1"
Fall = Callable[[Sighting], Sighting | None]


def one_way(seen: Sighting) -> Sighting | None:
    """The mirror copies what devices send, and no longer what comes back."""
    return None if isinstance(seen, DnsAnswer | HelloAnswered) else seen


def no_names(seen: Sighting) -> Sighting | None:
    """Of every three connections two hide their names, and nobody's look-ups are in sight any more."""
    if isinstance(seen, NameAsked | DnsAnswer):
        return None
    return replace(seen, name="") if isinstance(seen, TlsHello) and _lot(f"{seen.time} {seen.mac}") % 3 else seen


def hidden_lookups(seen: Sighting) -> Sighting | None:
    """On seven devices of ten the browser has begun to look up by itself, hidden; connections keep their names."""
    hiding = _lot(seen.mac) % 10 < 7
    return None if hiding and isinstance(seen, NameAsked | DnsAnswer) else seen


def half_gone(seen: Sighting) -> Sighting | None:
    """Half of the devices are out of the mirror: only what they call out to everybody is heard."""
    gone = _lot(seen.mac) % 2 == 0
    return None if gone and isinstance(seen, NameAsked | DnsAnswer | TlsHello | HelloAnswered) else seen


def _lot(text: str) -> int:
    """A number that is the same in every run."""
    return crc32(text.encode())


def nothing(seen: Sighting) -> Sighting | None:
    """The Friday as it was."""
    return seen


FALLS: Final[dict[str, Fall]] = {
    "one way": one_way, "names gone": no_names, "look-ups hidden": hidden_lookups, "half the devices gone": half_gone,
    "nothing": nothing,
}  # fmt: skip


def play(number: int) -> list[tuple[str, str, float]]:
    """One school's week with each kind of fall: the kind, the causes that came up, and minutes until the first did."""
    scripts = weeks()
    found = []
    with tempfile.TemporaryDirectory(prefix="safespan-falls-") as folder:
        lists = open_evaluation(Path(folder))
        for kind, fall in FALLS.items():
            found.append((kind, *play_school(School(number, scripts[number % len(scripts)], habits()), lists, fall)))
    return found


def play_school(school: School, lists: DomainLists, fall: Fall) -> tuple[str, float]:
    """One week whose Friday falls: the causes that came up, and minutes from ten until the first began to count, or -1."""
    pipeline = open_judgement(lists)
    pipeline.use_policy(school.policy())
    watch = SightWatch(pipeline)
    for day in school.days():
        feed(pipeline, list(_fallen(day.sightings, fall)), watch)
        falls = list(watch.take())
    late = [incident for incident in falls if incident.first_seen >= TEN]
    minutes = (min(incident.first_seen for incident in late) - TEN) / 60 if late else -1.0
    return ", ".join(sorted({incident.mac for incident in falls})), minutes


def _fallen(sightings: list[Sighting], fall: Fall) -> Iterator[Sighting]:
    for seen in sightings:
        kept = fall(seen) if seen.time >= TEN else seen
        if kept is not None:
            yield kept


def main() -> None:
    """Read the command line, run, print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation.falls", description=__doc__)
    parser.add_argument("--schools", type=int, default=10, help="schools, each with every kind of fall")
    options = parser.parse_args()
    rows: dict[str, list[tuple[str, float]]] = {kind: [] for kind in FALLS}
    with ProcessPoolExecutor(2) as pool:
        for played in pool.map(play, range(options.schools)):
            for kind, causes, minutes in played:
                rows[kind].append((causes, minutes))
    print(f"{options.schools} schools, {len(DAYS)} days each.\n\n| fall | noticed | longest wait, minutes | as |")
    print("|---|---|---|---|")
    for kind, found in rows.items():
        noticed = [minutes for _, minutes in found if minutes >= 0]
        told = sorted({cause for causes, _ in found for cause in causes.split(", ") if cause})
        print(f"| {kind} | {len(noticed)} of {len(found)} | {max(noticed, default=0):.0f} | {', '.join(told)} |")


if __name__ == "__main__":
    main()
