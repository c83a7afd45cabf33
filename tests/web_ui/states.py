"""The states that a box can be in, each as a store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from appliance.edge.store import Store
from appliance.model import Role
from appliance.school import CheckDone, Group, Loan, Rule, Vlan
from tests.web_ui import school, served
from web_ui import sessions

ROLES: Mapping[Role, str] = {
    "head": "Mrs Bevan",
    "deputy": "Mr Rees",
    "technician": "IT support",
    "governor": "Ms Achebe",
    "supplier": "Boxes for Schools",
}


def empty(_store: Store) -> None:
    """A box whose guardian has not said anything yet."""


def quiet(store: Store) -> None:
    """All is well and nothing ever came up; one device."""
    store.save_devices([school.a_device(1)])
    store.save_health(school.a_health(devices=1))
    store.save_lamp(school.a_lamp("green"))


def one(store: Store) -> None:
    """One thing to look at."""
    quiet(store)
    store.save_incident(school.an_incident(mac=school.mac(1)))
    store.save_lamp(school.a_lamp("amber", look=1))


def many(store: Store) -> None:
    """A believable morning, with an urgent incident on top, and with groups, loans, rules, checks and people."""
    school.furnish(store, lamp=school.a_lamp("red", urgent=1, look=3, buzzer=True))
    store.save_incident(school.an_urgent())
    by, now = "Mrs Bevan", school.NOW
    store.register.save_group(Group(id="oak", name="Oak class", kind="year"), by=by, now=now)
    store.register.set_group(school.mac(7), "oak", by=by, now=now)
    store.register.lend(Loan(mac=school.mac(30), person="A. Pupil", since=now - 3_600), by=by, now=now)
    until = now + 30 * school.DAY
    rules = (
        Rule(kind="allow", pattern="chess.example", reason="Chess club.", until=until),
        Rule(kind="deny", pattern="fun.example", category="games", scope="device", target=school.mac(7), reason="-", until=until),
    )
    for rule in rules:
        store.rulebook.add_rule(rule, by=by, now=now)
    store.log_check(CheckDone(what="filter", place="Hall", device_type="iPad", result="worked"), by=by, now=now)
    store.invitations.invite("achebe", "Ms Achebe", "governor", by=by, now=now)
    store.add_account("old", "Mr Hall", "deputy", served.hashed(), now=now)
    store.set_active("old", False, by=by, now=now)
    school.use_everything(store)
    store.register.save_vlan(Vlan(number=20, name="Pupils’ tablets", group="oak"), by=by, now=now)
    store.set_setting("phone_it", "01632 960 123", by=by, now=now)
    work(store)


def work(store: Store) -> None:
    """Two people at work on incidents: deeds, a correction, links, something passed on, a name asked for."""
    now = school.NOW
    near = store.save_incident(school.an_incident(category="games", first_seen=now - 8_400, last_seen=now - 8_400)).id
    store.cases.add_note(3, "Spoke with Sam.", by="Mr Rees", now=now - 900, actions=("spoke_pupil", "told_parents"))
    store.cases.correct(3, store.notes(3)[0].id, "It was Kim.", by="Mr Rees", now=now - 600)
    store.cases.link(3, near, by="Mr Rees", now=now - 500)
    store.cases.pass_on(4, "deputy", "Please ring IT support.", by="Mrs Bevan", now=now - 400)
    store.cases.pass_on(5, school.HEAD, "Do you know this phone?", by="Mr Rees", now=now - 300)
    store.set_setting("name_keys", "two", by="Mrs Bevan", now=now)
    store.cases.ask_name(4, "deputy", "To speak with whoever had it.", 2, by="Mr Rees", now=now - 200)


def closed(store: Store) -> None:
    """Everything is decided."""
    many(store)
    for incident in store.incidents(open_only=True):
        store.decide(incident.id, "behaviour", by="Mr Rees", now=school.NOW, note="A quiet word.")
    store.save_lamp(school.a_lamp("green"))


def exercise(store: Store) -> None:
    """A fire drill, seen."""
    quiet(store)
    found = {"names": ("gambling.trigger.example",), "category": "gambling", "exercise": True, "last_seen": school.NOW + 5}
    store.save_incident(school.an_incident(mac=school.mac(1), **found))
    store.save_lamp(school.a_lamp("amber", look=1))


def trouble(store: Store) -> None:
    """The box can't see, and its own lists and clock are wrong."""
    many(store)
    problems = ("no-mirror", "clock", "lists-old", "something-new")
    blind = {"foreign_unicast": 0, "answers": 12, "clock_synced": False, "problems": problems}
    store.save_health(school.a_health(**blind))
    store.save_lamp(school.a_lamp("amber", blind=True))


def lost(store: Store) -> None:
    """The guardian fell silent ten minutes ago."""
    many(store)
    store.save_health(school.a_health(time=school.NOW - 600, demonstration=True))
    store.save_lamp(school.a_lamp("green", time=school.NOW - 600))


def own(store: Store) -> None:
    """Something urgent came up on the head's own device."""
    many(store)
    store.ownership.add(school.HEAD, school.mac(30), by="Mrs Bevan", now=school.NOW)


STATES: Mapping[str, Callable[[Store], None]] = {
    made.__name__: made for made in (empty, quiet, one, many, closed, exercise, trouble, lost, own)
}


def furnish(folder: Path, state: str) -> Path:
    """A folder with a box in that state, and somebody of each role who is logged in there (the session's token is the role)."""
    with school.open_store(folder) as store:
        STATES[state](store)
        for role, name in ROLES.items():
            username = school.HEAD if role == "head" else role
            store.add_account(username, name, role, served.hashed(), now=school.NOW)
            store.add_session(sessions._hash(role), username, school.NOW, school.NOW + sessions.ABSOLUTE)
        store.set_setting(sessions.DOOR, str(school.NOW + 3_600), by="Mrs Bevan", now=school.NOW)
    return folder
