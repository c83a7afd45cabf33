"""The words in force, read from `phrase_lists/words/`: phrases by language, benign words, places, suffixes, costs."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Mapping
from typing import get_args

import msgspec

import phrase_lists
from appliance.judge.categories import CATEGORIES
from appliance.judge.words_folding import pieces, plain
from appliance.judge.words_matching import ANYWHERE, Calm, Phrase, Where, Words

LANGUAGES = ("en", "cy", "pl", "ro", "ur", "ur_latin", "ar")
REVIEWED = frozenset(("en",))
_FOLDER = "words"
_PLACE = 10.5  # what a known name costs, as much as a common word
_BAD = 11.0  # what a bad word costs that is no dictionary's; a short one is dearer, so as not to cut good words to pieces
_BAD_SHORT = 14.0
_BAD_FOREIGN = 13.5


def open_words() -> Words:
    """Everything in `phrase_lists/words/`; raises OSError, and ValueError for a row that says something unknown."""
    costs = _vocabulary()
    phrases = [_in_its_place(phrase, costs) for language in LANGUAGES for phrase in phrases_of(language)]
    covers, clears = _calm("covers"), _calm("clears")
    _add_known(costs, phrases, covers, clears)
    return Words(
        costs,
        phrases,
        covers=covers,
        clears=clears,
        hosting={suffix: int(extra) for suffix, extra in phrase_lists.rows(f"{_FOLDER}/hosting.tsv")},
        endings={row[0]: _ending(*row) for row in phrase_lists.rows(f"{_FOLDER}/endings.tsv")},
        version=phrase_lists.heading(f"{_FOLDER}/en.tsv").date,
    )


def phrases_of(language: str) -> Iterator[Phrase]:
    """The phrases of one language's file, in plain letters; raises ValueError for an unknown category, place or weight."""
    for key, where, weight, listed in phrase_lists.rows(f"{_FOLDER}/{language}.tsv"):
        if key not in CATEGORIES or where not in get_args(Where) or weight not in ("1", "2", "3", "4", "5"):
            raise ValueError(f"{language}.tsv has a row that says {key}, {where}, {weight}")
        number, read = int(weight), language in REVIEWED
        for text in _listed(listed):
            yield Phrase(pieces(text), key, number, where, language, read)  # type: ignore[arg-type]


def _in_its_place(phrase: Phrase, english: Mapping[str, float]) -> Phrase:
    """A foreign word that is an English one too (Romanian `curve`) says nothing in names; in texts it stays."""
    if phrase.language != "en" and len(phrase.pieces) == 1 and phrase.pieces[0] in english:
        return msgspec.structs.replace(phrase, where="text")
    return phrase


def _ending(ending: str, key: str, weight: str) -> Phrase:
    return Phrase((ending,), key, int(weight))


def _calm(how: str) -> list[Calm]:
    """The benign words that work in that way."""
    return [
        Calm(pieces(text), frozenset() if keys == "*" else frozenset((keys,)))
        for keys, row_how, listed in phrase_lists.rows(f"{_FOLDER}/calm.tsv")
        if row_how == how
        for text in _listed(listed)
    ]


def _listed(text: str) -> list[str]:
    """The phrases of a row's last column, folded."""
    return plain(text).split(", ")


def _add_known(costs: dict[str, float], phrases: Iterable[Phrase], *calm: Iterable[Calm]) -> None:
    """Add to the dictionary's words, with their costs, names and benign words, then the bad words that are in neither."""
    for file in ("plain", "places"):
        for _, listed in phrase_lists.rows(f"{_FOLDER}/{file}.tsv"):
            # A name of several words is one word in a label: `stalbans`.
            costs.update(dict.fromkeys((text.replace(" ", "") for text in _listed(listed)), _PLACE))
    for group in calm:
        for entry in group:
            for piece in entry.pieces:
                if len(piece) > 2:
                    costs.setdefault(piece, _PLACE)
    for phrase in phrases:
        if phrase.where != "text":
            _price(phrase, costs)


def _price(phrase: Phrase, costs: dict[str, float]) -> None:
    """Give the pieces of a phrase their costs; a single bad word of three or four letters is never cheap."""
    foreign = phrase.language != "en"
    for piece in phrase.pieces:
        if phrase.weight >= ANYWHERE and len(phrase.pieces) == 1:
            costs[piece] = min(costs.get(piece, _BAD), _BAD)
        elif len(piece) > 4:
            costs.setdefault(piece, _BAD_FOREIGN if foreign else _BAD)
        elif len(piece) > 2 and piece not in costs:
            costs[piece] = _BAD_SHORT
        elif len(phrase.pieces) == 1 and phrase.weight > 2 and len(piece) > 2:
            costs[piece] = max(costs[piece], _BAD_SHORT)


def _vocabulary() -> dict[str, float]:
    costs: dict[str, float] = {}
    packed = (phrase_lists.FOLDER / _FOLDER / "vocabulary.txt.gz").read_bytes()
    for line in gzip.decompress(packed).decode("ascii").splitlines():
        if not line.startswith("#"):
            cost, _, words = line.partition("\t")
            costs.update(dict.fromkeys(words.split(" "), float(cost)))
    return costs
