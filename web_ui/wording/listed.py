"""Several things in a row, joined as the reader's language joins them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from web_ui.wording.texts import ngettext


def join(items: Iterable[str]) -> Markup:
    """All of them, safe to stand in a page: "a, b, c". English and Welsh part them alike."""
    return Markup(", ").join(items)


def join_some(items: Sequence[str], most: int) -> Markup:
    """The first of them, and how many more there are: "a, b and 3 others"."""
    more = len(items) - most
    if more <= 0:
        return join(items)
    template = ngettext("%(some)s and one other", "%(some)s and %(num)d others", more, some="%(some)s")
    return escape(template) % {"some": join(items[:most])}
