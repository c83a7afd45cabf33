"""A simulated school for one week: who is in it, its timetable, what everybody does, and the right answers to it all.

The same seed gives the same sightings. Pages fall into lessons; people don't load two pages in the same seconds as they do
something of the script, unless the script says `busy`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from appliance.judge.policy import Policy, make_policy
from appliance.model import DhcpSeen, Sighting
from appliance.school import Group, Hours, LessonMode, Rule

from .answers import DAYS, HOUR, MINUTE, Act, Answer, Habit
from .deeds import DEEDS, load_page, search
from .names import ALLOWED, BACKGROUND, SITES, STAFF_SITES, pools
from .wire import RESOLVER, Machine

MONDAY: Final = 1_794_182_400.0  # Monday 9 November 2026, 00:00 UTC
DAY: Final = 86_400.0
FEWEST: Final = {"ipad": 10, "chromebook": 8, "teacher": 4, "office": 2, "phone": 3, "speaker": 1, "printer": 1}
MACS: Final = {
    "ipad": "f0:18:98", "chromebook": "f4:f5:d8", "teacher": "3c:52:82", "office": "f8:b1:56", "phone": "da:a1:19",
    "speaker": "5c:aa:fd", "printer": "00:1b:a9",
}  # fmt: skip
LESSONS: Final = ((9 * HOUR, 10 * HOUR), (10 * HOUR + 50 * MINUTE, 12 * HOUR), (13 * HOUR, 14 * HOUR), (14 * HOUR, 15 * HOUR))
OPEN: Final = (7 * HOUR + 30 * MINUTE, 18 * HOUR)
TROLLEY: Final = Group(id="trolley", name="Trolley", kind="trolley", band="junior")
AROUND: Final = (25.0, 45.0)  # seconds before and after an act in which its machine loads no other page
LOOSE: Final = ("asks", "app", "foreign", "calls")  # deeds that nobody has to sit still for


class Item(Struct, frozen=True):
    """What is judged as one: one category on one device on one day of one school."""

    school: int
    day: int
    who: str
    category: str


class Played(Struct, frozen=True):
    """One act as it was played: with the name that the lot fell on."""

    act: Act
    name: str


class SchoolDay(Struct, frozen=True):
    """One day's sightings in the order of the wire, the acts in them, and the right answers."""

    number: int
    devices: int
    sightings: list[Sighting]
    played: tuple[Played, ...]
    answers: Mapping[Item, Answer]


