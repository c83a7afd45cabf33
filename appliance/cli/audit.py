"""`safespan audit`: whether what people did, wrote and decided still stands as it was written."""

from __future__ import annotations

from pathlib import Path

import click

from appliance.cli.output import data_dir_option
from appliance.edge.store import Break, Store, StoreError, Verification

KINDS = {"audit": "the audit entry", "notes": "the note", "worries": "the reported worry", "incidents": "the decided incident"}


@click.group()
def audit() -> None:
    """The record of who did what."""


@audit.command()
@click.option("--code", default="", help="An evidence code from a printed page, which must lie on the chain.")
@data_dir_option
def verify(code: str, data_dir: Path) -> None:
    """Say in one sentence whether the record is whole, or where it breaks; exit code 1 where it breaks."""
    try:
        with Store.open(data_dir, readonly=True) as store:
            found = store.verify_chain(code)
    except StoreError as error:
        raise click.ClickException(str(error)) from error
    if found.broken:
        raise click.ClickException(_say_break(found.broken))
    click.echo(_say_whole(found, code))


def _say_whole(found: Verification, code: str) -> str:
    if not found.links:
        return "The record is whole: nothing has been written yet."
    met = f", and the code {code.strip().upper()} lies on it" if code else ""
    return f"The record is whole: {found.links:,} links{met}; its evidence code is {found.head.code}."


def _say_break(broken: Break) -> str:
    what = f"{KINDS.get(broken.source, broken.source)} {broken.row}"
    return {
        "link": f"The record breaks at link {broken.number}, which stands for {what}: links before it were changed or taken out.",
        "changed": f"The record breaks at link {broken.number}: {what} was changed after it was written.",
        "missing": f"The record breaks at link {broken.number}: {what} is gone.",
        "unlinked": f"The record is not whole: {what} was not written by the box.",
        "code": "The record does not hold that evidence code: its end was cut off or written anew, or the code was mistyped.",
    }[broken.kind]
