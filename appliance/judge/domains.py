"""What the compiled lists say of one name: the most specific entry that covers it, by whole labels.

`notevil.com` and `evil.com.example` are not covered by an entry `evil.com`; `www.evil.com` is. The files behind the tries are
opened at the edge; this module only looks things up. It does not decide about devices, patterns or incidents.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, Protocol
from zlib import crc32

from msgspec import Struct

from appliance.judge.categories import CATEGORIES
from appliance.model import Level, ListStatus

Kind = Literal["help", "allow", "block", "witness"]

BUCKETS = 64
_CACHED = 16_384  # names; a school asks for a few thousand different ones a day


class Rule(Struct, frozen=True, kw_only=True):
    """What every entry of one list (or one class of a list) means. `phrase` replaces the category's own in sentences.

    `checked` entries were read by a person; those of a downloaded list are weaker evidence. `whole`: nothing below may be flagged
    by a downloaded list.
    """

    list_name: str
    kind: Kind = "block"
    category: str = ""
    phrase: str = ""
    version: str = ""
    exercise: bool = False
    checked: bool = False
    whole: bool = False


class Match(Struct, frozen=True, kw_only=True):
    """The entry that covers a name. `category` and `level` are empty unless `kind` is block."""

    kind: Kind
    category: str
    level: Level | None
    list_name: str
    entry: str
    version: str
    phrase: str = ""
    exercise: bool = False
    checked: bool = False


class PrefixTrie(Protocol):
    """What is wanted of a trie of keys as `key_of` makes them."""

    def prefixes(self, key: str) -> list[str]:
        """Every stored key that `key` begins with, shortest first."""
        ...

    def __getitem__(self, key: str) -> int:
        """The number of a stored key."""
        ...


class Shard(Struct, frozen=True):
    """One trie and, by the number of each of its keys, which rule the key follows."""

    trie: PrefixTrie
    rules: Sequence[int]


def key_of(name: str) -> str:
    """A name as tries hold it, `moc.elpmaxe.`: read backwards and closed by a dot, so that exactly its parents begin it.

    Turning characters round takes one step in C; turning labels round would take a list and several.
    """
    return name[::-1] + "."


def name_of(key: str) -> str:
    """The name of a trie's key."""
    return key[-2::-1]


def bucket_of(name: str) -> int:
    """Which bucket a name of two labels or more falls into: the last two decide, so that parents share it."""
    return _checksum(name) % BUCKETS


def _checksum(name: str) -> int:
    """The CRC-32 of a name's last two labels."""
    return crc32(name[name.rfind(".", 0, name.rindex(".")) + 1 :].encode())


class DomainLists:
    """All lists in force. Look-ups remember the last names; nothing else in here changes."""

    def __init__(
        self,
        shards: Sequence[Shard] = (),
        shard_of_bucket: Sequence[int] = (0,) * BUCKETS,
        rules: Sequence[Rule] = (),
        *,
        sealed: Mapping[str, int] | None = None,
        seal: Callable[[str], str] = str,
        statuses: tuple[ListStatus, ...] = (),
        version: str = "",
    ) -> None:
        """`sealed` maps keyed hashes, as `seal` makes them, to rule numbers."""
        self.statuses = statuses
        self.version = version
        self._shards = [shards[number] for number in shard_of_bucket] if shards else []
        self._rules = rules
        self._sealed = sealed or {}
        self._tags = bytearray(0x1000)
        for key in self._sealed:
            self._tags[int(key.split(":")[1], 16)] = 1
        self._seal = seal
        self._cache: dict[str, Match | None] = {}

    def match(self, name: str) -> Match | None:
        """The entry that covers `name` (lower case, no final dot), or None. Help lines and allowed names come back as such."""
        try:
            return self._cache[name]
        except KeyError:
            pass
        found = self._look_up(name)
        if len(self._cache) >= _CACHED:
            self._cache.clear()
        self._cache[name] = found
        return found

    def _look_up(self, name: str) -> Match | None:
        """The most specific entry; a sealed one counts where it is at least as specific and nothing clears the name."""
        if "." not in name:
            return None
        check = _checksum(name)
        listed = None
        if self._shards:
            shard = self._shards[check % BUCKETS]
            covering = shard.trie.prefixes(name[::-1] + ".")
            if covering:
                key = covering[-1]
                listed = self._matched(shard.rules[shard.trie[key]], name_of(key))
        if (listed is None or listed.kind == "block") and self._may_be_sealed(name, check):
            hidden = self._hidden(name)
            if hidden is not None and (listed is None or len(hidden.entry) >= len(listed.entry)):
                return hidden
        return listed

    def _may_be_sealed(self, name: str, check: int) -> bool:
        """Whether the name's last two or three labels have a sealed entry's checksum: hardly ever, and then no hashing."""
        if self._tags[check & 0xFFF]:
            return True
        cut = name.rfind(".", 0, name.rfind(".", 0, name.rindex(".")))
        # Of a name of two labels this hashes the last one alone: a needless look at the seals at worst.
        return self._tags[crc32(name[cut + 1 :].encode()) & 0xFFF] == 1

    def _hidden(self, name: str) -> Match | None:
        """The sealed entry that covers the name, if any. Sealed entries are registrable domains of two or three labels."""
        labels = name.rsplit(".", 3)[-3:]
        for start in (0, len(labels) - 2):
            parent = ".".join(labels[start:])
            rule = self._sealed.get(self._seal(parent))
            if rule is not None:
                return self._matched(rule, parent)
        return None

    def _matched(self, number: int, entry: str) -> Match:
        rule = self._rules[number]
        return Match(
            kind=rule.kind,
            category=rule.category,
            level=CATEGORIES[rule.category].level if rule.category in CATEGORIES else None,
            list_name=rule.list_name,
            entry=entry,
            version=rule.version,
            phrase=rule.phrase,
            exercise=rule.exercise,
            checked=rule.checked,
        )
