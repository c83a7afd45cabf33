"""Makes `vocabulary.txt.gz`, the plain words that host labels are read with, from SCOWL's word lists.

Run by hand: `python phrase_lists/words/make.py FOLDER`, where FOLDER holds SCOWL's files (`english-words.10` and so on; Debian's
package `scowl` puts them under /usr/share/dict/scowl). SCOWL sorts words by how common they are, in sizes from 10 (the commonest)
to 95. A word's cost is worked out from its size alone: the share of running text that we give to its size, divided by how many
words the size has, as a negative natural logarithm. The shares are our own guesses, tuned on names of sites. SCOWL's terms
stand in `SCOWL-COPYRIGHT.txt` beside this file.
"""

from __future__ import annotations

import gzip
import math
import re
import sys
from collections import defaultdict
from pathlib import Path

TARGET = Path(__file__).with_name("vocabulary.txt.gz")
SHARES = {10: 0.58, 20: 0.16, 35: 0.14, 40: 0.02, 50: 0.05, 55: 0.01, 60: 0.01, 70: 0.01}
_SPELLINGS = ("english", "british", "british_z", "american")
_KINDS = ("words", "upper", "proper-names")
_WORD = re.compile(r"[a-z]{1,20}")

# SCOWL lists every letter and many abbreviations as words; with those, anything falls into pieces.
_PAIRS = "adaiamanasatbebydjdoeuexgohehihridifinisitkgkmmemrmsmynoofohokonorpapcpepmpsresosttotvukupusvswe"
_SHORT = frozenset(("a", "i", *(_PAIRS[at : at + 2] for at in range(0, len(_PAIRS), 2))))
_RAREST_OF_THREE = 40  # words of three letters beyond this size are left out
_RARE_LENGTHS = range(5, 16)  # of size 70

HEADER = """# Plain words with their costs, the cheaper the commoner: what host labels are read with.
# source: made by phrase_lists/words/make.py from SCOWL 2020.12.07 (http://wordlist.sourceforge.net), sizes 10 to 70
# licence: SCOWL's own permissive terms, in SCOWL-COPYRIGHT.txt; costs by this project, MIT
# date: 2026-11-21
# cost	words
"""


def costs(folder: Path) -> dict[str, float]:
    """Every wanted word of SCOWL's files with its cost; raises OSError."""
    by_size = {size: _words_of(folder, size) for size in SHARES}
    found: dict[str, float] = {}
    for size, words in by_size.items():
        cost = round(-math.log(SHARES[size] / max(len(words), 1)), 1)
        for word in words:
            if word not in found and _wanted(word, size):
                found[word] = cost
    return found


def _words_of(folder: Path, size: int) -> set[str]:
    words: set[str] = set()
    for spelling in _SPELLINGS:
        for kind in _KINDS:
            path = folder / f"{spelling}-{kind}.{size}"
            if path.exists():
                words.update(line.lower() for line in path.read_text(encoding="latin-1").split())
    return {word for word in words if _WORD.fullmatch(word)}


def _wanted(word: str, size: int) -> bool:
    if len(word) <= 2:
        return word in _SHORT
    if len(word) == 3:
        return size <= _RAREST_OF_THREE
    return size < 70 or len(word) in _RARE_LENGTHS


def render(words: dict[str, float]) -> str:
    """The file's text: one line for each cost, the words of it in order."""
    groups: dict[float, list[str]] = defaultdict(list)
    for word, cost in words.items():
        groups[cost].append(word)
    return HEADER + "".join(f"{cost}\t{' '.join(sorted(groups[cost]))}\n" for cost in sorted(groups))


def main(folder: Path) -> None:
    """Write the file, the same bytes each time."""
    words = costs(folder)
    TARGET.write_bytes(gzip.compress(render(words).encode(), 9, mtime=0))
    sys.stdout.write(f"{len(words)} words, {TARGET.stat().st_size} bytes\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
