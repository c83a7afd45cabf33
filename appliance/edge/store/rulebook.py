"""The school's say in how its devices are judged: rules, levels for groups, lessons, hours, terms, and the box's trial.

Every change writes an audit row. Rows that judging would ignore (an allow rule for the serious core) are refused here too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import get_args

import msgspec

import phrase_lists
from appliance.edge.store.database import Database, Row
from appliance.edge.store.errors import NotFound, StoreError
from appliance.edge.store.journal import Journal
from appliance.edge.store.origin import Origin
from appliance.edge.suffixes import PublicSuffixes
from appliance.judge.categories import CATEGORIES, SERIOUS_CORE
from appliance.judge.policy import LONGEST_LESSON, LONGEST_TRIAL, PolicyError, check_rule, covers
from appliance.school import GroupLevel, Hours, LessonMode, Rule, Setting, Term

TRIAL = "trial_until"  # the setting that holds when the box's trial ends
RULES = 2_000  # rules that run at once
TERMS = 200
TEXT_LIMIT = 200  # characters of a reason, a topic, a name
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d", re.ASCII)


class Rulebook:
    """The tables of the school's own rules. `now` is always the moment of the deed, `by` whoever did it."""

    def __init__(self, db: Database, origin: Origin, journal: Journal) -> None:
        self._db = db
        self._origin = origin
        self._journal = journal

    # --- rules ----------------------------------------------------------------------------------------------------

    def rules(self, now: float | None = None) -> list[Rule]:
        """Rules that run or are still to run at `now`; all that ever were, the newest first, where none is given."""
        rows = self._db.rows("SELECT * FROM rules ORDER BY id DESC")
        rules = [msgspec.convert(_without_origin(row), Rule) for row in rows]
        return rules if now is None else [rule for rule in rules if now < rule.until and rule.ended is None]

    def add_rule(self, rule: Rule, *, by: str, now: float) -> Rule:
        """Add a rule that begins now; StoreError says in one sentence why it can't be."""
        kept = self.checked_rule(rule, by=by, now=now)
        if len(self.rules(now)) >= RULES:
            raise StoreError(f"There are {RULES} rules already; end some that nobody needs.")
        with self._db.transaction():
            row = {key: value for key, value in msgspec.to_builtins(kept).items() if key != "id"}
            number = self._db.insert("rules", {**row, **self._origin.stamp()})
            self._journal.add(now, by, f"rule made: {kept.kind}", f"{number} {kept.pattern or kept.category}")
        return msgspec.structs.replace(kept, id=number)

    def checked_rule(self, rule: Rule, *, by: str, now: float) -> Rule:
        """The rule as it would be kept, for a preview; StoreError where it can't be."""
        try:
            kept = check_rule(msgspec.structs.replace(rule, id=0, by=by, since=now, reason=_short(rule.reason)))
        except PolicyError as error:
            raise StoreError(str(error)) from error
        if kept.pattern and PublicSuffixes.bundled().forbids(kept.pattern, checked=True):
            raise StoreError(f"“{kept.pattern}” stands above the sites of many owners; name the site itself.")
        if kept.kind == "deny" and any(covers(name, kept.pattern) for name in phrase_lists.help_names()):
            raise StoreError(f"“{kept.pattern}” belongs to a help line, which the box never records, whatever a rule says.")
        return kept

    def end_rule(self, number: int, *, by: str, now: float) -> None:
        """End a rule before its day; one that has ended stays as it is."""
        self._end("rules", number, by=by, now=now, what="rule")

    # --- levels of groups -----------------------------------------------------------------------------------------

    def levels(self) -> list[GroupLevel]:
        """The levels that the school chose for categories in groups."""
        rows = self._db.rows('SELECT group_id AS "group", category, level FROM group_levels ORDER BY group_id, category')
        return [msgspec.convert(row, GroupLevel) for row in rows]

    def set_level(self, group: str, category: str, level: Setting | None, *, by: str, now: float) -> None:
        """Choose how a category counts for a group; None goes back to what is usual. The serious core is refused."""
        if category not in CATEGORIES or (level is not None and level not in get_args(Setting)):
            raise StoreError(f"There is no category “{category}” or no level “{level}”.")
        if category in SERIOUS_CORE:
            raise StoreError(f"“{CATEGORIES[category].title}” belongs to the serious core, which nobody can change.")
        with self._db.transaction():
            self._db.execute("DELETE FROM group_levels WHERE group_id = ? AND category = ?", (group, category))
            if level is not None:
                self._db.insert("group_levels", {"group_id": group, "category": category, "level": level})
            self._journal.add(now, by, f"level chosen: {level or 'usual'}", f"{group} {category}")

    # --- lessons and trial ----------------------------------------------------------------------------------------

    def lessons(self, now: float | None = None) -> list[LessonMode]:
        """Lessons that run at `now`; all that ever were, the newest first, where none is given."""
        lessons = [_lesson(row) for row in self._db.rows("SELECT * FROM lesson_modes ORDER BY id DESC")]
        return lessons if now is None else [lesson for lesson in lessons if now < lesson.until and lesson.ended is None]

    def start_lesson(self, lesson: LessonMode, *, by: str, now: float) -> LessonMode:
        """Begin a lesson: its categories are only noted for its group until it ends, within eight hours."""
        serious = sorted(SERIOUS_CORE & set(lesson.categories))
        if serious:
            raise StoreError(f"“{CATEGORIES[serious[0]].title}” belongs to the serious core, which no lesson can quieten.")
        if not _short(lesson.topic) or not lesson.categories or not set(lesson.categories) <= set(CATEGORIES):
            raise StoreError("A lesson needs a topic and the categories that it is about.")
        if not now < lesson.until <= now + LONGEST_LESSON:
            raise StoreError("A lesson must end within the next eight hours.")
        kept = msgspec.structs.replace(lesson, id=0, topic=_short(lesson.topic), by=by, since=now, ended=None)
        row = {key: value for key, value in msgspec.to_builtins(kept).items() if key not in ("id", "group")}
        row |= {"group_id": kept.group, "categories": msgspec.json.encode(kept.categories).decode()}
        with self._db.transaction():
            number = self._db.insert("lesson_modes", row)
            self._journal.add(now, by, "lesson begun", f"{number} {kept.topic}")
        return msgspec.structs.replace(kept, id=number)

    def end_lesson(self, number: int, *, by: str, now: float) -> None:
        """End a lesson early."""
        self._end("lesson_modes", number, by=by, now=now, what="lesson")

    def trial_until(self) -> float:
        """When the box's trial ends; 0 where there never was one."""
        return float(self._journal.setting(TRIAL) or 0.0)

    def set_trial(self, until: float, *, by: str, now: float) -> None:
        """Put the box on trial until then, within sixty days; 0 ends it."""
        if until and not now < until <= now + LONGEST_TRIAL:
            raise StoreError("A trial must end within the next sixty days.")
        self._journal.set_setting(TRIAL, repr(float(until)), by=by, now=now)

    # --- hours and terms ------------------------------------------------------------------------------------------

    def hours(self) -> list[Hours]:
        """When the school is open, by weekday; empty: it has not said."""
        return [msgspec.convert(row, Hours) for row in self._db.rows("SELECT * FROM hours ORDER BY weekday")]

    def set_hours(self, hours: Sequence[Hours], *, by: str, now: float) -> None:
        """Replace the opening hours of the whole week."""
        for day in hours:
            if not (0 <= day.weekday <= 6 and is_clock(day.opens) and is_clock(day.closes) and day.opens < day.closes):
                raise StoreError("Opening hours need a weekday, and two times like 08:45 and 15:30, the earlier first.")
        with self._db.transaction():
            self._db.execute("DELETE FROM hours")
            sql = "INSERT OR REPLACE INTO hours (weekday, opens, closes) VALUES (?, ?, ?)"
            self._db.execute_many(sql, [(day.weekday, day.opens, day.closes) for day in hours])
            self._journal.add(now, by, "school hours")

    def terms(self) -> list[Term]:
        """Terms and days without school, in their order."""
        rows = self._db.rows("SELECT * FROM terms ORDER BY first, last, id")
        return [msgspec.convert(row | {"closed": bool(row["closed"])}, Term) for row in rows]

    def add_term(self, term: Term, *, by: str, now: float) -> Term:
        """Add a term, or (closed) days without school."""
        if not (_is_day(term.first) and _is_day(term.last) and term.first <= term.last and _short(term.name)):
            raise StoreError("A term needs a name, and two days like 2026-09-02, the earlier first.")
        if len(self.terms()) >= TERMS:
            raise StoreError("There are too many terms; remove those of past years.")
        row = {"name": _short(term.name), "first": term.first, "last": term.last, "closed": int(term.closed)}
        with self._db.transaction():
            number = self._db.insert("terms", row)
            self._journal.add(now, by, "term added", f"{number} {row['name']}")
        return msgspec.structs.replace(term, id=number, name=str(row["name"]))

    def remove_term(self, number: int, *, by: str, now: float) -> None:
        """Take a term out again."""
        with self._db.transaction():
            if not self._db.execute("DELETE FROM terms WHERE id = ?", (number,)):
                raise NotFound(f"There is no term {number}.")
            self._journal.add(now, by, "term removed", str(number))

    def _end(self, table: str, number: int, *, by: str, now: float, what: str) -> None:
        with self._db.transaction():
            if self._db.row(f"SELECT id FROM {table} WHERE id = ?", (number,)) is None:  # noqa: S608 - one of two tables
                raise NotFound(f"There is no {what} {number}.")
            if self._db.execute(f"UPDATE {table} SET ended = ? WHERE id = ? AND ended IS NULL", (now, number)):  # noqa: S608
                self._journal.add(now, by, f"{what} ended", str(number))


def is_clock(text: str) -> bool:
    """Whether a text is a time of day such as `08:45`."""
    return _CLOCK.fullmatch(text) is not None


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _short(text: str) -> str:
    """One line without control or direction characters, at most TEXT_LIMIT long."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:TEXT_LIMIT]


def _without_origin(row: Row) -> Row:
    return {key: value for key, value in row.items() if key not in ("box", "boot", "seq", "clock_synced")}


def _lesson(row: Row) -> LessonMode:
    categories = msgspec.json.decode(row["categories"], type=tuple[str, ...])
    return msgspec.convert(row | {"group": row["group_id"], "categories": categories}, LessonMode)
