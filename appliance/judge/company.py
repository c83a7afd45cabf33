"""What a name is among others: somebody's site, a part that pages load, what a machine asks by itself, a place to search.

Looked up once for each name and remembered, since every name of every device is asked about.
"""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct

from appliance.judge.intent import site_of
from appliance.judge.safesearch import is_search

REMEMBERED = 8_192  # names

# Names of this network, and labels that machines ask for to find out about it (RFC 8880, RFC 9462; the old WPAD draft).
_INSIDE = (".local", ".arpa", ".lan", ".home", ".internal", ".localdomain")
_FIRST = ("wpad", "isatap", "_dns")


class Told(Struct, frozen=True, gc=False):
    """What is known of one name; `site` is roughly its registrable part."""

    site: str
    is_advert: bool = False  # pages load it: an advert, a counter, a widget
    is_background: bool = False  # browsers and systems ask for it by themselves
    is_search: bool = False


class Company:
    """Tells names apart by the two lists of `phrase_lists/`; each entry stands for itself and all below it."""

    def __init__(self, third_parties: Collection[str] = frozenset(), background: Collection[str] = frozenset()) -> None:
        """`third_parties` are loaded by pages, `background` is asked for by machines."""
        self._third_parties = third_parties
        self._background = background
        self._known: dict[str, Told] = {}

    def __len__(self) -> int:
        return len(self._known)

    def of(self, name: str) -> Told:
        """What a name is."""
        told = self._known.get(name)
        if told is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            told = self._known[name] = self._tell(name)
        return told

    def _tell(self, name: str) -> Told:
        return Told(
            site=site_of(name),
            is_advert=_is_among(name, self._third_parties),
            is_background=is_of_the_network(name) or _is_among(name, self._background),
            is_search=is_search(name),
        )


def is_of_the_network(name: str) -> bool:
    """Whether a name is this network's own, or asked for to learn about it; Chromium asks for single words for that."""
    return "." not in name or name.endswith(_INSIDE) or name.partition(".")[0] in _FIRST


def _is_among(name: str, names: Collection[str]) -> bool:
    """Whether the name or one above it is among the names."""
    while name:
        if name in names:
            return True
        name = name.partition(".")[2]
    return False
