"""The records, opened for one command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from appliance.edge.store import Store, StoreError


@contextmanager
def opened(data_dir: Path, *, readonly: bool = False) -> Iterator[Store]:
    """The store of that folder; whatever goes wrong with it ends the command with its one sentence."""
    try:
        with Store.open(data_dir, readonly=readonly) as store:
            yield store
    except StoreError as error:
        raise click.ClickException(str(error)) from error
