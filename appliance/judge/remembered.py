"""The verdicts on the last names, remembered: most names come again and again, and the words of a name cost a moment to read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from appliance.judge.domains import Match
from appliance.judge.names import normalise
from appliance.judge.verdicts import judge_match
from appliance.judge.words import judge_words
from appliance.judge.words_matching import Words
from appliance.model import Verdict

VERDICTS = 20_000  # names whose verdict is remembered, twice

# Names of this network and of addresses: nobody chose their words to be read by others.
_INSIDE = (".local", ".arpa", ".lan", ".home", ".internal", ".localdomain")


class NameLists(Protocol):
    """What is wanted of the lists: `appliance.judge.domains.DomainLists`, or a fake of it."""

    def match(self, name: str) -> Match | None:
        """The entry that covers a name, or None."""
        ...


class Verdicts:
    """Verdicts by the lists and, for names that none knows, by `words`; in two generations, so that it never grows.

    None: nothing to say. A verdict without category: a help line.
    """

    def __init__(
        self, lists: NameLists, words: Words | None = None, is_idle: Callable[[str], bool] = lambda _name: False
    ) -> None:
        """Begin with nothing remembered. What is only a note is none where machines ask for the name by themselves: `is_idle`."""
        self._lists = lists
        self._is_idle = is_idle
        self._words = words
        self._young: dict[str, Verdict | None] = {}
        self._old: dict[str, Verdict | None] = {}

    def of(self, name: str) -> Verdict | None:
        """The verdict that matters: flagged, or a help line's; None for all other names."""
        try:
            return self._young[name]
        except KeyError:
            pass
        verdict = self._old[name] if name in self._old else self._judged(name)
        if len(self._young) >= VERDICTS:
            self._old, self._young = self._young, {}
        self._young[name] = verdict
        return verdict

    def is_help(self, name: str) -> bool:
        """Whether the name is a help line's: nothing may count it."""
        verdict = self.of(name)
        return verdict is not None and verdict.category is None

    def _judged(self, name: str) -> Verdict | None:
        clean = normalise(name)
        if clean is None:
            return None
        match = self._lists.match(clean)
        if match is None:
            return judge_words(clean, self._words) if self._words is not None and not clean.endswith(_INSIDE) else None
        verdict = judge_match(clean, match)
        if verdict.level == "note" and self._is_idle(clean):
            return None
        return verdict if verdict.category is not None or match.kind == "help" else None
