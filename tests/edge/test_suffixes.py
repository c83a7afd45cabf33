"""Public suffixes are refused as entries."""

from __future__ import annotations

import pytest
from publicsuffixlist import PublicSuffixList

from appliance.edge.suffixes import PublicSuffixes

SUFFIXES = PublicSuffixes.bundled()
PEERS = PublicSuffixList()


@pytest.mark.parametrize(
    "name", ["co.uk", "some.sch.uk", "github.io", "pages.dev", "s3.amazonaws.com", "foo.ck", "xn--55qx5d.cn"]
)
def test_suffixes_are_forbidden_also_those_of_hosting_firms(name: str) -> None:
    assert SUFFIXES.forbids(name)
    assert PEERS.publicsuffix(name) == name


@pytest.mark.parametrize("name", ["example.co.uk", "example.com", "someone.github.io", "www.ck", "bbc.co.uk"])
def test_sites_are_not(name: str) -> None:
    assert not SUFFIXES.forbids(name)
    assert PEERS.publicsuffix(name) != name


@pytest.mark.parametrize(
    "name",
    [
        *(
            "www.bbc.co.uk",
            "bbc.co.uk",
            "co.uk",
            "a.b.someone.github.io",
            "github.io",
            "x.school.some.sch.uk",
            "www.ck",
            "a.www.ck",
        ),
        *("foo.ck", "a.foo.ck", "a.b.foo.ck", "host.unknown-tld", "deep.host.unknown-tld", "single", ""),
    ],
)
def test_what_somebody_can_own_is_one_label_more_than_the_suffix(name: str) -> None:
    assert SUFFIXES.registrable(name) == (PEERS.privatesuffix(name) or "")


def test_the_parent_of_a_wildcard_is_forbidden_too() -> None:
    assert SUFFIXES.forbids("sch.uk")


def test_a_checked_entry_may_name_a_hosting_suffix_but_never_a_registry() -> None:
    assert not SUFFIXES.forbids("ngrok-free.app", checked=True)
    assert SUFFIXES.forbids("ngrok-free.app")
    assert SUFFIXES.forbids("co.uk", checked=True)
