from __future__ import annotations

import pytest

from appliance.judge.cleaning import clean_name


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("ipad-07", "ipad-07"),
        ("  Miss Ngũgĩ’s iPad ", "Miss Ngũgĩ’s iPad"),
        ("a\x00b\nc", "a b c"),
        ("\u202egpj.exe", "gpj.exe"),
        ("\x1b[31mred", "[31mred"),
        ("\u200b\u2066", ""),
        ("", ""),
        ("<script>", "<script>"),
    ],
)
def test_names_lose_what_could_harm_a_reader(told: str, kept: str) -> None:
    assert clean_name(told) == kept


def test_names_are_at_most_a_label_long() -> None:
    assert len(clean_name("x" * 10_000)) == 63
    assert len(clean_name("é" * 10_000)) == 63
