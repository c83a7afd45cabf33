"""The lists in force: the project's own and the files named in the settings, compiled when one changed, otherwise opened."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from appliance.config import ListFile, Settings
from appliance.edge import compiled_lists
from appliance.edge.address_files import read_networks
from appliance.edge.compiled_lists import CorruptError, Manifest
from appliance.edge.list_compiler import Compilation, Progress, Source, Tally
from appliance.edge.list_files import ListError, Refusals, domains_files
from appliance.edge.list_seeds import seed_sources
from appliance.edge.list_shelf import Shelf, Shelved
from appliance.edge.suffixes import PublicSuffixes
from appliance.judge.address_lists import AddressLists, Network
from appliance.judge.categories import CATEGORIES
from appliance.judge.domains import DomainLists, Rule
from appliance.model import ListStatus

__all__ = [
    "all_sources",
    "compile_lists",
    "ensure",
    "file_sources",
    "is_fresh",
    "manifest_of",
    "note_checks",
    "open_addresses",
    "open_at_once",
    "open_lists",
    "seed_sources",
    "shelf_sources",
]

ALLOW = "allow"  # the category of a list file that clears names
_FOLDER = "lists"


def ensure(settings: Settings, data_dir: Path, *, progress: Progress | None = None) -> DomainLists:
    """The lists in force, compiled first if a source changed or the compiled set is damaged. Raises OSError for a full disk.

    A list that can't be read is a `problem` of its status; what it said when it last could be read stays in force.
    """
    sources = all_sources(settings, data_dir)
    lists_dir = data_dir / _FOLDER
    opened = _open_fresh(lists_dir, sources)
    if opened is not None:
        return opened
    lists_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with compiled_lists.one_writer(lists_dir):
        opened = _open_fresh(lists_dir, sources)
        if opened is None:
            compile_lists(sources, lists_dir, progress)
            opened = open_lists(lists_dir)
    return opened


def open_at_once(settings: Settings, data_dir: Path) -> tuple[DomainLists, bool]:
    """The compiled set as it is, every byte checked, and whether it is that of these settings; the seeds where there is none.

    For a program that may not wait: compiling all lists takes minutes, the seeds less than a second. Raises OSError.
    """
    lists_dir = data_dir / _FOLDER
    try:
        manifest = compiled_lists.read_manifest(lists_dir)
        opened = compiled_lists.open_set(lists_dir, manifest, verify=True)
        return opened, manifest.key == _key(all_sources(settings, data_dir))
    except CorruptError:
        lists_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with compiled_lists.one_writer(lists_dir):
            manifest = compile_lists(seed_sources(), lists_dir)
        return open_lists(lists_dir, verify=True), manifest.key == _key(all_sources(settings, data_dir))


def is_fresh(settings: Settings, data_dir: Path) -> bool:
    """Whether the compiled set is that of these settings and the lists on the shelf."""
    try:
        return manifest_of(data_dir).key == _key(all_sources(settings, data_dir))
    except CorruptError:
        return False


def all_sources(settings: Settings, data_dir: Path) -> list[Source]:
    """The project's own lists, the fetched ones, and the files named in the settings."""
    return [*seed_sources(), *shelf_sources(data_dir), *file_sources(settings)]


def open_lists(lists_dir: Path, *, verify: bool = False) -> DomainLists:
    """The compiled set of a folder, memory-mapped; raises CorruptError. `verify` reads every byte of it once."""
    return compiled_lists.open_set(lists_dir, compiled_lists.read_manifest(lists_dir), verify=verify)


def manifest_of(data_dir: Path) -> Manifest:
    """What the set in force is made of; raises CorruptError."""
    return compiled_lists.read_manifest(data_dir / _FOLDER)


def _open_fresh(lists_dir: Path, sources: Sequence[Source]) -> DomainLists | None:
    """The compiled set, every byte checked, if it is made of exactly these sources."""
    try:
        manifest = compiled_lists.read_manifest(lists_dir)
        if manifest.key != _key(sources):
            return None
        return compiled_lists.open_set(lists_dir, manifest, verify=True)
    except CorruptError:
        return None


def compile_lists(sources: Sequence[Source], lists_dir: Path, progress: Progress | None = None) -> Manifest:
    """Compile sources and make the result the set in force. Raises OSError; the set before stays until the new one is whole."""
    lists_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="making-", dir=lists_dir))
    dated = [_as_last_read(source, lists_dir) for source in sources]
    try:
        compilation = Compilation(
            dated, folder, PublicSuffixes.bundled(), progress, lambda name: compiled_lists.names_of_list(lists_dir, name)
        )
        written = compiled_lists.write_names(compilation, compilation.spool(), folder)
        manifest = Manifest(
            form=compiled_lists.FORM,
            key=_key(sources),
            made=time.time(),
            rules=tuple(compilation.rules),
            shard_of_bucket=written.shard_of_bucket,
            tries=written.tries,
            arrays=written.arrays,
            sieve=written.sieve,
            sealed=compilation.sealed,
            statuses=_statuses(compilation),
            tallies=_tallies(compilation),
        )
        compiled_lists.write_manifest(manifest, folder)
        compiled_lists.swap_in(folder, lists_dir)
    finally:
        compiled_lists.remove(folder)
    return manifest


