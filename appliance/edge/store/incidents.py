"""Incidents, and what people decided and wrote about them.

What was seen is written by the guardian while an incident is open; what people made of it is written by the page. Neither
touches the other's columns, and once there is a decision the seen part stands still.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, get_args

import msgspec

from appliance.edge.store.database import Database, Row
from appliance.edge.store.errors import NotFound, StoreError
from appliance.edge.store.journal import Journal
from appliance.edge.store.origin import Origin
from appliance.edge.store.ownership import HIDDEN
from appliance.model import Decision, Incident, Level, Note, NoteKind, Tally

_SEEN = (
    *("category", "level", "device", "mac", "first_seen", "last_seen", "count", "names"),
    *("outcome", "confidence", "sentence", "reason", "reasons", "source", "exercise", "intent", "intent_reasons"),
)
COLUMNS = ", ".join(["id", *_SEEN, "acknowledged", "seen", "decision"])
URGENT_FIRST = "CASE level WHEN 'urgent' THEN 0 WHEN 'look' THEN 1 ELSE 2 END, first_seen, id"
_RISES = "? = 'urgent' AND level != 'urgent'"
_LISTS = ("names", "reasons", "intent_reasons")
_TEXTS = msgspec.json.Decoder(tuple[str, ...])  # made once: pages read thousands of rows
Facts = Sequence[tuple[str, str]]
TEXT_LIMIT = 4_000  # characters of one note


class Incidents:
    """The table of incidents and the append-only notes on them."""

    def __init__(self, db: Database, origin: Origin, journal: Journal) -> None:
        self._db = db
        self._origin = origin
        self._journal = journal

    def save(self, incident: Incident) -> Incident:
        """Add (id 0) or update what was seen; returns what the table then holds.

        A decided incident stands still: the answer shows the decision, and whoever folds begins a new one.
        """
        seen = _seen(incident)
        with self._db.transaction():
            if not incident.id:
                return msgspec.structs.replace(incident, id=self._db.insert("incidents", {**seen, **self._origin.stamp()}))
            # A level that has risen to urgent must light the lamp again, whoever had acknowledged the milder one.
            assignments = ", ".join(f"{column} = ?" for column in seen)
            sql = (
                f"UPDATE incidents SET acknowledged = acknowledged AND NOT ({_RISES}), seen = seen AND NOT ({_RISES}), "  # noqa: S608
                f"{assignments}, seq = ? WHERE id = ? AND decision IS NULL"
            )
            self._db.execute(sql, (incident.level, incident.level, *seen.values(), self._origin.stamp()["seq"], incident.id))
            held = self.one(incident.id)
            return msgspec.structs.replace(held, decided_at=self._decided_at(held.id)) if held.decision else held

    def one(self, number: int) -> Incident:
        """The incident with that id; NotFound where there is none."""
        row = self._db.row(f"SELECT {COLUMNS} FROM incidents WHERE id = ?", (number,))  # noqa: S608
        if row is None:
            raise NotFound(f"There is no incident {number}.")
        return to_incident(row)

    def listed(
        self,
        *,
        open_only: bool,
        level: Level | None,
        mac: str | None,
        since: float | None,
        limit: int,
        offset: int,
        hidden_from: str | None = None,
    ) -> list[Incident]:
        """Incidents: the open ones urgent and oldest first, or all newest first; `hidden_from` leaves out a person's own."""
        wanted: list[tuple[str, Any]] = [("level = ?", level), ("mac = ?", mac), ("last_seen >= ?", since)]
        wanted.append((f"NOT {HIDDEN}", hidden_from))
        given = [(clause, value) for clause, value in wanted if value is not None]
        where = " AND ".join(["decision IS NULL"] * open_only + [clause for clause, _ in given]) or "1"
        order = URGENT_FIRST if open_only else "last_seen DESC, id DESC"
        sql = f"SELECT {COLUMNS} FROM incidents WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?"  # noqa: S608
        return [to_incident(row) for row in self._db.rows(sql, (*(value for _, value in given), limit, offset))]

    def count_open(self, hidden_from: str | None = None) -> dict[Level, int]:
        """How many incidents have no decision yet, by level; every level is there. `hidden_from` leaves out a person's own."""
        counts: dict[Level, int] = dict.fromkeys(get_args(Level), 0)
        where, given = (f"AND NOT {HIDDEN}", (hidden_from,)) if hidden_from else ("", ())
        sql = f"SELECT level, count(*) AS n FROM incidents WHERE decision IS NULL {where} GROUP BY level"  # noqa: S608
        for row in self._db.rows(sql, given):
            counts[row["level"]] = row["n"]
        return counts

    def tallies(self, since: float, hidden_from: str | None) -> list[Tally]:
        """How many urgent and look incidents were last seen since then, by kind and by what became of them; no exercises."""
        where, given = (f"AND NOT {HIDDEN}", (hidden_from,)) if hidden_from else ("", ())
        sql = (
            "SELECT category, level, outcome, decision IS NOT NULL AS closed, count(*) AS count FROM incidents "  # noqa: S608
            f"WHERE last_seen >= ? AND level != 'note' AND NOT exercise {where} GROUP BY category, level, outcome, closed"
        )
        return [Tally(**row | {"closed": bool(row["closed"])}) for row in self._db.rows(sql, (since, *given))]

    def count_sounding(self) -> int:
        """How many urgent incidents nobody has acknowledged or decided: these hold the lamp red."""
        sql = "SELECT count(*) AS n FROM incidents WHERE decision IS NULL AND level = 'urgent' AND NOT acknowledged"
        row = self._db.row(sql)
        return int(row["n"]) if row else 0

    def notes(self, number: int) -> list[Note]:
        """Everything people wrote and decided on an incident, oldest first."""
        told: dict[int, list[tuple[str, str]]] = defaultdict(list)
        sql = "SELECT note, key, value FROM particulars WHERE note IN (SELECT id FROM notes WHERE incident = ?) ORDER BY id"
        for row in self._db.rows(sql, (number,)):
            told[row["note"]].append((row["key"], row["value"]))
        rows = self._db.rows("SELECT id, time, by, text, kind FROM notes WHERE incident = ? ORDER BY id", (number,))
        return [msgspec.convert(row | {"facts": told[row["id"]]}, Note) for row in rows]

    def decide(self, number: int, decision: Decision, *, by: str, now: float, text: str, facts: Facts = ()) -> Incident:
        """Close an incident. Deciding again corrects; the earlier decision stays in the notes."""
        if decision not in get_args(Decision):
            raise StoreError(f"“{decision}” is not one of the decisions.")
        with self._db.transaction():
            self.one(number)
            self._db.execute("UPDATE incidents SET decision = ?, acknowledged = 1, seen = 1 WHERE id = ?", (decision, number))
            self.write(number, "decision", f"{decision}: {text}" if text else decision, by=by, now=now, facts=facts)
            self._journal.chain.add("incidents", number)
            return self.one(number)

    def reopen(self, number: int, *, by: str, now: float, text: str) -> Incident:
        """Take the decision back; the note says why."""
        with self._db.transaction():
            held = self.one(number)
            if held.decision is None:
                return held  # somebody else was first
            self._db.execute("UPDATE incidents SET decision = NULL WHERE id = ?", (number,))
            self.write(number, "decision", f"reopened: {text}" if text else "reopened", by=by, now=now)
            self._journal.chain.release(number)
            return self.one(number)

    def add_note(self, number: int, text: str, *, by: str, now: float) -> None:
        """Add to an incident's record."""
        with self._db.transaction():
            self.one(number)
            self.write(number, "note", text, by=by, now=now)

    def acknowledge(self, number: int, *, by: str, now: float) -> None:
        """Somebody has seen it: the lamp stops being red for this one. A second time changes nothing."""
        with self._db.transaction():
            if not self.one(number).acknowledged:
                self._db.execute("UPDATE incidents SET acknowledged = 1, seen = 1 WHERE id = ?", (number,))
                self.write(number, "acknowledged", "", by=by, now=now)

    def acknowledge_all_urgent(self, *, by: str, now: float) -> int:
        """The button on the box: acknowledge every open urgent incident; returns how many there were."""
        with self._db.transaction():
            sql = "SELECT id FROM incidents WHERE decision IS NULL AND level = 'urgent' AND NOT acknowledged ORDER BY id"
            numbers = [row["id"] for row in self._db.rows(sql)]
            for number in numbers:
                self.acknowledge(number, by=by, now=now)
        return len(numbers)

    def sound_again(self, numbers: Sequence[int]) -> None:
        """An acknowledged urgent incident has come up again after a quiet time: the lamp must say so."""
        for number in numbers:
            self._db.execute("UPDATE incidents SET acknowledged = 0, seen = 0 WHERE id = ? AND decision IS NULL", (number,))

    def reword(self, sentences: Mapping[int, str]) -> None:
        """Replace sentences as the days pass; what they say stays the same."""
        self._db.execute_many("UPDATE incidents SET sentence = ? WHERE id = ?", [(text, n) for n, text in sentences.items()])

    def _decided_at(self, number: int) -> float:
        row = self._db.row("SELECT max(time) AS time FROM notes WHERE incident = ? AND kind = 'decision'", (number,))
        return float(row["time"] or 0.0) if row else 0.0

    def write(self, number: int, kind: NoteKind, text: str, *, by: str, now: float, facts: Facts = ()) -> int:
        """Add one entry to a record, with its facts, links of the chain and audit row; returns its id."""
        with self._db.transaction():
            row = {"incident": number, "time": now, "by": by, "kind": kind, "text": text[:TEXT_LIMIT], **self._origin.stamp()}
            note = self._db.insert("notes", row)
            self._journal.chain.add("notes", note)
            for key, value in facts:
                fact = {"note": note, "key": key, "value": value, **self._origin.stamp()}
                self._journal.chain.add("particulars", self._db.insert("particulars", fact))
            self._journal.add(now, by, f"incident {kind}", str(number))
        return note


def _seen(incident: Incident) -> Row:
    """The columns that the guardian owns."""
    row = {column: getattr(incident, column) for column in _SEEN}
    lists = {column: msgspec.json.encode(row[column]).decode() for column in _LISTS}
    return row | lists | {"exercise": int(incident.exercise)}


def to_incident(row: Row) -> Incident:
    """A row as an Incident; names and reasons are kept as JSON."""
    lists = {column: _TEXTS.decode(row[column]) for column in _LISTS}
    flags = {"acknowledged": bool(row["acknowledged"]), "seen": bool(row["seen"]), "exercise": bool(row["exercise"])}
    return msgspec.convert(row | lists | flags, Incident)
