"""What the compiled lists say of one name: the most specific entry that covers it, by whole labels.

`notevil.com` and `evil.com.example` are not covered by an entry `evil.com`; `www.evil.com` is. The files behind the tries are
opened at the edge; this module only looks things up. It does not decide about devices, patterns or incidents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, Protocol
from zlib import crc32

from msgspec import Struct

from appliance.judge.categories import CATEGORIES
from appliance.model import Level, ListStatus

Kind = Literal["help", "allow", "block", "witness"]

BUCKETS = 64
_SPREAD = 0x9E3779B1  # odd and without pattern: a mark's second bit falls elsewhere than its first
_CACHED = 16_384  # names found; that a name is on no list costs little to say again


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


class Match(Struct, frozen=True, kw_only=True, gc=False):
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

    def iter_prefixes_with_ids(self, key: str) -> Iterator[tuple[str, int]]:
        """Every stored key that `key` begins with and its number, shortest first."""
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
    return crc32(_last_labels(name, 2)) % BUCKETS


def _last_labels(name: str, count: int) -> bytes:
    return ".".join(name.rsplit(".", count)[-count:]).encode()


class Sieve(Struct, frozen=True):
    """Bits that say of most names that they are on no list: none of them needs a trie, and few a second checksum."""

    bits: Sequence[int]  # bytes


def fill_sieve(bits: bytearray, entry: str) -> None:
    """Set both bits of the entry's last three labels, or of both where it has two; names with the same last two are let in."""
    let_in(bits, entry)
    mark = crc32(_last_labels(entry, 3))
    for place in _places(mark, len(bits) << 3):
        bits[place >> 3] |= 1 << (place & 7)


def let_in(bits: bytearray, suffix: str) -> None:
    """Names with these last two labels are looked at by their third: a sealed entry is known by three where two are `co.uk`."""
    place = _places(crc32(_last_labels(suffix, 2)), len(bits) << 3)[0]
    bits[place >> 3] |= 1 << (place & 7)


def _places(mark: int, count: int) -> tuple[int, int]:
    return mark % count, (mark * _SPREAD >> 7) % count


class DomainLists:
    """All lists in force. Look-ups remember the last names that were found; nothing else in here changes."""

    def __init__(
        self,
        shards: Sequence[Shard] = (),
        shard_of_bucket: Sequence[int] = (0,) * BUCKETS,
        rules: Sequence[Rule] = (),
        *,
        sieve: Sieve | None = None,
        sealed: Mapping[str, int] | None = None,
        seal: Callable[[str], str] = str,
        statuses: tuple[ListStatus, ...] = (),
        version: str = "",
    ) -> None:
        """`sealed` maps keyed hashes, as `seal` makes them, to rule numbers. Without a sieve every name goes to the tries."""
        self.statuses = statuses
        self.version = version
        self._shards = [shards[number] for number in shard_of_bucket] if shards else []
        self._rules = rules
        self._sealed = sealed or {}
        self._tags = bytearray(0x1000)
        for key in self._sealed:
            self._tags[int(key.split(":")[1], 16)] = 1
        self._seal = seal
        self._bits = sieve.bits if sieve else b"\xff"
        self._bit_count = len(self._bits) << 3
        self._cache: dict[str, Match] = {}

    def match(self, name: str) -> Match | None:
        """The entry that covers `name` (lower case, no final dot), or None. Help lines and allowed names come back as such."""
        # As in let_in, written out: this runs for every name, and nearly all of them end here.
        two = crc32(name[name.rfind(".", 0, name.rfind(".")) + 1 :].encode())
        place = two % self._bit_count
        if not (self._bits[place >> 3] >> (place & 7) & 1 or self._tags[two & 0xFFF]):
            return None
        known = self._cache.get(name)
        if known is not None:
            return known
        found = self._look_up(name, two)
        if found is not None:
            if len(self._cache) >= _CACHED:
                self._cache.clear()
            self._cache[name] = found
        return found

    def _look_up(self, name: str, two: int) -> Match | None:
        """The most specific entry; a sealed one counts where it is at least as specific and nothing clears the name."""
        cut = name.rfind(".", 0, name.rfind("."))
        three = crc32(name[name.rfind(".", 0, cut) + 1 :].encode()) if cut > 0 else two
        listed = self._listed(name, two) if self._may_hold(two) or self._may_hold(three) else None
        tags = self._tags
        if (tags[two & 0xFFF] or tags[three & 0xFFF]) and (listed is None or listed.kind == "block"):
            hidden = self._hidden(name)
            if hidden is not None and (listed is None or len(hidden.entry) >= len(listed.entry)):
                return hidden
        return listed

    def _may_hold(self, mark: int) -> bool:
        """Whether both bits of a mark are set."""
        first, second = mark % self._bit_count, (mark * _SPREAD >> 7) % self._bit_count
        return bool(self._bits[first >> 3] >> (first & 7) & self._bits[second >> 3] >> (second & 7) & 1)

    def _listed(self, name: str, two: int) -> Match | None:
        """The longest entry of the tries that covers the name."""
        if not self._shards:
            return None
        shard = self._shards[two % BUCKETS]
        covering = [*shard.trie.iter_prefixes_with_ids(name[::-1] + ".")]
        if not covering:
            return None
        key, number = covering[-1]
        return self._matched(shard.rules[number], name_of(key))

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
