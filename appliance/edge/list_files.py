"""List files as checked names: opens plain, gzipped and tarred files and folders, reads them as a stream, counts what it refuses.

Nothing is unpacked to disk, no line and no file is held whole, and rubbish is a count with a few examples, never an error. Only a
file that cannot be read at all raises `ListError`, with one sentence for a person.
"""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import IO

from appliance.edge.list_formats import READERS, Exempt, guess_format, is_address
from appliance.edge.list_json import JsonError, looks_like_json, words_of
from appliance.judge.names import normalise

JSON = "json"
LONGEST_LINE = 4096
MOST_TEXT = 4 << 30  # bytes of one list after unpacking: ten times the largest list there is; a gzip bomb ends here
MOST_EXAMPLES = 5
RUBBISH_SHARE = 0.5
_BLOCK = 1 << 20
_SAMPLE = 300
_TRIAL = 2_000  # lines by which a file is judged
_TELLING = 20  # fewer say nothing
_BROKEN = (OSError, EOFError, zlib.error, tarfile.TarError)

Progress = Callable[[int], None]


class ListError(Exception):
    """A list that cannot be read; the message is one sentence."""


class Refusals:
    """What was refused of one list: how often for each reason, and the first few of each as examples."""

    def __init__(self) -> None:
        self.reasons: Counter[str] = Counter()
        self.examples: dict[str, list[str]] = {}

    def add(self, reason: str, text: str) -> None:
        """Count one refusal."""
        self.reasons[reason] += 1
        kept = self.examples.setdefault(reason, [])
        if len(kept) < MOST_EXAMPLES:
            kept.append("".join(char if char.isprintable() else "?" for char in text.strip()[:80]))

    @property
    def total(self) -> int:
        """All refusals."""
        return self.reasons.total()

    @property
    def odd(self) -> int:
        """Those that a good list has few of: some are full of addresses."""
        return self.total - self.reasons["an address"]


def read_names(path: Path, form: str, refusals: Refusals, progress: Progress | None = None) -> Iterator[str]:
    """The names of a list file in a normal form; exceptions of the list come as `Exempt`, sealed names as `sha256:...`.

    `progress` is told how many bytes of the file (as stored) have been read. Raises ListError.
    """
    with _opened(path, progress) as streams:
        for stream in streams:
            if form == JSON or (form == "auto" and looks_like_json(_start(stream))):
                yield from _json_names(stream, refusals)
            else:
                yield from names_of(text_lines(stream, refusals), form, refusals)


def _start(stream: IO[bytes] | gzip.GzipFile) -> bytes:
    """The first bytes of a stream, which stay in it; none where it can't tell."""
    peek = getattr(stream, "peek", None)
    return bytes(peek(64)[:64]) if peek else b""


def _json_names(stream: IO[bytes] | gzip.GzipFile, refusals: Refusals) -> Iterator[str]:
    try:
        yield from names_of(words_of(stream), "domains", refusals)
    except JsonError as error:
        raise ListError(str(error)) from error


def read_lines(path: Path, refusals: Refusals) -> Iterator[str]:
    """The lines of a file as text, plain or gzipped. Raises ListError."""
    with _opened(path, None) as streams:
        for stream in streams:
            yield from text_lines(stream, refusals)


def first_lines(path: Path, count: int) -> list[str]:
    """The first lines of a file. Raises ListError."""
    return list(islice(read_lines(path, Refusals()), count))


def names_of(lines: Iterator[str], form: str, refusals: Refusals) -> Iterator[str]:
    """The checked names in lines of a format; `auto` looks at the first lines."""
    if form == "auto":
        sample = list(islice((line for line in lines if line.strip()), _SAMPLE))
        form = guess_format(sample)
        lines = chain(sample, lines)
    read = READERS[form]()
    for line in lines:
        found = read(line)
        if found is None:
            refusals.add("not a whole site", line)
            continue
        for word in found:
            name = _checked(word, refusals)
            if name:
                yield Exempt(name) if isinstance(word, Exempt) else name


def _checked(word: str, refusals: Refusals) -> str | None:
    """One word as a name, or a counted refusal."""
    name = normalise(word.removeprefix("*.").removeprefix("."))
    if name is not None:
        return name
    if word.startswith("sha256:"):
        if is_sealed(word):
            return word.lower()
        refusals.add("not a name", word)
    else:
        refusals.add(_why_not(word), word)
    return None


def _why_not(word: str) -> str:
    """Why a word is no name: `uk` would be a whole country."""
    if is_address(word):
        return "an address"
    return "a single word, not a site" if word.isalnum() and word.isascii() else "not a name"


