"""The program that compiles the lists and ends: started by the guardian, which must not wait that long."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from appliance.config import SettingsError, load
from appliance.edge.lists import ensure


@click.command()
@click.option("--data-dir", type=click.Path(file_okay=False, path_type=Path), required=True, help="The folder of the records.")
@click.option("--settings", "settings_file", type=click.Path(path_type=Path), default=None, help="A settings file.")
def main(data_dir: Path, settings_file: Path | None) -> None:
    """Compile the lists where their sources have changed."""
    try:
        ensure(load(settings_file), data_dir)
    except (SettingsError, OSError) as error:
        print(f"lists: {error}", file=sys.stderr)  # noqa: T201 - the journal's line
        sys.exit(1)


if __name__ == "__main__":
    main()
