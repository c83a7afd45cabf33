"""A small assembler for classic BPF, the kernel's and libpcap's packet-filter language.

Enter instructions with named jump targets; leaves a program of (code, jt, jf, k) rows. Jumps go forward only. A conditional jump
reaches 255 instructions; where a target lies farther the assembler puts an unconditional jump behind it. The language is
described in the kernel's Documentation/networking/filter.rst.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

# The kernel takes no longer program (BPF_MAXINSNS).
MAX_PROGRAM = 4096

LD, LDX, ST, STX, ALU, JMP, RET, MISC = 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07
SIZES = {4: 0x00, 2: 0x08, 1: 0x10}
IMM, ABS, IND, MEM, LEN = 0x00, 0x20, 0x40, 0x60, 0x80
ALU_CODES = {"add": 0x00, "sub": 0x10, "or": 0x40, "and": 0x50, "lsh": 0x60, "rsh": 0x70}
JUMP_CODES = {"eq": 0x10, "gt": 0x20, "ge": 0x30, "set": 0x40}
JA = JMP | 0x00
BY_X = 0x08
TAX, TXA = MISC | 0x00, MISC | 0x80
RET_K = RET | 0x00

Operation: TypeAlias = Literal["add", "sub", "or", "and", "lsh", "rsh"]
Test: TypeAlias = Literal["eq", "gt", "ge", "set"]


class Instruction(NamedTuple):
    """One row of a program (`struct sock_filter`, `struct bpf_insn`): jumps count the instructions they skip."""

    code: int
    jt: int
    jf: int
    k: int


Program: TypeAlias = tuple[Instruction, ...]


class BpfError(ValueError):
    """A program that can't be assembled: an unknown or backward label, or too many instructions. A fault of ours."""


class _Line(NamedTuple):
    """An instruction whose jumps still are names; None falls through to the next line."""

    code: int
    k: int
    yes: str | None = None
    no: str | None = None


