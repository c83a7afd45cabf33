"""A QR code (ISO/IEC 18004) as a drawing, for showing a key to a phone: bytes, error correction level L, versions 1 to 9."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, pairwise

from markupsafe import Markup

# For each version from 1: error correction words for each block, and blocks (table 9, level L).
_BLOCKS = ((7, 1), (10, 1), (15, 1), (20, 1), (26, 1), (18, 2), (20, 2), (24, 2), (30, 2))
# Centres of the small squares, for each version from 1 (annex E).
_CENTRES: tuple[tuple[int, ...], ...] = (
    *((), (6, 18), (6, 22), (6, 26), (6, 30), (6, 34)),
    *((6, 22, 38), (6, 24, 42), (6, 26, 46)),
)
_LEVEL_L = 0b01
_FINDER = (1, 1, 3, 1, 1)
Grid = list[list[bool]]


def draw(text: str, title: str) -> Markup:
    """The code as an SVG with a quiet border, black on white in every colour scheme; `title` says what it is."""
    grid = encode(text.encode())
    size = len(grid) + 8
    path = "".join(f"M{x + 4} {y + 4}h1v1h-1z" for y, row in enumerate(grid) for x, dark in enumerate(row) if dark)
    return Markup(
        '<svg class="qr" viewBox="0 0 {size} {size}" role="img" aria-label="{title}" shape-rendering="crispEdges">'
        '<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path fill="#000" d="{path}"/></svg>'
    ).format(size=size, title=title, path=path)


def encode(data: bytes) -> Grid:
    """The code's modules, row by row, True for dark. ValueError where the data is longer than 230 bytes."""
    version = next((v for v in range(1, 10) if len(data) + 2 <= _room(v)), 0)
    if not version:
        raise ValueError("too long for a code that a phone reads easily")
    symbol = _Symbol(version)
    symbol.fill(_interleave(version, _data_words(version, data)))
    return min((symbol.masked(mask) for mask in range(8)), key=_penalty)


def _raw_words(version: int) -> int:
    """How many eight-bit words a version holds, data and correction together."""
    modules = (16 * version + 128) * version + 64
    if version >= 2:
        squares = version // 7 + 2
        modules -= (25 * squares - 10) * squares - 55 + (36 if version >= 7 else 0)
    return modules // 8


def _room(version: int) -> int:
    words, blocks = _BLOCKS[version - 1]
    return _raw_words(version) - words * blocks


