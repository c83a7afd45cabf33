"""A compiled set in use: opened by memory-mapping, each file checked against the manifest, and read back name by name."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import marisa_trie

import phrase_lists
from appliance.edge.list_formats import Exempt
from appliance.edge.list_manifest import CURRENT, CorruptError, Manifest, Piece, crc_of, read_manifest
from appliance.judge.domains import DomainLists, Shard, Sieve, name_of


def open_set(lists_dir: Path, manifest: Manifest, *, verify: bool = False) -> DomainLists:
    """The lists of a set, memory-mapped; raises CorruptError.

    `verify` reads every byte once: looking things up in a damaged trie could crash the program.
    """
    folder = lists_dir / CURRENT
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
        shard = _shard(lists_dir / CURRENT, names, array_file)
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
    if verify and crc_of(file) != piece.crc:
        raise ValueError(f"{file} is damaged")


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
