"""Signed lists of suppliers: the keys we trust, the newest catalogue we have seen, and the files it names.

lists/suppliers/NAME/root.json        the keys, as last signed
lists/suppliers/NAME/catalogue.json   the newest catalogue, as signed
lists/suppliers/NAME/state.json       where it comes from, and the highest version seen: kept twice, as a card forgets

A supplier publishes `2.root.json`, `3.root.json` ..., `catalogue.json` and `files/SHA256`, over HTTPS or on a stick.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from appliance.edge.catalogue import CatalogueError, Offer, bundled
from appliance.edge.fetching import MOST_BYTES, Fetched, Fetcher, FetchError
from appliance.edge.list_files import ListError
from appliance.edge.list_shelf import Shelf, ShelfError, Shelved, is_whole, write_whole
from appliance.edge.list_updates import Outcome, Updater
from appliance.edge.signing import Root, SignatureError, SignedCatalogue, SignedList, has_expired, open_catalogue, open_root

STICK = "stick"  # the address of a supplier whose lists come by hand only
MOST_ROOTS = 32  # new roots taken at one update
MOST_DOCUMENT = 1 << 20

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


class _State(Struct, frozen=True, kw_only=True):
    address: str
    seen: int = 0


class Suppliers:
    """All suppliers known to a box. `clock_synced`: whether expiry can be judged."""

    def __init__(self, shelf: Shelf, updater: Updater, fetcher: Fetcher, *, now: float, clock_synced: bool) -> None:
        self._shelf, self._updater, self._fetcher = shelf, updater, fetcher
        self._now, self._clock_synced = now, clock_synced
        self._folder = _folder_of(shelf)

    @staticmethod
    def add(shelf: Shelf, address: str, root_file: Path) -> str:
        """Trust a supplier from now on, by a root file that somebody handed over; its name. Raises ShelfError."""
        if address != STICK and urlsplit(address).scheme != "https":
            raise ShelfError(f"A supplier's address begins with https://, or is the word “{STICK}”.")
        try:
            data = root_file.read_bytes()
            root = open_root(data, None)
        except SignatureError as error:
            raise ShelfError(f"The root file can't be trusted: {error}.") from error
        if not _NAME.fullmatch(root.supplier):
            raise ShelfError("The root file names no supplier.")
        folder = _folder_of(shelf) / root.supplier
        if (folder / "root.json").exists():
            raise ShelfError(f"The supplier {root.supplier} is known already.")
        folder.mkdir(mode=0o770, parents=True, exist_ok=True)
        write_whole(folder / "state.json", msgspec.json.encode(_State(address=address)))
        write_whole(folder / "root.json", data)
        return root.supplier

    def update(self, stick: Path | None = None) -> list[Outcome]:
        """Bring all suppliers' lists up to date; one that fails is an outcome, and its lists stay as they were."""
        if not self._folder.is_dir():
            return []
        return [outcome for folder in sorted(self._folder.iterdir()) for outcome in self._update_guarded(folder, stick)]

    def _update_guarded(self, folder: Path, stick: Path | None) -> list[Outcome]:
        try:
            return list(self._update(folder, stick))
        except (SignatureError, FetchError, msgspec.DecodeError) as error:
            sentence = f"The lists of {folder.name} stay as they were: {error}."
            for held in self._held(folder.name):
                self._shelf.keep(replace(held, problem=sentence))
            return [Outcome(id=folder.name, name=folder.name, what="kept", sentence=sentence)]

    def _update(self, folder: Path, stick: Path | None) -> Iterator[Outcome]:
        state = msgspec.json.decode((folder / "state.json").read_bytes(), type=_State)
        if stick is None and state.address == STICK:
            return
        with self._shelf.scratch() as scratch:
            carrier = _Carrier(self._fetcher, state.address, stick and _on_stick(stick, folder.name), scratch)
            root = self._newest_root(folder, carrier)
            catalogue = self._newest_catalogue(folder, state, root, carrier)
            for entry in catalogue.lists:
                yield self._update_list(catalogue, entry, carrier)
        self._drop_others(catalogue)

    def _newest_root(self, folder: Path, carrier: _Carrier) -> Root:
        """The root after all that have followed the one we trust."""
        root = open_root((folder / "root.json").read_bytes(), None)
        for _ in range(MOST_ROOTS):
            data = carrier.document_if_there(f"{root.version + 1}.root.json")
            if data is None:
                break
            root = open_root(data, root)
            write_whole(folder / "root.json", data)
        self._check_date(root, "list of keys")
        return root

    def _newest_catalogue(self, folder: Path, state: _State, root: Root, carrier: _Carrier) -> SignedCatalogue:
        """The catalogue, no older than any that was here; from now on it is the oldest that counts."""
        data = carrier.document("catalogue.json")
        known = _known(folder, root)
        catalogue = open_catalogue(data, root, seen=max(state.seen, known.version if known else 0))
        if known and catalogue.version == known.version and catalogue != known:
            raise SignatureError(f"there are two different catalogues with version {known.version}")
        self._check_date(catalogue, "catalogue")
        write_whole(folder / "catalogue.json", data)
        write_whole(folder / "state.json", msgspec.json.encode(replace(state, seen=catalogue.version)))
        return catalogue

    def _check_date(self, document: Root | SignedCatalogue, what: str) -> None:
        """An old document may be a replay; but a box whose clock is wrong must not lose its lists for it."""
        if self._clock_synced and has_expired(document, datetime.fromtimestamp(self._now, UTC).date()):
            raise SignatureError(f"the {what} was valid until {document.expires} only")

    def _update_list(self, catalogue: SignedCatalogue, entry: SignedList, carrier: _Carrier) -> Outcome:
        offer = _offer(catalogue.supplier, entry)
        held = self._shelf.one(offer.id) or Shelved(offer=offer)
        held = replace(held, offer=offer, supplier=catalogue.supplier)
        try:
            bundled().check(offer)
            if held.versions and held.versions[0].sha256 == entry.sha256:
                self._shelf.keep(replace(held, checked=self._now, problem=""))
                return _unchanged(held)
            fetched = carrier.file(entry)
            return self._updater.admit(held, fetched)
        except (FetchError, ListError, CatalogueError) as error:
            return self._updater.keep_old(held, str(error))

    def _drop_others(self, catalogue: SignedCatalogue) -> None:
        """A list that the supplier has withdrawn goes."""
        named = {_offer(catalogue.supplier, entry).id for entry in catalogue.lists}
        for held in self._held(catalogue.supplier):
            if held.offer.id not in named:
                self._shelf.remove(held)

    def _held(self, supplier: str) -> list[Shelved]:
        return [held for held in self._shelf.all() if held.supplier == supplier]


