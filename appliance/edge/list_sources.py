"""Where the lists in force come from: the project's own, the fetched ones, and the files that the settings name."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from appliance.config import ListFile, Settings
from appliance.edge.address_files import read_networks
from appliance.edge.list_compiler import ADDRESSES, Source
from appliance.edge.list_files import ListError, Refusals, domains_files
from appliance.edge.list_seeds import seed_sources
from appliance.edge.list_shelf import Shelf, Shelved
from appliance.judge.address_lists import AddressLists, Network
from appliance.judge.categories import CATEGORIES
from appliance.judge.domains import Rule

LISTS_FOLDER = "lists"  # below the data folder

ALLOW = "allow"  # the category of a list file that clears names


def all_sources(settings: Settings, data_dir: Path) -> list[Source]:
    """The project's own lists, the fetched ones, and the files named in the settings."""
    return [*seed_sources(), *shelf_sources(data_dir), *file_sources(settings)]


def file_sources(settings: Settings) -> list[Source]:
    """A source for each list file of the settings; one that is not there or has no known category carries its problem."""
    return [_file_source(wanted) for wanted in settings.lists]


def _file_source(wanted: ListFile) -> Source:
    path = Path(wanted.path).expanduser()
    name = wanted.name or path.name.removesuffix(".gz").removesuffix(".txt") or str(path)
    stamp, updated, problem = _stamp(path)
    known = wanted.category in CATEGORIES
    allows = wanted.category == ALLOW
    if not known and not allows:
        problem = f"there is no category “{wanted.category}”: give one of {', '.join(CATEGORIES)}, or {ALLOW}"
    rule = Rule(
        list_name=name,
        kind="allow" if allows else "block",
        category=wanted.category if known else "",
        version=_date(updated),
        whole=allows,
    )
    return Source(
        rule=rule,
        path=str(path),
        format=wanted.format,
        licence=wanted.licence,
        updated=updated,
        stamp=stamp,
        problem=f"The list “{name}” can't be used: {problem}." if problem else "",
    )


def _stamp(path: Path) -> tuple[str, float, str]:
    """What changes when the file does (size and time of every file of it), its time, and what is wrong with it."""
    try:
        files = domains_files(path) if path.is_dir() else [path]
        stats = [file.stat() for file in files]
        if not os.access(path, os.R_OK):
            return "", 0.0, f"the file {path} may not be read"
    except FileNotFoundError:
        return "", 0.0, f"there is no file {path}"
    except OSError as error:
        return "", 0.0, f"the file {path} can't be read ({error.strerror})"
    if not stats:
        return "", 0.0, f"the folder {path} holds no file called domains"
    return " ".join(f"{stat.st_size}:{stat.st_mtime_ns}" for stat in stats), max(stat.st_mtime for stat in stats), ""


def shelf_sources(data_dir: Path) -> list[Source]:
    """A source for each fetched list; one that was never fetched has none."""
    shelf = Shelf(data_dir / LISTS_FOLDER)
    return [_shelf_source(shelf, held) for held in _in_force(shelf)]


def open_addresses(settings: Settings, data_dir: Path) -> AddressLists:
    """The networks of all lists of addresses; a list that can't be read is passed over, its status says so."""
    sources = [source for source in all_sources(settings, data_dir) if source.format == ADDRESSES and not source.problem]
    return AddressLists((network, source.rule) for source in sources for network in _networks(source))


def _networks(source: Source) -> Iterator[Network]:
    with suppress(ListError):
        yield from read_networks(Path(source.path), Refusals())


def _in_force(shelf: Shelf) -> list[Shelved]:
    """Fetched lists with a version, of a category that we know: a newer supplier's may be one that we don't."""
    return [held for held in shelf.all() if held.wanted and held.versions and held.offer.category in CATEGORIES]


def _shelf_source(shelf: Shelf, held: Shelved) -> Source:
    offer, newest = held.offer, held.versions[0]
    path = shelf.path(held)
    gone = "" if path.is_file() else f"The list “{offer.name}” can't be used: its file is gone. Fetch it again."
    return Source(
        rule=Rule(list_name=offer.name, category=offer.category, version=_date(newest.dated)),
        path=str(path),
        format=offer.format,
        licence=offer.licence,
        updated=newest.dated,
        stamp=newest.sha256,
        problem=gone,
        warning=held.problem,
        checked=held.checked,
    )


def _date(time_: float) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(time_)) if time_ else ""
