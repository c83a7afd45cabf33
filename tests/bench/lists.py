"""What lists cost by their size (`python -m tests.bench.lists --names 5000000`).

Makes a file of so many names, compiles it with the project's own lists in a process of its own, opens the set and looks names up:
names that no list holds, a mix with one listed name in twenty, and names that are all listed, none asked twice. Ends with
status 1 where a bound of docs/lists.md is broken. Times are of the wall and of the processor: a busy machine parts them.
"""

from __future__ import annotations

import argparse
import gzip
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import phrase_lists
from appliance.config import ListFile, Settings
from appliance.edge.lists import ensure, manifest_of, open_lists
from appliance.judge.domains import DomainLists

LOOK_UPS: Final = 300_000
PASSES: Final = 10  # over different names: the best of them tells most on a busy machine
OPENED: Final = 15  # times; the median counts
MOST_OPEN_MS: Final = 5.0
MOST_MAPPED_MB: Final = 40.0  # of 5 million names
MOST_COMPILE_MB: Final = 400.0
LEAST_LOOK_UPS: Final = 300_000

_ENDINGS: Final = ("com", "com", "com", "com", "com", "net", "org", "co.uk", "info", "xyz", "de", "ru", "top", "site", "nl")
_FIRST: Final = ("",) * 9 + ("www.", "m.", "cdn.")
_JOINTS: Final = ("", "", "", "", "", "-")


def names(count: int, seed: int) -> Iterator[str]:
    """So many different made-up names of two or three English words, of the length that names of real lists have (16 letters).

    Compiled, 440,000 of them take as much room as the 440,000 names of the public lists that the project was given.
    """
    dice, words, seen = random.Random(seed), _words(), set[int]()
    while len(seen) < count:
        # Common words more often than rare ones.
        chosen = [words[int(len(words) * dice.random() ** 4)] for _ in range(dice.choice((1, 2, 2, 2, 2, 2, 3)))]
        label = dice.choice(_JOINTS).join(chosen)
        number = str(dice.randrange(10_000)) if len(chosen) == 1 or dice.random() < 0.1 else ""
        name = f"{dice.choice(_FIRST)}{label}{number}.{dice.choice(_ENDINGS)}"
        if hash(name) not in seen:
            seen.add(hash(name))
            yield name


def _words() -> list[str]:
    """The shorter English words that the project knows, the commonest first."""
    with gzip.open(phrase_lists.FOLDER / "words" / "vocabulary.txt.gz", "rt", encoding="utf-8") as lines:
        found = [word for line in lines if not line.startswith("#") for word in line.split("\t")[1].split()]
    return [word for word in found if 3 <= len(word) <= 6]


def settings_for(file: Path) -> Settings:
    """The settings that name the made list."""
    return Settings(lists=(ListFile(path=str(file), category="gambling", name="A list of the bench"),))


def compile_here(file: Path, data: Path) -> None:
    """Compile, and print seconds of the wall and of the processor, and the most memory in MB."""
    began = time.monotonic()
    ensure(settings_for(file), data)
    print(time.monotonic() - began, time.process_time(), peak_mb())


def peak_mb() -> float:
    """The most memory that this program has had: the system's own maximum would count what its parent had before it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)[1]) / 1024  # type: ignore[index]


def compile_apart(file: Path, data: Path) -> tuple[float, float, float]:
    """The same in a process of its own, whose memory is nobody else's."""
    command = [sys.executable, "-m", "tests.bench.lists", "--compile", str(file), str(data)]
    wall, own, peak = map(float, subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())
    return wall, own, peak


def milliseconds(deed: Callable[[], object], times: int) -> tuple[float, float, float]:
    """The medians of some runs in milliseconds of the wall and of the processor, and the worst of the wall."""
    taken, used = [], []
    for _ in range(times):
        began, own = time.perf_counter(), time.process_time()
        deed()
        taken.append((time.perf_counter() - began) * 1000.0)
        used.append((time.process_time() - own) * 1000.0)
    return statistics.median(taken), statistics.median(used), max(taken)


def loop_seconds() -> float:
    """What ten million turns of an empty loop cost here and now: figures of two moments are compared by it."""
    began = time.process_time()
    for _ in range(10_000_000):
        pass
    return time.process_time() - began


