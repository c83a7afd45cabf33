"""Host labels read as words: the cheapest way to cut a run of letters, by a small dynamic programme (never substrings).

Each known word has a cost, about the negative logarithm of how common it is; letters that belong to no known word form one
unknown piece, which costs something to begin and something for each letter. So `therapistfinder` costs least as two words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

LONGEST = 20  # letters of a known word
_BEGIN = 9.0
_LETTER = 3.5
_RUN = re.compile(r"[^\W\d_]+|\d+")


class Token(Struct, frozen=True):
    """One piece of a label. `known`: a word of the vocabulary or a number; `begins`: not joined to what is before it."""

    text: str
    known: bool
    begins: bool


def read_label(label: str, costs: Mapping[str, float]) -> tuple[Token, ...]:
    """The pieces of a plain label: numbers as they stand, runs of letters cut into words."""
    tokens: list[Token] = []
    for run in _RUN.findall(label):
        if run.isdigit():
            tokens.append(Token(run, True, True))
        else:
            tokens.extend(Token(word, word in costs, number == 0) for number, word in enumerate(cut(run, costs)))
    return tuple(tokens)


def cut(run: str, costs: Mapping[str, float]) -> list[str]:
    """The words of a run of letters, the cheapest way; time is proportional to its length times LONGEST."""
    if run in costs:
        return [run]
    ends, cheapest = [0], [0.0]
    unknown, unknown_from = float("inf"), 0
    cost_of = costs.get
    for end in range(1, len(run) + 1):
        begun = cheapest[end - 1] + _BEGIN
        if begun < unknown:
            unknown, unknown_from = begun, end - 1
        unknown += _LETTER
        best, start = unknown, unknown_from
        for before in range(max(0, end - LONGEST), end):
            cost = cost_of(run[before:end])
            if cost is not None and cheapest[before] + cost < best:
                best, start = cheapest[before] + cost, before
        cheapest.append(best)
        ends.append(start)
    return _backwards(run, ends)


def _backwards(run: str, starts: list[int]) -> list[str]:
    words, end = [], len(run)
    while end:
        words.append(run[starts[end] : end])
        end = starts[end]
    words.reverse()
    return words
