"""The lists in force: compiled when a source changed, otherwise opened; what came of each is its status."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from appliance.config import Settings
from appliance.edge.compiled_lists import names_of_list, open_set
from appliance.edge.list_compiler import Compilation, Progress, Source, Tally
from appliance.edge.list_manifest import CURRENT, FORM, CorruptError, Manifest, read_manifest, write_manifest
from appliance.edge.list_seeds import seed_sources
from appliance.edge.list_shelf import Shelf
from appliance.edge.list_sources import LISTS_FOLDER, all_sources
from appliance.edge.list_writer import one_writer, remove, swap_in, write_names
from appliance.edge.suffixes import PublicSuffixes
from appliance.judge.domains import DomainLists
from appliance.model import ListStatus


def ensure(settings: Settings, data_dir: Path, *, progress: Progress | None = None) -> DomainLists:
    """The lists in force, compiled first if a source changed or the compiled set is damaged. Raises OSError for a full disk.

    A list that can't be read is a `problem` of its status; what it said when it last could be read stays in force.
    """
    sources = all_sources(settings, data_dir)
    lists_dir = data_dir / LISTS_FOLDER
    opened = _open_fresh(lists_dir, sources)
    if opened is not None:
        return opened
    lists_dir.mkdir(mode=0o770, parents=True, exist_ok=True)
    with one_writer(lists_dir):
        opened = _open_fresh(lists_dir, sources)
        if opened is None:
            compile_lists(sources, lists_dir, progress)
            opened = open_lists(lists_dir)
    return opened


def open_at_once(settings: Settings, data_dir: Path) -> tuple[DomainLists, bool]:
    """The compiled set as it is, every byte checked, and whether it is that of these settings; the seeds where there is none.

    For a program that may not wait: compiling all lists takes minutes, the seeds less than a second. Raises OSError.
    """
    lists_dir = data_dir / LISTS_FOLDER
    try:
        manifest = read_manifest(lists_dir)
        return open_set(lists_dir, manifest, verify=True), _is_of(manifest, settings, data_dir)
    except CorruptError:
        lists_dir.mkdir(mode=0o770, parents=True, exist_ok=True)
        with one_writer(lists_dir):
            manifest = compile_lists(seed_sources(), lists_dir)
        return open_lists(lists_dir, verify=True), _is_of(manifest, settings, data_dir)


def _is_of(manifest: Manifest, settings: Settings, data_dir: Path) -> bool:
    try:
        return manifest.key == _key(all_sources(settings, data_dir))
    except OSError:  # a shelf that may not be read, which whoever has the lists compiled will say
        return False


def is_fresh(settings: Settings, data_dir: Path) -> bool:
    """Whether the compiled set is that of these settings and the lists on the shelf; raises OSError where that can't be read."""
    try:
        return manifest_of(data_dir).key == _key(all_sources(settings, data_dir))
    except CorruptError:
        return False


def open_lists(lists_dir: Path, *, verify: bool = False) -> DomainLists:
    """The compiled set of a folder, memory-mapped; raises CorruptError. `verify` reads every byte of it once."""
    return open_set(lists_dir, read_manifest(lists_dir), verify=verify)


def manifest_of(data_dir: Path) -> Manifest:
    """What the set in force is made of; raises CorruptError."""
    return read_manifest(data_dir / LISTS_FOLDER)


def _open_fresh(lists_dir: Path, sources: Sequence[Source]) -> DomainLists | None:
    """The compiled set, every byte checked, if it is made of exactly these sources."""
    try:
        manifest = read_manifest(lists_dir)
        if manifest.key != _key(sources):
            return None
        return open_set(lists_dir, manifest, verify=True)
    except CorruptError:
        return None


def compile_lists(sources: Sequence[Source], lists_dir: Path, progress: Progress | None = None) -> Manifest:
    """Compile sources and make the result the set in force. Raises OSError; the set before stays until the new one is whole."""
    lists_dir.mkdir(mode=0o770, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="making-", dir=lists_dir))
    dated = [_as_last_read(source, lists_dir) for source in sources]
    try:
        compilation = Compilation(dated, folder, PublicSuffixes.bundled(), progress, lambda name: names_of_list(lists_dir, name))
        written = write_names(compilation, compilation.spool(), folder, progress)
        manifest = Manifest(
            form=FORM,
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
        write_manifest(manifest, folder)
        swap_in(folder, lists_dir)
    finally:
        remove(folder)
    return manifest


def _as_last_read(source: Source, lists_dir: Path) -> Source:
    """A source that can't be read now, with the version and date of what is remembered of it, and its category if it has none."""
    if not source.problem:
        return source
    try:
        before = read_manifest(lists_dir)
    except CorruptError:
        return source
    for status in before.statuses:
        if status.name == source.rule.list_name and status.entries:
            category = source.rule.category or _category_of(status.name, before)
            rule = msgspec.structs.replace(source.rule, version=status.version, category=category)
            return msgspec.structs.replace(source, rule=rule, updated=status.updated)
    return source


def _category_of(list_name: str, before: Manifest) -> str:
    """What a list's entries meant in an earlier set."""
    return next((rule.category for rule in before.rules if rule.list_name == list_name and rule.category), "")


def _key(sources: Sequence[Source]) -> str:
    """One hash for everything that decides what a compiled set says."""
    parts = [(FORM, source.rule, source.path, source.format, source.stamp, source.problem) for source in sources]
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


def note_checks(data_dir: Path) -> None:
    """Write into the compiled set when its lists were last known to be current, and what was wrong. Raises OSError.

    That alone changes no answer, so nothing is compiled.
    """
    lists_dir = data_dir / LISTS_FOLDER
    said = {held.offer.name: held for held in Shelf(lists_dir).all() if held.versions}
    with one_writer(lists_dir):
        manifest = read_manifest(lists_dir)
        statuses = tuple(
            msgspec.structs.replace(status, checked=said[status.name].checked, problem=said[status.name].problem)
            if status.name in said
            else status
            for status in manifest.statuses
        )
        if statuses != manifest.statuses:
            write_manifest(msgspec.structs.replace(manifest, statuses=statuses), (lists_dir / CURRENT).resolve())


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
