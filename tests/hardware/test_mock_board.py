from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from hardware.mock_board import BCM, BOARD, BOTH, FALLING, IN, OUT, PUD_UP, RISING, STATES_KEPT, MockBoard
from tests.hardware.conftest import FakeClock


@pytest.fixture
def pins(clock: FakeClock) -> MockBoard:
    board = MockBoard(clock)
    board.setmode(BCM)
    return board


def test_an_output_remembers_its_states_and_their_times(pins: MockBoard, clock: FakeClock) -> None:
    pins.setup(17, OUT, initial=0)
    clock.sleep(1.5)
    pins.output(17, True)
    pins.output(17, True)
    clock.sleep(0.5)
    pins.output(17, 0)
    assert [(state.time - 100, state.value) for state in pins.states(17)] == [(0, 0), (1.5, 1), (2, 0)]


def test_states_are_forgotten_beyond_the_bound(pins: MockBoard) -> None:
    pins.setup(17, OUT)
    for nth in range(STATES_KEPT * 2 + 1):
        pins.output(17, nth % 2)
    assert len(pins.states(17)) == STATES_KEPT


def test_several_channels_at_once_take_one_level_or_one_each(pins: MockBoard) -> None:
    pins.setup((17, 27), OUT)
    pins.output((17, 27), 1)
    pins.output([17, 27], [0, 1])
    assert (pins.input(17), pins.input(27)) == (0, 1)
    with pytest.raises(RuntimeError, match="Number of channels"):
        pins.output((17, 27), (1, 0, 1))


def test_header_places_are_numbered_as_on_the_board(clock: FakeClock) -> None:
    pins = MockBoard(clock)
    pins.setmode(BOARD)
    pins.setup(11, OUT)
    pins.output(11, 1)
    assert pins.states(17)[-1].value == 1


def test_what_rpi_gpio_refuses_is_refused(pins: MockBoard) -> None:
    with pytest.raises(RuntimeError, match="setup"):
        pins.output(17, 1)
    with pytest.raises(RuntimeError, match="setup"):
        pins.input(17)
    pins.setup(24, IN)
    with pytest.raises(RuntimeError, match="OUTPUT"):
        pins.output(24, 1)
    with pytest.raises(ValueError, match="channel"):
        pins.setup(99, OUT)
    with pytest.raises(ValueError, match="mode"):
        pins.setmode(BOARD)
    with pytest.raises(RuntimeError, match="numbering"):
        MockBoard().setup(17, OUT)


def test_pulls_decide_what_an_input_reads_until_somebody_drives_it(pins: MockBoard) -> None:
    pins.setup(24, IN, pull_up_down=PUD_UP)
    assert pins.input(24) == 1
    pins.drive(24, 0)
    assert pins.input(24) == 0


@pytest.mark.parametrize(("edge", "heard"), [(FALLING, 1), (RISING, 1), (BOTH, 2)])
def test_edges_call_back_with_the_channel(pins: MockBoard, edge: int, heard: int) -> None:
    calls: list[int] = []
    pins.setup(24, IN, pull_up_down=PUD_UP)
    pins.add_event_detect(24, edge, callback=calls.append, bouncetime=50)
    pins.drive(24, 0)
    pins.drive(24, 0)
    pins.drive(24, 1)
    assert calls == [24] * heard
    assert pins.event_detected(24)
    assert not pins.event_detected(24)
    pins.remove_event_detect(24)
    pins.drive(24, 0)
    assert len(calls) == heard


def test_waiting_for_an_edge_ends_with_it_or_with_the_time(pins: MockBoard) -> None:
    pins.setup(24, IN, pull_up_down=PUD_UP)
    assert pins.wait_for_edge(24, FALLING, timeout=10) is None
    press = threading.Timer(0.05, pins.drive, (24, 0))
    press.start()
    assert pins.wait_for_edge(24, FALLING, timeout=5000) == 24
    press.join()


def test_cleanup_leaves_outputs_low_and_unknown(pins: MockBoard) -> None:
    pins.setup(17, OUT, initial=1)
    pins.cleanup(17)
    assert pins.states(17)[-1].value == 0
    assert pins.gpio_function(17) == -1
    pins.cleanup()
    assert pins.getmode() is None


def test_the_log_has_a_line_for_each_change(pins: MockBoard, tmp_path: Path) -> None:
    pins.log_to(tmp_path / "pins.jsonl")
    pins.setup(22, OUT)
    pins.output(22, 1)
    pins.output(22, 1)
    lines = [json.loads(line) for line in (tmp_path / "pins.jsonl").read_text().splitlines()]
    assert lines == [{"time": 100.0, "pin": 22, "state": 1.0}]
