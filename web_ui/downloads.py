"""Answers that a browser keeps as a file."""

from __future__ import annotations

from typing import Final

from flask import Response

CSV: Final = "text/csv; charset=utf-8"


def as_file(content: bytes, name: str, kind: str = CSV) -> Response:
    """`content` to be saved under `name`; `kind` is its media type."""
    response = Response(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
