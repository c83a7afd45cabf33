"""The class timetable: which class has which devices when; as a table of the week, and as a file that leaves and comes back."""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask_babel import force_locale
from msgspec import Struct
from werkzeug.wrappers import Response as AnyResponse

from appliance.edge.store import NotFound, StoreError
from appliance.school import Lesson
from web_ui.downloads import as_file
from web_ui.hostnames import clean
from web_ui.languages import LOCALES
from web_ui.records import now, store
from web_ui.views import fields, forms
from web_ui.views.mine import me
from web_ui.wording import csv_files, csv_heads
from web_ui.wording.register import say_group
from web_ui.wording.texts import gettext as _

blueprint = Blueprint("timetable", __name__)

ROWS = 2_000
FIELDS = ("weekday", "starts", "ends", "group", "class_name", "teacher")
SCHOOL_DAYS = 5


class Slot(Struct, frozen=True):
    """A lesson in words."""

    number: int
    class_name: str
    group: str
    teacher: str


class Period(Struct, frozen=True):
    """One row of the week: from when to when, and the lessons of each day."""

    starts: str
    ends: str
    days: tuple[tuple[Slot, ...], ...]


@blueprint.get("/timetable")
def show() -> str:
    """The week."""
    return _page({}, {})


def _page(typed: dict[str, str], faults: forms.Faults, rows: str = "") -> str:
    lessons = store().register.timetable()
    groups = {group.id: say_group(group) for group in store().register.groups()}
    shown = max([SCHOOL_DAYS, *(lesson.weekday + 1 for lesson in lessons)])
    return render_template(
        "devices/timetable.html",
        periods=_periods(lessons, groups, shown),
        days=fields.days()[:shown],
        weekdays={str(day.number): day.name for day in fields.days()},
        groups=groups,
        typed=typed,
        faults=faults,
        rows=rows,
    )


def _periods(lessons: list[Lesson], groups: dict[str, str], shown: int) -> list[Period]:
    made = []
    for starts, ends in sorted({(lesson.starts, lesson.ends) for lesson in lessons}):
        days = tuple(_slots(lessons, groups, (starts, ends, weekday)) for weekday in range(shown))
        made.append(Period(starts.removeprefix("0"), ends.removeprefix("0"), days))
    return made


def _slots(lessons: list[Lesson], groups: dict[str, str], place: tuple[str, str, int]) -> tuple[Slot, ...]:
    return tuple(
        Slot(lesson.id, clean(lesson.class_name, 80), groups.get(lesson.group, lesson.group), clean(lesson.teacher, 80))
        for lesson in lessons
        if (lesson.starts, lesson.ends, lesson.weekday) == place
    )


@blueprint.post("/timetable")
def add() -> AnyResponse:
    """Add a lesson."""
    typed = {field: forms.line(field) for field in FIELDS}
    try:
        store().register.add_lesson(_lesson(typed), by=me().full_name, now=now())
    except (StoreError, ValueError) as error:
        if type(error) not in (StoreError, NotFound, ValueError):
            raise
        fault = _("A lesson needs a day, devices, a class, and two times such as 9:15 and 10:15, the earlier first")
        return make_response(_page(typed, {"weekday": fault}), 400)
    flash("lesson-added")
    return redirect(url_for("timetable.show"))


def _lesson(typed: dict[str, str]) -> Lesson:
    """The lesson that was typed; ValueError where the day is none."""
    return Lesson(
        weekday=int(typed["weekday"]),
        starts=fields.clock(typed["starts"]),
        ends=fields.clock(typed["ends"]),
        group=typed["group"],
        class_name=clean(typed["class_name"], 63),
        teacher=clean(typed["teacher"], 63),
    )


@blueprint.post("/timetable/<int:number>/remove")
def remove(number: int) -> AnyResponse:
    """Take a lesson out; who had the devices until now is still known."""
    store().register.remove_lesson(number, by=me().full_name, now=now())
    flash("lesson-removed")
    return redirect(url_for("timetable.show"))


@blueprint.get("/timetable.csv")
def export() -> Response:
    """The timetable as a file for a spreadsheet."""
    names = {group.id: group.name for group in store().register.groups()}
    days = [day.name for day in fields.days()]
    rows = [
        (days[one.weekday], one.starts, one.ends, names.get(one.group, one.group), one.class_name, one.teacher)
        for one in store().register.timetable()
    ]
    return as_file(csv_files.write(csv_heads.say(csv_heads.TIMETABLE), rows), "timetable.csv")


@blueprint.post("/timetable/bring-in")
def take_in() -> AnyResponse:
    """Add the lessons of pasted rows that are not there yet: all of them, or none and a sentence that says which row is wrong."""
    text = forms.text("text")
    try:
        rows = csv_files.read(text, ROWS)
        with store().write():
            added = _take_rows(rows)
    except ValueError:
        fault = _("This is not a table of at most 2,000 rows. Copy the rows from the file that you saved from here.")
        return make_response(_page({}, {"text": fault}, text), 400)
    except StoreError as error:
        if type(error) is not StoreError:
            raise
        return make_response(_page({}, {"text": str(error)}, text), 400)
    flash("lessons-added" if added else "nothing-new")
    return redirect(url_for("timetable.show"))


def _take_rows(rows: list[list[str]]) -> int:
    known = {_key(lesson) for lesson in store().register.timetable()}
    days = _day_numbers()
    groups = {group.name.casefold(): group.id for group in store().register.groups()}
    added = 0
    for number, row in enumerate(rows, 1):
        if csv_heads.is_head(row, csv_heads.TIMETABLE):
            continue
        lesson = _read_row(number, [*row, "", "", "", "", ""][:6], days, groups)
        if _key(lesson) not in known:
            known.add(_key(lesson))
            _add_row(number, lesson)
            added += 1
    return added


def _day_numbers() -> dict[str, int]:
    """The days of the week by their names in any of the page's languages."""
    found: dict[str, int] = {}
    for locale in LOCALES.values():
        with force_locale(locale):
            found |= {day.name.casefold(): day.number for day in fields.days()}
    return found


def _read_row(number: int, row: list[str], days: dict[str, int], groups: dict[str, str]) -> Lesson:
    day, starts, ends, group, class_name, teacher = row
    if day.casefold() not in days:
        raise StoreError(_("Row %(num)d: “%(day)s” is not a day of the week.", num=number, day=clean(day, 40)))
    if group.casefold() not in groups:
        raise StoreError(_("Row %(num)d: there is no group “%(group)s”.", num=number, group=clean(group, 80)))
    clocks = (fields.clock(starts), fields.clock(ends))
    names = (clean(class_name, 63), clean(teacher, 63))
    return Lesson(
        weekday=days[day.casefold()],
        starts=clocks[0],
        ends=clocks[1],
        group=groups[group.casefold()],
        class_name=names[0],
        teacher=names[1],
    )


def _add_row(number: int, lesson: Lesson) -> None:
    try:
        store().register.add_lesson(lesson, by=me().full_name, now=now())
    except StoreError as error:
        if type(error) is not StoreError:
            raise
        words = _("Row %(num)d: a class, and two times such as 9:15 and 10:15, the earlier first, are needed.", num=number)
        raise StoreError(words) from error


def _key(lesson: Lesson) -> tuple[int, str, str, str, str]:
    return (lesson.weekday, lesson.starts, lesson.ends, lesson.group, lesson.class_name.casefold())