def _as_last_read(source: Source, lists_dir: Path) -> Source:
    """A source that can't be read now, with the version and date of what is remembered of it."""
    if not source.problem:
        return source
    try:
        statuses = compiled_lists.read_manifest(lists_dir).statuses
    except CorruptError:
        return source
    for status in statuses:
        if status.name == source.rule.list_name and status.entries:
            rule = msgspec.structs.replace(source.rule, version=status.version)
            return msgspec.structs.replace(source, rule=rule, updated=status.updated)
    return source


def _key(sources: Sequence[Source]) -> str:
    """One hash for everything that decides what a compiled set says."""
    parts = [(compiled_lists.FORM, source.rule, source.path, source.format, source.stamp, source.problem) for source in sources]
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


# --- the files named in the settings --------------------------------------------------------------------------------


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
        problem=f"The list “{name}” is not in force: {problem}." if problem else "",
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


# --- the fetched lists ----------------------------------------------------------------------------------------------


def shelf_sources(data_dir: Path) -> list[Source]:
    """A source for each fetched list of names; one that was never fetched has none."""
    shelf = Shelf(data_dir / _FOLDER)
    return [_shelf_source(shelf, held) for held in _in_force(shelf) if held.offer.format != "addresses"]


def open_addresses(data_dir: Path) -> AddressLists:
    """The fetched lists of addresses; one that can't be read is passed over."""
    shelf = Shelf(data_dir / _FOLDER)
    return AddressLists(
        entry for held in _in_force(shelf) if held.offer.format == "addresses" for entry in _networks(shelf, held)
    )


def _networks(shelf: Shelf, held: Shelved) -> Iterator[tuple[Network, Rule]]:
    rule = _shelf_source(shelf, held).rule
    try:
        for network in read_networks(shelf.path(held), Refusals()):
            yield network, rule
    except ListError:
        return


def _in_force(shelf: Shelf) -> list[Shelved]:
    """Fetched lists with a version, of a category that we know: a newer supplier's may be one that we don't."""
    return [held for held in shelf.all() if held.wanted and held.versions and held.offer.category in CATEGORIES]


def _shelf_source(shelf: Shelf, held: Shelved) -> Source:
    offer, newest = held.offer, held.versions[0]
    path = shelf.path(held)
    gone = "" if path.is_file() else f"The list “{offer.name}” is not in force: its file is gone. Fetch it again."
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


def note_checks(data_dir: Path) -> None:
    """Write into the compiled set when its lists were last known to be current, and what was wrong. Raises OSError.

    That alone changes no answer, so nothing is compiled.
    """
    lists_dir = data_dir / _FOLDER
    said = {held.offer.name: held for held in Shelf(lists_dir).all() if held.versions}
    with compiled_lists.one_writer(lists_dir):
        manifest = compiled_lists.read_manifest(lists_dir)
        statuses = tuple(
            msgspec.structs.replace(status, checked=said[status.name].checked, problem=said[status.name].problem)
            if status.name in said
            else status
            for status in manifest.statuses
        )
        if statuses != manifest.statuses:
            compiled_lists.write_manifest(msgspec.structs.replace(manifest, statuses=statuses), (lists_dir / "current").resolve())


def _date(time_: float) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(time_)) if time_ else ""


# --- what came of it ------------------------------------------------------------------------------------------------


def _statuses(compilation: Compilation) -> tuple[ListStatus, ...]:
    """One line for each list, in the order of the sources' names; a list of several categories is one line."""
    merged: dict[str, ListStatus] = {}
    for source, tally, refusals in zip(compilation.sources, compilation.tallies, compilation.refusals, strict=True):
        before = merged.get(source.rule.list_name)
        category = source.rule.category or ("unknown" if source.rule.kind == "block" else source.rule.kind)
        merged[source.rule.list_name] = ListStatus(
            name=source.rule.list_name,
            category=category if before is None or before.category == category else "several",
            entries=tally.entries + (before.entries if before else 0),
            refused=refusals.total + (before.refused if before else 0),
            version=source.rule.version,
            updated=source.updated,
            licence=source.licence,
            problem=tally.problem or (before.problem if before else ""),
            checked=source.checked,
        )
    return tuple(merged[name] for name in sorted(merged))


def _tallies(compilation: Compilation) -> dict[str, Tally]:
    """For each list, what was refused and why, with examples."""
    merged: dict[str, Tally] = {}
    for source, tally, refusals in zip(compilation.sources, compilation.tallies, compilation.refusals, strict=True):
        total = merged.setdefault(source.rule.list_name, Tally())
        total.entries += tally.entries
        total.covered += tally.covered
        total.problem = total.problem or tally.problem
        for reason, count in refusals.reasons.items():
            total.reasons[reason] = total.reasons.get(reason, 0) + count
            total.examples.setdefault(reason, []).extend(refusals.examples[reason])
    return merged
