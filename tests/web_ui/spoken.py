"""What a page says, without what is marked as not its own: names, code, what people typed, what is in English."""

from __future__ import annotations

import re
from html.parser import HTMLParser

# Words that stand in nearly every English sentence, and in no Welsh one.
ENGLISH = re.compile(
    r"\b(the|and|what|which|this|that|with|was|were|has|have|your|you|device|devices|box|not|for)\b", re.IGNORECASE
)
# What only a slip of a template puts on a page.
SLIPS = re.compile(r"<built-in|<bound method|object at 0x|%\(\w+\)|\bNone\b|Undefined")
_VOID = frozenset(("meta", "link", "input", "br", "path", "circle", "rect", "img", "hr"))
_SILENT = frozenset(("bdi", "code", "script", "style", "textarea"))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins; what its attributes say aloud counts too."""
        given = dict(attrs)
        if tag not in _VOID:
            typed = "typed" in (given.get("class") or "").split()
            marked = typed or given.get("lang") == "en" or given.get("translate") == "no"
            self.open.append((tag, marked or tag in _SILENT))
        self.said += [value for name in ("aria-label", "title", "placeholder") if (value := given.get(name))]

    def handle_endtag(self, tag: str) -> None:
        """An element ends, and whatever it left open."""
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Words."""
        if data.strip() and not any(marked for _tag, marked in self.open):
            self.said.append(data.strip())


def read(page: str) -> list[str]:
    """The words of a page, piece by piece."""
    reader = _Reader()
    reader.feed(page)
    return reader.said
