"""What a school says of itself: its device groups, people, loans, timetable, terms and own rules.

Rows of the store, shared by whoever writes them (the page) and whoever judges by them. Times are seconds since the epoch; days
are `2026-11-24`, clock times `08:45`, both in the school's own time zone; weekdays count from 0, Monday.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from appliance.model import Level

GroupKind = Literal["year", "trolley", "staff", "guest", "unknown"]
# Who uses the devices: early (4 to 7 years), junior (7 to 11), senior (11 to 16), adult; any: not said.
Band = Literal["early", "junior", "senior", "adult", "any"]
Setting = Literal["urgent", "look", "note", "off"]
Scope = Literal["device", "group", "school"]


class Group(Struct, frozen=True, kw_only=True):
    """A group of devices: a year's, a trolley, the staff's, guests', or those that nobody has sorted yet."""

    id: str
    name: str
    kind: GroupKind = "unknown"
    band: Band = "any"


# These are always there; a school may rename them.
UNKNOWN = Group(id="unknown", name="Unsorted devices")
GUEST = Group(id="guest", name="Visiting and private devices", kind="guest")
STAFF = Group(id="staff", name="Staff devices", kind="staff", band="adult")
STANDING = (UNKNOWN, GUEST, STAFF)


class Vlan(Struct, frozen=True, kw_only=True):
    """What the school calls a VLAN, and the group of a device in it that is in no other."""

    number: int
    name: str
    group: str = ""


class GroupLevel(Struct, frozen=True, kw_only=True):
    """The level that the school gave a category for one group; off: nothing is kept."""

    group: str
    category: str
    level: Setting


class Rule(Struct, frozen=True, kw_only=True):
    """The school's own word on a name, with all names below it, or on a category.

    An allow rule has a `pattern` or a `category`; a deny rule a pattern, and the category and level it then counts in.
    `target` is a MAC for the scope device, a group's id for the scope group. Every rule ends by itself at `until`.
    """

    id: int = 0
    kind: Literal["allow", "deny"]
    pattern: str = ""
    category: str = ""
    level: Level = "look"
    scope: Scope = "school"
    target: str = ""
    reason: str
    by: str = ""
    since: float = 0.0
    until: float
    ended: float | None = None


class LessonMode(Struct, frozen=True, kw_only=True):
    """A lesson about something that the box would report: these categories are only noted for this group until it ends."""

    id: int = 0
    topic: str
    group: str
    categories: tuple[str, ...]
    by: str = ""
    since: float = 0.0
    until: float
    ended: float | None = None


class Hours(Struct, frozen=True, kw_only=True):
    """When the school is open on one weekday."""

    weekday: int
    opens: str
    closes: str


class Term(Struct, frozen=True, kw_only=True):
    """Days in a row, both included, on which there is school, or (closed) none: half term, a bank holiday, an INSET day."""

    id: int = 0
    name: str
    first: str
    last: str
    closed: bool = False


class Lesson(Struct, frozen=True, kw_only=True):
    """One line of the timetable: on this weekday, from `starts` to before `ends`, this class has this group of devices.

    `since` and `ended` are the moments between which it held; 0: always, None: still.
    """

    id: int = 0
    weekday: int
    starts: str
    ends: str
    group: str
    class_name: str
    teacher: str = ""
    since: float = 0.0
    ended: float | None = None


class Person(Struct, frozen=True, kw_only=True):
    """A pupil or a member of staff, as far as the school wants the box to know them; `log_on` is their user name."""

    id: int = 0
    name: str
    kind: Literal["pupil", "staff"] = "pupil"
    class_name: str = ""
    log_on: str = ""


class Loan(Struct, frozen=True, kw_only=True):
    """Who was given a device, from when, and until when; None: still theirs. `person` is the name as it was then."""

    id: int = 0
    mac: str
    person: str
    class_name: str = ""
    since: float
    until: float | None = None
    by: str = ""


class LogOn(Struct, frozen=True, kw_only=True):
    """A user name that logged on at a device, seen on the wire first and last in one go."""

    mac: str
    user: str
    realm: str = ""
    via: str = ""
    first: float
    last: float


class CheckDone(Struct, frozen=True, kw_only=True):
    """One check of filter or monitoring that somebody made: what, with which kind of device, where, as whom, what came of it.

    `incident` is the exercise that the box saw, None where somebody only told of the check.
    """

    id: int = 0
    time: float = 0.0
    by: str = ""
    what: str
    device_type: str = ""
    place: str = ""
    user_group: str = ""
    result: Literal["worked", "partly", "failed"]
    action: str = ""
    incident: int | None = None


class PatternDay(Struct, frozen=True, order=True):
    """On this day (its ordinal in the Gregorian calendar) the device did something in the category."""

    mac: str
    category: str
    day: int


class Holder(Struct, frozen=True, kw_only=True):
    """Who had a device at a moment, as far as anybody can tell, how we know, and the sentence that says both."""

    person: str = ""
    class_name: str = ""
    how: Literal["loan", "timetable", "log-on", "none"] = "none"
    sentence: str = ""


WORRY = "worry"  # the category of an incident that is a reported worry; in place of a MAC it has the worry's `target`


class Worry(Struct, frozen=True, kw_only=True):
    """What somebody wrote on the public page. `about`: the username of the account that must not read it; empty: nobody.

    `today` says that somebody may get hurt today; `name` is what they wrote of themselves, if anything.
    """

    id: int = 0
    time: float = 0.0
    text: str
    name: str = ""
    about: str = ""
    today: bool = False

    @property
    def target(self) -> str:
        """What its incident has in place of a MAC: it says from whom the incident is hidden."""
        return f"{WORRY}:{self.about}" if self.about else WORRY
