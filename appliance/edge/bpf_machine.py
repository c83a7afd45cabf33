"""Classic BPF run in Python: for capture files where libpcap is absent, and as a third opinion in the tests."""

from __future__ import annotations

from collections.abc import Callable

from appliance.edge.bpf import ALU, ALU_CODES, BY_X, IND, JA, JMP, JUMP_CODES, LD, LDX, LEN, MEM, MISC, RET, ST, TAX, Program

_WIDTHS = {0x00: 4, 0x08: 2, 0x10: 1}
_WORD = 0xFFFFFFFF
_ALU: dict[int, Callable[[int, int], int]] = {
    ALU_CODES["add"]: lambda a, b: a + b & _WORD,
    ALU_CODES["sub"]: lambda a, b: a - b & _WORD,
    ALU_CODES["or"]: lambda a, b: a | b,
    ALU_CODES["and"]: lambda a, b: a & b,
    ALU_CODES["lsh"]: lambda a, b: a << b & _WORD if b < 32 else 0,
    ALU_CODES["rsh"]: lambda a, b: a >> b if b < 32 else 0,
}
_TESTS: dict[int, Callable[[int, int], bool]] = {
    JUMP_CODES["eq"]: lambda a, b: a == b,
    JUMP_CODES["gt"]: lambda a, b: a > b,
    JUMP_CODES["ge"]: lambda a, b: a >= b,
    JUMP_CODES["set"]: lambda a, b: bool(a & b),
}


class Machine:
    """The registers of one run over one packet."""

    def __init__(self, data: bytes, length: int | None = None) -> None:
        self._data = data
        self._length = len(data) if length is None else length
        self.a = self.x = 0
        self._memory = [0] * 16

    def run(self, program: Program) -> int:
        """How many bytes of the packet the program keeps, 0 for none. A load beyond the end keeps none."""
        at = 0
        while True:
            code, jt, jf, k = program[at]
            at += 1
            kind = code & 0x07
            if kind == RET:
                return k
            if kind == JMP:
                at += k if code == JA else jt if _TESTS[code & 0xF0](self.a, self.x if code & BY_X else k) else jf
            elif kind == ALU:
                self.a = _ALU[code & 0xF0](self.a, self.x if code & BY_X else k)
            elif not self._move(kind, code, k):
                return 0

    def _move(self, kind: int, code: int, k: int) -> bool:
        """Everything that moves a value; False for a load beyond the packet."""
        if kind == LD:
            return self._load(code, k)
        if kind == LDX:
            self.x = self._memory[k] if code & 0xE0 == MEM else k
        elif kind == MISC:
            self.a, self.x = (self.a, self.a) if code == TAX else (self.x, self.x)
        else:
            self._memory[k] = self.a if kind == ST else self.x
        return True

    def _load(self, code: int, k: int) -> bool:
        """A = packet bytes, the length, memory or a number."""
        mode = code & 0xE0
        if mode == MEM:
            self.a = self._memory[k]
        elif mode == LEN:
            self.a = self._length
        else:
            at = k + self.x if mode == IND else k
            width = _WIDTHS[code & 0x18]
            if at + width > len(self._data):
                return False
            self.a = int.from_bytes(self._data[at : at + width])
        return True


def keeps(program: Program, data: bytes) -> bool:
    """Whether the program keeps this packet."""
    return Machine(data).run(program) > 0
