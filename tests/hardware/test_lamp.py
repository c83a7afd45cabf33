from __future__ import annotations

from gpiozero.pins.mock import MockFactory

from appliance.config import Lights
from appliance.model import Lamp
from hardware.board import PinBoard
from hardware.lamp import LampDriver
from tests.hardware.conftest import FakeClock

RED = Lamp(colour="red", sentence="Urgent.", buzzer=True)
LOOK = Lamp(colour="amber", sentence="Look.")
GREEN = Lamp(colour="green", sentence="Well.")
PINS = Lights()


def play(driver: LampDriver, lamp: Lamp, clock: FakeClock, seconds: float) -> None:
    """Show a state for so many seconds of the fake clock, in ticks of a hundredth."""
    driver.show(lamp, clock())
    for _ in range(round(seconds * 100)):
        driver.tick(clock())
        clock.sleep(0.01)


def test_amber_pin_passes_through_the_double_blink_at_its_times(factory: MockFactory, clock: FakeClock) -> None:
    driver = LampDriver(PinBoard(PINS, factory))
    pin = factory.pin(PINS.amber)
    pin.clear_states()
    play(driver, LOOK, clock, 2.3)
    assert len(pin.states) == 7
    pin.assert_states_and_times([(0, 0), (0, 1), (0.2, 0), (0.2, 1), (0.2, 0), (1.4, 1), (0.2, 0)])


def test_red_pin_and_buzzer_run_their_own_rhythms_while_urgent(factory: MockFactory, clock: FakeClock) -> None:
    driver = LampDriver(PinBoard(PINS, factory))
    for number in (PINS.red, PINS.buzzer):
        factory.pin(number).clear_states()
    play(driver, RED, clock, 1.0)
    factory.pin(PINS.red).assert_states_and_times([(0, 0), (0, 1), (0.2, 0), (0.2, 1), (0.2, 0), (0.2, 1)])
    factory.pin(PINS.buzzer).assert_states_and_times([(0, 0), (0, 1), (0.1, 0), (0.1, 1), (0.1, 0), (0.1, 1), (0.3, 0)])


def test_the_other_lamps_go_dark_when_the_state_changes(factory: MockFactory, clock: FakeClock) -> None:
    driver = LampDriver(PinBoard(PINS, factory))
    play(driver, RED, clock, 0.1)
    play(driver, GREEN, clock, 0.1)
    assert not factory.pin(PINS.red).state
    assert not factory.pin(PINS.buzzer).state
    assert factory.pin(PINS.green).state > 0


def test_the_same_state_shown_again_does_not_start_its_rhythm_afresh(factory: MockFactory, clock: FakeClock) -> None:
    driver = LampDriver(PinBoard(PINS, factory))
    play(driver, LOOK, clock, 0.3)
    play(driver, LOOK, clock, 0.05)
    assert not factory.pin(PINS.amber).state


def test_the_self_test_lights_each_lamp_in_turn_and_keeps_the_buzzer_quiet(factory: MockFactory, clock: FakeClock) -> None:
    driver = LampDriver(PinBoard(PINS, factory))
    pins = [factory.pin(number) for number in (PINS.green, PINS.amber, PINS.red, PINS.buzzer)]
    for pin in pins:
        pin.clear_states()
    driver.self_test(clock.sleep)
    for nth, pin in enumerate(pins[:3]):
        pin.assert_states_and_times([(0, 0), (0.3 * nth, 1), (0.3, 0)])
    assert [state.state for state in pins[3].states] == [0]


def test_closing_leaves_every_lamp_off(factory: MockFactory, clock: FakeClock) -> None:
    driver = LampDriver(PinBoard(PINS, factory))
    red = factory.pin(PINS.red)
    play(driver, RED, clock, 0.1)
    driver.close()
    assert not red.state
    assert red.function == "input"
