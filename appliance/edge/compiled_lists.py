"""The compiled lists on disk: written whole beside the old set, swapped in by one rename, opened by memory-mapping.

lists/current -> set-1a2b3c       a link, replaced atomically
lists/set-1a2b3c/manifest.json    sources, rules, sizes and checksums
lists/set-1a2b3c/names-0.trie     names read backwards
lists/set-1a2b3c/rules-0.bin      one or two bytes for each name: its rule
lists/set-1a2b3c/sieve.bin        bits that say of most names on no list that they are on none
"""

from __future__ import annotations

import fcntl
import mmap
import os
import shutil
import zlib
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import marisa_trie
import msgspec
from msgspec import Struct

import phrase_lists
from appliance.edge.list_compiler import Compilation, Tally
from appliance.edge.list_formats import Exempt
from appliance.judge.domains import BUCKETS, DomainLists, Rule, Shard, Sieve, fill_sieve, mark_of, name_of
from appliance.model import ListStatus

# One trie takes about 100 bytes a name while it is built and 5 to 8 afterwards; more and smaller tries would share less.
SHARD_NAMES = 1_250_000
FORM = 4
BITS_PER_NAME = 9  # then about one name in thirteen that is on no list goes to the tries all the same

_CURRENT = "current"
_MANIFEST = "manifest.json"


class CorruptError(Exception):
    """A compiled set that is missing, damaged or of another version; it can always be made again from its sources."""


class Piece(Struct, frozen=True):
    """One file of a set and what it must hold: bytes and their CRC-32."""

    file: str
    size: int
    crc: int


class Manifest(Struct, frozen=True, kw_only=True):
    """What a set is made of. `key` stands for all its sources; `shard_of_bucket` says which trie holds a name."""

    form: int
    key: str
    made: float
    rules: tuple[Rule, ...]
    shard_of_bucket: tuple[int, ...]
    tries: tuple[Piece, ...]
    arrays: tuple[Piece, ...]
    sieve: Piece
    sealed: dict[str, int]
    statuses: tuple[ListStatus, ...]
    tallies: dict[str, Tally] = {}


class _Checked(Struct, frozen=True):
    """The manifest as it lies on the card, with its CRC-32: one flipped bit could turn a category into another."""

    crc: int
    manifest: msgspec.Raw


# --- writing --------------------------------------------------------------------------------------------------------


class Written(Struct, frozen=True, kw_only=True):
    """The tries of a set, their arrays, and which trie holds which bucket."""

    tries: tuple[Piece, ...]
    arrays: tuple[Piece, ...]
    sieve: Piece
    shard_of_bucket: tuple[int, ...]


