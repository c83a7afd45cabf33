"""A small made-up school in a store: what the page's tests and screenshots are about."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from appliance.edge.store import Store
from appliance.judge.worries import judge_worry
from appliance.model import Device, Health, Incident, Lamp, ListStatus, RecentName, Sight
from appliance.school import Group, Lesson, Person, Term, Worry
from appliance.witness import SafeSearch, WitnessCount

# Tuesday 24 November 2026, 11:20 in London.
NOW = datetime(2026, 11, 24, 11, 20, tzinfo=UTC).timestamp()
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
LISTED = "is on the list “Safespan: known services” as"  # as the guardian says it
HEAD, PASSPHRASE = "bevan", "four otters under ice"


def at(clock: str, days_ago: int = 0) -> float:
    """A time of day in the made-up week."""
    hours, minutes = clock.split(":")
    midnight = NOW - (11 * HOUR + 20 * MINUTE)
    return midnight + int(hours) * HOUR + int(minutes) * MINUTE - days_ago * DAY


def mac(number: int) -> str:
    """The hardware address of the numbered device."""
    return f"3c:22:fb:00:{number >> 8:02x}:{number & 255:02x}"


def a_health(**changes: object) -> Health:
    """A box that works well."""
    lists = (
        ListStatus(name="own-suicide", category="suicide", entries=212, updated=NOW - 2 * DAY),
        ListStatus(name="own-self-harm", category="self_harm", entries=164, updated=NOW - 2 * DAY),
        ListStatus(name="bypass", category="proxy_avoidance", entries=18_350, updated=NOW - DAY),
        ListStatus(name="gambling", category="gambling", entries=46_046, updated=NOW - DAY),
        ListStatus(name="adult", category="pornography", entries=219_522, updated=NOW - 3 * DAY),
    )
    values: dict[str, object] = {
        "time": NOW - 1, "started": at("8:41"), "live": True, "packets": 1_284_220, "bytes": 913_000_000, "dropped": 12,
        "foreign_unicast": 903_112, "last_packet": NOW - 4, "devices": 23, "sightings": 41_220, "queries": 18_220,
        "answers": 18_001, "hellos": 9_122, "named": 9_230, "unnamed": 366, "lists": lists, "clock_synced": True,
    }  # fmt: skip
    return Health(**{**values, **changes})  # type: ignore[arg-type]


def a_lamp(colour: str = "green", **changes: object) -> Lamp:
    """The lamp as the guardian writes it."""
    return Lamp(**{"colour": colour, "sentence": "", "time": NOW - 1, **changes})  # type: ignore[arg-type]


def an_incident(**changes: object) -> Incident:
    """A look-today incident on iPad-07, new, that reached its site twice this morning."""
    values: dict[str, object] = {
        "id": 0, "category": "proxy_avoidance", "level": "look", "device": "iPad-07", "mac": mac(7), "first_seen": at("10:42"),
        "last_seen": at("10:51"), "count": 2, "names": ("hide-me-now.example",), "outcome": "reached",
        "sentence": "iPad-07 opened a site for getting round the school's filter.",
        "reason": f"hide-me-now.example {LISTED} a site for getting round the school's filter. The site answered.",
        "source": "bypass, version of 23 November", "confidence": "high", "intent": "person",
        "intent_reasons": (
            "No other site was asked for just before, so it does not look like part of another page.",
            "A search engine was asked for shortly before.",
        ),
    }  # fmt: skip
    return Incident(**{**values, **changes})  # type: ignore[arg-type]


def a_device(number: int, **changes: object) -> Device:
    """An iPad of the trolley."""
    values: dict[str, object] = {
        "mac": mac(number), "addresses": (f"10.20.0.{number % 250}",), "heard_name": f"iPad-{number:02d}", "maker": "Apple",
        "first_seen": NOW - 60 * DAY, "last_seen": NOW - number * 37.0,
    }  # fmt: skip
    return Device(**{**values, **changes})  # type: ignore[arg-type]


def furnish(store: Store, *, health: Health | None = None, lamp: Lamp | None = None) -> None:
    """Fill a store with a believable morning."""
    devices = [a_device(number) for number in range(1, 19)]
    devices += [
        a_device(30, heard_name="Laptop-02", maker="Dell", last_seen=NOW - 20),
        a_device(31, heard_name="Laptop-04", maker="HP", last_seen=NOW - 90),
        a_device(
            40, heard_name=None, maker=None, private=True, mac="da:a1:19:5e:3f:2a", first_seen=NOW - 2 * DAY, last_seen=NOW - 300
        ),
        a_device(41, heard_name="Office-PC", maker="Lenovo", last_seen=NOW - 12),
        a_device(42, heard_name="HP-LaserJet", maker="HP", last_seen=NOW - 4 * HOUR),
    ]
    with store.write():
        store.save_devices(devices)
        for incident in _incidents():
            store.save_incident(incident)
    store.name_device(mac(7), "iPad-07 (Oak class trolley)", by="Mrs Bevan", now=at("9:05", 3))
    store.name_device(mac(30), "Laptop-02 (Year 6)", by="Mrs Bevan", now=at("9:06", 3))
    store.add_recent(_around())
    store.add_note(1, "Spoke with the Year 6 teacher. It was an advert on a football page.", by="Mrs Bevan", now=at("15:10", 1))
    store.decide(1, "no_concern", by="Mrs Bevan", now=at("15:12", 1), note="Asked IT support to block the advert network.")
    store.decide(2, "filter_fault", by="Mrs Bevan", now=at("9:02"), note="")
    store.save_sight(_sights(), NOW)
    store.save_health(health or a_health())
    store.save_lamp(lamp or a_lamp("amber", look=3, sentence="Three things to look at."))


def _incidents() -> list[Incident]:
    """Seven: two of them of yesterday, one only a note."""
    jackpot = ("big-jackpot.example", "m.big-jackpot.example")
    yesterday = {"first_seen": at("13:05", 1), "last_seen": at("13:40", 1), "count": 14}
    advert = {"first_seen": at("14:31", 1), "last_seen": at("14:31", 1), "count": 1}
    morning = {"first_seen": at("8:55"), "last_seen": at("11:12"), "count": 61}
    break_time = {"first_seen": at("11:02"), "last_seen": at("11:04"), "count": 3}
    return [
        an_incident(
            category="gambling", device="iPad-03", mac=mac(3), names=("lucky-spins.example",), confidence="low", **advert
        ),
        an_incident(category="piracy", device="Laptop-04", mac=mac(31), names=("free-films.example",), **yesterday),
        an_incident(),
        an_incident(
            category="gambling",
            device="iPad-11",
            mac=mac(11),
            outcome="stopped",
            names=jackpot,
            source="gambling, version of 23 November",
            reason=f"big-jackpot.example {LISTED} a gambling site. The look-up was refused, which is how a filter stops a site.",
            **break_time,
        ),
        an_incident(
            category="encrypted_dns",
            device="Unknown device 3F2A",
            mac="da:a1:19:5e:3f:2a",
            names=("mask.icloud.com",),
            confidence="medium",
            reason=f"mask.icloud.com {LISTED} Apple's Private Relay, which hides where a device goes.",
            source="hiding, version of 20 November",
            **morning,
        ),
        an_incident(
            category="social_media",
            level="note",
            device="Laptop-02",
            mac=mac(30),
            count=4,
            names=("chatter.example",),
            outcome="stopped",
            confidence="medium",
        ),
    ]


def use_everything(store: Store) -> None:
    """What a school does with the box after a while: a timetable, terms, worries, the filter seen at work."""
    store.set_setting("report_a_worry", "on", by="Mrs Bevan", now=NOW)
    store.register.save_group(Group(id="trolley", name="Hall trolley", kind="trolley"), by="Mrs Bevan", now=NOW)
    store.register.set_group(mac(11), "trolley", by="Mrs Bevan", now=NOW)
    lesson = Lesson(weekday=1, starts="10:30", ends="11:30", group="trolley", class_name="Year 5", teacher="Miss Hill")
    store.register.add_lesson(lesson, by="Mrs Bevan", now=NOW)
    store.rulebook.add_term(Term(name="Autumn term", first="2026-09-02", last="2026-12-18"), by="Mrs Bevan", now=NOW)
    counts = [WitnessCount(day="2026-11-23", category="gambling", stopped=30, reached=1)]
    store.save_witnessed(counts, [SafeSearch(day="2026-11-24", engine="google", seen=4)], [])
    for name, class_name in (("Sam B", "Year 5"), ("Mia C", "Year 6")):
        store.register.add_person(Person(name=name, class_name=class_name, log_on=name[:3].lower()), by="Mrs Bevan", now=NOW)
    store.merging.merge(mac(18), mac(17), by="Mrs Bevan", now=NOW)
    worry = store.worries.add(Worry(text="I am worried about my friend.", name="Sam", today=True), now=NOW - 60)
    store.worries.tie(worry.id, store.save_incident(judge_worry(worry, None, UTC)).id)


def an_urgent() -> Incident:
    """An urgent incident on Laptop-02, minutes ago."""
    return an_incident(
        category="suicide",
        level="urgent",
        device="Laptop-02",
        mac=mac(30),
        first_seen=at("11:05"),
        last_seen=at("11:05"),
        count=1,
        names=("no-way-on.example",),
        source="own-suicide, version of 22 November",
        reason=f"no-way-on.example {LISTED} a site about ending life. The site answered.",
    )


LAPTOP = """10:38 www.bbc.co.uk, 10:39 static.files.bbci.co.uk, 10:41 classroom.google.com, 10:44 docs.google.com,
10:52 www.thesaurus.example, 10:58 www.google.com, 11:04 www.google.com, 11:05 no-way-on.example, 11:08 www.bbc.co.uk,
11:11 classroom.google.com, 11:14 www.timestables.co.uk, 11:15 www.ttrockstars.com"""
IPAD = "10:40 www.nationalgeographic.com, 10:42 hide-me-now.example, 10:51 hide-me-now.example, 10:55 docs.google.com"


def _around() -> list[RecentName]:
    """What two devices did this morning."""
    return _names(LAPTOP, mac(30)) + _names(IPAD, mac(7))


def _names(told: str, whose: str) -> list[RecentName]:
    pairs = [item.split() for item in told.replace("\n", " ").split(",")]
    return [RecentName(time=at(clock), mac=whose, kind="dns", name=name, count=2) for clock, name in pairs]


def _sights() -> list[Sight]:
    """Four hours: most of it named, one phone behind a relay, a printer that only talks inside."""
    hours = [at(clock) for clock in ("8:00", "9:00", "10:00", "11:00")]
    rows = [
        Sight(
            hour=hour, mac=mac(n), heard=90, asked=30, answered=30, seen=40 + n, named=40 + n - n % 3, reasons={"no-sni": n % 3}
        )
        for hour in hours
        for n in (3, 7, 11, 30, 31, 41)
    ]
    rows += [Sight(hour=hour, mac="da:a1:19:5e:3f:2a", heard=60, seen=21, reasons={"relay": 21}) for hour in hours[1:]]
    rows += [Sight(hour=hours[0], mac=mac(42), heard=9)]
    return rows + [
        Sight(hour=hour, heard=2_000, asked=700, answered=690, seen=n, named=n - 92, quiet=1, reasons={"relay": 70, "no-sni": 22})
        for hour, n in zip(hours, (1_802, 2_311, 2_960, 1_204), strict=True)
    ]


def open_store(folder: Path) -> Store:
    """A store in a test's own folder."""
    return Store.open(folder / "data", folder / "recent")
