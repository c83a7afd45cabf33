"""`safespan lists update|add|remove|back|catalogue`: which lists are fetched, from where, and back again."""

from __future__ import annotations

import hashlib
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from appliance import config
from appliance.cli.output import data_dir_option, format_option, print_records, wants_jsonl
from appliance.cli.progress import bar
from appliance.edge import clock
from appliance.edge import lists as edge_lists
from appliance.edge.catalogue import FORMATS, Catalogue, CatalogueError, Offer, bundled
from appliance.edge.fetching import Fetcher
from appliance.edge.list_manifest import CorruptError
from appliance.edge.list_shelf import Shelf, ShelfError, Shelved
from appliance.edge.list_suppliers import Suppliers
from appliance.edge.list_updates import Courier, Outcome, Stick, Updater, Web, wanted
from appliance.edge.list_writer import one_writer

_OUTCOME_COLUMNS = ("id", "name", "what", "entries", "before", "sentence")
_OUTCOMES_TO_READ = _OUTCOME_COLUMNS[:-1]  # the sentences follow the table
_CATALOGUE_COLUMNS = ("id", "category", "state", "licence", "purpose")
_MANY = 3

settings_option = click.option(
    "--settings", "settings_file", type=click.Path(dir_okay=False, path_type=Path), default=None, help="The settings file."
)
ca_option = click.option(
    "--ca-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=None,
    help="Trust this certificate authority too: that of a school filter which opens secure connections.",
)


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID...]")
@click.option(
    "--from",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=None,
    help="Take the files from this folder or USB stick instead of the internet.",
)
@click.option("--anyway", is_flag=True, help="Take lists that have shrunk or grown too much, or were put back before.")
@ca_option
@data_dir_option
@settings_option
@format_option
def update(
    ids: tuple[str, ...],
    folder: Path | None,
    anyway: bool,
    ca_file: Path | None,
    data_dir: Path,
    settings_file: Path | None,
    form: str | None,
) -> None:
    """Bring the lists up to date, or only those with the given IDs; then compile. A running box takes them up by itself."""
    shelf = Shelf(data_dir / "lists")
    with _plain_errors():
        settings, offered = config.load(settings_file), bundled()
        fetcher = Fetcher(_trust(ca_file))
        courier: Courier = Stick(folder) if folder else Web(fetcher)
        shelf.folder.mkdir(mode=0o770, parents=True, exist_ok=True)
        with one_writer(shelf.folder), bar("Fetching") as progress:
            chosen = wanted(offered, shelf, ids)
            updater = Updater(shelf, courier, offered, now=time.time(), progress=progress)
            outcomes = list(updater.update(chosen, anyway=anyway))
            if not ids:
                suppliers = Suppliers(shelf, updater, fetcher, now=time.time(), clock_synced=clock.is_synced() is True)
                outcomes += suppliers.update(folder)
        _take_up(settings, data_dir)
    told = [outcome for outcome in outcomes if outcome.what != "skipped" or outcome.id in ids]
    print_records((_record(outcome) for outcome in told), _OUTCOMES_TO_READ, form)
    for sentence in _complaints(told):
        click.echo(sentence, err=True)
    if not told:
        click.echo("The folder holds no list that is wanted." if folder else "No list is wanted.", err=True)
    if told and all(outcome.what == "kept" for outcome in told):
        raise click.ClickException("No list could be brought up to date; all that was in force stays in force.")


@click.command()
@click.argument("what", metavar="ID|ADDRESS")
@click.option("--category", default="", help="The category of a list at an address.")
@click.option("--name", default="", help="What sentences and the page call it.")
@click.option("--licence", default="", help="The licence it may be used under.")
@click.option("--list-format", type=click.Choice(list(FORMATS)), default="auto", help="Its format.")
@click.option(
    "--root",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=None,
    help="The address is that of a supplier's signed catalogue; this is the supplier's root file.",
)
@data_dir_option
def add(what: str, category: str, name: str, licence: str, list_format: str, root: Path | None, data_dir: Path) -> None:
    """Add a list of the catalogue by its ID, a list at an https ADDRESS, or a supplier's signed lists. Then run `update`."""
    shelf, offered = Shelf(data_dir / "lists"), bundled()
    with _plain_errors():
        if root is not None:
            Suppliers.add(shelf, what, root)
            click.echo("The supplier is known now. `safespan lists update` fetches its lists.")
            return
        offer = offered.offer(what) or _own_offer(what, category, name, licence, list_format)
        offered.check(offer)
        held = shelf.one(offer.id) or Shelved(offer=offer)
        shelf.keep(replace(held, offer=offer, wanted=True, own=offered.offer(what) is None))
    click.echo(f"The list “{offer.name}” ({offer.id}) is wanted now. `safespan lists update {offer.id}` fetches it.")


