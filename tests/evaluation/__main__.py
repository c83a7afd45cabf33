"""`python -m tests.evaluation`: simulate school days, judge them, print how often the judgement was right."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final

from .answers import DAYS, RANKS, habits, weeks
from .judging import judge_school, open_evaluation
from .school import School
from .scoring import LEVELS, Score, Wrong, order_of

FULL: Final = 100
MOST: Final = 60  # machines of a school


def run_school(number: int, most: int = MOST) -> Score:
    """One school's week in a process of its own."""
    scripts = weeks()
    school, score = School(number, scripts[number % len(scripts)], habits(), most), Score()
    with tempfile.TemporaryDirectory(prefix="safespan-evaluation-") as folder:
        lists = open_evaluation(Path(folder))
        for judged in judge_school(school, lists):
            score.add(judged)
    return score


def run(days: int, jobs: int = 2, most: int = MOST) -> Score:
    """So many days, rounded up to whole weeks of one school each."""
    schools = range(-(-days // len(DAYS)))
    total = Score()
    if jobs == 1:
        for number in schools:
            total.merge(run_school(number, most))
        return total
    with ProcessPoolExecutor(jobs) as pool:
        for score in pool.map(run_school, schools, [most] * len(schools)):
            total.merge(score)
    return total


def tables(score: Score) -> Iterator[str]:
    """The lines of the report, as Markdown."""
    yield f"{score.days} school days, {score.device_days:,} device-days, {score.sightings:,} sightings."
    yield ""
    yield "| level | right | false | precision | found | missed | recall | false per device-day | false per school day |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for level in LEVELS:
        row = score.levels[level]
        shares = f"{row.right} | {row.false} | {_share(row.precision)} | {row.found} | {row.missed} | {_share(row.recall)}"
        yield f"| {level} | {shares} | {score.per_device_day(level):.4f} | {row.false / max(1, score.days):.2f} |"
    yield ""
    yield "| category | " + " | ".join(f"{level}: right, false, missed" for level in LEVELS) + " |"
    yield "|---|---|---|---|"
    for category in sorted(score.categories, key=order_of):
        rows = score.categories[category]
        yield (
            f"| {category} | " + " | ".join(f"{rows[one].right}, {rows[one].false}, {rows[one].missed}" for one in LEVELS) + " |"
        )
    yield ""
    yield "| deed | times | too high | too low |"
    yield "|---|---|---|---|"
    for deed in sorted({deed for deed, _ in score.deeds}):
        high, low = score.deeds[deed, "too high"], score.deeds[deed, "too low"]
        yield f"| {deed} | {high + low + score.deeds[deed, 'right']} | {high} | {low} |"
    yield ""
    yield "| who did it | read as person | page | background | can't tell |"
    yield "|---|---|---|---|---|"
    for meant in ("person", "page", "background"):
        read = " | ".join(str(score.readings[meant, kind]) for kind in ("person", "page", "background", "unclear"))
        yield f"| {meant} | {read} |"


def misses(wrong: list[Wrong], most: int) -> Iterator[str]:
    """The worst misses, with what the box said."""
    for one in sorted(wrong, key=lambda one: one.gravity, reverse=True)[:most]:
        answer = one.answer
        meant = RANKS[answer.low] if answer.low == answer.high else f"{RANKS[answer.low]}..{RANKS[answer.high]}"
        item = one.item
        where = f"school {item.school}, {DAYS[item.day]}, {item.who}"
        yield f"- {where}, {item.category}: {one.level}, not {meant} ({answer.because or 'nobody did anything'})"
        yield f"  {'; '.join(one.deeds)}"
        yield f"  {' '.join((one.sentence, *one.reasons))}"


def _share(part: float | None) -> str:
    return "-" if part is None else f"{part:.1%}"


def main() -> None:
    """Read the command line, run, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation", description=__doc__)
    parser.add_argument("--days", type=int, default=FULL, help="school days to simulate, in weeks of five")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--misses", type=int, default=10, help="how many of the worst misses to show")
    parser.add_argument("--devices", type=int, default=MOST, help="most machines of a school (at least 31)")
    options = parser.parse_args()
    began = time.monotonic()
    score = run(options.days, options.jobs, options.devices)
    for line in tables(score):
        print(line)
    print(f"\nFalls of sight that were made up: {len(score.falls)} in {score.days} school days.")
    for told in score.falls[: options.misses]:
        print(f"- {told}")
    print(f"\n{time.monotonic() - began:.0f} seconds. {len(score.wrong)} items at a wrong level; the worst:\n")
    for line in misses(score.wrong, options.misses):
        print(line)


if __name__ == "__main__":
    main()
