"""Every page is small and quick with a year in the store, waits for nobody, and may stay open in many tabs."""

from __future__ import annotations

import gc
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from appliance.edge.store import Store
from appliance.edge.store.database import BUSY_SECONDS
from appliance.model import RecentName, Sight
from appliance.witness import WitnessCount
from tests.web_ui import addresses, school, states
from tests.web_ui.conftest import Clock, Visitor

INCIDENTS, DEVICES, DAYS = 10_000, 1_000, 365
KILOBYTES, MILLISECONDS = 100, 50
# Beside a second worker and its browsers a processor counts up to three times the time for the same work.
HEADROOM = 3
TRIES = 5
# Questions that no link asks.
ASKED = [
    "/to-look-at?view=all&from=5000",
    "/to-look-at?device=ipad-7&site=hide&level=look&category=proxy_avoidance&state=closed",
    "/to-look-at?site=nowhere",
    "/to-look-at?view=closed&from=8000",
    "/devices?name=7",
]
TABS, POLLS = 30, 40  # of each tab; the first screen asks twice a second, but what could grow would grow with the asking


def fill(store: Store) -> None:
    """Ten thousand incidents over a year, a tenth of them open, a thousand devices; counts, notes, a record, two days' names."""
    day = school.DAY
    states.many(store)
    with store.write():
        store.save_devices([school.a_device(number, last_seen=school.NOW - number) for number in range(DEVICES)])
        for number in range(INCIDENTS):
            seen = school.NOW - number * DAYS * day / INCIDENTS
            store.save_incident(school.an_incident(mac=school.mac(number % DEVICES), first_seen=seen, last_seen=seen + 30))
        for number in range(2_000):
            store.add_note(
                1 + number % 500, "Spoke with the class teacher. " * 5, by="Mrs Bevan", now=school.NOW - number * 3_600
            )
            store.note_read("Mrs Bevan", str(number), now=school.NOW - number)
        sql = "UPDATE incidents SET decision = 'no_concern' WHERE id > ?"
        store._lasting.execute(sql, (INCIDENTS // 10,))
    days = [time.strftime("%Y-%m-%d", time.gmtime(school.NOW - number * day)) for number in range(DAYS)]
    kinds = ("gambling", "games", "piracy", "proxy_avoidance", "social_media", "pornography")
    counts = [WitnessCount(day=date, category=kind, stopped=9, reached=1, unclear=2) for date in days for kind in kinds]
    store.save_witnessed(counts, [], [])
    hours = [school.at(f"{hour}:00", ago) for ago in (0, 1) for hour in (8, 9, 10, 11)]
    macs = ["", *map(school.mac, range(DEVICES))]
    sights = [
        Sight(hour=hour, mac=mac, heard=90, asked=30, answered=30, seen=40, named=38, reasons={"no-sni": 2})
        for hour in hours
        for mac in macs
    ]
    store.save_sight(sights, school.NOW)
    names = [
        RecentName(time=school.NOW - number * 3.4, mac=school.mac(number % 60), kind="dns", name=f"n{number % 900}.example")
        for number in range(50_000)
    ]
    store.add_recent(names)
    store.save_health(school.a_health(devices=DEVICES))
    store.save_lamp(school.a_lamp("red", urgent=1, look=INCIDENTS // 10))


@pytest.fixture
def year(store: Store, account: None) -> Store:
    """A store after a year."""
    fill(store)
    return store


def cost(head: Visitor, path: str) -> tuple[float, float, int]:
    """The least processor time and the least time on the clock that a page took, in milliseconds, and its size in bytes.

    A page is tried again only where its first time could be the machine's fault: far below the bound once is below it.
    """
    processor, clock, size = [], [], 0
    while len(processor) < TRIES and (not processor or min(processor) > MILLISECONDS / 2):
        if processor:
            gc.collect()
        begun, began = time.perf_counter(), time.thread_time()
        answer = head.get(path)
        processor.append(1_000 * (time.thread_time() - began))
        clock.append(1_000 * (time.perf_counter() - begun))
        assert answer.status_code in (200, 204), path
        size = len(answer.data)
    return min(processor), min(clock), size


def weight_of_files(head: Visitor, page: str) -> int:
    """What a first visit fetches besides the page, as it is sent."""
    files = set(re.findall(r'(?:src|href)="(/assets/[^"]+)"', page))
    return sum(len(head.client.get(file, headers={"Accept-Encoding": "gzip"}).data) for file in files)


@pytest.mark.timeout(900)
def test_every_page_is_small_and_quick_with_a_year_in_the_store(year: Store, head: Visitor, app: Flask) -> None:
    rows = []
    pages = [*addresses.walk(app, head, most=2), *((path, head.get(path).text) for path in ASKED)]
    for path, page in pages:
        if head.get(path).status_code == 404:
            continue  # a place that the made-up school has nothing for
        processor, clock, size = cost(head, path)
        rows.append((processor, clock, size / 1_000, (size + weight_of_files(head, page)) / 1_000, path))
    print("\nms of processor, ms by the clock, kB of HTML, kB with its files, page")
    print("".join(f"{row[0]:7.1f} {row[1]:7.1f} {row[2]:7.1f} {row[3]:7.1f}  {row[4]}\n" for row in sorted(rows, reverse=True)))
    assert len(rows) > 30
    assert [row for row in rows if row[0] > HEADROOM * MILLISECONDS] == []
    assert [row for row in rows if row[3] > KILOBYTES] == []


@contextmanager
def writing(home: Path) -> Iterator[None]:
    """Somebody who holds the store's write lock, and does not let go."""
    with sqlite3.connect(home / "data" / "safespan.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
    other.close()


@pytest.mark.timeout(600)
def test_no_page_waits_for_whoever_writes_just_now(store: Store, head: Visitor, app: Flask, home: Path, clock: Clock) -> None:
    states.many(store)
    head.get("/")
    with writing(home):
        # Within ten minutes of the passphrase, and so late that the session's use would be written.
        clock.now = school.NOW + 90
        slow = {
            paths[0]: took for paths in addresses.addresses(app, "GET").values() if (took := wait(head, paths[0])) > BUSY_SECONDS
        }
    assert slow == {}


def wait(head: Visitor, path: str) -> float:
    """The least time in seconds until the page was there; what is done once it is on its way does not count."""
    took = []
    for _ in range(TRIES):
        begun = time.perf_counter()
        answer = head.client.get(path)
        took.append(time.perf_counter() - begun)
        assert answer.status_code in (200, 204, 302, 404), path
        answer.close()
        if took[-1] < BUSY_SECONDS:
            break
    return min(took)


def test_no_page_needs_the_guardian_to_be_alive(store: Store, head: Visitor, app: Flask, clock: Clock, home: Path) -> None:
    states.lost(store)
    clock.move(300)
    for paths in addresses.addresses(app, "GET").values():
        assert head.get(paths[0]).status_code in (200, 204, 302, 404), paths[0]
    assert "We have lost touch with the box" in head.get("/").text


def test_thirty_tabs_that_stay_open_change_nothing(
    store: Store, account: None, arrive: Callable[..., Visitor], clock: Clock, home: Path, head: Visitor
) -> None:
    states.many(store)
    live = re.compile(r'hx-get="([^"]+)"')
    tabs = [
        re.findall(live, head.get(path).text) for path in ("/", "/to-look-at", "/devices", "/can-we-see", "/set-up/steps/mirror")
    ]
    asked = [unescaped.replace("&amp;", "&") for tab in tabs for unescaped in tab]
    assert len(asked) >= 5

    def everything() -> tuple[object, ...]:
        return store.chain_head(), store.audit_log(10_000), store.sessions(school.HEAD, clock.now), size_of(home)

    def ask() -> None:
        for path in asked:
            assert head.get(path).status_code in (200, 204)

    ask()
    gc.collect()
    before, objects = everything(), len(gc.get_objects())
    for _ in range(TABS * POLLS // len(asked)):
        ask()
    gc.collect()
    assert everything() == before
    assert len(gc.get_objects()) < objects + 500


def size_of(home: Path) -> int:
    """What lies on the card."""
    return sum(file.stat().st_size for file in (home / "data").rglob("*") if file.is_file())
