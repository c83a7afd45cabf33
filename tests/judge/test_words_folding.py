"""Text made plain: every form of a letter becomes one, and no input raises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.judge.words_folding import (
    collapse,
    decode,
    drawn_as,
    joined,
    pieces,
    plain,
    repeats,
    text_pieces,
    without_leet,
)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Żółć", "zolc"),
        ("Sinucidére", "sinucidere"),
        ("țigări", "tigari"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("ŵyneb", "wyneb"),
    ],
)
def test_accents_and_capitals_are_folded_away(written: str, read: str) -> None:
    assert plain(written) == read


def test_arabic_letters_have_one_form_whoever_typed_them() -> None:
    assert plain("إيذاء النفس") == plain("ایذاء النفس")
    assert plain("مُخَدِّرات") == plain("مخدرات")
    assert plain("عارية") == plain("عاریہ")


def test_punycode_is_decoded_and_rubbish_stays_as_it_is() -> None:
    assert decode("xn--bcher-kva") == "bücher"
    assert decode("plain") == "plain"
    assert decode("xn--99999999999999") == "xn--99999999999999"
    assert decode("xn--") == ""


def test_letters_of_other_scripts_are_read_as_what_they_are_drawn_like() -> None:
    assert drawn_as("роrn") == "porn"
    assert drawn_as("сasinο") == "casino"
    assert drawn_as("москва") != "moscow"


def test_a_one_may_be_an_i_or_an_l() -> None:
    assert without_leet("k1ll") == ("kill", "klll")
    assert without_leet("p0rn") == ("porn",)


def test_repeated_letters_collapse() -> None:
    assert collapse("selfharmmm") == "selfharm"
    assert repeats("thinnspo")
    assert not repeats("thinspo")


def test_pieces_are_words_and_numbers() -> None:
    assert pieces("bet365-uk") == ("bet", "365", "uk")
    assert text_pieces("I don't, really!") == ("i", "dont", "really")
    assert joined("how-to_die") == "howtodie"


@given(st.text(max_size=300))
def test_any_text_folds(text: str) -> None:
    for folded in (plain(text), drawn_as(plain(text)), decode(text), decode("xn--" + text), collapse(text), *without_leet(text)):
        assert isinstance(folded, str)
    assert plain(plain(text)) == plain(text) or not text.isascii()
    assert all(text_pieces(text))
