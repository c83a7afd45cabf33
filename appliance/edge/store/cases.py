"""What people do about incidents: decide, correct, pass on, link, ask for a name. All of it is added to the record, none changed.

What a program must know of an entry stands beside it as facts; what is the case now is read from the newest entries.
"""

from __future__ import annotations

from collections.abc import Sequence

from appliance.edge.store import search
from appliance.edge.store.database import Database
from appliance.edge.store.errors import AlreadyDecided, NotFound, StoreError
from appliance.edge.store.incidents import Incidents
from appliance.edge.store.ownership import HIDDEN
from appliance.edge.store.search import State, Wanted
from appliance.edge.store.sights import Sights
from appliance.model import Decision, Incident, Note, Sight

NEAR = 2 * 86_400.0  # incidents of one device within two days may belong together
SUGGESTED = 10
LINKED = 50


class Cases:
    """The work on incidents. Every deed also writes an audit row, and its entries are links of the chain."""

    def __init__(self, db: Database, incidents: Incidents, sights: Sights) -> None:
        self._db = db
        self._incidents = incidents
        self._sights = sights

    # --- finding --------------------------------------------------------------------------------------------------

    def find(self, wanted: Wanted, limit: int = 25, offset: int = 0) -> list[Incident]:
        """What fits: urgent and oldest first where only open ones are wanted, else the newest first."""
        return search.find(self._db, wanted, limit, offset)

    def count(self, wanted: Wanted) -> dict[State, int]:
        """How many fit, by state; every state is there."""
        return search.count(self._db, wanted)

    def workers(self, numbers: Sequence[int]) -> dict[int, str]:
        """Who has each of these in hand, by full name: whoever it was passed to, or began to look at it last."""
        marks = ", ".join("?" * len(numbers))
        sql = (
            "SELECT n.incident, coalesce(a.full_name, p.value, n.by) AS name FROM notes n "  # noqa: S608
            "LEFT JOIN particulars p ON p.note = n.id AND p.key = 'to' LEFT JOIN accounts a ON a.username = p.value "
            f"WHERE n.incident IN ({marks}) AND n.kind IN ('acknowledged', 'passed') ORDER BY n.id"
        )
        return {row["incident"]: row["name"] for row in self._db.rows(sql, tuple(numbers))}

    def sights(self, incident: Incident) -> list[Sight]:
        """How much of what its device did was in sight in the hours of an incident; none where nobody kept them."""
        return self._sights.of_incident(incident)

    def clock_was_set(self, number: int) -> bool | None:
        """Whether the box's clock had been set when it wrote the incident down; None where it could not tell."""
        row = self._db.row("SELECT clock_synced FROM incidents WHERE id = ?", (number,))
        return None if row is None or row["clock_synced"] is None else bool(row["clock_synced"])

    # --- doing ----------------------------------------------------------------------------------------------------

    def see(self, number: int, username: str, *, by: str, now: float) -> None:
        """Somebody opened it: it is not new any more, and what was passed to them has been read."""
        held = self._incidents.one(number)
        passed = self._newest_pass(number)
        unread = passed is not None and passed.one("to") == username and not self._is_read(number, passed.id)
        if held.seen and not unread:
            return
        with self._db.transaction():
            self._db.execute("UPDATE incidents SET seen = 1 WHERE id = ?", (number,))
            if passed is not None and unread:
                self._incidents.write(number, "read", "", by=by, now=now, facts=[("passed", str(passed.id))])

    def decide(
        self,
        number: int,
        decision: Decision,
        *,
        by: str,
        now: float,
        text: str = "",
        actions: Sequence[str] = (),
        known: int | None = None,
    ) -> Incident:
        """Close an incident; AlreadyDecided where a decision came after `known`, the newest entry that the decider had read."""
        with self._db.transaction():
            held = self._incidents.one(number)
            if known is not None and held.decision and self._newest_decision(number) > known:
                raise AlreadyDecided("Somebody else has decided about this in the meantime.")
            return self._incidents.decide(number, decision, by=by, now=now, text=text, facts=_facts(actions))

    def add_note(self, number: int, text: str, *, by: str, now: float, actions: Sequence[str] = ()) -> None:
        """Add to the record what somebody saw, said or did."""
        with self._db.transaction():
            self._incidents.one(number)
            self._incidents.write(number, "note", text, by=by, now=now, facts=_facts(actions))

    def correct(self, number: int, note: int, text: str, *, by: str, now: float) -> None:
        """Add an entry that puts an earlier one right; the earlier one stays as it is."""
        with self._db.transaction():
            if note not in {known.id for known in self._incidents.notes(number)}:
                raise NotFound(f"There is no entry {note} in the record of incident {number}.")
            self._incidents.write(number, "correction", text, by=by, now=now, facts=[("corrects", str(note))])

    def pass_on(self, number: int, username: str, text: str, *, by: str, now: float) -> None:
        """Ask a colleague to take it on. Nobody can pass to somebody from whom it is hidden."""
        with self._db.transaction():
            self._incidents.one(number)
            sql = f"SELECT 1 FROM incidents WHERE id = ? AND NOT {HIDDEN}"  # noqa: S608
            if self._db.row(sql, (number, username)) is None:
                raise StoreError("This can’t be passed to them.")
            self._db.execute("UPDATE incidents SET acknowledged = 1, seen = 1 WHERE id = ?", (number,))
            self._incidents.write(number, "passed", text, by=by, now=now, facts=[("to", username)])

    def link(self, number: int, other: int, *, by: str, now: float) -> None:
        """Say that two incidents belong together; both records tell it."""
        if number == other:
            raise StoreError("An incident can’t be linked with itself.")
        with self._db.transaction():
            held = self.links(number)
            if other in held:
                return
            if len(held) >= LINKED:
                raise StoreError("There are too many links already.")
            self._tell_both("linked", number, other, by=by, now=now)

    def unlink(self, number: int, other: int, *, by: str, now: float) -> None:
        """Take a link back; that it was there stays in both records."""
        with self._db.transaction():
            if other not in self.links(number):
                raise NotFound("These two are not linked.")
            self._tell_both("unlinked", number, other, by=by, now=now)

    def links(self, number: int) -> list[int]:
        """The numbers of the incidents that belong to this one, in the order in which they were linked."""
        self._incidents.one(number)
        found: dict[int, None] = {}
        for note in self._incidents.notes(number):
            for other in note.all("incident"):
                found.pop(int(other), None)
                if note.kind == "linked":
                    found[int(other)] = None
        marks = ", ".join("?" * len(found))
        kept = {row["id"] for row in self._db.rows(f"SELECT id FROM incidents WHERE id IN ({marks})", tuple(found))}  # noqa: S608
        return [other for other in found if other in kept]

    def near(self, number: int, hidden_from: str | None = None) -> list[Incident]:
        """What may belong to it: other incidents of the same device within two days, notes aside, that are not linked yet."""
        held, linked = self._incidents.one(number), self.links(number)
        found = self._incidents.listed(
            open_only=False,
            level=None,
            mac=held.mac,
            since=held.first_seen - NEAR,
            limit=200,
            offset=0,
            hidden_from=hidden_from,
        )
        fits = [
            other
            for other in found
            if other.id not in (number, *linked) and other.level != "note" and other.first_seen <= held.last_seen + NEAR
        ]
        return sorted(fits, key=lambda other: abs(other.first_seen - held.first_seen))[:SUGGESTED]

    # --- names of people --------------------------------------------------------------------------------------------

    def ask_name(self, number: int, username: str, reason: str, keys: int, *, by: str, now: float) -> int:
        """Somebody wants to see who had the device, and says why; with two keys a second person must agree."""
        with self._db.transaction():
            self._incidents.one(number)
            facts = [("who", username), ("keys", str(keys))]
            return self._incidents.write(number, "name asked", reason, by=by, now=now, facts=facts)

    def answer_name(self, number: int, ask: int, username: str, agreed: bool, *, by: str, now: float) -> None:
        """The second person agrees or refuses, once; never the one who asked."""
        with self._db.transaction():
            notes = self._incidents.notes(number)
            asked = next((note for note in notes if note.id == ask and note.kind == "name asked"), None)
            if asked is None or any(note.one("ask") == str(ask) for note in notes):
                raise NotFound("Nobody is waiting for this answer.")
            if asked.one("who") == username:
                raise StoreError("A second person must answer, not the one who asked.")
            facts = [("ask", str(ask)), ("who", username)]
            self._incidents.write(number, "name agreed" if agreed else "name refused", "", by=by, now=now, facts=facts)

    def open_asks(self, since: float, hidden_from: str | None = None) -> list[tuple[int, Note]]:
        """Who waits for a second person to agree, with the incident's number, oldest first."""
        where, given = (f"AND NOT {HIDDEN}", (hidden_from,)) if hidden_from else ("", ())
        sql = f"""
            SELECT n.id, n.incident FROM notes n JOIN particulars k ON k.note = n.id AND k.key = 'keys' AND k.value = '2'
            JOIN incidents ON incidents.id = n.incident
            WHERE n.kind = 'name asked' AND n.time >= ? {where}
            AND NOT EXISTS (SELECT 1 FROM particulars a WHERE a.key = 'ask' AND a.value = CAST(n.id AS TEXT)) ORDER BY n.id"""  # noqa: S608
        found = [(row["incident"], row["id"]) for row in self._db.rows(sql, (since, *given))]
        return [(number, note) for number, ask in found for note in self._incidents.notes(number) if note.id == ask]

    def count_name_asks(self, since: float) -> int:
        """How often a person's name was asked for: governors are told."""
        row = self._db.row("SELECT count(*) AS n FROM notes WHERE kind = 'name asked' AND time >= ?", (since,))
        return int(row["n"]) if row else 0

    def _tell_both(self, kind: str, number: int, other: int, *, by: str, now: float) -> None:
        for one, far in ((number, other), (other, number)):
            self._incidents.one(one)
            self._incidents.write(
                one, "linked" if kind == "linked" else "unlinked", "", by=by, now=now, facts=[("incident", str(far))]
            )

    def _newest_decision(self, number: int) -> int:
        row = self._db.row("SELECT max(id) AS id FROM notes WHERE incident = ? AND kind = 'decision'", (number,))
        return int(row["id"] or 0) if row else 0

    def _newest_pass(self, number: int) -> Note | None:
        return next((note for note in reversed(self._incidents.notes(number)) if note.kind == "passed"), None)

    def _is_read(self, number: int, passed: int) -> bool:
        return any(note.kind == "read" and note.one("passed") == str(passed) for note in self._incidents.notes(number))


def _facts(actions: Sequence[str]) -> list[tuple[str, str]]:
    return [("action", action) for action in actions]
