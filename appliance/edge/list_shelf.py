"""Fetched lists on the card: for each its last three versions, what was refused, and whether it is wanted.

lists/shelf/hagezi-doh/state.json     what it is, its versions from the newest, when it was last looked for
lists/shelf/hagezi-doh/1f0c9a...      one file for each version, named by its SHA-256

Every change is a whole new state.json put in place by one rename, after its files are on the card.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from appliance.edge.catalogue import Offer

KEPT = 3
MOST_TURNED_AWAY = 10
MOST_LISTS = 200

_STATE = "state.json"


class ShelfError(Exception):
    """Something that cannot be done with a list; one sentence."""


class Version(Struct, frozen=True, kw_only=True):
    """One version of a list: its file, how many entries, when it was fetched, and the date that its maker gave it."""

    sha256: str
    entries: int
    fetched: float
    dated: float
    etag: str = ""
    modified: str = ""

    @property
    def file(self) -> str:
        """Its file beside the state."""
        return self.sha256


class Shelved(Struct, frozen=True, kw_only=True):
    """One list: versions from the newest; SHA-256 that a person has turned away; when it was last known to be current."""

    offer: Offer
    versions: tuple[Version, ...] = ()
    wanted: bool = True
    own: bool = False  # not from the catalogue
    supplier: str = ""
    checked: float = 0.0
    turned_away: tuple[str, ...] = ()
    problem: str = ""


class Shelf:
    """All fetched lists below one folder. A state that cannot be read is passed over; its list can be fetched again."""

    def __init__(self, lists_dir: Path) -> None:
        self.folder = lists_dir / "shelf"

    def all(self) -> list[Shelved]:
        """Every list that the shelf knows, by id."""
        if not self.folder.is_dir():
            return []
        found = (self.one(path.name) for path in sorted(self.folder.iterdir())[:MOST_LISTS])
        return [shelved for shelved in found if shelved is not None]

    def one(self, key: str) -> Shelved | None:
        """The list of that id, or None."""
        try:
            shelved = msgspec.json.decode((self.folder / key / _STATE).read_bytes(), type=Shelved)
        except (OSError, msgspec.DecodeError):
            return None
        return shelved if shelved.offer.id == key else None

    def path(self, shelved: Shelved) -> Path:
        """The file of the version in force."""
        return self.folder / shelved.offer.id / shelved.versions[0].file

    def keep(self, shelved: Shelved) -> None:
        """Write a list's state. Raises OSError, and ShelfError where the shelf is full."""
        folder = self.folder / shelved.offer.id
        if not folder.is_dir() and self.folder.is_dir() and len(list(self.folder.iterdir())) >= MOST_LISTS:
            raise ShelfError(f"There are {MOST_LISTS} lists already: remove one first.")
        folder.mkdir(mode=0o770, parents=True, exist_ok=True)
        write_whole(folder / _STATE, msgspec.json.format(msgspec.json.encode(shelved), indent=1))
        files = {version.file for version in shelved.versions}
        for path in folder.iterdir():
            if path.name != _STATE and path.name not in files:
                path.unlink(missing_ok=True)

    def put(self, shelved: Shelved, fetched: Path, version: Version) -> Shelved:
        """Make a fetched file the version in force; the oldest beyond three goes."""
        folder = self.folder / shelved.offer.id
        folder.mkdir(mode=0o770, parents=True, exist_ok=True)
        with fetched.open("rb") as stream:
            os.fsync(stream.fileno())
        fetched.replace(folder / version.file)
        older = [old for old in shelved.versions if old.sha256 != version.sha256]
        new = replace(shelved, versions=(version, *older)[:KEPT], checked=version.fetched, problem="")
        self.keep(new)
        return new

    def put_back(self, key: str) -> Shelved:
        """Return to the version before; the present one is not taken again. Raises ShelfError."""
        shelved = self.one(key)
        if shelved is None:
            raise ShelfError(f"There is no fetched list called {key}.")
        if len(shelved.versions) < 2:
            raise ShelfError(f"No earlier version of the list “{shelved.offer.name}” is kept.")
        away = (shelved.versions[0].sha256, *shelved.turned_away)[:MOST_TURNED_AWAY]
        new = replace(shelved, versions=shelved.versions[1:], turned_away=away)
        self.keep(new)
        return new

    def remove(self, shelved: Shelved) -> None:
        """Forget a list's content; one of the catalogue is remembered as not wanted."""
        if shelved.own or shelved.supplier:
            shutil.rmtree(self.folder / shelved.offer.id, ignore_errors=True)
        else:
            self.keep(Shelved(offer=shelved.offer, wanted=False))

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder for files on their way, on the same card; gone afterwards. One program at a time."""
        folder = self.folder.parent / "fetching"
        shutil.rmtree(folder, ignore_errors=True)  # what a power cut left behind
        folder.mkdir(mode=0o770, parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def is_whole(path: Path, sha256: str) -> bool:
    """Whether a file has that SHA-256."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == sha256


def write_whole(file: Path, content: bytes) -> None:
    """Write a small file whole or not at all. Raises OSError."""
    temporary = file.with_suffix(".new")
    with temporary.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(file)
