"""Names in the form that lists hold them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.judge.names import LONGEST, normalise


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("example.com", "example.com"),
        ("  WWW.Example.COM. ", "www.example.com"),
        ("_dmarc.example.com", "_dmarc.example.com"),
        ("r4---sn-5hne.example.com", "r4---sn-5hne.example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("example。com", "example.com"),
        ("ｅｘａｍｐｌｅ.com", "example.com"),
        ("почта.рф", "xn--80a1acny.xn--p1ai"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
    ],
)
def test_a_name_is_brought_into_one_form(text: str, name: str) -> None:
    assert normalise(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "localhost",
        "192.0.2.1",
        "2001:db8::1",
        "1.2.3.4.5",
        "example..com",
        ".example.com",
        "exam ple.com",
        "example.com/path",
        "example.com:443",
        "http://example.com",
        "*.example.com",
        "exa*mple.com",
        "cg\u2011dialup.net",  # U+2011 is no hyphen
        "smile\u263a.example",
        "a" * 64 + ".example",
        ".".join(["abcdefgh"] * 40),
        "ü" * 70 + ".example",
        "example.c",
        "example.123",
        "null\x00.example",
    ],
)
def test_what_could_not_be_a_site_is_refused(text: str) -> None:
    assert normalise(text) is None


@given(st.text(max_size=300))
def test_any_text_is_a_name_in_stable_form_or_none(text: str) -> None:
    name = normalise(text)
    assert name is None or (normalise(name) == name and name.isascii() and len(name) <= LONGEST)
