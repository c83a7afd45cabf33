"""The words in force, and how phrases are found among the pieces of a label or a text.

A label is read as words before anything is looked for in it, so that Scunthorpe stays a town. Digits for letters, repeated
letters and letters of other scripts are tried only where the plain reading says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, TypeVar

from msgspec import Struct

from appliance.judge import words_folding as folding
from appliance.judge.words_segments import Token, read_label

Where = Literal["name", "text", "both"]
Index = Mapping[str, Sequence["Entry"]]

_CACHED = 8_192  # labels
_SHORT = 5  # letters; a shorter word next to letters that are no word is most likely a part of a brand
_LONG = 8  # letters; a shorter one next to a letter or two that are no word most likely belongs to them
ANYWHERE = 5  # weight of words that are meant wherever they stand
_STEMS = frozenset(("suicide", "self_harm", "eating_disorders"))
_STEM_WEIGHT = 4
_STEM_LETTERS = 6
_START = 3  # letters that the quick check goes by


class Phrase(Struct, frozen=True):
    """A row's phrase as pieces of plain text; `reviewed` is False where no native speaker has read it."""

    pieces: tuple[str, ...]
    category: str
    weight: int
    where: Where = "both"
    language: str = "en"
    reviewed: bool = True


class Calm(Struct, frozen=True):
    """A phrase that takes the meaning of bad words away, in its categories; no categories are all of them."""

    pieces: tuple[str, ...]
    categories: frozenset[str] = frozenset()

    def calms(self, category: str) -> bool:
        """Whether it speaks for that category."""
        return not self.categories or category in self.categories


Entry = TypeVar("Entry", Phrase, Calm)


class Reading(NamedTuple):
    """A label as words, and the phrases found among them."""

    words: tuple[str, ...]
    phrases: tuple[Phrase, ...]


class Words:
    """The words in force. Readings of the last labels are remembered; nothing else in here changes."""

    def __init__(
        self,
        costs: Mapping[str, float],
        phrases: Iterable[Phrase],
        *,
        covers: Iterable[Calm] = (),
        clears: Iterable[Calm] = (),
        hosting: Mapping[str, int] | None = None,
        endings: Mapping[str, Phrase] | None = None,
        version: str = "",
    ) -> None:
        """`costs` are those of all known words, the phrases' own included; `hosting` maps suffixes to the weight they add."""
        every = tuple(phrases)
        telling = [phrase for phrase in every if phrase.where != "text"]
        self.costs = costs
        self.hosting = hosting or {}
        self.endings = endings or {}
        self.version = version
        self.in_names = _by_first(telling)
        self.in_texts = _by_first([phrase for phrase in every if phrase.where != "name"])
        self.covers = _by_first(list(covers))
        self.clears = _by_first(list(clears))
        self.stems = {folding.collapse("".join(phrase.pieces)): phrase for phrase in every if _is_stem(phrase)}
        self._starts = _starts("".join(phrase.pieces) for phrase in telling if phrase.weight > 1)
        self._cache: dict[str, Reading] = {}

    def read(self, label: str) -> Reading:
        """The phrases of a label; where there are none, the words are left out."""
        found = self._cache.get(label)
        if found is None:
            found = _read(label, self)
            if len(self._cache) >= _CACHED:
                self._cache.clear()
            self._cache[label] = found
        return found

    def may_hold(self, letters: str) -> bool:
        """Whether the letters of any telling phrase stand in a text at all: a quick no for nearly every label."""
        starts = self._starts
        for at in range(len(letters) - _START + 1):
            candidates = starts.get(letters[at : at + _START])
            if candidates is not None and letters.startswith(candidates, at):
                return True
        return False


def found_in(pieces: Sequence[str], index: Mapping[str, Sequence[Entry]]) -> Iterator[tuple[int, Entry]]:
    """Every entry of an index that stands among the pieces, with the place where it begins."""
    for at, piece in enumerate(pieces):
        for entry in index.get(piece, ()):
            if entry.pieces == tuple(pieces[at : at + len(entry.pieces)]):
                yield at, entry


