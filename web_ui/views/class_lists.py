"""Class lists: the pupils and staff whom the school wants the box to know, with their log-on names; in and out as a file."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from appliance.edge.store import StoreError
from appliance.school import Person
from web_ui.downloads import as_file
from web_ui.hostnames import clean
from web_ui.records import now, store
from web_ui.views import forms
from web_ui.views.mine import me
from web_ui.wording import csv_files, csv_heads
from web_ui.wording.texts import gettext as _

blueprint = Blueprint("class_lists", __name__)

ROWS = 2_000
FIELDS = ("name", "class_name", "log_on")
STAFF = "staff"


@blueprint.get("/class-lists")
def show() -> str:
    """Everybody, by class."""
    return _page({}, {})


def _page(typed: dict[str, str], faults: forms.Faults, rows: str = "") -> str:
    people = store().register.people()
    classes = [(clean(name, 80), list(held)) for name, held in groupby(people, key=lambda person: person.class_name)]
    chosen = request.args.get("of", "")[:80]
    shown = [(name, held) for name, held in classes if name == chosen] if len(classes) > 1 else classes
    return render_template(
        "devices/class_lists.html",
        classes=[(name, len(held)) for name, held in classes],
        shown=shown,
        chosen=chosen,
        total=len(people),
        typed=typed,
        faults=faults,
        rows=rows,
    )


@blueprint.post("/class-lists")
def add() -> AnyResponse:
    """Add somebody."""
    typed = {field: forms.line(field) for field in FIELDS}
    if not typed["name"] or any(len(value) > 63 for value in typed.values()):
        return make_response(_page(typed, {"name": _("Enter a name, each field in 63 letters or fewer")}), 400)
    _add(typed["name"], typed["class_name"], typed["log_on"], request.form.get("staff") == "yes")
    flash("person-added")
    return redirect(url_for("class_lists.show", of=typed["class_name"]))


def _add(name: str, class_name: str, log_on: str, staff: bool) -> None:
    person = Person(name=name, class_name=class_name, log_on=clean(log_on, 63), kind="staff" if staff else "pupil")
    store().register.add_person(person, by=me().full_name, now=now())


@blueprint.post("/class-lists/<int:number>/remove")
def remove(number: int) -> AnyResponse:
    """Take somebody out; loans keep the name as it was."""
    store().register.remove_person(number, by=me().full_name, now=now())
    flash("person-removed")
    return redirect(url_for("class_lists.show"))


@blueprint.get("/class-lists.csv")
def export() -> Response:
    """The lists as a file for a spreadsheet."""
    rows = [(one.name, one.class_name, one.log_on, one.kind) for one in store().register.people()]
    return as_file(csv_files.write(csv_heads.say(csv_heads.CLASS_LISTS), rows), "class-lists.csv")


@blueprint.post("/class-lists/bring-in")
def take_in() -> AnyResponse:
    """Add the people of pasted rows who are not there yet: all of them, or none."""
    text = forms.text("text")
    try:
        rows = csv_files.read(text, ROWS)
        with store().write():
            known = {_key(one.name, one.class_name) for one in store().register.people()}
            added = sum(_take_row(row, known) for row in rows if not csv_heads.is_head(row, csv_heads.CLASS_LISTS))
    except ValueError:
        fault = _("This is not a table of at most 2,000 rows. Copy the rows from the file that you saved from here.")
        return make_response(_page({}, {"text": fault}, text), 400)
    except StoreError as error:
        if type(error) is not StoreError:
            raise
        fault = _("Nothing was taken: a row has no name, or there are more than 5,000 people.")
        return make_response(_page({}, {"text": fault}, text), 400)
    flash("people-added" if added else "nothing-new")
    return redirect(url_for("class_lists.show"))


def _take_row(row: list[str], known: set[tuple[str, str]]) -> bool:
    """Whether the row was somebody new, who is known from then on."""
    name, class_name, log_on, kind = ([clean(cell, 63) for cell in row] + ["", "", ""])[:4]
    if _key(name, class_name) in known:
        return False
    known.add(_key(name, class_name))
    _add(name, class_name, log_on, kind.casefold() == STAFF)
    return True


def _key(name: str, class_name: str) -> tuple[str, str]:
    return (name.casefold(), class_name.casefold())