class Assembler:
    """Collects instructions in order; `assemble` turns the names of their targets into distances."""

    def __init__(self) -> None:
        self._lines: list[_Line] = []
        self._labels: dict[str, int] = {}

    def label(self, name: str) -> None:
        """The next instruction can be jumped to by this name."""
        if name in self._labels:
            raise BpfError(f"The label {name} stands twice.")
        self._labels[name] = len(self._lines)

    def fresh(self, stem: str) -> str:
        """A label name that isn't used yet, for a block that is written several times."""
        return f"{stem}.{len(self._lines)}"

    def load(self, size: int, at: int, *, beyond_x: bool = False) -> None:
        """A = `size` bytes of the packet at `at`, or at X + `at`. Beyond the packet's end the filter ends and refuses."""
        self._add(LD | SIZES[size] | (IND if beyond_x else ABS), at)

    def load_length(self) -> None:
        """A = the packet's length on the wire."""
        self._add(LD | LEN, 0)

    def recall(self, slot: int) -> None:
        """A = memory slot 0-15."""
        self._add(LD | MEM, slot)

    def store(self, slot: int) -> None:
        """Memory slot 0-15 = A."""
        self._add(ST, slot)

    def set_x(self, value: int) -> None:
        """X = a number."""
        self._add(LDX | IMM, value)

    def recall_x(self, slot: int) -> None:
        """X = memory slot 0-15."""
        self._add(LDX | MEM, slot)

    def store_x(self, slot: int) -> None:
        """Memory slot 0-15 = X."""
        self._add(STX, slot)

    def a_to_x(self) -> None:
        """X = A."""
        self._add(TAX, 0)

    def x_to_a(self) -> None:
        """A = X."""
        self._add(TXA, 0)

    def alu(self, operation: Operation, value: int) -> None:
        """A = A (operation) value, in 32 bits."""
        self._add(ALU | ALU_CODES[operation], value)

    def alu_x(self, operation: Operation) -> None:
        """A = A (operation) X, in 32 bits."""
        self._add(ALU | ALU_CODES[operation] | BY_X, 0)

    def when(self, test: Test, value: int, yes: str | None = None, no: str | None = None) -> None:
        """Compare A, unsigned, with a number and jump; None goes on with the next instruction."""
        self._lines.append(_Line(JMP | JUMP_CODES[test], value, yes, no))

    def when_x(self, test: Test, yes: str | None = None, no: str | None = None) -> None:
        """Compare A, unsigned, with X and jump; None goes on with the next instruction."""
        self._lines.append(_Line(JMP | JUMP_CODES[test] | BY_X, 0, yes, no))

    def when_in(self, values: Sequence[int], yes: str) -> None:
        """Jump where A is one of the values."""
        for value in values:
            self.when("eq", value, yes)

    def jump(self, target: str) -> None:
        """Go on at a label."""
        self._lines.append(_Line(JA, 0, target))

    def give(self, length: int) -> None:
        """End: keep this many bytes of the packet; 0 refuses it."""
        self._add(RET_K, length)

    def assemble(self) -> Program:
        """The finished program. Raises BpfError for one that couldn't be loaded."""
        far: set[tuple[int, bool]] = set()
        # Each round can only push targets farther away, so the set grows until it holds.
        while (found := self._too_far(far)) - far:
            far |= found
        program = self._emit(far)
        if len(program) > MAX_PROGRAM:
            raise BpfError(f"The program has {len(program)} instructions; {MAX_PROGRAM} is the most.")
        return program

    def _add(self, code: int, k: int) -> None:
        self._lines.append(_Line(code, k & 0xFFFFFFFF))

    def _positions(self, far: set[tuple[int, bool]]) -> list[int]:
        """Where each line starts once the jumps behind far conditional ones are counted; one more for the end."""
        positions, at = [], 0
        for number in range(len(self._lines)):
            positions.append(at)
            at += 1 + ((number, True) in far) + ((number, False) in far)
        return [*positions, at]

    def _target(self, number: int, name: str, positions: list[int]) -> int:
        """The position of a label, which must lie after the line that jumps to it."""
        if name not in self._labels:
            raise BpfError(f"There is no label {name}.")
        if self._labels[name] <= number:
            raise BpfError(f"The jump to {name} goes back.")
        return positions[self._labels[name]]

    def _too_far(self, far: set[tuple[int, bool]]) -> set[tuple[int, bool]]:
        """The (line, which way) of conditional jumps whose target is out of their reach."""
        positions = self._positions(far)
        found = set()
        for number, line in enumerate(self._lines):
            for way, name in ((True, line.yes), (False, line.no)):
                # From the instruction itself, so at worst two nearer than it will be counted: leave room for both.
                if line.code != JA and name and self._target(number, name, positions) - positions[number] > 250:
                    found.add((number, way))
        return found

    def _emit(self, far: set[tuple[int, bool]]) -> Program:
        """The rows, with distances for names."""
        positions = self._positions(far)
        rows: list[Instruction] = []
        for number, line in enumerate(self._lines):
            after = positions[number] + 1
            if line.code == JA:
                assert line.yes is not None
                rows.append(Instruction(JA, 0, 0, self._target(number, line.yes, positions) - after))
                continue
            behind = [way for way in (True, False) if (number, way) in far]
            skips = [self._skip(number, line, way, behind, positions) for way in (True, False)]
            rows.append(Instruction(line.code, skips[0], skips[1], line.k))
            for place, way in enumerate(behind):
                name = line.yes if way else line.no
                assert name is not None
                rows.append(Instruction(JA, 0, 0, self._target(number, name, positions) - after - place - 1))
        return tuple(rows)

    def _skip(self, number: int, line: _Line, way: bool, behind: list[bool], positions: list[int]) -> int:
        """How many instructions one way of a conditional jump skips; nothing for other instructions."""
        if line.code & 0x07 != JMP:
            return 0
        if way in behind:
            return behind.index(way)
        name = line.yes if way else line.no
        return len(behind) if name is None else self._target(number, name, positions) - positions[number] - 1


def pack(program: Program) -> bytes:
    """The program as an array of `struct sock_filter`, in this machine's byte order."""
    return b"".join(struct.pack("HBBI", *row) for row in program)
