"""Measures what words find and what they flag wrongly, on samples of public lists beside the checkout.

`python -m tests.judge.measure_words` prints the table of docs/words.md; with `--show SAMPLE`, which names it flagged.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import phrase_lists
from appliance.edge.word_lists import open_words
from appliance.judge.names import normalise
from appliance.judge.words import Words, judge_words
from appliance.model import Verdict

SHARED = Path(__file__).parents[3] / "shared" / "detection"
READ_BY_HAND = Path(__file__).with_name("words_read_by_hand.tsv")
AWKWARD = Path(__file__).parents[1] / "phrase_lists" / "benign_scunthorpe.tsv"
MOST = 20_000  # names of a sample, drawn with a fixed seed


class Sample(NamedTuple):
    """Names of one kind; `category` is what they should be told as, empty where nothing should be said."""

    title: str
    files: tuple[str, ...]
    category: str = ""


HARMFUL = (
    Sample("adult sites", ("shadowwhisperer/adult",), "pornography"),
    Sample("gambling (ShadowWhisperer)", ("shadowwhisperer/gambling",), "gambling"),
    Sample("gambling (UT1)", ("ut1/gambling",), "gambling"),
    Sample("drugs", ("ut1/drogue",), "drugs"),
    Sample("dating (ShadowWhisperer)", ("shadowwhisperer/dating",), "dating"),
    Sample("dating (UT1)", ("ut1/dating",), "dating"),
    Sample("ways round the filter", ("shadowwhisperer/tunnels", "nextdns-bypass/proxies"), "proxy_avoidance"),
    Sample("proxies and mirrors (UT1)", ("ut1/redirector",), "proxy_avoidance"),
    Sample("games", ("ut1/games",), "games"),
    Sample("chat", ("ut1/chat",), "stranger_chat"),
    Sample("piracy", ("ut1/warez",), "piracy"),
    Sample("hacking", ("ut1/hacking",), "hacking"),
    Sample("remote control", ("shadowwhisperer/remote",), "remote_control"),
    Sample("shock", ("shadowwhisperer/shock",), "violence"),
    Sample("dangerous material", ("ut1/dangerous_material",), "weapons"),
)
# Lists of ordinary services: none of their names should be flagged for what its words are.
NEUTRAL = ("child", "audio-video", "filehosting", "educational_games", "sexual_education", "shortener", "dynamic-dns", "ai")


def names_of(file: str) -> list[str]:
    """The names of a sample beside the checkout; raises OSError where there is none."""
    lines = (SHARED / "lists" / f"{file}.txt").read_text(encoding="utf-8", errors="replace").splitlines()
    return [name for line in lines if (name := normalise(line.partition("#")[0]))]


def drawn(files: tuple[str, ...]) -> list[str]:
    """At most MOST names of the files, the same ones each time."""
    names = sorted({name for file in files for name in names_of(file)})
    return names if len(names) <= MOST else random.Random(1).sample(names, MOST)


def neutral() -> list[str]:
    """The names that nobody should be warned of: of ordinary services, without those that are what their words say."""
    frank = {line.split("\t")[0] for line in READ_BY_HAND.read_text().splitlines()}
    return [name for name in ordinary() if name not in frank]


def ordinary() -> list[str]:
    """All names of the samples of ordinary services."""
    return drawn((*(f"ut1/{name}" for name in NEUTRAL), "shadowwhisperer/urlshortener"))


def awkward() -> list[str]:
    """Good names that hold bad words, places and institutions written as labels."""
    rows = [line.split("\t") for line in AWKWARD.read_text().splitlines() if not line.startswith("#")]
    names = []
    for row in rows:
        if row[1] == "domain":
            names.append(row[0])
        else:
            word = "".join(char for char in row[0].lower() if char.isalnum() or char == "-")
            names.append(f"{word}.example")
    return names


def own() -> list[str]:
    """Help lines and the names that schools need."""
    return [row[0] for file in ("help_lines", "school_essential") for row in phrase_lists.rows(f"domains/{file}.tsv")]


def flagged(names: list[str], words: Words) -> list[Verdict]:
    """The verdicts on the names that words flag."""
    return [verdict for name in names if (verdict := judge_words(name, words))]


def _line(title: str, names: list[str], words: Words, category: str = "") -> str:
    found = flagged(names, words)
    right = sum(verdict.category == category for verdict in found)
    looks = sum(verdict.level == "look" for verdict in found)
    share = f"{100 * len(found) / len(names):.2f} %"
    hit = f"{100 * right / len(names):.1f} %" if category else ""
    return f"| {title} | {len(names)} | {share} | {hit} | {100 * looks / len(names):.2f} % |"


def _table(words: Words) -> Iterator[str]:
    yield "| sample | names | flagged at all | in the right category | as `look` |"
    yield "|---|---|---|---|---|"
    for title, get in GOOD.items():
        yield _line(title, get(), words)
    for sample in HARMFUL:
        yield _line(sample.title, drawn(sample.files), words, sample.category)


def _speed(words: Words) -> str:
    names = neutral() + drawn(("shadowwhisperer/adult",))
    began = time.process_time()
    for name in names:
        judge_words(name, words)
    return f"{1e6 * (time.process_time() - began) / len(names):.1f} us a name over {len(names)} names, half of them neutral"


def _show(title: str, words: Words) -> Iterator[str]:
    chosen = {sample.title: sample for sample in HARMFUL}.get(title)
    names = drawn(chosen.files) if chosen else GOOD[title]()
    told = {verdict.name: verdict for verdict in flagged(names, words)}
    for name in names:
        verdict = told.get(name)
        if verdict is not None and (not chosen or verdict.category != chosen.category):
            yield f"{name}: {verdict.category}, {verdict.entry}"
        elif chosen and verdict is None:
            yield f"missed {name}"
    yield str(Counter(verdict.category for verdict in told.values()).most_common())


GOOD: dict[str, Callable[[], list[str]]] = {
    "ordinary services, as listed": ordinary,
    "ordinary services, less those that are what they say": neutral,
    "awkward": awkward,
    "help lines and school sites": own,
}


def main(arguments: list[str]) -> None:
    """Print the table, or what was flagged and missed in one sample."""
    began = time.process_time()
    words = open_words()
    loaded = time.process_time() - began
    if arguments[:1] == ["--show"]:
        print(*_show(arguments[1], words), sep="\n")
        return
    print(*_table(words), sep="\n")
    print(f"\nloading {1000 * loaded:.0f} ms; {_speed(words)}")


if __name__ == "__main__":
    main(sys.argv[1:])
