"""Public suffixes (`co.uk`, `github.io`): names under which anybody may have a site, so that no list may flag one whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.resources import files

_USUAL_SECONDS = ("ac", "co", "com", "edu", "gov", "net", "org")


class PublicSuffixes:
    """The rules of the Public Suffix List, with its private part (hosting firms) told apart from the registries'."""

    def __init__(self, lines: Iterable[str]) -> None:
        """`lines` of the list's own file format."""
        self._registries: set[str] = set()
        self._private: set[str] = set()
        self._wild: set[str] = set()  # parents of `*.parent`
        self._exceptions: set[str] = set()
        rules = self._registries
        for line in lines:
            if "===BEGIN PRIVATE DOMAINS===" in line:
                rules = self._private
            rule = line.strip()
            if rule and not rule.startswith("//"):
                self._add(rule, rules)

    def _add(self, rule: str, rules: set[str]) -> None:
        text = ".".join(label if label.isascii() else "xn--" + label.encode("punycode").decode() for label in rule.split("."))
        if text.startswith("*."):
            self._wild.add(text[2:])
        elif text.startswith("!"):
            self._exceptions.add(text[1:])
        else:
            rules.add(text)

    @classmethod
    def bundled(cls) -> PublicSuffixes:
        """The list that comes with publicsuffixlist; never fetched."""
        text = files("publicsuffixlist").joinpath("public_suffix_list.dat").read_text(encoding="utf-8")
        return cls(text.splitlines())

    def registrable(self, name: str) -> str:
        """The part of a name that somebody can own: the longest public suffix and one label more; empty where there is none."""
        labels = name.split(".")
        for start in range(len(labels)):
            if self._is_suffix(".".join(labels[start:])):
                return ".".join(labels[start - 1 :]) if start else ""
        # The list's own rule for what it does not know: the last label is a suffix.
        return ".".join(labels[-2:]) if len(labels) > 1 else ""

    def of_two_labels(self) -> Iterator[str]:
        """Those of two labels; of a country where every second label is one (`*.np`), the usual ones."""
        yield from (name for name in self._registries | self._private if name.count(".") == 1)
        yield from (f"{second}.{parent}" for parent in self._wild if "." not in parent for second in _USUAL_SECONDS)

    def _is_suffix(self, name: str) -> bool:
        if name in self._registries or name in self._private:
            return True
        return name.partition(".")[2] in self._wild and name not in self._exceptions

    def forbids(self, name: str, *, checked: bool = False) -> bool:
        """Whether an entry of that name would flag sites of many owners; a checked one may name a private suffix (a tunnel's)."""
        if name in self._private:
            return not checked
        if name in self._registries or name in self._wild:  # `*.sch.uk`: `sch.uk` would be every school in the country
            return True
        return name.partition(".")[2] in self._wild and name not in self._exceptions
