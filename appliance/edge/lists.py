"""The lists in force: the project's own and the files named in the settings, compiled when one changed, otherwise opened."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from appliance.config import ListFile, Settings
from appliance.edge import compiled_lists
from appliance.edge.compiled_lists import CorruptError, Manifest
from appliance.edge.list_compiler import Compilation, Progress, Source, Tally
from appliance.edge.list_files import domains_files
from appliance.edge.list_seeds import seed_sources
from appliance.edge.suffixes import PublicSuffixes
from appliance.judge.categories import CATEGORIES
from appliance.judge.domains import DomainLists, Rule
from appliance.model import ListStatus

__all__ = ["compile_lists", "ensure", "file_sources", "manifest_of", "open_lists", "seed_sources"]

ALLOW = "allow"  # the category of a list file that clears names
_FOLDER = "lists"


def ensure(settings: Settings, data_dir: Path, *, progress: Progress | None = None) -> DomainLists:
    """The lists in force, compiled first if a source changed or the compiled set is damaged. Raises OSError for a full disk.

    A list that can't be read is a `problem` of its status; what it said when it last could be read stays in force.
    """
    sources = [*seed_sources(), *file_sources(settings)]
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
        version=time.strftime("%Y-%m-%d", time.gmtime(updated)) if updated else "",
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
