"""Who had a device then? The register of loans knows best, then the timetable, then the last log-on; else nobody can tell.

None of the three proves who sat before the screen, so every answer says how it is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from appliance.judge.policy import Policy, group_of, is_school_day
from appliance.judge.sentences import speak_time
from appliance.school import Group, Holder, Lesson, Loan, LogOn, Person

LOG_ON_SECONDS = 12 * 3600.0  # a log-on of yesterday says nothing about today

_LENT = "Signed out to {who} from {since} until {until}."
_STILL_LENT = "Signed out to {who} since {since}."
_TIMETABLED = "By the timetable, {who} had “{group}” from {starts} to {ends}."
_TIMETABLED_WITH = "By the timetable, {who} with {teacher} had “{group}” from {starts} to {ends}."
_TIMETABLED_SEVERAL = "By the timetable, several classes had “{group}” then: {classes}."
_LOGGED_ON = "The last log-on at this device before was by {who}, at {time}."
_NOTHING = "Nothing tells who had it then."


class KnownOf(Struct, frozen=True, kw_only=True):
    """What is known of one device: its loans and log-ons, and the timetable and people of the school."""

    loans: Sequence[Loan] = ()
    lessons: Sequence[Lesson] = ()
    log_ons: Sequence[LogOn] = ()
    people: Sequence[Person] = ()


def who_had(mac: str, at: float, known: KnownOf, policy: Policy, vlan: int | None = None) -> Holder:
    """Who had the device at that moment, and how we know."""
    return (
        _by_loan(mac, at, known, policy)
        or _by_timetable(mac, at, known, policy, vlan)
        or _by_log_on(mac, at, known, policy)
        or Holder(sentence=_NOTHING)
    )


def _by_loan(mac: str, at: float, known: KnownOf, policy: Policy) -> Holder | None:
    running = [loan for loan in known.loans if loan.mac == mac and loan.since <= at and (loan.until is None or at < loan.until)]
    if not running:
        return None
    loan = max(running, key=lambda loan: (loan.since, loan.id))
    since = speak_time(loan.since, at, policy.zone)
    until = speak_time(loan.until, at, policy.zone) if loan.until is not None else ""
    sentence = (_LENT if until else _STILL_LENT).format(who=_spoken(loan.person, loan.class_name), since=since, until=until)
    return Holder(person=loan.person, class_name=loan.class_name, how="loan", sentence=sentence)


def _by_timetable(mac: str, at: float, known: KnownOf, policy: Policy, vlan: int | None) -> Holder | None:
    then, group = datetime.fromtimestamp(at, policy.zone), group_of(policy, mac, vlan)
    clock = f"{then:%H:%M}"
    fitting = [
        lesson
        for lesson in known.lessons
        if lesson.group == group.id
        and lesson.weekday == then.weekday()
        and lesson.starts <= clock < lesson.ends
        and lesson.since <= at
        and (lesson.ended is None or at < lesson.ended)
    ]
    if not fitting or not is_school_day(policy, then.date()):
        return None
    classes = ", ".join(sorted({lesson.class_name for lesson in fitting}))
    return Holder(class_name=classes, how="timetable", sentence=_say_lessons(fitting, group, classes))


def _say_lessons(fitting: Sequence[Lesson], group: Group, classes: str) -> str:
    """Two classes that share a trolley are both named: nobody may be accused for having been typed in first."""
    lesson = max(fitting, key=lambda lesson: (lesson.starts, lesson.id))
    if classes != lesson.class_name:
        return _TIMETABLED_SEVERAL.format(group=group.name, classes=classes)
    return (_TIMETABLED_WITH if lesson.teacher else _TIMETABLED).format(
        who=classes, teacher=lesson.teacher, group=group.name, starts=_short(lesson.starts), ends=_short(lesson.ends)
    )


def _by_log_on(mac: str, at: float, known: KnownOf, policy: Policy) -> Holder | None:
    before = [log_on for log_on in known.log_ons if log_on.mac == mac and log_on.first <= at]
    if not before:
        return None
    newest = max(before, key=lambda log_on: (min(log_on.last, at), log_on.user))
    last = min(newest.last, at)
    if at - last > LOG_ON_SECONDS:
        return None
    person = next((person for person in known.people if person.log_on.casefold() == newest.user.casefold()), None)
    name, class_name = (person.name, person.class_name) if person else (f"“{newest.user}”", "")
    time = speak_time(last, at, policy.zone)
    sentence = _LOGGED_ON.format(who=_spoken(name, class_name), time=time)
    return Holder(person=name.strip("“”"), class_name=class_name, how="log-on", sentence=sentence)


def _spoken(person: str, class_name: str) -> str:
    """`Sam B. (Year 5)`, or whichever of the two there is."""
    return f"{person} ({class_name})" if person and class_name else person or class_name


def _short(clock: str) -> str:
    """`9:15` for `09:15`."""
    return clock.removeprefix("0")
