"""Whether a fetched list may replace the one before: a broken or poisoned download must not change what the box thinks.

Single entries that no list may hold (public suffixes, help lines, sites schools need) are refused when lists are compiled; here
a whole file is turned away.
"""

from __future__ import annotations

import re
from pathlib import Path

from msgspec import Struct

from appliance.edge.address_files import read_networks
from appliance.edge.list_files import RUBBISH_SHARE, Refusals, first_lines, read_names
from appliance.edge.suffixes import PublicSuffixes

SHRINK, GROWTH, COUNT_SHARE = 0.5, 5.0, 0.05
GROWTH_FROM = 100  # entries; a list of three may well become one of thirty
MOST_SUFFIXES = 50  # public suffixes in one list: the makers' program has gone wrong
_HEADER_LINES = 100
_CLAIM = re.compile(
    r"[#!;/*\s]*(?:total )?(?:number of )?(?:entries|domains|hosts|rules|names)\s*[:=]\s*(\d[\d,._' ]*)", re.IGNORECASE
)


class Content(Struct, frozen=True, kw_only=True):
    """What a file holds. `claimed`: entries by its own heading; `suffixes`: public suffixes among the entries, with examples."""

    entries: int
    refused: int = 0
    claimed: int | None = None
    suffixes: int = 0
    examples: tuple[str, ...] = ()


def inspect(path: Path, form: str, suffixes: PublicSuffixes) -> Content:
    """Read a file through once, as a stream; raises ListError."""
    refusals = Refusals()
    if form == "addresses":
        return Content(entries=sum(1 for _ in read_networks(path, refusals)), refused=refusals.total)
    entries = bad = 0
    examples: list[str] = []
    for name in read_names(path, form, refusals):
        entries += 1
        if suffixes.forbids(name):
            bad += 1
            examples += [name] if len(examples) < 3 else []
    return Content(entries=entries, refused=refusals.odd, claimed=_claim(path, form), suffixes=bad, examples=tuple(examples))


def _claim(path: Path, form: str) -> int | None:
    """The count in the file's heading; archives have none."""
    if form == "ut1":
        return None
    for line in first_lines(path, _HEADER_LINES):
        found = _CLAIM.match(line)
        if found:
            return int(re.sub(r"\D", "", found[1])[:12])
    return None


def objection(content: Content, *, floor: int, before: int | None, form: str = "auto") -> str:
    """Why a file may not replace a list of `before` entries, as the end of a sentence; empty where it may."""
    entries = content.entries
    if content.refused > RUBBISH_SHARE * (entries + content.refused):
        return f"most of its lines are no names ({content.refused:,} of {entries + content.refused:,})"
    if entries < max(1, floor):
        return f"it holds {entries:,} entries, and at least {max(1, floor):,} were expected"
    if content.claimed is not None and not _as_claimed(content.claimed, entries, form):
        return f"its heading speaks of {content.claimed:,} entries, and it holds {entries:,}"
    if content.suffixes > MOST_SUFFIXES:
        return f"it names {content.suffixes:,} endings below which anybody has a site, such as {', '.join(content.examples)}"
    if before and entries < SHRINK * before:
        return f"it shrank from {before:,} to {entries:,} entries"
    if before and entries > GROWTH * max(before, GROWTH_FROM):
        return f"it grew from {before:,} to {entries:,} entries"
    return ""


def _as_claimed(claimed: int, entries: int, form: str) -> bool:
    # A zone names each site twice, itself and all below it, and counts it once.
    counts = (entries, entries / 2) if form in ("rpz", "auto") else (entries,)
    return any(abs(claimed - count) <= COUNT_SHARE * count for count in counts)
