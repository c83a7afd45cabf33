"""What the school calls the parts of its network."""

from __future__ import annotations

import pytest

from appliance.edge.store import Store
from appliance.school import Vlan
from tests.web_ui import school
from tests.web_ui.conftest import Visitor
from tests.web_ui.test_incidents import words

TABLET = school.mac(7)


@pytest.fixture
def tagged(morning: Store) -> Store:
    """A morning with devices in two VLANs."""
    morning.save_devices([school.a_device(7, vlan=20), school.a_device(9, vlan=20), school.a_device(30, vlan=30)])
    return morning


def test_every_part_that_a_device_was_heard_in_is_there_to_be_named(tagged: Store, head: Visitor) -> None:
    page = words(head.get("/vlans").text)
    tagged.register.save_vlan(Vlan(number=90, name="guests"), by="x", now=school.NOW)
    assert "VLAN 90: guests No device was heard in it so far" in words(head.get("/vlans").text)
    assert "VLAN 20 No name yet 2 devices were heard in it VLAN 30 No name yet One device was heard in it" in page


def test_a_name_is_kept_recorded_and_said_wherever_the_part_is_shown(tagged: Store, head: Visitor) -> None:
    head.get("/vlans")
    answer = head.post("/vlans", {"number": "20", "name": "pupils’ tablets", "group": "staff"})
    assert answer.location == "/vlans" and tagged.register.vlans() == [Vlan(number=20, name="pupils’ tablets", group="staff")]
    assert "VLAN 20: pupils’ tablets Staff devices 2 devices were heard" in words(head.get("/vlans").text)
    assert "Part of the network VLAN 20: pupils’ tablets" in words(head.get(f"/devices/{TABLET}").text)
    assert "2 parts of the network: VLAN 20: pupils’ tablets; VLAN 30." in words(head.get("/set-up/steps/mirror").text)
    assert "Mrs Bevan" in (log := words(head.get("/who-looked").text)) and "Changed what a part of the network is called." in log


def test_an_empty_name_takes_it_away(tagged: Store, head: Visitor) -> None:
    tagged.register.save_vlan(Vlan(number=20, name="old"), by="x", now=school.NOW)
    head.get("/vlans")
    head.post("/vlans", {"number": "20", "name": ""})
    assert tagged.register.vlans() == []
    assert "Part of the network VLAN 20" in words(head.get(f"/devices/{TABLET}").text)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"number": "0", "name": "x"}, "from 1 to 4094"),
        ({"number": "4095", "name": "x"}, "from 1 to 4094"),
        ({"number": "٢٠", "name": "x"}, "from 1 to 4094"),
        ({"number": "9" * 5_000, "name": "x"}, "from 1 to 4094"),
        ({"number": "40", "name": ""}, "Enter what you call this part of the network"),
        ({"number": "40", "name": "x" * 64}, "63 characters or fewer"),
        ({"number": "40", "name": "kept", "group": "nowhere"}, "Choose a group from the list"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(
    tagged: Store, head: Visitor, fields: dict[str, str], said: str
) -> None:
    head.get("/vlans")
    answer = head.post("/vlans", fields)
    assert answer.status_code == 400 and said in answer.text
    assert not fields["name"] or f'value="{fields["name"]}"' in answer.text
    assert tagged.register.vlans() == []


def test_a_hostile_name_stays_text(tagged: Store, head: Visitor) -> None:
    head.get("/vlans")
    head.post("/vlans", {"number": "20", "name": "<img src=x>\u202egpj"})
    for path in ("/vlans", f"/devices/{TABLET}", "/set-up/steps/mirror"):
        page = head.get(path).text
        assert "&lt;img" in page and "<img src=x" not in page and "\u202e" not in page
