"""How commands print records: JSON lines for programs, a table for people; and the options that go with that."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from appliance.config import default_data_dir

F = TypeVar("F", bound=Callable[..., Any])


def format_option(function: F) -> F:
    """Add `--format jsonl|table`; the default is a table on a terminal and JSON lines in a pipe."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["jsonl", "table"]),
        default=None,
        help="JSON lines for programs or a table for people (default: by where the output goes).",
    )(function)


def data_dir_option(function: F) -> F:
    """Add `--data-dir DIR`, the folder of the box's records."""
    return click.option(
        "--data-dir",
        type=click.Path(file_okay=False, path_type=Path),
        default=default_data_dir,
        show_default="the box's own",
        help="The folder that holds the records.",
    )(function)


def wants_jsonl(form: str | None) -> bool:
    """Whether records go out as JSON lines."""
    return form == "jsonl" or (form is None and not sys.stdout.isatty())


def printable(text: str) -> str:
    """The text without what steers a terminal or turns a line round: others chose it."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def print_records(records: Iterable[Mapping[str, Any]], columns: Sequence[str], form: str | None) -> None:
    """Print records, all their fields as JSON lines or the named columns as a table."""
    if wants_jsonl(form):
        for record in records:
            sys.stdout.write(_as_json(record) + "\n")
        return
    table = Table(*columns, box=None, header_style="bold", pad_edge=False)
    for record in records:
        table.add_row(*(_cell(record.get(column)) for column in columns))
    Console().print(table)


def _as_json(record: Mapping[str, Any]) -> str:
    """One line in which what steers a terminal is escaped: programs read the same."""
    text = json.dumps(record, ensure_ascii=False, separators=(", ", ": "))
    return text if text.isprintable() else "".join(part if part.isprintable() else json.dumps(part)[1:-1] for part in text)


def _cell(value: object) -> Text:
    """One value as plain text."""
    if value is None:
        return Text()
    return Text(printable(", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)))
