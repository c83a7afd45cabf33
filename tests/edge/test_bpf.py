"""The assembler and the machine, with the kernel as their judge."""

from __future__ import annotations

import random
import socket

import pytest

from appliance.edge.bpf import Assembler, BpfError, Program
from appliance.edge.bpf_machine import Machine, keeps
from appliance.edge.socket_filter import attach


def kernel_keeps(code: Program, data: bytes) -> bool:
    """Whether the kernel's own machine keeps a packet."""
    left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with left, right:
        attach(right, code)
        right.setblocking(False)
        left.send(data)
        try:
            return bool(right.recv(1))
        except BlockingIOError:
            return False


def ending(code: Assembler) -> Program:
    """The program with the two labels that tests jump to."""
    code.label("refuse")
    code.give(0)
    code.label("pass")
    code.give(100)
    return code.assemble()


def test_jump_to_a_label_beyond_255_instructions_arrives() -> None:
    code = Assembler()
    code.load(1, 0)
    code.when("eq", 7, "pass")
    code.when("gt", 100, "refuse", "middle")
    for _ in range(300):
        code.alu("add", 1)
    code.label("middle")
    for _ in range(300):
        code.alu("add", 1)
    code.when("eq", 5 + 300, "pass", "refuse")
    program = ending(code)
    assert max(max(row.jt, row.jf) for row in program) <= 255
    for first, wanted in ((7, True), (200, False), (5, True), (6, False)):
        assert keeps(program, bytes([first])) is wanted
        assert kernel_keeps(program, bytes([first])) is wanted


def test_jumps_whose_way_grows_past_the_limit_while_others_are_lengthened_still_arrive() -> None:
    code = Assembler()
    code.load(1, 0)
    for number in range(240):
        code.when("eq", number, "pass")
    program = ending(code)
    for first in (0, 1, 100, 239, 240, 255):
        assert keeps(program, bytes([first])) is kernel_keeps(program, bytes([first])) is (first < 240)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda code: code.jump("nowhere"),
        lambda code: (code.label("back"), code.load(1, 0), code.when("eq", 1, "back")),
        lambda code: (code.label("twice"), code.label("twice")),
        lambda code: [code.alu("add", 1) for _ in range(5000)],
    ],
)
def test_program_that_the_kernel_would_refuse_is_an_error(wrong: object) -> None:
    code = Assembler()
    with pytest.raises(BpfError):
        wrong(code)  # type: ignore[operator]
        ending(code)


def test_load_beyond_the_packet_refuses_it_everywhere() -> None:
    code = Assembler()
    code.load(4, 2)
    code.give(100)
    program = code.assemble()
    for length in range(1, 9):
        assert keeps(program, bytes(length)) is kernel_keeps(program, bytes(length)) is (length >= 6)


def test_length_is_the_length_on_the_wire() -> None:
    code = Assembler()
    code.load_length()
    code.when("gt", 100, "pass", "refuse")
    program = ending(code)
    assert Machine(b"cut", 1500).run(program)
    assert not Machine(b"cut").run(program)


def random_program(dice: random.Random) -> Program:
    """A straight program of all operations with a test at its end."""
    code = Assembler()
    code.set_x(dice.randrange(4))
    code.load(4, 0)
    for slot in range(3):
        code.store(slot)
    for _ in range(dice.randrange(1, 20)):
        number = dice.choice([0, 1, 3, 31, 0xFF, 0xFFFFFFFF, dice.getrandbits(32)])
        dice.choice(
            [
                lambda n=number: code.alu(dice.choice(["add", "sub", "or", "and"]), n),
                lambda n=number: code.alu(dice.choice(["lsh", "rsh"]), n % 32),
                lambda: code.alu_x(dice.choice(["add", "sub", "or", "and"])),
                lambda n=number: code.load(dice.choice([1, 2, 4]), n % 12),
                lambda: (code.set_x(dice.randrange(9)), code.load(dice.choice([1, 2, 4]), dice.randrange(4), beyond_x=True)),
                lambda: code.store(dice.randrange(3)),
                lambda: code.recall(dice.randrange(3)),
                lambda: code.recall_x(dice.randrange(3)),
                lambda: (code.store_x(1), code.x_to_a()),
                lambda: code.a_to_x(),
            ]
        )()
    label = code.fresh("on")
    code.when_x(dice.choice(["eq", "gt", "ge", "set"]), label)
    code.alu("add", 1)
    code.label(label)
    code.when(dice.choice(["eq", "gt", "ge", "set"]), dice.getrandbits(dice.choice([1, 8, 32])), "pass", "refuse")
    return ending(code)


def test_our_machine_and_the_kernel_agree_on_random_programs() -> None:
    dice = random.Random(20)
    kept = 0
    for _ in range(400):
        program, data = random_program(dice), dice.randbytes(dice.randrange(4, 16))
        assert keeps(program, data) == kernel_keeps(program, data), (program, data)
        kept += keeps(program, data)
    assert 50 < kept < 350
