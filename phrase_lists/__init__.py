"""Words and names kept by hand: what enters is files of this folder, what leaves is rows; nothing here judges.

Every file is tab-separated text in UTF-8 whose first lines, beginning with `#`, say what it is, its source, licence and date.
This module imports nothing but the standard library, so that the sensor may read the help lines without the guardian's libraries.
"""

from __future__ import annotations

import hashlib
import hmac
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent
SEALED = "sha256:"

# The key stands in the open, so a seal only hides: nobody who reads the repository or finds a lost card reads a directory of
# harmful sites, but whoever has a list of candidate names can still test them.
_SEAL_KEY = b"safespan sealed names, first series"


class Heading(NamedTuple):
    """What a file says of itself: one sentence each; `date` as YYYY-MM-DD."""

    title: str
    source: str
    licence: str
    date: str


def rows(file: str) -> Iterator[tuple[str, ...]]:
    """The rows of a file of this folder (`domains/harm.tsv`), without comments and empty lines."""
    for line in (FOLDER / file).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield tuple(line.split("\t"))


def heading(file: str) -> Heading:
    """The heading of a file of this folder; empty text for what it does not say."""
    told: dict[str, str] = {}
    title = ""
    for line in (FOLDER / file).read_text(encoding="utf-8").splitlines():
        if not line.startswith("# "):
            break
        key, colon, value = line[2:].partition(": ")
        if not title:
            title = line[2:]
        elif colon and key in ("source", "licence", "date"):
            told[key] = value
    return Heading(title, told.get("source", ""), told.get("licence", ""), told.get("date", ""))


def help_names() -> frozenset[str]:
    """The help lines and support services; a name stands for itself and all that is below it."""
    return frozenset(row[0] for row in rows("domains/help_lines.tsv"))


def third_parties() -> frozenset[str]:
    """Where pages load adverts, counters and widgets from; a name stands for itself and all that is below it."""
    return frozenset(row[0] for row in rows("third_parties.tsv"))


def background_names() -> frozenset[str]:
    """What browsers and systems ask for by themselves; a name stands for itself and all that is below it."""
    return frozenset(row[0] for row in rows("background.tsv"))


def seal(name: str) -> str:
    """A name as a keyed hash (HMAC-SHA256, RFC 2104): `sha256:`, twelve bits of its checksum in hex, `:`, 64 hex digits.

    The checksum lets a look-up skip hashing nearly always; with the key in the open it gives nothing more away.
    """
    data = name.encode()
    return f"{SEALED}{zlib.crc32(data) & 0xFFF:03x}:{hmac.new(_SEAL_KEY, data, hashlib.sha256).hexdigest()}"
