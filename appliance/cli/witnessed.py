"""What `safespan health` says of the school's filter: tries stopped and reached, safe search, tests that somebody ran."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec

from appliance.cli.output import printable
from appliance.edge.store import Store
from appliance.judge.filter_witness import say_witness
from appliance.judge.safesearch import say_safesearch

DAYS = 7  # that the counts go back
CHECKS = 5


def witnessed_fields(store: Store, now: float) -> dict[str, Any]:
    """The rows for programs: `witness` of the last days, `safesearch`, `checks`."""
    rows = {"witness": store.witness(_since(now)), "safesearch": store.safesearch(), "checks": store.checks(CHECKS)}
    return {name: msgspec.to_builtins(found) for name, found in rows.items()}


def witnessed_lines(store: Store, now: float) -> Iterator[str]:
    """The same for people."""
    yield f"The school's filter in the last {DAYS} days:"
    for sentence in say_witness(store.witness(_since(now))):
        yield f"  {sentence}"
    for row in store.safesearch():
        yield f"  {say_safesearch(row)}"
    checks = store.checks(CHECKS)
    if not checks:
        yield "  Nobody has run testfiltering.com in sight of the box."
    for check in checks:
        yield f"  Test on {printable(check.device)}, {datetime.fromtimestamp(check.time):%Y-%m-%d %H:%M}: {check.seen}"


def _since(now: float) -> str:
    return (datetime.fromtimestamp(now) - timedelta(days=DAYS - 1)).date().isoformat()