def _data_words(version: int, data: bytes) -> bytes:
    """Mode, length, data, end and padding (section 7.4)."""
    bits = f"0100{len(data):08b}" + "".join(f"{byte:08b}" for byte in data)
    room = _room(version) * 8
    bits += "0" * min(4, room - len(bits))
    bits += "0" * (-len(bits) % 8)
    words = bytes(int(bits[start : start + 8], 2) for start in range(0, len(bits), 8))
    padding = (b"\xec\x11" * (room // 16 + 1))[: room // 8 - len(words)]
    return words + padding


def _interleave(version: int, words: bytes) -> bytes:
    """Blocks with their correction words, one word of each in turn (section 7.6)."""
    correction, blocks = _BLOCKS[version - 1]
    short = len(words) // blocks
    longer = len(words) % blocks
    parts, start = [], 0
    for block in range(blocks):
        end = start + short + (1 if block >= blocks - longer else 0)
        parts.append(words[start:end])
        start = end
    corrections = [_correct(part, _generator(correction)) for part in parts]
    return bytes(chain(_in_turn(parts), _in_turn(corrections)))


def _in_turn(parts: Sequence[bytes]) -> Iterator[int]:
    for index in range(max(map(len, parts))):
        yield from (part[index] for part in parts if index < len(part))


def _multiply(x: int, y: int) -> int:
    """In the field of 256 elements with the polynomial 0x11D."""
    product = 0
    for bit in range(7, -1, -1):
        product = (product << 1) ^ ((product >> 7) * 0x11D)
        product ^= ((y >> bit) & 1) * x
    return product


def _generator(degree: int) -> bytes:
    """The Reed-Solomon generator polynomial, highest power first, without its leading 1."""
    result = [0] * (degree - 1) + [1]
    root = 1
    for _ in range(degree):
        for index in range(degree):
            result[index] = _multiply(result[index], root)
            if index + 1 < degree:
                result[index] ^= result[index + 1]
        root = _multiply(root, 2)
    return bytes(result)


def _correct(words: bytes, generator: bytes) -> bytes:
    """The remainder of the words by the generator."""
    rest = [0] * len(generator)
    for word in words:
        factor = word ^ rest.pop(0)
        rest.append(0)
        rest = [old ^ _multiply(coefficient, factor) for old, coefficient in zip(rest, generator, strict=True)]
    return bytes(rest)


class _Symbol:
    """The square of one version: its fixed patterns, then the words."""

    def __init__(self, version: int) -> None:
        self.version, self.size = version, 17 + 4 * version
        self.dark: Grid = [[False] * self.size for _ in range(self.size)]
        self.fixed: Grid = [[False] * self.size for _ in range(self.size)]
        self._draw_timing()
        self._draw_finders()
        self._draw_squares()
        self._draw_version()
        self._draw_format(self.dark, 0)

    def fill(self, words: bytes) -> None:
        """The words in columns of two, up and down from the right (section 7.7.3)."""
        bits = [(word >> bit) & 1 for word in words for bit in range(7, -1, -1)]
        for bit, (x, y) in zip(bits, self._way(), strict=False):
            self.dark[y][x] = bool(bit)

    def masked(self, mask: int) -> Grid:
        """The grid under one of the eight masks, which its format says (section 7.8)."""
        grid = [
            [dark != (not fixed and _flips(mask, x, y)) for x, (dark, fixed) in enumerate(zip(row, kept, strict=True))]
            for y, (row, kept) in enumerate(zip(self.dark, self.fixed, strict=True))
        ]
        self._draw_format(grid, mask)
        return grid

    def _way(self) -> Iterator[tuple[int, int]]:
        columns = [column for column in range(self.size - 1, 0, -2) if column > 6] + [5, 3, 1]
        for turn, right in enumerate(columns):
            rows = range(self.size - 1, -1, -1) if turn % 2 == 0 else range(self.size)
            for y in rows:
                yield from ((x, y) for x in (right, right - 1) if not self.fixed[y][x])

    def _fix(self, x: int, y: int, dark: bool) -> None:
        if 0 <= x < self.size and 0 <= y < self.size:
            self.dark[y][x], self.fixed[y][x] = dark, True

    def _draw_timing(self) -> None:
        for place in range(self.size):
            self._fix(place, 6, place % 2 == 0)
            self._fix(6, place, place % 2 == 0)

    def _draw_finders(self) -> None:
        for left, top in ((3, 3), (self.size - 4, 3), (3, self.size - 4)):
            for dy in range(-4, 5):
                for dx in range(-4, 5):
                    self._fix(left + dx, top + dy, max(abs(dx), abs(dy)) not in (2, 4))

    def _draw_squares(self) -> None:
        centres = _CENTRES[self.version - 1]
        last = len(centres) - 1
        for row, y in enumerate(centres):
            for column, x in enumerate(centres):
                if (row, column) in ((0, 0), (0, last), (last, 0)):
                    continue
                for dy in range(-2, 3):
                    for dx in range(-2, 3):
                        self._fix(x + dx, y + dy, max(abs(dx), abs(dy)) != 1)

    def _draw_version(self) -> None:
        """Eighteen bits beside two of the corners, from version 7 on (section 7.10)."""
        if self.version < 7:
            return
        bits = self.version << 12 | _remainder(self.version, 12, 0x1F25)
        for bit in range(18):
            dark, far, near = bool(bits >> bit & 1), self.size - 11 + bit % 3, bit // 3
            self._fix(far, near, dark)
            self._fix(near, far, dark)

    def _draw_format(self, grid: Grid, mask: int) -> None:
        """Level and mask, twice, and the one module that is always dark (section 7.9)."""
        data = _LEVEL_L << 3 | mask
        bits = (data << 10 | _remainder(data, 10, 0x537)) ^ 0x5412
        end = self.size
        first = [(8, 0), (8, 1), (8, 2), (8, 3), (8, 4), (8, 5), (8, 7), (8, 8), (7, 8), *((14 - bit, 8) for bit in range(9, 15))]
        second = [*((end - 1 - bit, 8) for bit in range(8)), *((8, end - 15 + bit) for bit in range(8, 15))]
        for places in (first, second):
            for bit, (x, y) in enumerate(places):
                grid[y][x], self.fixed[y][x] = bool(bits >> bit & 1), True
        grid[end - 8][8], self.fixed[end - 8][8] = True, True


def _remainder(value: int, bits: int, polynomial: int) -> int:
    """The BCH check bits of a value."""
    rest = value
    for _ in range(bits):
        rest = (rest << 1) ^ ((rest >> (bits - 1)) * polynomial)
    return rest & ((1 << bits) - 1)


def _flips(mask: int, x: int, y: int) -> bool:
    """Whether a mask turns the module over (table 10)."""
    value = (
        (x + y) % 2,
        y % 2,
        x % 3,
        (x + y) % 3,
        (x // 3 + y // 2) % 2,
        x * y % 2 + x * y % 3,
        (x * y % 2 + x * y % 3) % 2,
        ((x + y) % 2 + x * y % 3) % 2,
    )
    return value[mask] == 0


def _penalty(grid: Grid) -> int:
    """How hard a grid is to read (section 7.8.3); less is better."""
    lines = [*grid, *(list(column) for column in zip(*grid, strict=True))]
    total = sum(map(_line_penalty, lines))
    for above, below in pairwise(grid):
        for x in range(len(grid) - 1):
            if above[x] == above[x + 1] == below[x] == below[x + 1]:
                total += 3
    dark = sum(map(sum, grid))
    area = len(grid) ** 2
    return total + 10 * (abs(20 * dark - 10 * area) // area)


def _line_penalty(line: Sequence[bool]) -> int:
    """Runs of five and more, and what looks like a corner's pattern."""
    signs = "".join("1" if dark else "0" for dark in line)
    runs = [len(run) for run in signs.replace("01", "0 1").replace("10", "1 0").split()]
    long = sum(run - 2 for run in runs if run >= 5)
    corners = sum(signs.startswith(pattern, place) for place in range(len(signs)) for pattern in ("10111010000", "00001011101"))
    return long + 40 * corners
