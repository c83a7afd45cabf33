from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from importlib.metadata import entry_points

import gpiozero
import pytest
from gpiod.line import Bias, Direction, Edge
from gpiozero.exc import BadPinFactory, GPIOPinInUse, PinFixedPull, PinInvalidEdges, PinInvalidPull, PinPWMFixedValue, PinSetInput

from appliance.config import Lights
from hardware.board import PinBoard
from hardware.gpiod_pins import GpiodFactory, chip_paths, find_chip
from hardware.patterns import Levels
from tests.hardware.fake_gpiod import FakeGpio

LABELS = Lights().chip_labels
PINS = Lights()


@pytest.fixture
def gpio() -> FakeGpio:
    return FakeGpio({"/dev/gpiochip0": "raspberrypi-exp-gpio", "/dev/gpiochip4": "pinctrl-rp1"})


@pytest.fixture
def pins(gpio: FakeGpio) -> Iterator[GpiodFactory]:
    factory = GpiodFactory(LABELS, list(gpio.chips), gpio.open_chip)
    yield factory
    factory.close()


def test_the_chip_is_found_by_its_label_whatever_its_number(pins: GpiodFactory) -> None:
    assert pins.chip.path == "/dev/gpiochip4"


def test_no_chip_with_a_known_label_is_said() -> None:
    gpio = FakeGpio({"/dev/gpiochip0": "INT33FF"})
    with pytest.raises(BadPinFactory, match="pinctrl-rp1"):
        GpiodFactory(LABELS, list(gpio.chips), gpio.open_chip)


def test_a_chip_that_may_not_be_opened_is_said() -> None:
    gpio = FakeGpio({"/dev/gpiochip0": "pinctrl-rp1"}, refused=("/dev/gpiochip0",))
    with pytest.raises(BadPinFactory, match="Permission denied"):
        GpiodFactory(LABELS, list(gpio.chips), gpio.open_chip)


def test_a_refused_chip_does_not_hide_a_good_one(gpio: FakeGpio) -> None:
    gpio.refused = ("/dev/gpiochip0",)
    assert find_chip(LABELS, list(gpio.chips), gpio.open_chip) == "/dev/gpiochip4"


def test_a_line_that_somebody_else_has_is_in_use(pins: GpiodFactory, gpio: FakeGpio) -> None:
    gpio.busy = (17,)
    with pytest.raises(GPIOPinInUse, match="GPIO17"):
        gpiozero.LED(17, pin_factory=pins)


def test_an_led_is_an_output_from_its_first_moment_off(pins: GpiodFactory, gpio: FakeGpio) -> None:
    led = gpiozero.LED(17, pin_factory=pins)
    line = gpio.requests[17]
    assert (line.consumer, line.settings.direction, line.levels) == ("safespan", Direction.OUTPUT, [False])
    led.on()
    assert led.value == 1
    led.off()
    assert line.levels == [False, True, False]
    led.close()
    assert line.released
    assert line.settings.direction == Direction.INPUT


def test_a_closed_pin_can_be_taken_again(pins: GpiodFactory) -> None:
    gpiozero.LED(17, pin_factory=pins).close()
    again = gpiozero.LED(17, pin_factory=pins)
    again.on()
    assert again.value == 1
    again.close()


def test_pwm_dims_a_line_and_leaves_it_off(pins: GpiodFactory, gpio: FakeGpio) -> None:
    led = gpiozero.PWMLED(17, frequency=100, pin_factory=pins)
    led.value = 0.5
    assert led.value == 0.5
    time.sleep(0.1)
    line = gpio.requests[17]
    assert line.levels.count(True) > 2
    led.frequency = 50
    assert led.frequency == 50
    led.close()
    assert line.levels[-1] is False


def test_a_button_hears_presses_through_the_lines_edges(pins: GpiodFactory, gpio: FakeGpio) -> None:
    pressed = threading.Event()
    button = gpiozero.Button(24, bounce_time=0.05, pin_factory=pins)
    button.when_pressed = pressed.set
    line = gpio.requests[24]
    assert (line.settings.bias, line.settings.edge_detection) == (Bias.PULL_UP, Edge.BOTH)
    assert line.settings.debounce_period.total_seconds() == 0.05
    line.drive(False, time.monotonic_ns())
    assert pressed.wait(2)
    assert button.is_pressed
    button.close()
    assert line.settings.edge_detection == Edge.NONE
    assert not [thread for thread in threading.enumerate() if thread.name == "edges"]


def test_what_a_pin_cannot_do_is_refused_as_gpiozero_refuses_it(pins: GpiodFactory) -> None:
    pin = pins.pin(17)
    with pytest.raises(PinSetInput):
        pin.state = 1
    with pytest.raises(PinPWMFixedValue):
        pin.frequency = 100
    with pytest.raises(PinInvalidPull):
        pin.pull = "sideways"
    with pytest.raises(PinInvalidEdges):
        pin.edges = "round"
    with pytest.raises(PinFixedPull):
        pins.pin(2).pull = "down"
    pin.function = "output"
    with pytest.raises(PinFixedPull):
        pin.pull = "up"


def test_the_whole_board_runs_on_gpiod_lines(pins: GpiodFactory, gpio: FakeGpio) -> None:
    board = PinBoard(PINS, pins)
    pressed = threading.Event()
    board.when_pressed(pressed.set)
    board.set(Levels(red=1.0, buzzer=1.0))
    assert gpio.requests[PINS.red].levels[-1]
    assert gpio.requests[PINS.buzzer].levels[-1]
    gpio.requests[PINS.button].drive(False, time.monotonic_ns())
    assert pressed.wait(2)
    board.close()
    assert all(line.released for line in gpio.requests.values())
    assert all(line.settings.direction == Direction.INPUT for line in gpio.requests.values())


def test_gpiozero_finds_the_factory_under_its_entry_point() -> None:
    (entry,) = entry_points(group="gpiozero_pin_factories", name="safespan_gpiod")
    assert entry.load() is GpiodFactory


def test_a_real_line_goes_on_and_off() -> None:
    """On a machine that has one of our chips."""
    try:
        found = find_chip(LABELS, chip_paths())
    except OSError as error:
        pytest.skip(f"the GPIO chip can't be opened: {error}")
    if not found:
        pytest.skip("this machine has no Raspberry Pi GPIO chip")
    factory = GpiodFactory()
    led = gpiozero.LED(PINS.green, pin_factory=factory)
    led.on()
    assert led.value == 1
    led.close()
    factory.close()
