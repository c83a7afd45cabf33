"""Signed lists of a supplier, and everything that somebody between them and the box could try."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from appliance.config import Settings
from appliance.edge import lists
from appliance.edge.catalogue import Catalogue
from appliance.edge.fetching import Fetcher
from appliance.edge.list_shelf import Shelf, ShelfError
from appliance.edge.list_suppliers import STICK, Suppliers
from appliance.edge.list_updates import Outcome, Stick, Updater, Web
from appliance.edge.signing import Role, Root, SignatureError, SignedCatalogue, SignedList, key_id, open_root, public_text, sign

from .test_list_updates import Server

NOW = 1_795_262_400.0  # 21 November 2026
LATER = "2027-06-30"
Key = Ed25519PrivateKey


def root_of(roots: list[Key], lists_: list[Key], version: int = 1, **facts: object) -> Root:
    publics = [public_text(key) for key in (*roots, *lists_)]
    fields: dict[str, object] = {
        "supplier": "acme",
        "version": version,
        "expires": LATER,
        "keys": {key_id(public): public for public in publics},
        "root": Role(tuple(key_id(public_text(key)) for key in roots)),
        "lists": Role(tuple(key_id(public_text(key)) for key in lists_)),
    }
    return Root(**fields | facts)  # type: ignore[arg-type]


class Supplier:
    """A supplier's desk and their stick; and a box that trusts them."""

    def __init__(self, folder: Path) -> None:
        self.root_key, self.list_key = Key.generate(), Key.generate()
        self.stick, self.data = folder / "stick", folder / "data"
        (self.stick / "files").mkdir(parents=True)
        self.shelf = Shelf(self.data / "lists")
        first = folder / "1.root.json"
        first.write_bytes(sign(root_of([self.root_key], [self.list_key]), [self.root_key]))
        Suppliers.add(self.shelf, STICK, first)

    def publish(self, version: int, *names: str, key: Key | None = None, expires: str = LATER, **facts: object) -> None:
        entries = []
        for number, name in enumerate(names):
            content = f"{name}\n".encode()
            digest = hashlib.sha256(content).hexdigest()
            (self.stick / "files" / digest).write_bytes(content)
            fields: dict[str, object] = {"name": f"List {number}", "category": "gambling", "sha256": digest, "size": len(content)}
            entries.append(SignedList(id=f"list-{number}", **fields | facts))  # type: ignore[arg-type]
        catalogue = SignedCatalogue(supplier="acme", version=version, expires=expires, lists=tuple(entries))
        (self.stick / "catalogue.json").write_bytes(sign(catalogue, [key or self.list_key]))

    def update(self, *, now: float = NOW, clock_synced: bool = True) -> list[Outcome]:
        updater = Updater(self.shelf, Stick(self.stick), Catalogue(), now=now)
        return Suppliers(self.shelf, updater, Fetcher(), now=now, clock_synced=clock_synced).update(self.stick)

    def refusal(self, **facts: float) -> str:
        """The one sentence of an update that must fail, with the list of before in force."""
        (outcome,) = self.update(**facts)  # type: ignore[arg-type]
        assert outcome.what == "kept"
        assert self.knows("before.example")
        return outcome.sentence

    def knows(self, name: str) -> bool:
        return lists.ensure(Settings(), self.data).match(name) is not None


@pytest.fixture
def supplier(tmp_path: Path) -> Supplier:
    supplier = Supplier(tmp_path)
    supplier.publish(5, "before.example")
    assert [outcome.what for outcome in supplier.update()] == ["new"]
    return supplier


def test_signed_lists_are_taken_and_replaced_by_newer_ones(supplier: Supplier) -> None:
    assert supplier.knows("www.before.example")
    assert [outcome.what for outcome in supplier.update()] == ["unchanged"]
    supplier.publish(6, "after.example", "second.example")
    assert [outcome.what for outcome in supplier.update()] == ["new", "new"]
    assert supplier.knows("after.example") and supplier.knows("second.example") and not supplier.knows("before.example")


def test_a_list_that_is_withdrawn_goes(supplier: Supplier) -> None:
    supplier.publish(6, "before.example", "second.example")
    supplier.update()
    supplier.publish(7, "before.example")
    supplier.update()
    assert supplier.knows("before.example") and not supplier.knows("second.example")


def test_a_wrong_key_signs_nothing(supplier: Supplier) -> None:
    supplier.publish(6, "evil.example", key=Key.generate())
    assert "not signed by enough" in supplier.refusal()


def test_a_root_key_signs_no_lists(supplier: Supplier) -> None:
    supplier.publish(6, "evil.example", key=supplier.root_key)
    assert "not signed by enough" in supplier.refusal()


def test_an_old_catalogue_never_comes_back(supplier: Supplier) -> None:
    supplier.publish(4, "old.example")
    assert "old one (version 4; version 5 was here before)" in supplier.refusal()


