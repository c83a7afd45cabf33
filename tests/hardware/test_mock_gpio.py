from __future__ import annotations

import importlib
import sys

import pytest

from hardware import mock_gpio as GPIO  # noqa: N812 - the name that programs for RPi.GPIO give it
from hardware.mock_board import MockBoard


def test_a_program_for_rpi_gpio_runs_unchanged(mock_board: MockBoard) -> None:
    GPIO.setwarnings(False)
    GPIO.setmode(GPIO.BCM)
    GPIO.setup(17, GPIO.OUT, initial=GPIO.LOW)
    GPIO.output(17, GPIO.HIGH)
    assert GPIO.input(17) == GPIO.HIGH
    pwm = GPIO.PWM(17, 100)
    pwm.start(50)
    pwm.ChangeDutyCycle(75)
    pwm.ChangeFrequency(200)
    pwm.stop()
    GPIO.cleanup()
    assert [state.value for state in mock_board.states(17)] == [0, 1, 0.5, 0.75, 0]


def test_pwm_refuses_what_rpi_gpio_refuses(mock_board: MockBoard) -> None:
    GPIO.setmode(GPIO.BCM)
    with pytest.raises(RuntimeError, match="output"):
        GPIO.PWM(17, 100)
    GPIO.setup(17, GPIO.OUT)
    with pytest.raises(ValueError, match="frequency"):
        GPIO.PWM(17, 0)
    with pytest.raises(ValueError, match="dutycycle"):
        GPIO.PWM(17, 100).start(101)


def test_importing_rpi_gpio_finds_the_mock_once_it_poses_as_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "RPi", None)
    GPIO.pose_as_rpi_gpio()
    assert importlib.import_module("RPi.GPIO") is GPIO
