"""`safespan lamp`: what the lamps say, shown on the pins and in the terminal."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click


@click.group()
def lamp() -> None:
    """The lamps, the buzzer and the button."""


@lamp.command()
@click.option("--seconds", type=click.FloatRange(0.1, 60), default=4.0, show_default=True, help="How long each state is shown.")
@click.option("--board", type=click.Choice(["auto", "gpiod", "mock", "none"]), help="Instead of the settings' board.")
@click.option("--settings", "settings_file", type=click.Path(path_type=Path), help="A settings file.")
def test(seconds: float, board: str | None, settings_file: Path | None) -> None:
    """Show each state of the lamp for a few seconds: well, have a look, can't see, urgent."""
    # The lamps are a program of their own: the appliance never imports it.
    command = [sys.executable, "-m", "hardware", "--test", "--seconds", str(seconds)]
    command += ["--board", board] if board else []
    command += ["--settings", str(settings_file)] if settings_file else []
    sys.exit(subprocess.call(command))
