from __future__ import annotations

import logging
from pathlib import Path

import pytest
from gpiozero.exc import BadPinFactory
from gpiozero.pins.mock import MockFactory

from appliance.config import Lights
from hardware import board
from hardware.board import DarkBoard, PinBoard, open_board
from hardware.mock_board import MockBoard
from hardware.patterns import Levels

PINS = Lights()


def test_the_mock_board_shows_levels_through_gpiozeros_own_rpi_gpio_driver(mock_board: MockBoard) -> None:
    lamps = open_board(PINS, "mock")
    assert lamps.name == "mock pins"
    lamps.set(Levels(green=0.25, red=1.0))
    lamps.set(Levels(green=0.5))
    assert [state.value for state in mock_board.states(PINS.red)][-2:] == [1.0, 0.0]
    assert [state.value for state in mock_board.states(PINS.green)][-2:] == [0.25, 0.5]
    lamps.close()


def test_a_press_on_the_mock_boards_button_is_heard_once(mock_board: MockBoard) -> None:
    lamps = open_board(PINS, "mock")
    presses: list[int] = []
    lamps.when_pressed(lambda: presses.append(1))
    mock_board.drive(PINS.button, 0)
    mock_board.drive(PINS.button, 1)
    assert presses == [1]
    lamps.close()


def test_a_press_on_gpiozeros_mock_pin_is_heard(factory: MockFactory) -> None:
    lamps = PinBoard(PINS, factory)
    presses: list[int] = []
    lamps.when_pressed(lambda: presses.append(1))
    factory.pin(PINS.button).drive_low()
    factory.pin(PINS.button).drive_high()
    assert presses == [1]


def test_auto_is_the_mock_board_on_a_machine_without_pins(
    mock_board: MockBoard, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(board, "chip_paths", list)
    monkeypatch.setattr(board, "PI_REVISION", tmp_path / "none")
    lamps = open_board(PINS, "auto")
    assert lamps.name == "mock pins"
    lamps.close()


def test_a_pi_whose_pins_cannot_be_had_has_no_lamp_and_says_so_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "revision").write_bytes(b"\0\xa0\x20\x82")
    monkeypatch.setattr(board, "PI_REVISION", tmp_path / "revision")
    monkeypatch.setattr(board, "chip_paths", lambda: ["/dev/gpiochip0"])

    def refuse(labels: tuple[str, ...]) -> None:
        raise BadPinFactory("the GPIO chip can't be opened: Permission denied")

    monkeypatch.setattr(board, "GpiodFactory", refuse)
    with caplog.at_level(logging.WARNING):
        lamps = open_board(PINS, "auto")
    assert isinstance(lamps, DarkBoard)
    assert "Permission denied" in lamps.name
    assert len(caplog.records) == 1
    lamps.set(Levels(red=1.0))
    lamps.close()


def test_gpiod_asked_for_without_a_chip_is_no_lamp_and_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hardware.gpiod_pins.chip_paths", list)
    assert "no GPIO chip" in open_board(PINS, "gpiod").name


def test_none_is_no_lamp_by_choice() -> None:
    assert "switched off" in open_board(PINS, "none").name


def test_a_pin_that_the_header_does_not_have_lets_go_of_the_others(mock_board: MockBoard) -> None:
    assert "no lamp" in open_board(Lights(button=50), "mock").name
    again = open_board(PINS, "mock")
    assert again.name == "mock pins"
    again.close()
