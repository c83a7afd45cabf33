"""Who may open which page: a table of every route. What is not in it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Who = Literal["everyone", "newcomer", "people", "case-workers", "keepers", "counters", "head"]

# The roles that read incidents. A technician, governor or supplier never does.
CASE_WORKERS = frozenset({"head", "deputy"})
ROLES: Mapping[Who, frozenset[str]] = {
    "people": frozenset({"head", "deputy", "technician", "governor", "supplier"}),
    "case-workers": CASE_WORKERS,
    "keepers": frozenset({"head", "deputy", "technician"}),  # of the devices
    "counters": frozenset({"head", "deputy", "governor"}),  # who read numbers, and who looked at what
    "head": frozenset({"head"}),
}

ROUTES: dict[str, Who] = {
    "assets.show": "everyone",
    "about.show": "everyone",
    "about.words": "everyone",
    "language.switch": "everyone",
    "worry.show": "everyone",
    "worry.sent": "everyone",
    "worry.send": "everyone",
    "security.contact": "everyone",
    "account.log_in": "everyone",
    "account.log_in_try": "everyone",
    "account.set_up": "newcomer",
    "account.set_up_try": "newcomer",
    "account.log_out": "people",
    "today.show": "case-workers",
    "today.now_part": "case-workers",
    "today.strip": "people",
    "incidents.inbox": "case-workers",
    "incidents.show": "case-workers",
    "incidents.acknowledge": "case-workers",
    "incidents.decide": "case-workers",
    "incidents.note": "case-workers",
    "incidents.reopen": "case-workers",
    "casework.correct": "case-workers",
    "casework.save_correction": "case-workers",
    "casework.pass_on": "case-workers",
    "casework.link": "case-workers",
    "casework.unlink": "case-workers",
    "casework.pack": "case-workers",
    "casework.text": "case-workers",
    "names.ask": "case-workers",
    "names.ask_try": "case-workers",
    "names.answer": "case-workers",
    "names.choose": "head",
    "names.save": "head",
    "devices.inventory": "keepers",
    "devices.show": "keepers",
    "devices.rename": "keepers",
    "devices.own": "case-workers",
    "day.show": "case-workers",
    "merging.merge": "keepers",
    "merging.part": "keepers",
    "class_lists.show": "case-workers",
    "class_lists.add": "case-workers",
    "class_lists.remove": "case-workers",
    "class_lists.export": "case-workers",
    "class_lists.take_in": "case-workers",
    "timetable.show": "keepers",
    "timetable.add": "keepers",
    "timetable.remove": "keepers",
    "timetable.export": "keepers",
    "timetable.take_in": "keepers",
    "working.show": "people",
    "working.note": "people",
    "working.dismiss": "head",
    "seeing.show": "keepers",
    "browse.listed": "keepers",
    "browse.show": "keepers",
    "browse.as_csv": "keepers",
    "browse.as_json": "keepers",
    "register.put_in_group": "keepers",
    "register.lend": "case-workers",
    "register.take_back": "case-workers",
    "register.groups": "keepers",
    "register.make_group": "keepers",
    "register.remove_group": "keepers",
    "register.export": "keepers",
    "register.bring_in": "keepers",
    "register.take_in": "keepers",
    "vlans.show": "keepers",
    "vlans.save": "keepers",
    "checks.listed": "keepers",
    "checks.write": "keepers",
    "checks.begin": "keepers",
    "checks.drill": "keepers",
    "checks.drill_part": "keepers",
    "rules.listed": "case-workers",
    "rules.new": "case-workers",
    "rules.make": "case-workers",
    "rules.end": "case-workers",
    "rules.false_alarm": "case-workers",
    "rules.mark": "case-workers",
    "numbers.show": "counters",
    "audit.show": "counters",
    "join.show": "everyone",
    "join.knock": "everyone",
    "join.choose": "everyone",
    "account.second_try": "everyone",
    "proof.show": "people",
    "proof.give": "people",
    "mine.show": "people",
    "mine.change_passphrase": "people",
    "mine.log_out_everywhere": "people",
    "second.show": "people",
    "second.switch_on": "people",
    "second.switch_off": "people",
    "second.renew_codes": "people",
    "people.show": "head",
    "people.invite": "head",
    "people.renew": "head",
    "people.close": "head",
    "people.withdraw": "head",
    "people.open_door": "head",
    "settings.show": "head",
    "settings.save": "head",
    "steps.show": "head",
    "steps.step": "head",
    "steps.save": "head",
    "steps.mirror_part": "head",
}

# Who may log in, rules and what leaves the box: for these the passphrase must have been typed within the last minutes.
FRESH = frozenset(
    {
        *("rules.make", "rules.end", "rules.mark", "register.export"),
        *("people.show", "people.invite", "people.renew", "people.close", "people.withdraw", "people.open_door"),
        *("mine.change_passphrase", "second.show", "second.switch_on", "second.switch_off", "second.renew_codes"),
        *("settings.save", "names.save", "casework.pack", "casework.text"),
        *("register.export", "timetable.export", "class_lists.export", "browse.as_csv", "browse.as_json"),
    }
)

# The same settings and invitations, step by step: there it need not be typed again while the box is being set up.
FRESH_LATER = frozenset({"steps.save"})
SET_UP = "set_up_finished"  # the setting that says that this is over

# Asked for by the page itself every few seconds: they are no sign that somebody is still there.
POLLED = frozenset({"today.now_part", "today.strip", "steps.mirror_part", "checks.drill_part"})


def first_page(role: str) -> str:
    """The route that somebody with this role meets after logging in."""
    if role in CASE_WORKERS:
        return "today.show"
    return "numbers.show" if role == "governor" else "working.show"


def may_open(endpoint: str, role: str | None) -> bool:
    """Whether somebody with this role (None: not logged in) may open the route."""
    who = ROUTES.get(endpoint)
    if who is None:
        return False
    if who in ("everyone", "newcomer"):
        return True
    return role in ROLES[who]