def rate(lists: DomainLists, asked: list[str]) -> tuple[int, int, int]:
    """Look-ups a second of the wall and of the processor, the best of some passes, and how many were found."""
    taken, used, found = [], [], 0
    size = len(asked) // PASSES
    for start in range(0, size * PASSES, size):
        match, part = lists.match, asked[start : start + size]
        began, own = time.perf_counter(), time.process_time()
        found += sum(match(name) is not None for name in part)
        taken.append(time.perf_counter() - began)
        used.append(time.process_time() - own)
    return int(size / min(taken)), int(size / min(used)), found


def mixtures(lists: DomainLists, listed: list[str], count: int) -> dict[str, list[str]]:
    """What is asked, by what it is called in the table; each with a label before it, so that parents must be looked at."""
    strangers = [f"www.{name}" for name in names(count, seed=2) if lists.match(f"www.{name}") is None]
    below = [f"a.{name}" for name in listed[:count]]
    mixed = [below[number % len(below)] if number % 20 == 0 else name for number, name in enumerate(strangers)]
    return {"names on no list": strangers, "one name in twenty listed": mixed, "every name listed": below}


def measure(count: int, folder: Path) -> list[str]:
    """Print the figures; the bounds that are broken, as sentences."""
    file, data = folder / "list.txt", folder / "data"
    with file.open("w", encoding="ascii") as out:
        out.writelines(f"{name}\n" for name in names(count, seed=1))
    wall, own, peak = compile_apart(file, data)
    print(f"compile: {wall:.1f} s, of the processor {own:.1f} s, at most {peak:.0f} MB")
    manifest = manifest_of(data)
    mapped = sum(piece.size for piece in (*manifest.tries, *manifest.arrays, manifest.sieve)) / 1e6
    entries = sum(status.entries for status in manifest.statuses)
    print(f"set: {entries:,} entries in {len(manifest.tries)} tries, {mapped:.1f} MB mapped")
    median, used, worst = milliseconds(lambda: open_lists(data / "lists"), OPENED)
    print(f"open: {median:.1f} ms, of the processor {used:.1f} ms, at worst {worst:.1f} ms")
    print(f"open and check every byte: {milliseconds(lambda: open_lists(data / 'lists', verify=True), 3)[1]:.0f} ms")
    broken = [
        *([f"opening takes {used:.1f} ms of the processor"] if used > MOST_OPEN_MS else []),
        *([f"{mapped:.1f} MB are mapped"] if mapped > MOST_MAPPED_MB * max(1.0, count / 5e6) else []),
        *([f"compiling takes {peak:.0f} MB"] if peak > MOST_COMPILE_MB else []),
    ]
    return broken + measure_look_ups(open_lists(data / "lists", verify=True), count)


def measure_look_ups(lists: DomainLists, count: int) -> list[str]:
    """Print the rates; the slowest of the two that a school's traffic looks like must hold the bound."""
    broken = []
    print(f"ten million turns of an empty loop: {loop_seconds():.2f} s")
    listed = random.Random(3).sample(list(names(count, seed=1)), min(count, LOOK_UPS))
    for what, asked in mixtures(lists, listed, LOOK_UPS).items():
        a_second, of_processor, found = rate(lists, asked)
        print(f"look up, {what}: {a_second:,} a second, of the processor {of_processor:,}; {found:,} of {len(asked):,} found")
        if what != "every name listed" and of_processor < LEAST_LOOK_UPS:
            broken.append(f"{of_processor:,} look-ups a second of {what}")
    return broken


def main() -> None:
    """Measure, and say which bounds are broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=5_000_000)
    parser.add_argument("--folder", type=Path, default=None, help="Where the files go: a disk with a gigabyte to spare.")
    parser.add_argument("--compile", nargs=2, type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.compile:
        compile_here(*arguments.compile)
        return
    with tempfile.TemporaryDirectory(prefix="safespan-lists-", dir=arguments.folder) as folder:
        broken = measure(arguments.names, Path(folder))
    for sentence in broken:
        print(f"over the bound: {sentence}")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
