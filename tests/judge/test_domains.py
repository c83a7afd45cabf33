"""Look-ups by whole labels, in tries made by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

import phrase_lists
from appliance.judge import domains
from appliance.judge.domains import BUCKETS, DomainLists, Match, Rule, Shard, Sieve, bucket_of, fill_sieve, key_of

PORN = Rule(list_name="adult list", category="pornography", version="3")
GAMES = Rule(list_name="games list", category="games", checked=True)
HELP = Rule(list_name="help", kind="help")
ALLOW = Rule(list_name="needed", kind="allow")
SUICIDE = Rule(list_name="gravest", category="suicide", checked=True)
RULES = (PORN, GAMES, HELP, ALLOW, SUICIDE)


class SlowTrie:
    """A trie that looks at every key."""

    def __init__(self, keys: list[str]) -> None:
        self._keys = sorted(keys)
        self.asked = 0

    def iter_prefixes_with_ids(self, key: str) -> Iterator[tuple[str, int]]:
        self.asked += 1
        return ((stored, number) for number, stored in enumerate(self._keys) if key.startswith(stored))


def lists_of(entries: Mapping[str, Rule], sealed: Mapping[str, Rule] | None = None) -> tuple[DomainLists, SlowTrie]:
    trie = SlowTrie([key_of(name) for name in entries])
    by_key = {key_of(name): RULES.index(rule) for name, rule in entries.items()}
    hidden = {phrase_lists.seal(name): RULES.index(rule) for name, rule in (sealed or {}).items()}
    rules = [by_key[key] for key in sorted(by_key)]
    return DomainLists([Shard(trie, rules)], (0,) * BUCKETS, RULES, sealed=hidden, seal=phrase_lists.seal), trie


def found(lists: DomainLists, name: str) -> tuple[str, str, str] | None:
    match = lists.match(name)
    return None if match is None else (match.kind, match.category, match.entry)


@pytest.mark.parametrize("name", ["evil.com", "www.evil.com", "a.b.c.evil.com"])
def test_an_entry_covers_itself_and_what_is_below_it(name: str) -> None:
    lists, _ = lists_of({"evil.com": PORN})
    assert found(lists, name) == ("block", "pornography", "evil.com")


@pytest.mark.parametrize(
    "name", ["notevil.com", "evil.com.example", "evil.community", "evil.co", "com", "evil", "vil.com", "evil.com-a.net", ""]
)
def test_near_misses_are_not_covered(name: str) -> None:
    lists, _ = lists_of({"evil.com": PORN})
    assert lists.match(name) is None


def test_the_most_specific_entry_wins() -> None:
    lists, _ = lists_of(
        {"example.com": PORN, "games.example.com": GAMES, "help.games.example.com": HELP, "safe.example.com": ALLOW}
    )
    assert found(lists, "www.example.com") == ("block", "pornography", "example.com")
    assert found(lists, "x.games.example.com") == ("block", "games", "games.example.com")
    assert found(lists, "help.games.example.com") == ("help", "", "help.games.example.com")
    assert found(lists, "a.safe.example.com") == ("allow", "", "safe.example.com")


def test_an_answer_names_list_version_level_and_whether_it_was_checked() -> None:
    lists, _ = lists_of({"evil.com": PORN})
    assert lists.match("evil.com") == Match(
        kind="block", category="pornography", level="look", list_name="adult list", entry="evil.com", version="3"
    )


def test_a_sealed_entry_is_found_below_and_at_its_name() -> None:
    lists, _ = lists_of({"other.example": PORN}, sealed={"grave.co.uk": SUICIDE, "grave.com": SUICIDE})
    for name, entry in (("grave.com", "grave.com"), ("www.a.grave.com", "grave.com"), ("forum.grave.co.uk", "grave.co.uk")):
        assert found(lists, name) == ("block", "suicide", entry)
    assert lists.match("notgrave.com") is None
    assert lists.match("grave.com.example") is None


def test_a_sealed_entry_yields_to_what_is_allowed_and_beats_a_vaguer_block() -> None:
    lists, _ = lists_of({"grave.com": PORN, "help.grave.com": HELP}, sealed={"grave.com": SUICIDE})
    assert found(lists, "www.grave.com") == ("block", "suicide", "grave.com")
    assert found(lists, "help.grave.com") == ("help", "", "help.grave.com")


def test_no_lists_find_nothing() -> None:
    assert DomainLists().match("example.com") is None


def test_a_name_that_was_found_is_remembered() -> None:
    lists, trie = lists_of({"evil.com": PORN})
    for _ in range(3):
        assert found(lists, "evil.com")
    assert trie.asked == 1


def test_a_sieve_spares_the_tries_and_loses_nothing() -> None:
    entries = ["evil.com", "a.evil.net", "a.b.c.evil.org", "evil.co.uk", "x.y"]
    bits = bytearray(64)
    for entry in entries:
        fill_sieve(bits, entry)
    trie = SlowTrie([key_of(entry) for entry in entries])
    lists = DomainLists([Shard(trie, [0] * len(entries))], (0,) * BUCKETS, RULES, sieve=Sieve(bits))
    for entry in entries:
        for name in (entry, f"www.{entry}", f"a.b.www.{entry}"):
            assert found(lists, name) == ("block", "pornography", entry)
    trie.asked = 0
    assert not any(lists.match(f"site{number}.example") for number in range(1000))
    assert trie.asked < 50


def test_memory_of_names_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(domains, "_CACHED", 8)
    lists, trie = lists_of({"evil.com": PORN})
    for number in range(1000):
        lists.match(f"host{number}.evil.com")
        assert len(lists._cache) <= 8
    assert trie.asked == 1000


def test_a_name_and_its_parents_fall_into_one_bucket() -> None:
    assert bucket_of("example.com") == bucket_of("www.example.com") == bucket_of("b.a.example.com")
    assert {bucket_of(f"site{number}.com") for number in range(1000)} == set(range(BUCKETS))
