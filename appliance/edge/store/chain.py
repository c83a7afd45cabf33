"""The chain: each audit row, note with its particulars, reported worry and decided incident is a link with the hash of the last.

Whoever changes, removes or slips in a row must recompute every later link, and then the chain's head no longer is the evidence
code that was printed. Links hold digests only, never what was written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from appliance.edge.store.database import Database, Row

_ORIGIN = ("box", "boot", "seq", "clock_synced")
# What each link vouches for. A column that a later version adds is not part of it: old links must stay true.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "audit": ("id", "time", "who", "action", "subject", *_ORIGIN),
    "notes": ("id", "incident", "time", "by", "kind", "text", *_ORIGIN),
    "particulars": ("id", "note", "key", "value", *_ORIGIN),
    "worries": ("id", "time", "text", "name", "about", "today", *_ORIGIN),
    # Not the sentence, which is put into other words as the days pass.
    "incidents": (
        *("id", "category", "level", "device", "mac", "first_seen", "last_seen", "count", "names"),
        *("outcome", "confidence", "reason", "source", "exercise", "decision"),
    ),
}
WRITTEN = ("audit", "notes", "particulars", "worries")  # sources that are only ever added to
OPEN = "open"  # the content of a link that says: this incident is open again and may change
REMOVED = "removed"  # of one that says: the box has taken this row out, since it was older than its term
CODE_SIGNS = 16  # of the head's 64 hexadecimal signs: 64 bits, in groups of four
STEP = 5_000  # links read at a time


class Head(Struct, frozen=True):
    """The newest link: its number (0 where there is none yet) and its hash, 64 hexadecimal signs."""

    number: int
    hash: str

    @property
    def code(self) -> str:
        """The evidence code as it is printed: "1042-9F3A-0C11-77D2-E0B4"."""
        signs = self.hash[:CODE_SIGNS].upper()
        return "-".join([str(self.number), *(signs[start : start + 4] for start in range(0, len(signs), 4))])


class Break(Struct, frozen=True):
    """Where the chain is not whole. `number` is the link's, or 0; `row` is the row's number in `source`."""

    kind: str  # "link", "changed", "missing", "unlinked", "code"
    number: int = 0
    source: str = ""
    row: int = 0


class Verification(Struct, frozen=True):
    """The chain as it was found: how many links, the newest of them, and the first break."""

    links: int
    head: Head
    broken: Break | None = None


def digest(source: str, row: Mapping[str, Any]) -> str:
    """SHA-256 of a row's content as JSON: the columns in their order, without spaces, in UTF-8."""
    values = [source, *(row[column] for column in COLUMNS[source])]
    return hashlib.sha256(json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def link_hash(previous: str, source: str, row: int, content: str) -> str:
    """SHA-256 over the hash before and what this link vouches for."""
    return hashlib.sha256(f"{previous}|{source}|{row}|{content}".encode()).hexdigest()


class Chain:
    """The table of links. Rows enter in the transaction that writes what they vouch for."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, source: str, row: int) -> None:
        """Link a row that was just written, as the table now holds it."""
        self._append(source, row, digest(source, self._read(source, row)))

    def release(self, incident: int) -> None:
        """An incident is open again: from here on its row may change."""
        self._append("incidents", incident, OPEN)

    def remove(self, source: str, row: int) -> None:
        """A row is taken out for good; the links that vouched for it stay, and so does this one."""
        self._append(source, row, REMOVED)

    def head(self) -> Head:
        """The newest link; its code is what printed pages show as evidence."""
        found = self._db.row("SELECT id, hash FROM chain ORDER BY id DESC LIMIT 1")
        return Head(found["id"], found["hash"]) if found else Head(0, "")

    def verify(self, code: str = "") -> Verification:
        """Walk the whole chain; `code` is an evidence code that must lie on it."""
        walk = _Walk(code)
        for batch in self._batches():
            broken = walk.follow(batch)
            if broken:
                return Verification(walk.head.number, walk.head, broken)
            broken = self._find_change(walk, batch)
            if broken:
                return Verification(walk.head.number, walk.head, broken)
        return Verification(walk.links, walk.head, self._find_unlinked() or self._find_unsealed(walk) or walk.find_stray())

    def _append(self, source: str, row: int, content: str) -> None:
        with self._db.transaction():
            previous = self.head().hash
            link = {"source": source, "row": row, "content": content, "previous": previous}
            self._db.insert("chain", {**link, "hash": link_hash(previous, source, row, content)})

    def _read(self, source: str, row: int) -> Row:
        found = self._db.row(f"SELECT {', '.join(COLUMNS[source])} FROM {source} WHERE id = ?", (row,))  # noqa: S608
        assert found is not None, "a row is linked in the transaction that writes it"
        return found

    def _batches(self) -> Iterator[list[Row]]:
        after = 0
        while batch := self._db.rows("SELECT * FROM chain WHERE id > ? ORDER BY id LIMIT ?", (after, STEP)):
            yield batch
            after = batch[-1]["id"]

    def _find_change(self, walk: _Walk, batch: Iterable[Row]) -> Break | None:
        """The first of these links whose row is not what was linked; incidents wait for their newest link."""
        wanted: dict[str, list[Row]] = {source: [] for source in WRITTEN}
        for link in batch:
            if link["source"] in wanted:
                wanted[link["source"]].append(link)
        breaks = [found for source, links in wanted.items() if (found := self._compare(source, links))]
        return min(breaks, key=lambda found: found.number, default=None)

    def _compare(self, source: str, links: list[Row]) -> Break | None:
        """The first link of one source that its row contradicts."""
        if not links:
            return None
        sql = f"SELECT {', '.join(COLUMNS[source])} FROM {source} WHERE id BETWEEN ? AND ?"  # noqa: S608
        numbers = [link["row"] for link in links]
        span = (min(numbers), max(numbers))
        rows = {row["id"]: row for row in self._db.rows(sql, span)}
        taken = "SELECT row FROM chain WHERE source = ? AND row BETWEEN ? AND ? AND content = ?"
        removed = {found["row"] for found in self._db.rows(taken, (source, *span, REMOVED))}
        for link in links:
            row = rows.get(link["row"])
            if row is None and link["row"] not in removed:
                return Break("missing", link["id"], source, link["row"])
            # A row that was taken out and is there again has the removal's own link against it.
            if row is not None and digest(source, row) != link["content"]:
                return Break("changed", link["id"], source, link["row"])
        return None

    def _find_unlinked(self) -> Break | None:
        """A row that nobody linked was not written by the box."""
        for source in WRITTEN:
            sql = f"""SELECT id FROM {source} WHERE id NOT IN (SELECT row FROM chain WHERE source = ?) ORDER BY id LIMIT 1"""  # noqa: S608
            found = self._db.row(sql, (source,))
            if found:
                return Break("unlinked", 0, source, found["id"])
        return None

    def _find_unsealed(self, walk: _Walk) -> Break | None:
        """A decided incident that differs from its newest link."""
        links = [link for link in walk.sealed.values() if link["content"] != OPEN]
        return self._compare("incidents", sorted(links, key=lambda link: int(link["id"])))


class _Walk:
    """Follows the links one by one, and remembers each incident's newest one."""

    def __init__(self, code: str) -> None:
        self.head = Head(0, "")
        self.links = 0
        self.sealed: dict[int, Row] = {}
        self._code = code.strip().upper()
        self._met = not code

    def follow(self, batch: Iterable[Row]) -> Break | None:
        """Take the next links; the first that does not fit the one before is the break."""
        for link in batch:
            right = link_hash(self.head.hash, link["source"], link["row"], link["content"])
            if link["previous"] != self.head.hash or link["hash"] != right:
                return Break("link", link["id"], link["source"], link["row"])
            self.head = Head(link["id"], link["hash"])
            self.links += 1
            self._met = self._met or self.head.code == self._code
            if link["source"] == "incidents":
                self.sealed[link["row"]] = link
        return None

    def find_stray(self) -> Break | None:
        """Whether the evidence code was never met on the way."""
        return None if self._met else Break("code")
