"""A compiled set on its way to the card: written whole beside the set in force, swapped in by one rename.

lists/set-1a2b3c/names-0.trie     names read backwards
lists/set-1a2b3c/rules-0.bin      one or two bytes for each name: its rule
lists/set-1a2b3c/sieve.bin        bits that say of most names on no list that they are on none
"""

from __future__ import annotations

import fcntl
import os
import shutil
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import marisa_trie
from msgspec import Struct

from appliance.edge.list_compiler import Compilation, Progress
from appliance.edge.list_manifest import CURRENT, Piece, piece_of
from appliance.judge.domains import fill_sieve, let_in, name_of

# One trie takes 100 to 250 bytes a name while it is built and 5 to 8 afterwards; more and smaller tries would share less.
SHARD_NAMES = 800_000
_AGAIN = "all names once more, in order"  # told as if it were one more list
BITS_PER_NAME = 14  # then about one name in forty that is on no list goes to the tries all the same


class Written(Struct, frozen=True, kw_only=True):
    """The tries of a set, their arrays, and which trie holds which bucket."""

    tries: tuple[Piece, ...]
    arrays: tuple[Piece, ...]
    sieve: Piece
    shard_of_bucket: tuple[int, ...]


def write_names(compilation: Compilation, spooled: Sequence[Path], folder: Path, progress: Progress | None = None) -> Written:
    """Turn spooled buckets into tries of at most about `SHARD_NAMES` names each."""
    tries: list[Piece] = []
    arrays: list[Piece] = []
    shard_of_bucket: list[int] = []
    kept: list[Path] = []
    size = 0
    sieve = _empty_sieve(compilation)
    done, whole = 0, sum(bucket.stat().st_size for bucket in spooled)
    for bucket in spooled:
        done += bucket.stat().st_size
        decided, count = _decide(compilation, bucket)
        if kept and size + count > SHARD_NAMES:
            _write_shard(kept, folder, tries, arrays, sieve, wide=len(compilation.rules) > 256)
            kept, size = [], 0
        kept.append(decided)
        size += count
        shard_of_bucket.append(len(tries))
        if progress:
            progress(_AGAIN, done, whole)
    _write_shard(kept, folder, tries, arrays, sieve, wide=len(compilation.rules) > 256)
    (folder / "sieve.bin").write_bytes(sieve)
    return Written(
        tries=tuple(tries), arrays=tuple(arrays), sieve=piece_of(folder / "sieve.bin"), shard_of_bucket=tuple(shard_of_bucket)
    )


def _empty_sieve(compilation: Compilation) -> bytearray:
    """A sieve with room for all names, that lets in what sealed entries may lie under."""
    suffixes = list(compilation.suffixes.of_two_labels()) if compilation.sealed else []
    sieve = bytearray(max(1, (compilation.names + len(suffixes)) * BITS_PER_NAME // 8))
    for suffix in suffixes:
        let_in(sieve, suffix)
    return sieve


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
        fill_sieve(sieve, name_of(key))
    for file in decided:
        file.unlink()
    trie.save(str(folder / f"names-{number}.trie"))
    with (folder / f"rules-{number}.bin").open("wb") as out:
        rules.tofile(out)
    tries.append(piece_of(folder / f"names-{number}.trie"))
    arrays.append(piece_of(folder / f"rules-{number}.bin"))


def _pairs(files: Sequence[Path]) -> Iterator[tuple[str, int]]:
    for file in files:
        with file.open(encoding="ascii") as lines:
            for line in lines:
                key, _, rule = line.partition(" ")
                yield key, int(rule)


def swap_in(made: Path, lists_dir: Path) -> None:
    """Make a written folder the set in force; the set before it goes. Programs that have it open keep it until they close it."""
    final = lists_dir / f"set-{made.name.rpartition('-')[2]}"
    made.chmod(0o770)  # guardian and fetcher are two users of one group, and each reads and removes what the other made
    made.replace(final)
    link = lists_dir / f"{CURRENT}.new"
    link.unlink(missing_ok=True)
    link.symlink_to(final.name)
    current = lists_dir / CURRENT
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
