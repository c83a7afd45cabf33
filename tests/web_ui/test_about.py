"""What this box sees: told from what is in force, to everybody, without anything about anybody."""

from __future__ import annotations

import pytest

from appliance.edge.store import Store, StoreBusy
from appliance.school import Group
from tests.web_ui import school, served
from tests.web_ui.conftest import Visitor


def test_it_tells_what_is_looked_for_here_and_nothing_else(morning: Store, visitor: Visitor) -> None:
    morning.save_lists([status for status in school.a_health().lists if status.category != "pornography"])
    page = visitor.get("/what-this-box-sees").text
    assert "Gambling" in page and "Suicide" in page
    assert "Pornography" not in page and "Dating" not in page


def test_it_tells_the_groups_and_who_can_look_but_no_device_and_no_person(
    account: None, morning: Store, visitor: Visitor
) -> None:
    morning.register.save_group(Group(id="oak", name="Oak <trolley>", kind="trolley"), by="x", now=school.NOW)
    morning.add_account("it", "Mr Nerd", "technician", served.hashed(), now=school.NOW)
    page = visitor.get("/what-this-box-sees").text
    assert "Oak &lt;trolley&gt;" in page and "IT support sees" in page and "Governors see" not in page
    assert "iPad-0" not in page and "Nerd" not in page and "Bevan" not in page


def test_it_names_places_that_are_never_recorded(visitor: Visitor) -> None:
    page = visitor.get("/what-this-box-sees").text
    assert "childline.org.uk" in page and "not even counted" in page
    assert "forgotten within 2 days" in page


def test_it_opens_even_where_the_records_can_not_be_read(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> None:
        raise StoreBusy("busy")

    monkeypatch.setattr("appliance.edge.store.store.Store.lists", refuse)
    answer = visitor.get("/what-this-box-sees")
    assert answer.status_code == 200 and "What it doesn’t see" in answer.text
