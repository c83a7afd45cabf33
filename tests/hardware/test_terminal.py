from __future__ import annotations

import io

from appliance.model import Lamp
from hardware.board import DarkBoard
from hardware.lamp import LampDriver
from hardware.terminal import TerminalLamp


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def driver(lamp: Lamp, at: float = 0.0) -> LampDriver:
    driver = LampDriver(DarkBoard())
    driver.show(lamp, 0.0)
    driver.tick(at)
    return driver


RED = Lamp(colour="red", sentence="iPad-07 needs you.", buzzer=True)


def test_a_terminal_shows_one_line_in_place_with_dot_word_and_sentence() -> None:
    out = Terminal()
    line = TerminalLamp(out)
    line.show(driver(RED))
    line.show(driver(RED, at=0.3))
    assert out.getvalue().count("\r\x1b[K") == 2
    assert "\n" not in out.getvalue()
    assert "● " not in out.getvalue().split("\r\x1b[K")[2]
    assert "urgent: iPad-07 needs you." in out.getvalue()


def test_the_same_look_is_not_written_twice() -> None:
    out = Terminal()
    line = TerminalLamp(out)
    line.show(driver(RED))
    line.show(driver(RED))
    assert out.getvalue().count("urgent") == 1


def test_a_pipe_gets_a_plain_line_for_each_new_state() -> None:
    out = io.StringIO()
    line = TerminalLamp(out)
    line.show(driver(RED))
    line.show(driver(RED, at=0.3))
    line.show(driver(Lamp(colour="grey", sentence="Lost.")))
    assert out.getvalue() == "Lamp: red, urgent: iPad-07 needs you.\nLamp: blind, can't see: Lost.\n"


def test_a_hostile_device_name_cannot_give_the_terminal_orders() -> None:
    out = Terminal()
    TerminalLamp(out).show(driver(Lamp(colour="red", sentence="\x1b]0;owned\x07\x1b[2J\r\nnext")))
    assert "\x1b]" not in out.getvalue()
    assert "\x1b[2J" not in out.getvalue()
    assert "\n" not in out.getvalue()


def test_a_long_sentence_is_cut_to_the_terminals_width() -> None:
    out = Terminal()
    TerminalLamp(out).show(driver(Lamp(colour="green", sentence="x" * 500)))
    assert len(out.getvalue()) < 120
    assert out.getvalue().endswith("…")