def is_sealed(text: str) -> bool:
    """Whether a word is a name under seal: `sha256:`, three hex digits, `:`, 64 hex digits."""
    head, _, rest = text.partition(":")
    tag, _, digest = rest.partition(":")
    return head == "sha256" and len(tag) == 3 and len(digest) == 64 and set(tag + digest.lower()) <= set("0123456789abcdef")


def text_lines(stream: IO[bytes] | gzip.GzipFile, refusals: Refusals) -> Iterator[str]:
    """The lines of a stream as text: UTF-8, or Latin-1 for a block that is not; a line beyond all measure is refused whole."""
    tail, first, size = b"", True, 0
    while block := stream.read(_BLOCK):
        size += len(block)
        if size > MOST_TEXT:
            raise ListError(f"it unpacks to more than {MOST_TEXT >> 30} GB")
        block = tail + block
        cut = block.rfind(b"\n") + 1
        whole, tail = block[:cut], block[cut:]
        if first:
            whole, first = whole.removeprefix(b"\xef\xbb\xbf"), not whole
        if len(tail) > LONGEST_LINE:
            # What follows of that line comes as a line of its own and is refused as one.
            refusals.add("not a name", tail[:80].decode("latin-1"))
            tail = b""
        yield from _decoded(whole)
    yield from _decoded(tail.removeprefix(b"\xef\xbb\xbf"))


def _decoded(whole: bytes) -> Iterator[str]:
    try:
        text = whole.decode("utf-8")
    except UnicodeDecodeError:
        text = whole.decode("latin-1")
    for line in text.split("\n"):
        yield line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE]


def most_are_names(names: Iterator[str], refusals: Refusals) -> Iterator[str]:
    """The same names, held back until the file's first lines have shown that it is a list at all. Raises ListError.

    Somebody names the wrong file, or a stick is damaged: random bytes hold names too, by chance.
    """
    held: list[str] = []
    for name in names:
        held.append(name)
        if len(held) + refusals.odd >= _TRIAL:
            break
    seen = len(held) + refusals.odd
    if refusals.odd > RUBBISH_SHARE * seen and seen >= _TELLING:
        raise ListError(f"most of its lines are no names ({refusals.odd:,} of the first {seen:,})")
    if not held and refusals.odd:
        raise ListError("there is not one name in it")
    yield from held
    yield from names


@contextmanager
def _opened(path: Path, progress: Progress | None) -> Iterator[Iterator[IO[bytes] | gzip.GzipFile]]:
    """The byte streams that make up a list: the file itself, or the `domains` file of a folder or an archive."""
    try:
        if path.is_dir():
            yield _folder_streams(path)
            return
        with _Counted(path, progress) as raw:
            yield _archive_streams(raw) if _is_tar(path) else iter([_unpacked(raw)])
    except FileNotFoundError as error:
        raise ListError("the file is not there") from error
    except _BROKEN as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ListError(f"it can't be read ({reason})") from error


class _Counted(io.RawIOBase):
    """A file that tells how much of it has been read."""

    def __init__(self, path: Path, progress: Progress | None) -> None:
        self._file = path.open("rb")
        self._progress = progress

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        count = self._file.readinto(buffer)
        if self._progress is not None:
            self._progress(self._file.tell())
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


def _is_tar(path: Path) -> bool:
    return tarfile.is_tarfile(path)


def _unpacked(raw: _Counted) -> IO[bytes] | gzip.GzipFile:
    """The file's bytes, through gzip where its first two bytes say so."""
    buffered = io.BufferedReader(raw)
    if buffered.peek(2)[:2] == b"\x1f\x8b":
        return gzip.open(buffered, "rb")
    return buffered


def domains_files(folder: Path) -> list[Path]:
    """The `domains` files of a category's folder, or of the folders in it; links to other categories are passed over."""
    own = folder / "domains"
    if own.is_file():
        return [own]
    return sorted(path for path in folder.glob("*/domains") if path.is_file() and not path.parent.is_symlink())


def _folder_streams(folder: Path) -> Iterator[IO[bytes]]:
    files = domains_files(folder)
    _expect_one(len(files), "folder")
    with files[0].open("rb") as stream:
        yield stream


def _archive_streams(raw: _Counted) -> Iterator[IO[bytes]]:
    """The member called `domains`, read as it comes: nothing is written and no link followed, so no path in there can do harm."""
    with tarfile.open(fileobj=raw, mode="r:*") as archive:
        members = [member for member in archive if member.isreg() and Path(member.name).name == "domains"]
        _expect_one(len(members), "archive")
        stream = archive.extractfile(members[0])
        if stream is not None:
            yield stream


def _expect_one(found: int, what: str) -> None:
    """One list stands for one category: the whole of UT1 under a single name would accuse sites of what they are not."""
    if not found:
        raise ListError(f"the {what} holds no file called domains")
    if found > 1:
        raise ListError(f"the {what} holds {found} categories: name the {what} of one of them")
