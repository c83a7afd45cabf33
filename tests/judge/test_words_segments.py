"""Labels cut into words: the cheapest way, every letter kept, in bounded time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.judge.words_segments import LONGEST, cut, read_label

COSTS = {
    word: 10.0
    for word in ("therapist", "finder", "the", "rapist", "represents", "experts", "exchange", "expert", "sex", "change")
}
COSTS |= {"a": 8.0, "who": 8.0, "presents": 12.0, "whore": 14.0, "abba": 10.0}


@pytest.mark.parametrize(
    ("run", "words"),
    [
        ("therapistfinder", ["therapist", "finder"]),
        ("whorepresents", ["who", "represents"]),
        ("expertsexchange", ["experts", "exchange"]),
        ("finderzqxk", ["finder", "zqxk"]),
        ("zqxkfinder", ["zqxk", "finder"]),
        ("zqxk", ["zqxk"]),
        ("sex", ["sex"]),
    ],
)
def test_a_run_is_cut_the_cheapest_way(run: str, words: list[str]) -> None:
    assert cut(run, COSTS) == words


def test_letters_that_are_no_word_are_one_unknown_piece_and_hyphens_and_numbers_begin_anew() -> None:
    tokens = read_label("finder-zqx42sex", COSTS)
    assert [(token.text, token.known, token.begins) for token in tokens] == [
        ("finder", True, True),
        ("zqx", False, True),
        ("42", True, True),
        ("sex", True, True),
    ]
    assert not read_label("zqxfinder", COSTS)[1].begins


def test_an_empty_label_has_no_words() -> None:
    assert read_label("", COSTS) == ()
    assert read_label("---", COSTS) == ()


@given(st.text(alphabet="abhorewpnts-0", max_size=63))
def test_no_letter_is_lost_or_made_up(label: str) -> None:
    assert "".join(token.text for token in read_label(label, COSTS)) == label.replace("-", "")


def test_time_grows_with_the_length_only() -> None:
    began = time.process_time()
    cut("ab" * 5_000, COSTS)
    assert time.process_time() - began < 2.0
    assert LONGEST < 64