@click.command()
@click.argument("key", metavar="ID")
@data_dir_option
@settings_option
def remove(key: str, data_dir: Path, settings_file: Path | None) -> None:
    """Remove a fetched list by its ID; one of the catalogue is not fetched again until it is added."""
    shelf = Shelf(data_dir / "lists")
    with _plain_errors():
        offer = bundled().offer(key)
        held = shelf.one(key) or (Shelved(offer=offer) if offer else None)
        if held is None:
            raise ShelfError(f"There is no list called {key}.")
        shelf.remove(held)
        _take_up(config.load(settings_file), data_dir)
    click.echo(f"The list “{held.offer.name}” is no longer in force.")


@click.command()
@click.argument("key", metavar="ID")
@data_dir_option
@settings_option
def back(key: str, data_dir: Path, settings_file: Path | None) -> None:
    """Put the version of a list before the present one back; the present one is not taken again."""
    with _plain_errors():
        held = Shelf(data_dir / "lists").put_back(key)
        _take_up(config.load(settings_file), data_dir)
    version = held.versions[0]
    click.echo(f"The list “{held.offer.name}” is as it was before: {version.entries:,} entries.")


@click.command()
@data_dir_option
@format_option
def catalogue(data_dir: Path, form: str | None) -> None:
    """Show the lists that can be fetched: what each is for, its licence, whether it is wanted; and which are refused."""
    with _plain_errors():
        offered = bundled()
    held = {shelved.offer.id: shelved for shelved in Shelf(data_dir / "lists").all()}
    records = list(_catalogue_records(offered, held))
    if wants_jsonl(form):
        print_records(records, (), form)
        return
    print_records((_to_read(record) for record in records if record["state"] != "never"), _CATALOGUE_COLUMNS, form)
    click.echo("\nNever fetched:")
    for record in records:
        if record["state"] == "never":
            click.echo(f"  {record['name']}: {record['purpose']}.")


def _to_read(record: dict[str, Any]) -> dict[str, Any]:
    """A list of the school's own choice has no purpose written down, but a name."""
    return record | {"purpose": record["purpose"] or record["name"]}


def _catalogue_records(offered: Catalogue, held: dict[str, Shelved]) -> Iterable[dict[str, Any]]:
    own = [shelved.offer for shelved in held.values() if offered.offer(shelved.offer.id) is None]
    for offer in (*offered.offers, *own):
        yield {
            "id": offer.id,
            "name": offer.name,
            "category": offer.category,
            "state": _state(offer, held.get(offer.id)),
            "licence": offer.licence,
            "purpose": offer.purpose,
            "address": offer.address,
        }
    for never in offered.never:
        yield {"id": "", "name": never.name, "category": "", "state": "never", "licence": "", "purpose": never.reason}


def _state(offer: Offer, held: Shelved | None) -> str:
    if held is None:
        return "wanted" if offer.on else "off"
    return "off" if not held.wanted else "in force" if held.versions else "wanted"


def _own_offer(address: str, category: str, name: str, licence: str, list_format: str) -> Offer:
    """An offer for an address of the school's own choice."""
    if "://" not in address:
        raise CatalogueError(f"there is no list called {address}: `safespan lists catalogue` shows all there are")
    if not category:
        raise CatalogueError("say what the list is for with --category")
    return Offer(
        id=f"own-{hashlib.sha256(address.encode()).hexdigest()[:8]}",
        name=name or address.removeprefix("https://")[:60],
        category=category,
        address=address,
        format=FORMATS[list_format],
        licence=licence,
    )


def _trust(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context


def _take_up(settings: config.Settings, data_dir: Path) -> None:
    """Compile what changed; the running guardian notices the new set."""
    with bar() as progress:
        edge_lists.ensure(settings, data_dir, progress=progress)
    edge_lists.note_checks(data_dir)


def _complaints(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """What went wrong; one sentence where the same befell many lists, as when there is no internet."""
    by_reason: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.what == "kept":
            by_reason.setdefault(outcome.reason or outcome.sentence, []).append(outcome)
    for reason, befallen in by_reason.items():
        if len(befallen) < _MANY:
            yield from (outcome.sentence for outcome in befallen)
        else:
            yield f"{len(befallen)} lists were not taken: {reason}. Those that were in force stay so."


def _record(outcome: Outcome) -> dict[str, Any]:
    return {key: getattr(outcome, key) for key in _OUTCOME_COLUMNS}


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Errors as one sentence for the terminal."""
    try:
        yield
    except (CatalogueError, ShelfError, config.SettingsError, CorruptError) as error:
        text = str(error)
        raise click.ClickException(text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")) from error
    except OSError as error:
        raise click.ClickException(f"The lists can't be written: {error.strerror or error} ({error.filename}).") from error