class _Carrier:
    """Brings documents and files of one supplier, from the web or from a folder."""

    def __init__(self, fetcher: Fetcher, address: str, folder: Path | None, scratch: Path) -> None:
        self._fetcher, self._address, self._folder, self._scratch = fetcher, address.rstrip("/"), folder, scratch

    def document(self, name: str) -> bytes:
        """A small document's bytes. Raises FetchError."""
        file = self._bring(name, MOST_DOCUMENT)
        return file.read_bytes()

    def document_if_there(self, name: str) -> bytes | None:
        """A document's bytes, or None. Whoever hides a newer root from us only wins until the catalogue expires."""
        try:
            return self.document(name)
        except FetchError:
            return None

    def file(self, entry: SignedList) -> Fetched:
        """A list's file, with exactly the content that was signed. Raises FetchError."""
        file = self._bring(f"files/{entry.sha256}", min(entry.size, MOST_BYTES))
        if file.stat().st_size != entry.size or not is_whole(file, entry.sha256):
            raise FetchError("its file is not the one that was signed")
        return Fetched(file=file, sha256=entry.sha256, dated=_time(entry.dated))

    def _bring(self, name: str, most_bytes: int) -> Path:
        target = self._scratch / name.replace("/", "-")
        if self._folder is None:
            self._fetcher.fetch(f"{self._address}/{name}", target, most_bytes=most_bytes)
            return target
        source = self._folder / name
        try:
            if source.stat().st_size > most_bytes:
                raise FetchError(f"the file {name} is larger than it may be")
            shutil.copyfile(source, target)
        except OSError as error:
            raise FetchError(f"the file {name} is not in the folder") from error
        return target


def _on_stick(stick: Path, supplier: str) -> Path:
    """The supplier's own folder on a stick, or the stick itself."""
    return stick / supplier if (stick / supplier).is_dir() else stick


def _known(folder: Path, root: Root) -> SignedCatalogue | None:
    """The catalogue that was taken last, if it is whole and its keys are still trusted."""
    try:
        return open_catalogue((folder / "catalogue.json").read_bytes(), root, seen=0)
    except (OSError, SignatureError):
        return None


def _offer(supplier: str, entry: SignedList) -> Offer:
    return Offer(
        id=f"{supplier}.{entry.id}",
        name=entry.name,
        category=entry.category,
        format=entry.format,
        licence=entry.licence,
        purpose=entry.purpose,
    )


def _unchanged(held: Shelved) -> Outcome:
    entries = held.versions[0].entries
    return Outcome(id=held.offer.id, name=held.offer.name, what="unchanged", entries=entries, before=entries)


def _time(dated: str) -> float:
    try:
        return datetime.fromisoformat(dated).replace(tzinfo=UTC).timestamp() if dated else 0.0
    except (ValueError, OverflowError):
        return 0.0


def _folder_of(shelf: Shelf) -> Path:
    return shelf.folder.parent / "suppliers"
