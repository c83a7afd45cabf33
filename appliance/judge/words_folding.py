"""Text made plain before words are looked for in it: punycode, accents, look-alikes, digits for letters, repeated letters."""

from __future__ import annotations

import re
import unicodedata

# Cyrillic, Greek and phonetic letters that are drawn like Latin ones, after the idea of UTS 39: those before the colon as the one
# behind it. Capitals are missing because everything is lower case by then.
_DRAWN = (
    "аαɑ:a вβь:b сϲς:c ԁɗ:d еєεё:e ƒ:f ɡԍ:g һ:h іїιı:i јϳ:j кκ:k ӏ:l м:m "
    "пηո:n оοσօ:o рρ:p ԛ:q гɼ:r ѕꜱ:s тτ:t υսц:u νѵ:v ѡωԝ:w хχ:x уγү:y ʐ:z"
)
_LOOK_ALIKES = {
    ord(letter): plain for letters, _, plain in (group.partition(":") for group in _DRAWN.split()) for letter in letters
}

# Letters that Unicode does not take apart, and the forms in which Arabic and Urdu write what is one letter to a reader.
_ONE_FORM = str.maketrans(
    {
        **dict(zip("łøđðı", "loddi", strict=True)),
        **{"ß": "ss", "œ": "oe", "æ": "ae", "þ": "th"},
        **dict.fromkeys("يىئ", "ی"),
        **dict.fromkeys("ةۃهھ", "ہ"),
        **dict.fromkeys("أإآٱ", "ا"),
        **{"ك": "ک", "ؤ": "و", "ـ": ""},
    }
)
_LEET = str.maketrans("034578@$", "oeastbas")
_TWICE = re.compile(r"(.)\1+")
_APOSTROPHES = re.compile("['’‘ʼ`´]")
_PIECE = re.compile(r"[^\W\d_]+|\d+")


def plain(text: str) -> str:
    """Lower case, without accents and vowel marks, each letter in one form; the length may change."""
    text = text.lower()
    if text.isascii():
        return text
    taken_apart = unicodedata.normalize("NFKD", text.translate(_ONE_FORM))
    return "".join(char for char in taken_apart if not unicodedata.combining(char)).translate(_ONE_FORM)


def pieces(text: str) -> tuple[str, ...]:
    """The words and numbers of a plain text in order: `bet365` is `bet` and `365`."""
    return tuple(_PIECE.findall(text))


def joined(text: str) -> str:
    """The letters and digits of a plain text without what stands between them."""
    return text.replace("-", "").replace("_", "")


def text_pieces(text: str) -> tuple[str, ...]:
    """The pieces of running text: `don't` is one word, `dont`."""
    return pieces(_APOSTROPHES.sub("", plain(text)))


def decode(label: str) -> str:
    """A host label as a reader sees it: punycode (RFC 3492) decoded; what does not decode stays as it is."""
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    # Python's decoder answers overflows with a ValueError, whose child UnicodeError is.
    except ValueError:
        return label


def drawn_as(text: str) -> str:
    """The plain text with letters of other scripts replaced by the Latin ones they are drawn like, after UTS 39."""
    return text if text.isascii() else text.translate(_LOOK_ALIKES)


def without_leet(text: str) -> tuple[str, ...]:
    """What a text with digits for letters may mean, `p0rn` as `porn`: two readings where a 1 stands, as i and as l, else one."""
    folded = text.translate(_LEET)
    return (folded.replace("1", "i"), folded.replace("1", "l")) if "1" in folded else (folded,)


def collapse(text: str) -> str:
    """The text with every repeated letter once."""
    return _TWICE.sub(r"\1", text)


def repeats(text: str) -> bool:
    """Whether a letter stands at least twice in a row."""
    return _TWICE.search(text) is not None
