"""The names of all lists brought into one order: what each list says, what guards refuse, which entry wins.

Names of all sources spool to disk in buckets by their first two labels. Each bucket is sorted by itself, so that every entry
follows its parents; guards and precedence decide there. Memory stays the same however long the lists are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from msgspec import Struct

from appliance.edge.address_files import read_networks
from appliance.edge.list_files import ListError, Refusals, most_are_names, read_names
from appliance.edge.list_formats import Exempt
from appliance.edge.suffixes import PublicSuffixes
from appliance.judge.categories import CATEGORIES, LEVELS, SERIOUS_CORE
from appliance.judge.domains import BUCKETS, Rule, bucket_of, key_of, name_of

ADDRESSES = "addresses"  # the format of a list that holds no names; it is counted here and matched apart
MOST_NAMES = 30_000_000
MOST_SEALED = 10_000

_SPOOLED = 8192  # lines kept in memory for one bucket
_GUARDS = {"help": "a help line", "witness": "a test of filters", "allow": "a site that schools need"}

Progress = Callable[[str, int, int], None]  # list, bytes read, bytes in all
Remembered = Callable[[str], Iterator[str]]


class Source(Struct, frozen=True, kw_only=True):
    """One list to compile: a file on disk (`path`), or entries from the project's own folder."""

    rule: Rule
    path: str = ""
    format: str = "auto"
    entries: tuple[str, ...] = ()
    licence: str = ""
    updated: float = 0.0
    stamp: str = ""  # changes when the content does
    problem: str = ""  # it can't be read: what it said before stays in force
    warning: str = ""  # it is in force, but something is to be told
    checked: float = 0.0  # see ListStatus


class Tally(Struct, kw_only=True):
    """What came of one source. `examples` are the first refused lines of each reason."""

    entries: int = 0
    covered: int = 0  # already said by a parent or another list
    reasons: dict[str, int] = {}
    examples: dict[str, list[str]] = {}
    problem: str = ""


def order(sources: Iterable[Source]) -> list[Source]:
    """Sources from the strongest to the weakest where two name the same site.

    Help lines, filter tests and the names schools need come first; then the serious core, which nobody may allow; then what the
    school allows; then entries that a person checked, the gravest level first; then all other lists likewise.
    """
    return sorted(sources, key=_strength)


def _strength(source: Source) -> tuple[int, int]:
    rule = source.rule
    if rule.kind == "block":
        level = LEVELS.index(CATEGORIES[rule.category].level) if rule.category else len(LEVELS)
        return (3 if rule.category in SERIOUS_CORE else 5 if rule.checked else 6, level)
    return ({"help": 0, "witness": 1, "allow": 2 if rule.checked else 4}[rule.kind], 0)


