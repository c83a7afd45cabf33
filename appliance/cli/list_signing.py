"""`safespan lists new-key|sign-root|sign`: what a supplier of lists does at their own desk. Never run on a box."""

from __future__ import annotations

import hashlib
import os
import shutil
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

import click
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from msgspec import Struct, field

from appliance.edge import signing
from appliance.edge.catalogue import Form, Offer, bundled
from appliance.edge.list_files import ListError
from appliance.edge.list_guards import inspect, objection
from appliance.edge.suffixes import PublicSuffixes

_keys_option = click.option(
    "--key",
    "keys",
    multiple=True,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="To sign.",
)


@click.command(name="new-key")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def new_key(file: Path) -> None:
    """Make a private key in FILE, and print its public half. Keep it off the network."""
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise click.ClickException(f"The key can't be written to {file}: {error.strerror}.") from error
    with os.fdopen(handle, "wb") as out:
        out.write(pem)
    click.echo(signing.public_text(key))


@click.command(name="sign-root")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--supplier", required=True, help="Small letters, digits, hyphens.")
@click.option("--version", "number", type=click.IntRange(1), required=True, help="1, and one more with every change of keys.")
@click.option("--expires", required=True, metavar="YYYY-MM-DD", help="The last day on which boxes trust it.")
@click.option("--root-key", "roots", multiple=True, required=True, help="A public key that may sign roots.")
@click.option("--list-key", "lists", multiple=True, required=True, help="A public key that may sign catalogues.")
@click.option("--code-key", "codes", multiple=True, help="A public key that signs software, and therefore never lists.")
@click.option("--root-threshold", type=click.IntRange(1), default=1, show_default=True)
@click.option("--list-threshold", type=click.IntRange(1), default=1, show_default=True)
@_keys_option
def sign_root(
    folder: Path,
    supplier: str,
    number: int,
    expires: str,
    roots: tuple[str, ...],
    lists: tuple[str, ...],
    codes: tuple[str, ...],
    root_threshold: int,
    list_threshold: int,
    keys: tuple[Path, ...],
) -> None:
    """Write VERSION.root.json into FOLDER, signed with the old root's keys and the new one's."""
    try:
        root = signing.Root(
            supplier=supplier,
            version=number,
            expires=expires,
            keys={signing.key_id(public): public for public in (*roots, *lists)},
            root=signing.Role(tuple(map(signing.key_id, roots)), root_threshold),
            lists=signing.Role(tuple(map(signing.key_id, lists)), list_threshold),
            code=tuple(map(signing.key_id, codes)),
        )
        data = signing.sign(root, map(_load, keys))
        signing.open_root(data, None)
        before = folder / f"{number - 1}.root.json"
        if before.exists():
            signing.open_root(data, signing.open_root(before.read_bytes(), None))
    except ValueError as error:
        raise click.ClickException(f"Boxes would not trust this root: {error}.") from error
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{number}.root.json").write_bytes(data)
    click.echo(f"{folder / f'{number}.root.json'}: hand the first one to every box, publish the later ones.")


class _Entry(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One list of `lists.toml`; `file` is beside it."""

    id: str
    name: str
    category: str
    file: str
    dated: str = ""
    format: Form = "auto"
    licence: str = ""
    purpose: str = ""


class _Wanted(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What `lists.toml` says: the supplier, the catalogue's version and last day, and each list."""

    supplier: str
    version: int
    expires: str
    entries: tuple[_Entry, ...] = field(name="list", default=())


@click.command(name="sign")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@_keys_option
def sign_lists(folder: Path, keys: tuple[Path, ...]) -> None:
    """Write catalogue.json and files/ into FOLDER, from its lists.toml, with a version above that of the catalogue there."""
    try:
        wanted = msgspec.convert(tomllib.loads((folder / "lists.toml").read_text(encoding="utf-8")), _Wanted)
        root = signing.open_root(_newest_root(folder).read_bytes(), None)
        present = folder / "catalogue.json"
        _check_wanted(wanted, signing.open_catalogue(present.read_bytes(), root, seen=0).version if present.exists() else 0)
        catalogue = signing.SignedCatalogue(
            supplier=wanted.supplier,
            version=wanted.version,
            expires=wanted.expires,
            lists=tuple(_signed(folder, entry) for entry in wanted.entries),
        )
        data = signing.sign(catalogue, map(_load, keys))
        signing.open_catalogue(data, root, seen=0)
        _publish(folder, wanted, catalogue)
        present.write_bytes(data)
    except ValueError as error:
        raise click.ClickException(f"Nothing was signed: {error}.") from error
    except OSError as error:
        raise click.ClickException(f"Nothing was signed: {error.filename}: {error.strerror}.") from error
    count = len(catalogue.lists)
    click.echo(f"{present}: version {catalogue.version}, {count} {'list' if count == 1 else 'lists'}.")


def _check_wanted(wanted: _Wanted, present: int) -> None:
    """Raise ValueError for what every box would refuse."""
    if wanted.version <= present:
        raise ValueError(f"the catalogue there has version {present}, and version {wanted.version} is not above it")
    try:
        over = date.fromisoformat(wanted.expires) < datetime.now(UTC).date()
    except ValueError as error:
        raise ValueError(f"“{wanted.expires}” is no day: write one such as 2027-06-30") from error
    if over:
        raise ValueError(f"its last day is over ({wanted.expires})")


def _signed(folder: Path, entry: _Entry) -> signing.SignedList:
    """A list as the catalogue names it. Raises ValueError for one that no box would take."""
    if Path(entry.file).name != entry.file:
        # Else a slip of the hand would publish whatever lies around, such as the key.
        raise ValueError(f"the list {entry.id} has to be a file in {folder} itself, not {entry.file}")
    about = {name: getattr(entry, name) for name in ("id", "name", "category", "format", "licence", "purpose")}
    source = folder / entry.file
    try:
        bundled().check(Offer(**about))
        against = objection(inspect(source, entry.format, PublicSuffixes.bundled()), floor=1, before=None, form=entry.format)
    except (ValueError, ListError) as error:
        raise ValueError(f"of the list {entry.id}, {error}") from error
    if against:
        raise ValueError(f"of the list {entry.id}, {against}")
    return signing.SignedList(**about, sha256=_digest(source), size=source.stat().st_size, dated=entry.dated)


def _publish(folder: Path, wanted: _Wanted, catalogue: signing.SignedCatalogue) -> None:
    """Put each list's file below its own checksum: files of two catalogues can't be mixed up."""
    (folder / "files").mkdir(exist_ok=True)
    for entry, signed in zip(wanted.entries, catalogue.lists, strict=True):
        shutil.copyfile(folder / entry.file, folder / "files" / signed.sha256)


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _newest_root(folder: Path) -> Path:
    roots = [path for path in folder.glob("*.root.json") if path.name.partition(".")[0].isdecimal()]
    if not roots:
        raise ValueError("there is no 1.root.json in the folder: make one with sign-root")
    return max(roots, key=lambda path: int(path.name.partition(".")[0]))


def _load(file: Path) -> Ed25519PrivateKey:
    """A private key; raises ValueError."""
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{file} holds no Ed25519 key")
    return key
