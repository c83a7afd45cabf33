"""What machines call themselves, made harmless: hostile names end here, before anything stores or shows them."""

from __future__ import annotations

LONGEST = 63  # one DNS label (RFC 1035 section 2.3.4)


def clean_name(text: str, longest: int = LONGEST) -> str:
    """One line of printable characters without direction marks, at most `longest`; empty where nothing is left."""
    if text.isascii() and text.isprintable():
        return text.strip()[:longest].rstrip()
    # str.isprintable is false for control, format (direction marks, zero width) and private-use characters.
    kept = "".join(char if char.isprintable() else " " for char in text[: longest * 4])
    return " ".join(kept.split())[:longest].rstrip()