@pytest.mark.parametrize("lost", ["state.json", "catalogue.json"])
def test_the_version_seen_is_kept_twice(supplier: Supplier, lost: str) -> None:
    file = supplier.data / "lists" / "suppliers" / "acme" / lost
    if lost == "state.json":
        file.write_text(json.dumps({"address": STICK, "seen": 0}))
    else:
        file.unlink()
    supplier.publish(4, "old.example")
    assert "old one" in supplier.refusal()


def test_two_catalogues_with_one_version_are_told(supplier: Supplier) -> None:
    supplier.publish(5, "other.example")
    assert "two different catalogues with version 5" in supplier.refusal()


@pytest.mark.parametrize("length", [0, 1, 100, -1])
def test_a_catalogue_cut_short_is_not_read(supplier: Supplier, length: int) -> None:
    file = supplier.stick / "catalogue.json"
    file.write_bytes(file.read_bytes()[:length])
    assert "damaged or cut short" in supplier.refusal()


def test_a_catalogue_with_one_changed_letter_is_not_trusted(supplier: Supplier) -> None:
    file = supplier.stick / "catalogue.json"
    file.write_bytes(file.read_bytes().replace(b"gambling", b"gamblinh"))
    assert "not signed by enough" in supplier.refusal()


@pytest.mark.parametrize("content", [b"evil.example.\n", b"evil.example\n", b""])
def test_a_file_that_is_not_the_signed_one_is_not_taken(supplier: Supplier, content: bytes) -> None:
    supplier.publish(6, "aft.example..")
    (digest,) = [entry["sha256"] for entry in json.loads((supplier.stick / "catalogue.json").read_bytes())["signed"]["lists"]]
    (supplier.stick / "files" / digest).write_bytes(content)
    assert "not the one that was signed" in supplier.refusal()


def test_files_of_two_catalogues_can_not_be_mixed(supplier: Supplier, tmp_path: Path) -> None:
    old = shutil.copytree(supplier.stick, tmp_path / "old")
    supplier.publish(6, "after.example")
    shutil.rmtree(supplier.stick / "files")
    shutil.copytree(old / "files", supplier.stick / "files")
    assert "not in the folder" in supplier.refusal()


def test_expiry_counts_only_when_the_clock_is_right(supplier: Supplier) -> None:
    supplier.publish(6, "after.example", expires="2026-11-20")
    assert "valid until 2026-11-20 only" in supplier.refusal()
    assert [outcome.what for outcome in supplier.update(clock_synced=False)] == ["new"]


def test_a_category_unknown_to_us_leaves_the_other_lists(supplier: Supplier) -> None:
    supplier.publish(6, "before.example", category="sorcery")
    (outcome,) = supplier.update()
    assert "“sorcery” is not known here" in outcome.sentence


def rotate(desk: Supplier, version: int, signers: Callable[[Key], list[Key]], **facts: object) -> Key:
    """Publish a new root with a new key for lists, and a catalogue signed by that."""
    new = Key.generate()
    root = root_of([desk.root_key], [new], version, **facts)
    (desk.stick / f"{version}.root.json").write_bytes(sign(root, signers(new)))
    desk.publish(6, "after.example", key=new)
    return new


def test_keys_are_exchanged_by_a_root_that_follows_the_one_before(supplier: Supplier) -> None:
    rotate(supplier, 2, lambda _: [supplier.root_key])
    assert [outcome.what for outcome in supplier.update()] == ["new"]
    supplier.publish(7, "evil.example", key=supplier.list_key)
    (outcome,) = supplier.update()
    assert "not signed by enough" in outcome.sentence


def test_a_root_signed_by_strangers_is_refused(supplier: Supplier) -> None:
    stranger = Key.generate()
    root = root_of([stranger], [Key.generate()], 2)
    (supplier.stick / "2.root.json").write_bytes(sign(root, [stranger]))
    assert "not signed by enough" in supplier.refusal()


def test_a_root_of_another_supplier_is_refused(supplier: Supplier) -> None:
    rotate(supplier, 2, lambda _: [supplier.root_key], supplier="other")
    assert "another supplier's" in supplier.refusal()


def test_a_root_that_jumps_is_not_followed(supplier: Supplier) -> None:
    rotate(supplier, 3, lambda _: [supplier.root_key])
    assert "not signed by enough" in supplier.refusal()
    shutil.copyfile(supplier.stick / "3.root.json", supplier.stick / "2.root.json")
    assert "has version 3, not 2" in supplier.refusal()


def test_a_threshold_of_two_wants_two_different_keys() -> None:
    one, two, listing = Key.generate(), Key.generate(), Key.generate()
    ids = tuple(key_id(public_text(key)) for key in (one, two))
    root = root_of([one, two], [listing], root=Role(ids, 2))
    assert open_root(sign(root, [one, two]), None) == root
    for signers in ([one], [one, one], [one, listing]):
        with pytest.raises(SignatureError, match="1 of 2"):
            open_root(sign(root, signers), None)


