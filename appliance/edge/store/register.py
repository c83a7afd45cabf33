"""Who uses which devices: groups and their members, VLANs, people, loans, the timetable, and log-on names heard on the wire.

The page writes all but the log-ons, and each of its changes an audit row. Log-ons are the guardian's, and go after a month.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import get_args

import msgspec

from appliance.edge.store.database import Database
from appliance.edge.store.errors import NotFound, StoreError
from appliance.edge.store.journal import Journal
from appliance.edge.store.rulebook import is_clock
from appliance.school import STANDING, Band, Group, GroupKind, Lesson, Loan, LogOn, PatternDay, Person, Vlan

GROUPS = 200
PEOPLE = 5_000
LESSONS = 2_000
ENDED_LESSONS = 5_000  # the newest that have ended are kept: an old incident still happened in its own lesson
MISTAKE_SECONDS = 86_400.0  # what is taken back so soon never held
MOVES = 10  # groups that a device was in before
NAME_LIMIT = 63
LOG_ON_DAYS = 30
LOG_ONS = 20  # kept for each device
PATTERN_DAYS = 14
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)


class Register:
    """The tables of who uses what."""

    def __init__(self, db: Database, journal: Journal) -> None:
        self._db = db
        self._journal = journal

    # --- groups ---------------------------------------------------------------------------------------------------

    def groups(self) -> list[Group]:
        """Every group: those that are always there first, under the names that the school gave them."""
        own = {row["id"]: msgspec.convert(row, Group) for row in self._db.rows("SELECT * FROM groups ORDER BY name, id")}
        standing = [own.pop(group.id, group) for group in STANDING]
        return [*standing, *own.values()]

    def save_group(self, group: Group, *, by: str, now: float) -> Group:
        """Make a group, or change one. A standing one keeps its kind."""
        kept = msgspec.structs.replace(group, name=_short(group.name))
        kinds = {standing.id: standing.kind for standing in STANDING}
        if not _ID.fullmatch(kept.id) or not kept.name or kept.kind not in get_args(GroupKind) or kept.band not in get_args(Band):
            raise StoreError("A group needs a name, an id of small letters, digits and hyphens, and one of the kinds and ages.")
        if kept.kind != kinds.get(kept.id, kept.kind):
            raise StoreError(f"The group “{kept.id}” is always there and keeps its kind.")
        known = {other.id for other in self.groups()}
        if kept.id not in known and len(known) >= GROUPS:
            raise StoreError("There are too many groups; remove those that nobody uses.")
        with self._db.transaction():
            sql = "INSERT OR REPLACE INTO groups (id, name, kind, band) VALUES (?, ?, ?, ?)"
            self._db.execute(sql, (kept.id, kept.name, kept.kind, kept.band))
            self._journal.add(now, by, "group saved", kept.id)
        return kept

    def remove_group(self, group: str, *, by: str, now: float) -> None:
        """Remove a group; its devices, levels and lessons go with it. A standing one goes back to its usual name."""
        with self._db.transaction():
            if not self._db.execute("DELETE FROM groups WHERE id = ?", (group,)):
                raise NotFound(f"There is no group {group}.")
            for table in ("members", "group_levels", "timetable"):
                self._db.execute(f"DELETE FROM {table} WHERE group_id = ?", (group,))  # noqa: S608 - tables are ours
            self._journal.add(now, by, "group removed", group)

    def members(self) -> dict[str, str]:
        """The group of each device that somebody put in one."""
        return {row["mac"]: row["group_id"] for row in self._db.rows("SELECT mac, group_id FROM members ORDER BY mac")}

    def set_group(self, mac: str, group: str | None, *, by: str, now: float) -> None:
        """Put a device into a group, or (None) take it out of its group."""
        if group is not None and group not in {known.id for known in self.groups()}:
            raise NotFound(f"There is no group {group}.")
        with self._db.transaction():
            since = self._leave(mac, group, now)
            self._db.execute("DELETE FROM members WHERE mac = ?", (mac,))
            if group is not None:
                self._db.insert("members", {"mac": mac, "group_id": group, "since": since})
            self._journal.add(
                now, by, "device put in group" if group else "device taken out of group", f"{mac} {group or ''}".strip()
            )

    def _leave(self, mac: str, group: str | None, now: float) -> float:
        """Keep which group a device is leaving, unless it was put there by mistake; since when it is in the new one."""
        before = self._db.row("SELECT group_id, since FROM members WHERE mac = ?", (mac,))
        if before is None or before["group_id"] == group:
            return before["since"] if before else now
        if not 0.0 <= now - before["since"] < MISTAKE_SECONDS:
            sql = "INSERT OR REPLACE INTO moves (mac, group_id, until) VALUES (?, ?, ?)"
            self._db.execute(sql, (mac, before["group_id"], now))
            kept = "SELECT until FROM moves WHERE mac = ? ORDER BY until DESC LIMIT ?"
            self._db.execute(f"DELETE FROM moves WHERE mac = ? AND until NOT IN ({kept})", (mac, mac, MOVES))  # noqa: S608
        return now

    def group_then(self, mac: str, at: float) -> str | None:
        """The group that a device was put in as it stood at a moment; None for none. The first one counts for all before it."""
        moved = self._db.row("SELECT group_id FROM moves WHERE mac = ? AND until > ? ORDER BY until LIMIT 1", (mac, at))
        return moved["group_id"] if moved else self.members().get(mac)

    def vlans(self) -> list[Vlan]:
        """What the school calls its VLANs."""
        rows = self._db.rows('SELECT number, name, group_id AS "group" FROM vlans ORDER BY number')
        return [msgspec.convert(row, Vlan) for row in rows]

    def save_vlan(self, vlan: Vlan, *, by: str, now: float) -> None:
        """Name a VLAN, and the group of its devices that are in no other; an empty name forgets it."""
        if not 1 <= vlan.number <= 4094:
            raise StoreError("A VLAN is a number from 1 to 4094.")
        with self._db.transaction():
            self._db.execute("DELETE FROM vlans WHERE number = ?", (vlan.number,))
            if _short(vlan.name):
                self._db.insert("vlans", {"number": vlan.number, "name": _short(vlan.name), "group_id": vlan.group})
            self._journal.add(now, by, "VLAN named", str(vlan.number))

    # --- people and loans -----------------------------------------------------------------------------------------

    def people(self) -> list[Person]:
        """Everybody in the register, by class and name."""
        return [msgspec.convert(row, Person) for row in self._db.rows("SELECT * FROM people ORDER BY class_name, name, id")]

    def add_person(self, person: Person, *, by: str, now: float) -> Person:
        """Add somebody to the register."""
        row = {"name": _short(person.name), "kind": person.kind, "class_name": _short(person.class_name), "log_on": person.log_on}
        if not row["name"]:
            raise StoreError("A person needs a name.")
        if len(self.people()) >= PEOPLE:
            raise StoreError("There are too many people in the register; remove those who have left.")
        with self._db.transaction():
            number = self._db.insert("people", row)
            self._journal.add(now, by, "person added", str(number))
        return msgspec.convert({"id": number, **row}, Person)

    def remove_person(self, number: int, *, by: str, now: float) -> None:
        """Take somebody out of the register; loans keep the name as it was."""
        self._remove("people", number, by=by, now=now, what="person")

    def loans(self, mac: str | None = None, limit: int = 1_000) -> list[Loan]:
        """Loans of one device or of all, the newest first."""
        only, parameters = ("WHERE mac = ?", (mac, limit)) if mac is not None else ("", (limit,))
        rows = self._db.rows(f"SELECT * FROM loans {only} ORDER BY since DESC, id DESC LIMIT ?", parameters)  # noqa: S608
        return [msgspec.convert(row, Loan) for row in rows]

    def lend(self, loan: Loan, *, by: str, now: float) -> Loan:
        """Write down who was given a device; whoever still had it gives it back at that moment."""
        person, class_name = _short(loan.person), _short(loan.class_name)
        if not (person or class_name) or (loan.until is not None and loan.until <= loan.since):
            raise StoreError("A loan needs a person or a class, and must end after it begins.")
        row = {"mac": loan.mac, "person": person, "class_name": class_name, "since": loan.since, "until": loan.until, "by": by}
        with self._db.transaction():
            sql = "UPDATE loans SET until = ? WHERE mac = ? AND since < ? AND until IS NULL"
            self._db.execute(sql, (loan.since, loan.mac, loan.since))
            number = self._db.insert("loans", row)
            self._journal.add(now, by, "device lent", f"{loan.mac} {person or class_name}")
        return msgspec.convert({"id": number, **row}, Loan)

    def take_back(self, number: int, *, by: str, now: float) -> None:
        """The device came back now."""
        with self._db.transaction():
            sql = "UPDATE loans SET until = ? WHERE id = ? AND since < ? AND (until IS NULL OR until > ?)"
            if not self._db.execute(sql, (now, number, now, now)):
                raise NotFound("There is no such loan, or it has ended.")
            self._journal.add(now, by, "device given back", str(number))

    # --- timetable ------------------------------------------------------------------------------------------------

    def timetable(self, *, ended: bool = False) -> list[Lesson]:
        """Which class has which group of devices when, in the order of the week; with `ended`, lines that held once too."""
        only = "" if ended else "WHERE ended IS NULL"
        rows = self._db.rows(f"SELECT * FROM timetable {only} ORDER BY weekday, starts, id")  # noqa: S608
        return [msgspec.convert(row | {"group": row["group_id"]}, Lesson) for row in rows]

    def add_lesson(self, lesson: Lesson, *, by: str, now: float) -> Lesson:
        """Add a line to the timetable. It holds for the past too, but not for the time of a line in its place before it."""
        clocks = is_clock(lesson.starts) and is_clock(lesson.ends) and lesson.starts < lesson.ends
        if not clocks or not 0 <= lesson.weekday <= 6 or not _short(lesson.class_name):
            raise StoreError("A lesson needs a weekday, a class, and two times like 09:15 and 10:15, the earlier first.")
        if lesson.group not in {group.id for group in self.groups()}:
            raise NotFound(f"There is no group {lesson.group}.")
        if len(self.timetable()) >= LESSONS:
            raise StoreError("The timetable is full; remove lessons that nobody has any more.")
        row = {"weekday": lesson.weekday, "starts": lesson.starts, "ends": lesson.ends, "group_id": lesson.group}
        row |= {"class_name": _short(lesson.class_name), "teacher": _short(lesson.teacher)}
        with self._db.transaction():
            since = self._replaced(lesson)
            number = self._db.insert("timetable", row | {"made": now, "since": since})
            self._journal.add(now, by, "timetable line added", str(number))
        return msgspec.convert({"id": number, "group": lesson.group, "since": since, **row}, Lesson)

    def _replaced(self, lesson: Lesson) -> float:
        """When the last line ended that gave the same devices to somebody at such a time; 0 for none."""
        sql = "SELECT max(ended) AS ended FROM timetable WHERE group_id = ? AND weekday = ? AND starts < ? AND ends > ?"
        row = self._db.row(sql, (lesson.group, lesson.weekday, lesson.ends, lesson.starts))
        return (row and row["ended"]) or 0.0

    def remove_lesson(self, number: int, *, by: str, now: float) -> None:
        """Take a line out of the timetable; it still tells who had the devices until now, unless it was a mistake."""
        with self._db.transaction():
            mistake = "DELETE FROM timetable WHERE id = ? AND ended IS NULL AND made > ? AND made <= ?"
            end = "UPDATE timetable SET ended = max(?, since) WHERE id = ? AND ended IS NULL"
            gone = self._db.execute(mistake, (number, now - MISTAKE_SECONDS, now)) or self._db.execute(end, (now, number))
            if not gone:
                raise NotFound(f"There is no timetable line {number}.")
            kept = "SELECT id FROM timetable WHERE ended IS NOT NULL ORDER BY ended DESC, id DESC LIMIT ?"
            self._db.execute(f"DELETE FROM timetable WHERE ended IS NOT NULL AND id NOT IN ({kept})", (ENDED_LESSONS,))  # noqa: S608
            self._journal.add(now, by, "timetable line removed", str(number))

    # --- what the guardian heard ----------------------------------------------------------------------------------

    def log_ons(self, mac: str | None = None) -> list[LogOn]:
        """Log-on names heard at one device or at all, the newest first."""
        only, parameters = ("WHERE mac = ?", (mac,)) if mac is not None else ("", ())
        rows = self._db.rows(f"SELECT * FROM log_ons {only} ORDER BY last DESC, mac, user", parameters)  # noqa: S608
        return [msgspec.convert(row, LogOn) for row in rows]

    def save_log_ons(self, log_ons: Iterable[LogOn]) -> None:
        """Keep log-ons, the newest few of each device, for a month."""
        rows = [msgspec.structs.astuple(log_on) for log_on in log_ons]
        if not rows:
            return
        with self._db.transaction():
            self._db.execute_many(
                "INSERT INTO log_ons (mac, user, realm, via, first, last) VALUES (?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (mac, user, first) DO UPDATE SET last = max(last, excluded.last)",
                rows,
            )
            # By days that something was heard on, so that a clock that jumps ahead for a moment wipes nothing out.
            kept = "SELECT DISTINCT cast(last / 86400 AS INTEGER) AS day FROM log_ons ORDER BY day DESC LIMIT ?"
            self._db.execute(f"DELETE FROM log_ons WHERE cast(last / 86400 AS INTEGER) NOT IN ({kept})", (LOG_ON_DAYS,))  # noqa: S608
            newest = "SELECT last FROM log_ons WHERE mac = ? ORDER BY last DESC LIMIT 1 OFFSET ?"
            trim = f"DELETE FROM log_ons WHERE mac = ? AND last < ({newest})"  # noqa: S608
            self._db.execute_many(trim, [(mac, mac, LOG_ONS - 1) for mac in {row[0] for row in rows}])

    def pattern_days(self) -> list[PatternDay]:
        """On which days which device did something in which category, oldest first."""
        rows = self._db.rows("SELECT mac, category, day FROM pattern_days ORDER BY day, mac, category")
        return [msgspec.convert(row, PatternDay) for row in rows]

    def save_pattern_days(self, days: Iterable[PatternDay]) -> None:
        """Keep days for patterns: the newest fourteen on which there was anything at all."""
        rows = [msgspec.structs.astuple(day) for day in days]
        if rows:
            with self._db.transaction():
                self._db.execute_many("INSERT OR IGNORE INTO pattern_days (mac, category, day) VALUES (?, ?, ?)", rows)
                kept = "SELECT DISTINCT day FROM pattern_days ORDER BY day DESC LIMIT ?"
                self._db.execute(f"DELETE FROM pattern_days WHERE day NOT IN ({kept})", (PATTERN_DAYS,))  # noqa: S608

    def _remove(self, table: str, number: int, *, by: str, now: float, what: str) -> None:
        with self._db.transaction():
            if not self._db.execute(f"DELETE FROM {table} WHERE id = ?", (number,)):  # noqa: S608 - one of our tables
                raise NotFound(f"There is no {what} {number}.")
            self._journal.add(now, by, f"{what} removed", str(number))


def _short(text: str) -> str:
    """One line without control or direction characters, at most NAME_LIMIT long."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:NAME_LIMIT]
