from __future__ import annotations

import pytest

import phrase_lists
from appliance.judge.company import REMEMBERED, Company, is_of_the_network


def test_names_are_told_with_all_that_is_below_an_entry_and_no_more() -> None:
    company = Company({"ads.test"}, {"clients.maker.test"})
    assert company.of("x.ads.test").is_advert and not company.of("badads.test").is_advert
    assert company.of("a.clients.maker.test").is_background and not company.of("www.maker.test").is_background
    assert company.of("www.google.co.uk").is_search and company.of("a.b.co.uk").site == "b.co.uk"


@pytest.mark.parametrize("name", ["kqzwvxtr", "wpad.school.example", "_dns.resolver.arpa", "printer.local", "nas.lan"])
def test_what_machines_ask_about_their_own_network_is_nobodys_choice(name: str) -> None:
    assert is_of_the_network(name)


@pytest.mark.parametrize("name", ["bbc.co.uk", "www.lan.example", "dns.example", "localschool.example"])
def test_sites_are_not_taken_for_the_network(name: str) -> None:
    assert not is_of_the_network(name)


def test_names_that_are_remembered_are_bounded() -> None:
    company = Company()
    for number in range(REMEMBERED + 10):
        company.of(f"n{number}.test")
    assert len(company) <= REMEMBERED


def test_what_people_open_is_not_on_the_list_of_the_background() -> None:
    company = Company(background=phrase_lists.background_names())
    people = (
        *("www.google.com", "www.bing.com", "www.apple.com", "www.microsoft.com", "www.facebook.com", "docs.google.com"),
        *("classroom.google.com", "www.mozilla.org", "support.google.com", "teams.microsoft.com", "www.msn.com"),
    )
    assert [name for name in people if company.of(name).is_background] == []
    assert all(
        company.of(name).is_background for name in ("clients2.google.com", "p42-keyvalueservice.icloud.com", "ntp.msn.com")
    )