@pytest.mark.parametrize("kind", ["root", "code"])
def test_a_key_for_lists_is_for_nothing_else(kind: str) -> None:
    key, other = Key.generate(), Key.generate()
    own = key_id(public_text(key))
    root = root_of([key], [key]) if kind == "root" else root_of([other], [key], code=(own,))
    with pytest.raises(SignatureError, match="key for lists"):
        open_root(sign(root, [key, other]), None)


@pytest.mark.parametrize(
    "facts",
    [{"version": 0}, {"root": Role(("0" * 16,))}, {"lists": Role(())}, {"keys": {"0" * 16: "zz"}}, {"expires": "never"}],
)
def test_a_root_in_disorder_is_refused(facts: dict[str, object]) -> None:
    key = Key.generate()
    version = facts.pop("version", 1)
    with pytest.raises(SignatureError):
        open_root(sign(root_of([key], [Key.generate()], version, **facts), [key]), None)  # type: ignore[arg-type]


def test_a_supplier_is_added_by_a_root_that_holds(tmp_path: Path) -> None:
    shelf, file = Shelf(tmp_path / "lists"), tmp_path / "root.json"
    file.write_bytes(b"{}")
    with pytest.raises(ShelfError, match="can't be trusted"):
        Suppliers.add(shelf, STICK, file)
    with pytest.raises(ShelfError, match="https"):
        Suppliers.add(shelf, "http://supplier.example", file)
    key = Key.generate()
    file.write_bytes(sign(root_of([key], [Key.generate()], supplier="../up"), [key]))
    with pytest.raises(ShelfError, match="names no supplier"):
        Suppliers.add(shelf, STICK, file)


# --- over HTTPS ------------------------------------------------------------------------------------------------------


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    yield server
    server.close()


class WebSupplier(Supplier):
    """The same supplier with a server instead of a stick."""

    def __init__(self, folder: Path, server: Server) -> None:
        super().__init__(folder)
        self.server = server
        state = self.data / "lists" / "suppliers" / "acme" / "state.json"
        state.write_text(json.dumps({"address": f"{server.base}/lists/", "seen": 0}))

    def update(self, *, now: float = NOW, clock_synced: bool = True) -> list[Outcome]:
        files = (path for path in self.stick.rglob("*") if path.is_file())
        self.server.files = {f"/lists/{path.relative_to(self.stick)}": path.read_bytes() for path in files}
        fetcher = Fetcher(self.server.trust)
        updater = Updater(self.shelf, Web(fetcher), Catalogue(), now=now)
        return Suppliers(self.shelf, updater, fetcher, now=now, clock_synced=clock_synced).update()


def test_a_supplier_on_the_web_is_held_to_the_same(tmp_path: Path, web: Server) -> None:
    supplier = WebSupplier(tmp_path, web)
    supplier.publish(5, "before.example")
    assert [outcome.what for outcome in supplier.update()] == ["new"]
    assert [outcome.what for outcome in supplier.update()] == ["unchanged"]
    assert not any(path.startswith("/lists/files/") for path, _ in web.asked[-2:])
    supplier.publish(4, "old.example")
    assert "old one" in supplier.refusal()
    supplier.publish(6, "evil.example", key=Key.generate())
    assert "not signed by enough" in supplier.refusal()
    supplier.publish(6, "after.example")
    web.answers = {"/lists/catalogue.json": (302, {"Location": "http://127.0.0.1:9/catalogue.json"})}
    assert "not secure" in supplier.refusal()
    web.answers = {"/lists/catalogue.json": (503, {})}
    assert "answers 503" in supplier.refusal()
    web.answers = {}
    rotate(supplier, 2, lambda _: [supplier.root_key])
    assert [outcome.what for outcome in supplier.update()] == ["new"]
    assert supplier.knows("after.example")


def test_a_supplier_who_sends_more_than_was_signed_is_cut_off(tmp_path: Path, web: Server) -> None:
    supplier = WebSupplier(tmp_path, web)
    supplier.publish(5, "before.example")
    supplier.update()
    supplier.publish(6, "after.example")
    for file in (supplier.stick / "files").iterdir():
        file.write_bytes(b"evil.example\n" * 100_000)
    assert "larger than it may be" in supplier.refusal()
    (supplier.stick / "catalogue.json").write_bytes(b"x" * (2 << 20))
    assert "larger than it may be" in supplier.refusal()


def test_a_catalogue_that_is_held_back_ends_with_its_own_last_day(supplier: Supplier) -> None:
    """The freeze attack: somebody shows the box the same good catalogue for ever."""
    assert [outcome.what for outcome in supplier.update()] == ["unchanged"]
    assert "valid until 2027-06-30 only" in supplier.refusal(now=NOW + 300 * 86_400.0)
    status = next(status for status in lists.ensure(Settings(), supplier.data).statuses if status.name == "List 0")
    assert status.entries == 1
    lists.note_checks(supplier.data)
    status = next(status for status in lists.ensure(Settings(), supplier.data).statuses if status.name == "List 0")
    assert "valid until 2027-06-30 only" in status.problem