class Compilation:
    """One run over all sources. Source n owns two rules: 2n for what the list itself excepts, 2n + 1 for its entries."""

    def __init__(
        self,
        sources: Iterable[Source],
        folder: Path,
        suffixes: PublicSuffixes,
        progress: Progress | None = None,
        remembered: Remembered = lambda _: iter(()),
    ) -> None:
        """`folder` takes the spool files; sources may come in any order. `remembered` gives the names a list gave last time."""
        self.sources = order(sources)
        self.rules = [rule for source in self.sources for rule in _pair(source.rule)]
        self.refusals = [Refusals() for _ in self.sources]
        self.tallies = [Tally(problem=source.problem or source.warning) for source in self.sources]
        self.sealed: dict[str, int] = {}
        self._folder = folder
        self.suffixes = suffixes
        self._progress = progress
        self._remembered = remembered
        self.names = 0

    def spool(self) -> list[Path]:
        """All names, as lines of trie key and rule number, in one file for each bucket."""
        files = [self._folder / f"bucket-{number:02d}" for number in range(BUCKETS)]
        with ExitStack() as stack:
            spools = [_Spool(stack.enter_context(file.open("w", encoding="ascii"))) for file in files]
            for number, source in enumerate(self.sources):
                self._spool_or_remember(number, source, spools)
            for spool in spools:
                spool.flush()
        return files

    def _spool_or_remember(self, number: int, source: Source, spools: Sequence[_Spool]) -> None:
        """A list that can't be read, or only in part, keeps in force what it said before."""
        tally = self.tallies[number]
        if not source.problem:
            try:
                if source.format == ADDRESSES:
                    tally.entries = sum(1 for _ in read_networks(Path(source.path), self.refusals[number]))
                    return
                self._spool_names(self._names_of(number, source), number, source, spools)
                return
            except ListError as error:
                tally.problem = f"The list “{source.rule.list_name}” can't be used: {error}."
        if source.rule.kind == "block" and not source.rule.category:
            return
        kept = self.names
        self._spool_names(self._remembered(source.rule.list_name), number, source, spools)
        if self.names > kept:
            tally.problem += " What it said before stays in force."

    def _spool_names(self, names: Iterator[str], number: int, source: Source, spools: Sequence[_Spool]) -> None:
        excepted, listed = f" {number * 2:06d}\n", f" {number * 2 + 1:06d}\n"
        for name in names:
            if name.startswith("sha256:"):
                self._keep_sealed(name, number)
                continue
            if self._forbidden(name, source.rule):
                self.refusals[number].add("a public suffix, not one site", name)
                continue
            self.names += 1
            if self.names > MOST_NAMES:
                raise ListError(f"there are more than {MOST_NAMES:,} names in all lists")
            # Keys end in a dot and ' ' sorts below every character of a name: an entry comes right before all that is under it.
            spools[bucket_of(name)].add(key_of(name) + (excepted if isinstance(name, Exempt) else listed))

    def _forbidden(self, name: str, rule: Rule) -> bool:
        """Whether a name is a public suffix; our own lists of safe names hold some on purpose (`sch.uk`)."""
        return not (rule.checked and rule.kind != "block") and self.suffixes.forbids(name, checked=rule.checked)

    def _keep_sealed(self, name: str, number: int) -> None:
        if len(self.sealed) < MOST_SEALED:
            self.sealed.setdefault(name, number * 2 + 1)
            self.tallies[number].entries += 1
        else:
            self.refusals[number].add("too many sealed names", name)

    def _names_of(self, number: int, source: Source) -> Iterator[str]:
        if not source.path:
            return iter(source.entries)
        path, progress, label = Path(source.path), self._progress, source.rule.list_name
        size = path.stat().st_size if path.is_file() else 0
        if path.is_file() and not size:
            # A full disk or a broken copy leaves such a file; whoever wants no names can say so in a remark.
            raise ListError("the file is empty")
        tell = (lambda done: progress(label, done, size)) if progress else None
        refusals = self.refusals[number]
        return most_are_names(read_names(path, source.format, refusals, tell), refusals)

    def winners(self, spooled: Path) -> Iterator[tuple[str, int]]:
        """The entries of a bucket that stay, as (trie key, rule number), each after its parents."""
        lines = spooled.read_text(encoding="ascii").splitlines()
        lines.sort()
        above: list[tuple[str, int]] = []  # the kept entries that cover the present one
        for key, ranks in _grouped(lines):
            while above and not key.startswith(above[-1][0]):
                above.pop()
            rule = self._decide(key, ranks, above[-1][1] if above else None)
            if rule is not None:
                above.append((key, rule))
                yield key, rule

    def _decide(self, key: str, claims: list[int], parent: int | None) -> int | None:
        """Which rule a name follows, given the claims on it and the nearest kept parent's rule; None where it is not kept."""
        rule = _strongest(claims, parent)
        for claim in claims:
            if claim % 2 and claim != rule:
                self._count_loser(key, claim, rule)
        if rule is None:
            return None
        reason = self._guarded(rule, parent)
        if reason:
            self.refusals[rule // 2].add(reason, name_of(key))
            return None
        if rule == parent:
            self.tallies[rule // 2].covered += 1
            return None
        self.tallies[rule // 2].entries += rule % 2
        return rule

    def _count_loser(self, key: str, claim: int, winner: int | None) -> None:
        """A name that another source decides: refused where that one clears it, otherwise said already."""
        kind = "block" if winner is None else self.rules[winner].kind
        if self.rules[claim].kind == "block" and kind in _GUARDS:
            self.refusals[claim // 2].add(_GUARDS[kind], name_of(key))
        else:
            self.tallies[claim // 2].covered += 1

    def _guarded(self, number: int, parent: int | None) -> str:
        """Why the nearest kept parent forbids this entry, or empty text."""
        if parent is None:
            return ""
        rule, over = self.rules[number], self.rules[parent]
        if rule.kind == "block" and (over.kind in ("help", "witness") or (over.whole and not rule.checked)):
            return _GUARDS[over.kind]
        if rule.kind == "allow" and not rule.checked and over.category in SERIOUS_CORE and number != parent - 1:
            return "below a site that nobody may allow"
        return ""


def _pair(rule: Rule) -> tuple[Rule, Rule]:
    """The rule for what a list excepts, and the list's own."""
    return Rule(list_name=rule.list_name, kind="allow", version=rule.version), rule


def _strongest(claims: Sequence[int], parent: int | None) -> int | None:
    """The strongest source that names the site. A list's exception silences that list only, here and below its own entry."""
    for claim in claims:
        if claim % 2 and claim - 1 not in claims:
            return claim
    return parent - 1 if parent is not None and parent % 2 and parent - 1 in claims else None


def _grouped(lines: Iterable[str]) -> Iterator[tuple[str, list[int]]]:
    """Sorted lines as (key, rules in rising order), one for each key."""
    present, ranks = "", list[int]()
    for line in lines:
        key, _, rank = line.partition(" ")
        if key != present:
            if ranks:
                yield present, ranks
            present, ranks = key, []
        ranks.append(int(rank))
    if ranks:
        yield present, ranks


class _Spool:
    """Lines on their way to one file, written in batches."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._lines: list[str] = []

    def add(self, line: str) -> None:
        self._lines.append(line)
        if len(self._lines) >= _SPOOLED:
            self.flush()

    def flush(self) -> None:
        self._file.writelines(self._lines)
        self._lines.clear()
