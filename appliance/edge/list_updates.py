"""Brings lists up to date: fetched, looked through, put on the shelf. What fails leaves the list as it was, with a sentence.

courier -> file -> guards -> shelf          then the caller compiles once
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from appliance.edge.catalogue import Catalogue, CatalogueError, Offer
from appliance.edge.fetching import MOST_BYTES, Fetched, Fetcher, FetchError
from appliance.edge.list_files import ListError
from appliance.edge.list_guards import inspect, objection
from appliance.edge.list_shelf import Shelf, ShelfError, Shelved, Version
from appliance.edge.suffixes import PublicSuffixes

What = Literal["new", "unchanged", "kept", "skipped"]
Progress = Callable[[str, int, int], None]  # list, bytes, bytes in all


class Outcome(Struct, frozen=True, kw_only=True):
    """What came of one list. `kept`: something was wrong, and what was there before stays."""

    id: str
    name: str
    what: What
    entries: int = 0
    before: int = 0
    sentence: str = ""
    reason: str = ""  # of what was kept, as the end of a sentence


class Courier(Protocol):
    """Brings the files of lists from somewhere."""

    def bring(self, shelved: Shelved, target: Path, progress: Callable[[int, int], None] | None) -> Fetched | None:
        """Write a list's file to `target`; None where it has not changed. Raises FetchError, and AbsentError."""
        ...


class AbsentError(FetchError):
    """The courier does not know this list; nothing is wrong with that."""


class Web:
    """Over HTTPS, from each list's own address."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    def bring(self, shelved: Shelved, target: Path, progress: Callable[[int, int], None] | None) -> Fetched | None:
        """Only what has changed since the version in force."""
        if not shelved.offer.address:
            raise AbsentError("it comes from its supplier")
        now = shelved.versions[0] if shelved.versions else None
        etag, modified = (now.etag, now.modified) if now else ("", "")
        return self._fetcher.fetch(shelved.offer.address, target, etag=etag, modified=modified, progress=progress)


class Stick:
    """From a folder, such as a USB stick: a file named like the list's id, or like the last part of its address."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def bring(self, shelved: Shelved, target: Path, progress: Callable[[int, int], None] | None) -> Fetched | None:
        """A copy of the file; the stick may be pulled out."""
        source = self._find(shelved.offer)
        if source is None:
            raise AbsentError("it is not in the folder")
        try:
            stat = source.stat()
            if stat.st_size > MOST_BYTES:
                raise FetchError(f"it is larger than {MOST_BYTES >> 20} MB")
            shutil.copyfile(source, target)
            with target.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise FetchError(f"the file {source} can't be read ({error.strerror})") from error
        if progress:
            progress(stat.st_size, stat.st_size)
        return Fetched(file=target, sha256=digest, dated=stat.st_mtime)

    def _find(self, offer: Offer) -> Path | None:
        last = Path(urlsplit(offer.address).path).name
        names = [offer.id, *(f"{offer.id}{end}" for end in (".txt", ".txt.gz", ".tar.gz", ".csv", ".gz", ".hosts"))]
        # `domains.txt` or `vpn` alone would be the last part of many addresses.
        names += [last] if "." in last and last.split(".")[0] not in ("domains", "hosts") else []
        return next((path for name in names if (path := self._folder / name).is_file() and not path.is_symlink()), None)


def wanted(catalogue: Catalogue, shelf: Shelf, only: Sequence[str] = ()) -> list[Shelved]:
    """The lists to bring up to date, with what the shelf holds of them. Raises ShelfError for an id that nobody knows."""
    known = {shelved.offer.id: shelved for shelved in shelf.all()}
    for offer in catalogue.offers:
        held = known.get(offer.id)
        if held is not None:
            known[offer.id] = replace(held, offer=offer)  # its address may have changed with the box's software
        elif offer.on or offer.id in only:
            known[offer.id] = Shelved(offer=offer)
    missing = [key for key in only if key not in known]
    if missing:
        raise ShelfError(f"There is no list called {', '.join(missing)}. `safespan lists catalogue` shows all there are.")
    chosen = [known[key] for key in only] if only else list(known.values())
    return [shelved for shelved in chosen if shelved.wanted and not shelved.supplier]


class Updater:
    """Brings lists up to date, one by one. `now`: the wall clock, for dates only."""

    def __init__(
        self, shelf: Shelf, courier: Courier, catalogue: Catalogue, *, now: float, progress: Progress | None = None
    ) -> None:
        self._shelf, self._courier, self._catalogue = shelf, courier, catalogue
        self._now, self._progress = now, progress
        self._suffixes = PublicSuffixes.bundled()

    def update(self, lists: Sequence[Shelved], *, anyway: bool = False) -> Iterator[Outcome]:
        """Each list's outcome. `anyway` takes a list that has shrunk or grown too much. Raises OSError for a full card."""
        for shelved in lists:
            with self._shelf.scratch() as scratch:
                try:
                    yield self._update(shelved, scratch / "file", anyway=anyway)
                except AbsentError as error:
                    yield self._outcome(shelved, "skipped", str(error))
                except (FetchError, ListError, CatalogueError, ShelfError) as error:
                    yield self.keep_old(shelved, str(error))

    def _update(self, shelved: Shelved, target: Path, *, anyway: bool) -> Outcome:
        offer, name = shelved.offer, shelved.offer.name
        self._catalogue.check(offer)
        progress = self._progress
        tell = (lambda done, whole: progress(name, done, whole)) if progress else None
        fetched = self._courier.bring(shelved, target, tell)
        if fetched is None or (shelved.versions and fetched.sha256 == shelved.versions[0].sha256):
            self._shelf.keep(replace(shelved, checked=self._now, problem=""))
            return self._outcome(shelved, "unchanged")
        if fetched.sha256 in shelved.turned_away and not anyway:
            return self.keep_old(shelved, "it is the version that was put back before")
        return self.admit(shelved, fetched, anyway=anyway)

    def admit(self, shelved: Shelved, fetched: Fetched, *, anyway: bool = False) -> Outcome:
        """Look a file through and put it on the shelf. Raises ListError."""
        offer, before = shelved.offer, shelved.versions[0].entries if shelved.versions else None
        content = inspect(fetched.file, offer.format, self._suffixes)
        against = objection(content, floor=offer.floor, before=None if anyway else before, form=offer.format)
        if against:
            return self.keep_old(shelved, against)
        version = Version(
            sha256=fetched.sha256,
            entries=content.entries,
            fetched=self._now,
            # A maker's clock may be wrong: nothing is newer than now.
            dated=min(fetched.dated or self._now, self._now),
            etag=fetched.etag,
            modified=fetched.modified,
        )
        new = self._shelf.put(shelved, fetched.file, version)
        return Outcome(id=offer.id, name=offer.name, what="new", entries=new.versions[0].entries, before=before or 0)

    def keep_old(self, shelved: Shelved, reason: str) -> Outcome:
        """The list stays as it was, and its status says why."""
        stays = "What it said before stays in force." if shelved.versions else "It is not in force."
        sentence = f"The list “{shelved.offer.name}” was not taken: {reason}. {stays}"
        self._shelf.keep(replace(shelved, problem=sentence))
        return replace(self._outcome(shelved, "kept", sentence), reason=reason)

    def _outcome(self, shelved: Shelved, what: What, sentence: str = "") -> Outcome:
        entries = shelved.versions[0].entries if shelved.versions else 0
        return Outcome(
            id=shelved.offer.id, name=shelved.offer.name, what=what, entries=entries, before=entries, sentence=sentence
        )
