"""The lights process itself, on the mock board."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from appliance.config import Lights, recent_dir
from appliance.edge.store import Store
from appliance.model import Incident, Lamp
from hardware import mock_gpio
from hardware.__main__ import lights

PINS = Lights()


def until(condition: Callable[[], object], seconds: float = 15.0) -> None:
    """Wait for something, not for long."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)


def levels(log: Path, pin: int) -> list[float]:
    lines = log.read_text().splitlines() if log.exists() else []
    return [entry["state"] for entry in map(json.loads, lines) if entry["pin"] == pin]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with Store.open(tmp_path / "data", recent_dir(tmp_path / "data")) as store:
        yield store


def test_the_process_turns_red_follows_the_button_and_ends_dark(tmp_path: Path, store: Store) -> None:
    log = tmp_path / "pins.jsonl"
    now = time.time()
    kept = store.save_incident(
        Incident(
            id=0, category="suicide", level="urgent", device="iPad-07", mac="02:00:00:00:00:07", first_seen=now, last_seen=now,
            count=1, names=("x.example",),
        )
    )  # fmt: skip
    store.save_lamp(Lamp(colour="red", sentence="Urgent.", buzzer=True, time=time.time()))
    command = [sys.executable, "-m", "hardware", "--data-dir", str(tmp_path / "data"), "--board", "mock", "--pin-log", str(log)]
    with subprocess.Popen(command) as process:
        try:
            # One flash of red is the self-test's; the buzzer is silent in it.
            until(lambda: levels(log, PINS.red).count(1.0) >= 3 and 1.0 in levels(log, PINS.buzzer))
            process.send_signal(signal.SIGUSR1)
            until(lambda: store.incident(kept.id).acknowledged)
            store.save_lamp(Lamp(colour="green", sentence="Well.", time=time.time()))
            until(lambda: levels(log, PINS.red)[-1] == 0.0 and len(set(levels(log, PINS.green))) > 5)
        finally:
            process.terminate()
            assert process.wait(10) == 0
    assert [levels(log, pin)[-1] for pin in (PINS.green, PINS.amber, PINS.red, PINS.buzzer)] == [0.0] * 4


def test_the_test_shows_every_state_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    result = CliRunner().invoke(lights, ["--test", "--board", "none", "--seconds", "0.1"])
    assert result.exit_code == 0
    assert [line.split(",")[0] for line in result.output.splitlines()[:4]] == [
        "Lamp: green", "Lamp: amber", "Lamp: blind", "Lamp: red",
    ]  # fmt: skip
    assert "switched off" in result.output


def test_settings_that_cannot_be_used_are_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("[lights]\ngreen = 'seventeen'\n")
    result = CliRunner().invoke(lights, ["--test", "--settings", str(tmp_path / "bad.toml")])
    assert result.exit_code == 1
    assert "lights.green" in result.output
    assert "Traceback" not in result.output


@pytest.fixture(autouse=True)
def fresh_board() -> Iterator[None]:
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    mock_gpio.board.reset()
    for number, handler in handlers.items():
        signal.signal(number, handler)
