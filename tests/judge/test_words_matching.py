"""Phrases among pieces: covers, short words, stems, weights, and the quick check that spares most labels."""

from __future__ import annotations

from appliance.judge.words import judge_text, judge_words
from appliance.judge.words_matching import Calm, Phrase, Words, found_in, phrases_in

GUN = Phrase(("gun",), "weapons", 3)
SHOP = Phrase(("gun", "shop"), "weapons", 4)
COSTS = {"gun": 10.0, "shop": 10.0, "glue": 10.0, "museum": 10.0, "proxy": 10.0, "free": 10.0}
WORDS = Words(
    COSTS,
    [
        GUN,
        SHOP,
        Phrase(("proxy",), "proxy_avoidance", 2),
        Phrase(("free",), "proxy_avoidance", 1),
        Phrase(("thinspo",), "eating_disorders", 4),
    ],
    covers=[Calm(("glue", "gun"), frozenset(("weapons",)))],
    clears=[Calm(("museum",))],
    hosting={"host.example": 1},
    endings={"guns": Phrase(("guns",), "weapons", 4)},
    version="1",
)


def test_entries_are_found_with_their_places() -> None:
    assert list(found_in(("a", "gun", "shop"), WORDS.in_names)) == [(1, GUN), (1, SHOP)]
    assert list(found_in((), WORDS.in_names)) == []
    assert list(found_in(("shop",), WORDS.in_names)) == []


def test_a_harmless_phrase_covers_what_stands_within_it_only() -> None:
    assert list(phrases_in(("glue", "gun"), WORDS.in_names, WORDS)) == []
    assert [phrase for _, phrase in phrases_in(("glue", "gun", "shop"), WORDS.in_names, WORDS)] == [SHOP]


def test_a_short_word_next_to_letters_that_are_no_word_is_not_meant() -> None:
    assert WORDS.read("gunshop").phrases
    assert WORDS.read("gun-zqxkv").phrases
    assert not WORDS.read("gunzqxkv").phrases
    assert not WORDS.read("zqxkvgun").phrases


def test_a_word_that_clears_may_stand_anywhere_in_the_name() -> None:
    assert judge_words("gunshop.example", WORDS) is not None
    assert judge_words("gunshop.museum-news.example", WORDS) is None


def test_weights_add_up_but_weak_words_alone_never_do() -> None:
    assert judge_words("proxy.example", WORDS) is None
    assert judge_words("freeproxy.example", WORDS) is not None
    assert judge_words("free.example", WORDS) is None
    assert judge_words("proxy.host.example", WORDS) is not None


def test_a_word_said_twice_or_within_a_longer_phrase_counts_once() -> None:
    twice = judge_words("gun.gun.example", WORDS)
    assert twice is not None
    assert (twice.entry, twice.confidence) == ("gun", "low")
    longer = judge_words("gunshop.example", WORDS)
    assert longer is not None
    assert longer.entry == "gun shop"


def test_a_telling_ending_is_enough() -> None:
    verdict = judge_words("zqxkv.guns", WORDS)
    assert verdict is not None
    assert verdict.reason.startswith("No list names zqxkv.guns, but it says “guns”, which may mean")


def test_a_stem_is_told_however_long_it_is_drawled() -> None:
    for label in ("thinspo", "thinnspo", "thiiinspooo", "my-thinspoooo"):
        assert WORDS.read(label).phrases, label
    assert judge_text("thinspooo", WORDS)[0].category == "eating_disorders"


def test_the_quick_check_lets_nothing_through_that_holds_no_telling_letters() -> None:
    assert WORDS.may_hold("myproxylist")
    assert not WORDS.may_hold("prox")
    assert not WORDS.may_hold("fr")
    assert not WORDS.may_hold("")