def write_names(compilation: Compilation, spooled: Sequence[Path], folder: Path) -> Written:
    """Turn spooled buckets into tries of at most about `SHARD_NAMES` names each."""
    tries: list[Piece] = []
    arrays: list[Piece] = []
    shard_of_bucket: list[int] = []
    kept: list[Path] = []
    size = 0
    sieve = bytearray(max(1, compilation.names * BITS_PER_NAME // 8))
    for bucket in spooled:
        decided, count = _decide(compilation, bucket)
        if kept and size + count > SHARD_NAMES:
            _write_shard(kept, folder, tries, arrays, sieve, wide=len(compilation.rules) > 256)
            kept, size = [], 0
        kept.append(decided)
        size += count
        shard_of_bucket.append(len(tries))
    _write_shard(kept, folder, tries, arrays, sieve, wide=len(compilation.rules) > 256)
    (folder / "sieve.bin").write_bytes(sieve)
    return Written(
        tries=tuple(tries), arrays=tuple(arrays), sieve=_piece(folder / "sieve.bin"), shard_of_bucket=tuple(shard_of_bucket)
    )


def _decide(compilation: Compilation, bucket: Path) -> tuple[Path, int]:
    """The winners of a bucket in a file of their own, and how many they are."""
    decided, count = bucket.with_suffix(".decided"), 0
    with decided.open("w", encoding="ascii") as out:
        for key, rule in compilation.winners(bucket):
            out.write(f"{key} {rule}\n")
            count += 1
    bucket.unlink()
    return decided, count


def _write_shard(
    decided: Sequence[Path], folder: Path, tries: list[Piece], arrays: list[Piece], sieve: bytearray, *, wide: bool
) -> None:
    """One trie and its array, its names marked in the sieve; the files of decided names go away."""
    number = len(tries)
    trie = marisa_trie.Trie(key for key, _ in _pairs(decided))
    rules = array("H" if wide else "B", bytes(len(trie) * (2 if wide else 1)))
    for key, rule in _pairs(decided):
        rules[trie[key]] = rule
        fill_sieve(sieve, mark_of(name_of(key)))
    for file in decided:
        file.unlink()
    trie.save(str(folder / f"names-{number}.trie"))
    with (folder / f"rules-{number}.bin").open("wb") as out:
        rules.tofile(out)
    tries.append(_piece(folder / f"names-{number}.trie"))
    arrays.append(_piece(folder / f"rules-{number}.bin"))


def _pairs(files: Sequence[Path]) -> Iterator[tuple[str, int]]:
    for file in files:
        with file.open(encoding="ascii") as lines:
            for line in lines:
                key, _, rule = line.partition(" ")
                yield key, int(rule)


def _piece(file: Path) -> Piece:
    """What a file holds, after making sure that it is on the card: power may go at any moment."""
    with file.open("rb") as stream:
        os.fsync(stream.fileno())
        crc = 0
        while block := stream.read(1 << 20):
            crc = zlib.crc32(block, crc)
    return Piece(file.name, file.stat().st_size, crc)


def write_manifest(manifest: Manifest, folder: Path) -> None:
    """The manifest, whole or not at all."""
    temporary = folder / f"{_MANIFEST}.new"
    with temporary.open("wb") as out:
        content = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
        out.write(msgspec.json.encode(_Checked(zlib.crc32(content), msgspec.Raw(content))))
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(folder / _MANIFEST)


def swap_in(made: Path, lists_dir: Path) -> None:
    """Make a written folder the set in force; the set before it goes. Programs that have it open keep it until they close it."""
    final = lists_dir / f"set-{made.name.rpartition('-')[2]}"
    made.replace(final)
    link = lists_dir / f"{_CURRENT}.new"
    link.unlink(missing_ok=True)
    link.symlink_to(final.name)
    current = lists_dir / _CURRENT
    if current.is_dir() and not current.is_symlink():  # a copy of the folder that followed links: a restored backup
        shutil.rmtree(current)
    link.replace(current)
    _sync_folder(lists_dir)
    for old in lists_dir.iterdir():
        if old.is_dir() and not old.is_symlink() and old.name != final.name and old.name.startswith(("set-", "making-")):
            shutil.rmtree(old, ignore_errors=True)


def remove(folder: Path) -> None:
    """Clear away a folder that was not swapped in."""
    shutil.rmtree(folder, ignore_errors=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def one_writer(lists_dir: Path) -> Iterator[None]:
    """Hold the folder's lock: two programs may find the lists stale at the same moment."""
    with (lists_dir / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# --- reading --------------------------------------------------------------------------------------------------------


def read_manifest(lists_dir: Path) -> Manifest:
    """The manifest of the set in force; raises CorruptError."""
    file = lists_dir / _CURRENT / _MANIFEST
    try:
        whole = msgspec.json.decode(file.read_bytes(), type=_Checked)
        if zlib.crc32(whole.manifest) != whole.crc:
            raise CorruptError(f"{file}: damaged")
        manifest = msgspec.json.decode(whole.manifest, type=Manifest)
    except (OSError, msgspec.DecodeError) as error:
        raise CorruptError(f"{file}: {error}") from error
    if manifest.form != FORM or len(manifest.shard_of_bucket) != BUCKETS:
        raise CorruptError(f"{file}: made by another version")
    return manifest


def open_set(lists_dir: Path, manifest: Manifest, *, verify: bool = False) -> DomainLists:
    """The lists of a set, memory-mapped; raises CorruptError.

    `verify` reads every byte once: looking things up in a damaged trie could crash the program.
    """
    folder = lists_dir / _CURRENT
    try:
        for piece in (*manifest.tries, *manifest.arrays, manifest.sieve):
            _check(folder, piece, verify=verify)
        sieve = Sieve(_mapped(folder / Path(manifest.sieve.file).name))
        shards = [_shard(folder, trie, rules) for trie, rules in zip(manifest.tries, manifest.arrays, strict=True)]
    except (OSError, ValueError, RuntimeError) as error:
        raise CorruptError(str(error)) from error
    if any(not 0 <= number < len(shards) for number in manifest.shard_of_bucket):
        raise CorruptError(f"{folder}: a bucket without a trie")
    return DomainLists(
        shards,
        manifest.shard_of_bucket,
        manifest.rules,
        sieve=sieve,
        sealed=manifest.sealed,
        seal=phrase_lists.seal,
        statuses=manifest.statuses,
        version=manifest.key[:12],
    )


def names_of_list(lists_dir: Path, list_name: str) -> Iterator[str]:
    """The names that a list gave to the set in force, its exceptions as `Exempt`; none where there is no such set."""
    try:
        manifest = read_manifest(lists_dir)
        open_set(lists_dir, manifest, verify=True)
    except CorruptError:
        return
    wanted = {number for number, rule in enumerate(manifest.rules) if rule.list_name == list_name}
    for names, array_file in zip(manifest.tries, manifest.arrays, strict=True):
        shard = _shard(lists_dir / _CURRENT, names, array_file)
        trie: Any = shard.trie
        for key in trie.iterkeys():
            rule = shard.rules[trie[key]]
            if rule in wanted:
                # Even rules are what a list excepts (see Compilation).
                yield name_of(key) if rule % 2 else Exempt(name_of(key))
    yield from (seal for seal, rule in manifest.sealed.items() if rule in wanted)


def _check(folder: Path, piece: Piece, *, verify: bool) -> None:
    file = folder / Path(piece.file).name
    if file.stat().st_size != piece.size:
        raise ValueError(f"{file} has the wrong size")
    if verify and _crc(file) != piece.crc:
        raise ValueError(f"{file} is damaged")


def _crc(file: Path) -> int:
    crc = 0
    with file.open("rb") as stream:
        while block := stream.read(1 << 20):
            crc = zlib.crc32(block, crc)
    return crc


def _shard(folder: Path, names: Piece, rules: Piece) -> Shard:
    trie = marisa_trie.Trie()
    trie.mmap(str(folder / Path(names.file).name))
    if not rules.size:
        return Shard(trie, ())
    mapped = _mapped(folder / Path(rules.file).name)
    width = rules.size // len(trie)
    if width * len(trie) != rules.size or width not in (1, 2):
        raise ValueError(f"{rules.file} does not fit its names")
    return Shard(trie, mapped.cast("H") if width == 2 else mapped)


def _mapped(file: Path) -> memoryview:
    with file.open("rb") as stream:
        return memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
