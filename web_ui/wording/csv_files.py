"""Tables as CSV files: what leaves does nothing in a spreadsheet; what comes in is bounded, and its faults said plainly."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

# A spreadsheet takes a cell that begins with one of these for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def guard(cell: str) -> str:
    """The cell with an apostrophe before whatever a spreadsheet would work out."""
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA) else cell


def unguard(cell: str) -> str:
    """The cell as it was before `guard`."""
    return cell[1:] if cell.startswith("'") and cell[1:].lstrip(" ").startswith(FORMULA) else cell


def write(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file in UTF-8 with a mark that spreadsheets know it by."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(head)
    writer.writerows([[guard(cell) for cell in row] for row in rows])
    return ("\ufeff" + file.getvalue()).encode()


def read(text: str, most: int) -> list[list[str]]:
    """The rows of pasted CSV (commas, semicolons or tabs), at most `most`; ValueError where it is no table."""
    lines = text.lstrip("\ufeff").strip("\n").splitlines()
    if len(lines) > most:
        raise ValueError(most)
    first = lines[0] if lines else ""
    sign = max(",;\t", key=first.count)
    try:
        return [[unguard(cell.strip()) for cell in row] for row in csv.reader(lines, delimiter=sign, strict=True) if any(row)]
    except csv.Error as error:
        raise ValueError(str(error)) from error