def phrases_in(pieces: Sequence[str], index: Mapping[str, Sequence[Phrase]], words: Words) -> Iterator[tuple[int, Phrase]]:
    """The phrases among the pieces, without those that a harmless phrase covers whole."""
    covers = [(at, at + len(calm.pieces), calm) for at, calm in found_in(pieces, words.covers)]
    for at, phrase in found_in(pieces, index):
        end = at + len(phrase.pieces)
        if not any(start <= at and end <= stop and calm.calms(phrase.category) for start, stop, calm in covers):
            yield at, phrase


# --- one label ------------------------------------------------------------------------------------------------------

_NOTHING = Reading((), ())


def _read(label: str, words: Words) -> Reading:
    """The first of the label's readings that holds a phrase: as it stands, as it is drawn, as leetspeak, as a drawled stem."""
    text = folding.plain(folding.decode(label))
    if words.may_hold(folding.joined(text)):
        reading = _phrases(read_label(text, words.costs), words)
        if reading.phrases:
            return reading
    for other in _whole_readings(text):
        if words.may_hold(folding.joined(other)):
            reading = _whole(text, other, words)
            if reading.phrases:
                return reading
    return _drawled(text, words) if folding.repeats(text) else _NOTHING


def _whole_readings(text: str) -> Iterator[str]:
    """What the label may be meant as: these count only if they then read as words from end to end."""
    drawn = folding.drawn_as(text)
    if drawn != text and drawn.isascii():
        yield drawn
    if any(char.isdigit() for char in drawn) and not drawn.isdigit():
        yield from folding.without_leet(drawn)


def _whole(text: str, other: str, words: Words) -> Reading:
    tokens = read_label(other, words.costs)
    if not _all_words(tokens) or _all_words(read_label(text, words.costs)):
        return _NOTHING
    return _phrases(tokens, words)


def _all_words(tokens: Sequence[Token]) -> bool:
    return bool(tokens) and all(token.known for token in tokens)


def _phrases(tokens: Sequence[Token], words: Words) -> Reading:
    pieces = tuple(token.text for token in tokens)
    found = [phrase for at, phrase in phrases_in(pieces, words.in_names, words) if _stands_free(tokens, at, phrase)]
    return Reading(pieces, tuple(found)) if found else _NOTHING


def _stands_free(tokens: Sequence[Token], at: int, phrase: Phrase) -> bool:
    """Whether a phrase may be meant: a short one is not where unknown letters touch it."""
    length = sum(len(piece) for piece in phrase.pieces)
    if phrase.weight >= ANYWHERE or length >= _LONG:
        return True
    end = at + len(phrase.pieces)
    touching = [] if tokens[at].begins else [tokens[at - 1]]
    if end < len(tokens) and not tokens[end].begins:
        touching.append(tokens[end])
    return all(_is_company(token, length) for token in touching)


def _is_company(token: Token, length: int) -> bool:
    """Whether a phrase of so many letters may be meant next to that piece; `a` and `i` fit between any two fragments."""
    if token.known:
        return len(token.text) > 1
    return length >= _SHORT and len(token.text) > 2


def _drawled(text: str, words: Words) -> Reading:
    """`selfharmmm` and `thinnspo`: tags grow letters so that filters lose them, so the gravest stems are told without repeats."""
    for run in text.split("-"):
        stem = words.stems.get(folding.collapse(run))
        if stem is not None:
            return Reading((run,), (stem,))
    return _NOTHING


# --- indexes --------------------------------------------------------------------------------------------------------


def _is_stem(phrase: Phrase) -> bool:
    if phrase.category not in _STEMS or phrase.weight < _STEM_WEIGHT or phrase.where == "text":
        return False
    return len("".join(phrase.pieces)) >= _STEM_LETTERS


def _by_first(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    index: dict[str, list[Entry]] = {}
    for entry in entries:
        index.setdefault(entry.pieces[0], []).append(entry)
    return index


def _starts(texts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Texts by their first letters; shorter ones are told by their company alone."""
    groups: dict[str, set[str]] = {}
    for text in texts:
        if len(text) >= _START:
            groups.setdefault(text[:_START], set()).add(text)
    return {start: tuple(sorted(group)) for start, group in groups.items()}
