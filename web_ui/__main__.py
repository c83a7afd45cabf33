"""The page's program: `python -m web_ui --data-dir DIR` serves the page of the box whose records are in DIR."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import click
from msgspec.structs import replace

from appliance import config
from appliance.config import SettingsError
from web_ui.app import create_app
from web_ui.server import Server


@click.command()
@click.option("--data-dir", type=click.Path(path_type=Path, file_okay=False), help="Where the box keeps its records.")
@click.option("--settings", "file", type=click.Path(path_type=Path, dir_okay=False), help="The settings file.")
@click.option("--port", type=click.IntRange(1, 65_535), help="Serve at this port instead of the settings'.")
def main(data_dir: Path | None, file: Path | None, port: int | None) -> None:
    """Serve the head teacher's page."""
    threading.current_thread().name = "page-main"
    try:
        settings = config.load(file)
    except SettingsError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    page = replace(settings.page, port=port) if port else settings.page
    folder = data_dir or config.default_data_dir()
    Server(create_app(settings, folder, config.recent_dir(folder)), page).run()


if __name__ == "__main__":
    main()
