"""How much a journey asks of somebody: presses, fields, letters to type, words to read, and how long that takes."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

# Seconds: a slow typist (two letters a second), a reader at 200 words a minute (Brysbaert 2019 measured 238), and a moment to
# decide and aim before each press and each field (keystroke-level model, Card, Moran and Newell 1980: 1.35 s and 1.1 s).
LETTER, WORD, AIM = 0.5, 60 / 200, 1.35 + 1.1


# The words that are in sight; of a list to choose from only the choice, and none of what is folded away.
SEEN = """() => {
    const walk = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    let words = 0;
    while (walk.nextNode()) {
        const within = walk.currentNode.parentElement;
        if (within.checkVisibility() && !within.closest("option:not(:checked), .govuk-visually-hidden"))
            words += walk.currentNode.textContent.split(/\\s+/).filter(Boolean).length;
    }
    return words;
}"""


class Effort:
    """Does what it is told on a page, and counts it. Every new address is read from top to bottom once."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.presses = self.fields = self.letters = self.words = 0
        self.pages: list[str] = []
        self._read()

    def press(self, what: Locator) -> None:
        """Press a button, a link or a choice."""
        what.click()
        self.presses += 1
        self._read()

    def fill(self, what: Locator, text: str) -> None:
        """Type into a field."""
        what.fill(text)
        self.fields += 1
        self.letters += len(text)

    def _read(self) -> None:
        path = self._page.evaluate("location.pathname")
        if path not in self.pages:
            self.pages.append(path)
            self.words += self._page.evaluate(SEEN)

    @property
    def minutes(self) -> float:
        """How long all that takes."""
        return (self.letters * LETTER + self.words * WORD + (self.presses + self.fields) * AIM) / 60

    def __str__(self) -> str:
        return (
            f"{len(self.pages)} pages, {self.presses} presses, {self.fields} fields, {self.letters} letters, {self.words} words:"
            f" {self.minutes:.1f} minutes"
        )
