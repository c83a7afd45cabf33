"""What a compiled set of lists is made of, as it lies beside its files: sources, rules, sizes and checksums.

lists/current -> set-1a2b3c       a link, replaced atomically
lists/set-1a2b3c/manifest.json    this
"""

from __future__ import annotations

import os
import zlib
from pathlib import Path

import msgspec
from msgspec import Struct

from appliance.edge.list_compiler import Tally
from appliance.judge.domains import BUCKETS, Rule
from appliance.model import ListStatus

FORM = 5
CURRENT = "current"

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


def read_manifest(lists_dir: Path) -> Manifest:
    """The manifest of the set in force; raises CorruptError."""
    file = lists_dir / CURRENT / _MANIFEST
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


def write_manifest(manifest: Manifest, folder: Path) -> None:
    """The manifest, whole or not at all."""
    temporary = folder / f"{_MANIFEST}.new"
    with temporary.open("wb") as out:
        content = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
        out.write(msgspec.json.encode(_Checked(zlib.crc32(content), msgspec.Raw(content))))
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(folder / _MANIFEST)


def piece_of(file: Path) -> Piece:
    """What a file holds, after making sure that it is on the card: power may go at any moment."""
    with file.open("rb") as stream:
        os.fsync(stream.fileno())
    return Piece(file.name, file.stat().st_size, crc_of(file))


def crc_of(file: Path) -> int:
    """A file's CRC-32."""
    crc = 0
    with file.open("rb") as stream:
        while block := stream.read(1 << 20):
            crc = zlib.crc32(block, crc)
    return crc
