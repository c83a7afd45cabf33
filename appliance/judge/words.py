"""What the words of a name or of a text suggest: a guess, never more than `look`, and nothing against whoever offers help.

The words come from `phrase_lists/words/` through the edge. Half of the harmful sites have no telling word in their names, and
many good ones have a bad one inside, so words only add to the lists. Negations are not understood: a person reads a worry.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import parse_qsl

from msgspec import Struct

from appliance.judge import words_folding as folding
from appliance.judge.categories import CATEGORIES, category
from appliance.judge.names import normalise
from appliance.judge.words_matching import Calm, Phrase, Reading, Words, found_in, phrases_in
from appliance.judge.words_segments import read_label
from appliance.model import GUESSED, Level, Verdict

__all__ = ["Calm", "Finding", "Phrase", "Words", "judge_text", "judge_words", "query_text"]

LONGEST_TEXT = 10_000  # characters of a text that are read
_ENOUGH = 3  # weight at which a name is flagged
_ENOUGH_IN_TEXT = 2
_TELLING = 2  # weight that one phrase at least must have
_SURE = 4  # weight of a phrase that is unmistakable in a name
_HOSTED = "proxy_avoidance"  # the category that free hosting adds weight to
_LONGEST_QUERY = 4_096
_SHORTEST_SPELLED = 3  # letters and digits of a word that is read as spelled with digits: `3d` and `a5` are what they are
_ASKED = frozenset(("q", "query", "p", "search_query", "search", "text"))
_ORDER = {key: number for number, key in enumerate(CATEGORIES)}  # the gravest first

# Their registries let nobody in who doesn't teach, treat, police or govern.
_OFFICIAL = (
    *(".gov.uk", ".nhs.uk", ".sch.uk", ".ac.uk", ".police.uk", ".parliament.uk", ".mod.uk"),
    *(".gov.wales", ".gov.scot", ".edu", ".gov"),
)


class Finding(Struct, frozen=True, kw_only=True):
    """What one category's phrases come to. `level` is never above `look`; `reviewed`: a native speaker has read them all.

    `twice`: two phrases that share no word agree, or an unmistakable one and a place where such sites are put up by the thousand.
    """

    category: str
    level: Level
    weight: int
    phrases: tuple[str, ...]
    languages: tuple[str, ...]
    reviewed: bool
    twice: bool = False


def judge_words(name: str, words: Words) -> Verdict | None:
    """The verdict on a name that no list knows, from its words alone; None where they say nothing or it is no name.

    An unmistakable phrase makes it `medium`, one that may mean something else `low`. It is a `note`: any word can stand in an
    innocent name. It begins at `look` only where the name tells twice over, and in the serious categories.
    """
    clean = normalise(name)
    if clean is None or clean in words.hosting or clean.endswith(_OFFICIAL):
        return None
    labels, extra = _own_labels(clean, words)
    ending = words.endings.get(clean.rpartition(".")[2])
    readings = [words.read(label) for label in labels]
    phrases = [phrase for reading in readings for phrase in reading.phrases]
    if not phrases and ending is None:
        return None
    findings = _findings([*phrases, *([ending] if ending else [])], _ENOUGH, extra)
    for finding in findings:
        if not _cleared(finding.category, labels, words):
            return _verdict(clean, finding, readings, words)
    return None


def judge_text(text: str, words: Words) -> tuple[Finding, ...]:
    """What a question or a reported worry speaks of, the gravest first; only its first 10,000 characters are read."""
    pieces = folding.text_pieces(text[:LONGEST_TEXT])
    found = [phrase for _, phrase in phrases_in(pieces, words.in_texts, words)]
    meant = [words.stems[stem] for piece in pieces if folding.repeats(piece) and (stem := folding.collapse(piece)) in words.stems]
    return tuple(_findings([*found, *meant, *_in_leet(text[:LONGEST_TEXT], words)], _ENOUGH_IN_TEXT))


def query_text(target: str) -> str:
    """What was asked for in the target of a plain HTTP request (`/search?q=...`): the words of its search fields, or nothing."""
    query = target[:_LONGEST_QUERY].partition("?")[2].partition("#")[0]
    try:
        fields = parse_qsl(query, errors="replace", max_num_fields=100)
    except ValueError:
        return ""
    return " ".join(value for key, value in fields if key.lower() in _ASKED)


def judge_query(host: str, target: str, words: Words) -> Verdict | None:
    """The verdict on what was typed into a search field of an unencrypted page at `host`; None where it says nothing.

    The words typed are in no field of the verdict.
    """
    for finding in judge_text(query_text(target), words):
        return Verdict(
            name=host,
            category=finding.category,
            level=finding.level,
            source=f"{GUESSED} ({', '.join(finding.languages)}), {words.version}",
            entry=host,
            reason=f"The words typed into a search on {host} may mean {category(finding.category).phrase}. "
            "This is a guess from the words alone.",
            confidence="low",
        )
    return None


# --- names ----------------------------------------------------------------------------------------------------------


def _own_labels(name: str, words: Words) -> tuple[list[str], int]:
    """The labels that the site's owner chose, and the weight that its place adds; a hosting suffix is nobody's own."""
    labels = name.split(".")
    for start in range(1, len(labels) - 1):
        suffix = ".".join(labels[start:])
        if suffix in words.hosting:
            return labels[:start], words.hosting[suffix]
    return labels[:-1], 0


def _cleared(key: str, labels: Sequence[str], words: Words) -> bool:
    """Whether a word anywhere in the name says that it is about help, teaching, trade or news."""
    for label in labels:
        pieces = [token.text for token in read_label(folding.plain(folding.decode(label)), words.costs)]
        if any(calm.calms(key) for _, calm in found_in(pieces, words.clears)):
            return True
    return False


def _verdict(name: str, finding: Finding, readings: Iterable[Reading], words: Words) -> Verdict:
    sure = finding.weight >= _SURE
    counts = (sure and finding.twice) or category(finding.category).serious
    read = " ".join(" ".join(reading.words) for reading in readings if reading.phrases)
    telling = "”, “".join(finding.phrases)
    spelled = f"reads as “{read}”: “{telling}”" if read and read != telling else f"says “{telling}”, which"
    return Verdict(
        name=name,
        category=finding.category,
        level=finding.level if counts else "note",
        source=f"{GUESSED} ({', '.join(finding.languages)}), {words.version}",
        entry=", ".join(finding.phrases),
        reason=f"No list names {name}, but it {spelled} may mean {category(finding.category).phrase}. "
        "This is a guess from the words alone.",
        confidence="medium" if sure and finding.reviewed else "low",
    )


# --- both -----------------------------------------------------------------------------------------------------------


def _findings(phrases: Iterable[Phrase], enough: int, extra: int = 0) -> list[Finding]:
    """The categories whose phrases weigh enough together, the gravest first; a phrase counts once."""
    groups: dict[str, dict[tuple[str, ...], Phrase]] = {}
    for phrase in phrases:
        groups.setdefault(phrase.category, {}).setdefault(phrase.pieces, phrase)
    findings = []
    for key in sorted(groups, key=_ORDER.__getitem__):
        telling = _longest(list(groups[key].values()))
        weight = sum(phrase.weight for phrase in telling) + (extra if key == _HOSTED else 0)
        if weight >= enough and max(phrase.weight for phrase in telling) >= _TELLING:
            findings.append(_finding(key, weight, telling, hosted=key == _HOSTED and extra > 0))
    return findings


def _longest(phrases: Sequence[Phrase]) -> list[Phrase]:
    """The phrases without those whose words all stand in a longer one: `sex` says nothing more beside `sex chat`."""
    return [
        phrase
        for phrase in phrases
        if not any(set(phrase.pieces) < set(other.pieces) and other.weight >= phrase.weight for other in phrases)
    ]


def _finding(key: str, weight: int, phrases: Sequence[Phrase], *, hosted: bool) -> Finding:
    level = category(key).level
    return Finding(
        category=key,
        level="look" if level == "urgent" else level,
        weight=weight,
        phrases=tuple(" ".join(phrase.pieces) for phrase in phrases),
        languages=tuple(sorted({phrase.language for phrase in phrases})),
        reviewed=all(phrase.reviewed for phrase in phrases),
        twice=_agree(phrases) or (hosted and any(phrase.weight >= _SURE for phrase in phrases)),
    )


def _agree(phrases: Sequence[Phrase]) -> bool:
    """Whether two telling phrases share no word: an innocent name holds a bad word by accident once, hardly twice."""
    telling = [set(phrase.pieces) for phrase in phrases if phrase.weight >= _TELLING]
    return any(not one & other for at, one in enumerate(telling) for other in telling[:at])


def _in_leet(text: str, words: Words) -> list[Phrase]:
    """The phrases of which a word at least is spelled with digits or signs for letters: `p0rn`, `k1ll mys3lf`, `want 2 die`."""
    pieces: list[str] = []
    spelled: list[bool] = []
    for word in folding.plain(text).split():
        meant = _meant(word.strip(".,;:!?\"'()“”"), words)
        found = meant or folding.text_pieces(word)
        pieces += found
        spelled += [bool(meant)] * len(found)
    if not any(spelled):
        return []
    return [phrase for at, phrase in phrases_in(pieces, words.in_texts, words) if any(spelled[at : at + len(phrase.pieces)])]


def _meant(word: str, words: Words) -> tuple[str, ...]:
    """What a word with digits for letters means, if that is made of known words only; else nothing: `3rd`, `mp3`, `year4`."""
    if word == "2":
        return ("to",)
    if len(word) < _SHORTEST_SPELLED or word.isalpha() or not any(char.isalpha() for char in word):
        return ()
    for other in folding.without_leet(word):
        pieces = folding.text_pieces(other)
        if pieces != folding.text_pieces(word) and all(piece in words.costs or piece in words.in_texts for piece in pieces):
            return pieces
    return ()