class School:
    """One school. `acts` is the script of its week, `most` its machines; `pace` thins ordinary pages and background out."""

    def __init__(self, number: int, acts: Sequence[Act], habits: Sequence[Habit], most: int = 60, pace: float = 1.0) -> None:
        self.number, self._acts, self._habits, self._pace = number, acts, habits, pace
        self._chance = random.Random(f"school {number}")
        self._pools = pools()
        self.machines = {machine.name: machine for machine in self._inventory(most)}
        self.names = {machine.mac: machine.name for machine in self.machines.values()}

    def policy(self) -> Policy:
        """What this school has said of itself: who is staff, when it is open, one rule, one lesson on Wednesdays."""
        members = {machine.mac: self._group(machine) for machine in self.machines.values() if self._group(machine)}
        lesson = MONDAY + 2 * DAY + 13 * HOUR
        rule = Rule(
            kind="allow", pattern=ALLOWED, reason="The school council's pages are there.", since=0.0, until=MONDAY + 99 * DAY
        )
        return make_policy(
            groups=(TROLLEY,),
            members=members,
            rules=(rule,),
            lessons=(LessonMode(topic="Drugs", group=TROLLEY.id, categories=("drugs",), since=lesson, until=lesson + 2 * HOUR),),
            hours=tuple(Hours(weekday=day, opens="07:30", closes="18:00") for day in range(len(DAYS))),
        )

    def days(self) -> Iterator[SchoolDay]:
        """The week, day by day."""
        for number in range(len(DAYS)):
            yield self._day(number)

    def _day(self, number: int) -> SchoolDay:
        acts = [act for act in self._acts if act.day == number]
        acts += [act for machine in self.machines.values() for act in self._habits_of(machine, number, acts)]
        start = MONDAY + number * DAY
        played = tuple(self._play(act, start) for act in acts)
        for machine in self.machines.values():
            self._join(machine, start)
            self._background(machine, start)
            self._browse(machine, start, [act for act in acts if act.who == machine.name])
        sightings = [seen for machine in self.machines.values() for seen in machine.said]
        for machine in self.machines.values():
            machine.said = []
        sightings.sort(key=lambda seen: seen.time)
        return SchoolDay(number, len(self.machines), sightings, played, self._answers(number, acts))

    def _inventory(self, most: int) -> Iterator[Machine]:
        counts = dict(FEWEST)
        for kind in self._chance.choices(
            ("ipad", "chromebook", "teacher", "phone"), (5, 4, 2, 2), k=self._chance.randint(1, most - 29)
        ):
            counts[kind] += 1
        for place, (kind, count) in enumerate(counts.items()):
            for number in range(1, count + 1):
                mac = f"{MACS[kind]}:00:{self.number:02x}:{number:02x}"
                yield Machine(
                    f"{kind}-{number}", mac, f"10.20.{place + 1}.{number}", random.Random(f"{self.number} {kind} {number}")
                )

    def _group(self, machine: Machine) -> str:
        """Which group the school put a machine in; phones and things it has never sorted."""
        return {"ipad": TROLLEY.id, "chromebook": TROLLEY.id, "teacher": "staff", "office": "staff"}.get(machine.kind, "")

    def _habits_of(self, machine: Machine, day: int, script: Sequence[Act]) -> Iterator[Act]:
        """What this machine does today of what goes on everywhere, some time in a lesson."""
        taken = [act.time for act in script if act.who == machine.name]
        for habit in self._habits:
            if habit.act.who != machine.kind or machine.chance.random() >= habit.chance:
                continue
            begins, ends = machine.chance.choice(LESSONS)
            time = machine.chance.uniform(begins, ends - 5 * MINUTE)
            if habit.act.deed not in LOOSE and any(abs(time - other) < 4 * MINUTE for other in taken):
                continue
            taken.append(time)
            act = habit.act
            yield Act(day=day, time=time, who=machine.name, deed=act.deed, what=act.what, fate=act.fate, answer=act.answer)

    def _play(self, act: Act, start: float) -> Played:
        machine = self.machines[act.who]
        # Draw from the machine's own chance so that another act on another machine changes nothing here.
        name = machine.chance.choice(self._pools[act.what[1:]]) if act.what.startswith("@") else act.what
        time = start + act.time + machine.chance.uniform(0, 50 if ":" not in act.who else 0)
        DEEDS[act.deed](machine, time, name, act.fate)
        return Played(Act(**{field: getattr(act, field) for field in act.__struct_fields__} | {"time": time}), name)

    def _join(self, machine: Machine, start: float) -> None:
        time = start + machine.chance.uniform(7.7 * HOUR, 8.7 * HOUR)
        lease = DhcpSeen(time=time, mac=machine.mac, client=machine.address, name=machine.name, resolvers=(RESOLVER,))
        machine.said.append(lease)
        if machine.kind == "phone":
            machine.request(time + 0.4, "captive.apple.com")
        elif machine.kind in ("teacher", "office"):
            machine.request(time + 0.4, "www.msftconnecttest.com")

    def _background(self, machine: Machine, start: float) -> None:
        ends = start + 16 * HOUR
        for name, beat in BACKGROUND[machine.kind].items():
            time = start + 8 * HOUR + machine.chance.uniform(0, beat)
            while time < ends:
                machine.visit(time, name)
                time += machine.chance.uniform(0.6, 1.4) * beat / self._pace

    def _browse(self, machine: Machine, start: float, acts: Sequence[Act]) -> None:
        """Ordinary pages: pupils' machines in some lessons, staff's all day."""
        chance, kind = machine.chance, machine.kind
        if kind in ("speaker", "printer"):
            return
        sites = STAFF_SITES if kind in ("teacher", "office") else SITES
        share, pages = {"teacher": (0.7, 4), "office": (1.0, 5), "phone": (0.2, 2)}.get(kind, (0.5, 5))
        for begins, ends in LESSONS:
            if chance.random() >= share * self._pace:
                continue
            for _ in range(chance.randint(1, 2 * pages - 1)):
                time = chance.uniform(begins, ends)
                if any(-AROUND[0] < time - act.time - 25 < AROUND[1] for act in acts if act.deed not in LOOSE):
                    continue
                if chance.random() < 0.2:
                    time = search(machine, start + time) - start + chance.uniform(2, 12)
                load_page(machine, start + time, chance.choice(sites))

    def _answers(self, day: int, acts: Sequence[Act]) -> dict[Item, Answer]:
        """The gravest of all rows that meet in one item. Rows without a category have none: nothing may come up."""
        found: dict[Item, Answer] = {}
        for act in acts:
            answer = act.answer
            item = Item(self.number, day, act.who, answer.category)
            known = found.get(item, Answer())
            if answer.category:
                because = answer.because if answer.low >= known.low else known.because
                low, high = max(answer.low, known.low), max(answer.high, known.high)
                found[item] = Answer(low, high, answer.category, because)
        return found
