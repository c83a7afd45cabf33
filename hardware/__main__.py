"""`python -m hardware`: the lights process; with `--test` it shows each state of the lamp for a few seconds and ends."""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from appliance import config
from appliance.edge.systemd import Notifier
from appliance.model import Lamp
from hardware import mock_gpio
from hardware.board import Choice, open_board
from hardware.lamp import TICKS_PER_SECOND, LampDriver
from hardware.lights import Lights, StoreLamp
from hardware.terminal import TerminalLamp

STATES: tuple[Lamp, ...] = (
    Lamp(colour="green", sentence="The box is watching and all is well."),
    Lamp(colour="amber", sentence="Something on the page wants a look today."),
    Lamp(colour="amber", blind=True, sentence="The box can't see: its cable, the switch or a setting needs somebody."),
    Lamp(colour="red", buzzer=True, sentence="Something urgent: open the page, or press the button to stop the buzzer."),
)


@click.command()
@click.option("--data-dir", type=click.Path(file_okay=False, path_type=Path), default=config.default_data_dir)
@click.option("--settings", "settings_file", type=click.Path(dir_okay=False, path_type=Path), default=None)
@click.option(
    "--board", type=click.Choice(["auto", "gpiod", "mock", "none"]), default=None, help="Instead of the settings' board."
)
@click.option("--terminal", is_flag=True, help="Show the lamp in this terminal too.")
@click.option(
    "--pin-log", type=click.Path(dir_okay=False, path_type=Path), default=None, help="Mock board: write each change here."
)
@click.option("--test", is_flag=True, help="Show each state, then end.")
@click.option(
    "--seconds", type=click.FloatRange(0.1, 60), default=4.0, show_default=True, help="How long --test shows each state."
)
def lights(
    data_dir: Path,
    settings_file: Path | None,
    board: Choice | None,
    terminal: bool,
    pin_log: Path | None,
    test: bool,
    seconds: float,
) -> None:
    """Drive the lamps, the buzzer and the button."""
    logging.basicConfig(level=logging.INFO, format="lights: %(message)s")
    try:
        settings = config.load(settings_file)
    except config.SettingsError as error:
        raise click.ClickException(str(error)) from error
    mock_gpio.board.log_to(pin_log)
    driver = LampDriver(open_board(settings.lights, board))
    line = TerminalLamp(sys.stdout) if terminal or test else None
    stop = _stop_on_signals()
    try:
        if test:
            show_states(driver, line, STATES, seconds, stop)
        else:
            follow(data_dir, driver, line, settings, stop)
    finally:
        driver.close()
        if line:
            line.close()


def follow(
    data_dir: Path, driver: LampDriver, line: TerminalLamp | None, settings: config.Settings, stop: threading.Event
) -> None:
    """The process's own work: follow the store of `data_dir` until told to stop."""
    notifier = Notifier.from_environment()
    source = StoreLamp(data_dir, config.recent_dir(data_dir))
    loop = Lights(source, driver, notifier, line)
    if driver.board.name == "mock pins":
        # A mock board has no button to press: this signal is its button.
        signal.signal(signal.SIGUSR1, lambda *_: mock_press(settings.lights.button))
    driver.self_test()
    notifier.ready()
    notifier.status(f"Lamp on {driver.board.name}.")
    loop.run(stop)
    notifier.stopping()
    source.close()


def mock_press(button: int) -> None:
    """Press and let go of the mock board's button, which pulls its pin low."""
    mock_gpio.board.drive(button, 0)
    mock_gpio.board.drive(button, 1)


def show_states(
    driver: LampDriver, line: TerminalLamp | None, states: Iterable[Lamp], seconds: float, stop: threading.Event
) -> None:
    """Show each state for so many seconds."""
    for lamp in states:
        driver.show(lamp, time.monotonic())
        end = time.monotonic() + seconds
        while time.monotonic() < end and not stop.is_set():
            driver.tick(time.monotonic())
            if line:
                line.show(driver)
            stop.wait(1 / TICKS_PER_SECOND)
    click.echo()
    click.echo(f"That was the lamp on: {driver.board.name}.")


def _stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = threading.Event()

    def end(*_: Any) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    return stop


if __name__ == "__main__":
    lights()
