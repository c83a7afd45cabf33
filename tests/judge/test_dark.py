from __future__ import annotations

from appliance.judge.dark import NEW, PLACES, WINDOW, Dark, DarkRooms

from .seen import NOON

HOUR_AGO = NOON - 4_500.0


def window(rooms: DarkRooms, at: float, *, dark: tuple[str, ...] = ("dark",), lit: int = 5, places: int = NEW) -> list[Dark]:
    """One quarter of an hour: some devices that look up, some that don't."""
    found = []
    for n in range(places):
        for device in dark:
            found += rooms.connect(device, at + n, f"place {n}", looked_up=False)
        for device in range(lit):
            found += rooms.connect(f"lit {device}", at + n, f"place {n}", looked_up=True)
    return found


def acquainted(*keys: str) -> DarkRooms:
    """Rooms that have known the devices for over an hour."""
    rooms = DarkRooms()
    for key in keys or ("dark", *(f"lit {n}" for n in range(5))):
        rooms.connect(key, HOUR_AGO, "first", looked_up=True)
    return rooms


def test_two_dark_windows_among_lit_devices_are_found() -> None:
    rooms = acquainted()
    assert window(rooms, NOON) + window(rooms, NOON + WINDOW) == []
    (found,) = window(rooms, NOON + 2 * WINDOW)
    assert found.key == "dark" and found.finding.shape == "dark" and not rooms.lacking


def test_one_dark_window_is_enough_where_the_device_hides_something() -> None:
    rooms = acquainted()
    window(rooms, NOON)
    rooms.hint("dark")
    assert [found.key for found in window(rooms, NOON + WINDOW)] == ["dark"]


def test_where_nobody_looks_up_in_sight_it_is_the_boxs_place() -> None:
    rooms = DarkRooms()
    devices = tuple(f"dark {n}" for n in range(6))
    found = [one for n in range(8) for one in window(rooms, NOON + n * WINDOW, dark=devices, lit=0)]
    assert found == [] and rooms.lacking
    window(rooms, NOON + 9 * WINDOW)
    window(rooms, NOON + 10 * WINDOW)
    assert not rooms.lacking


def test_a_newcomer_may_remember_what_it_looked_up_at_home() -> None:
    rooms = acquainted("lit 0")
    assert [one for n in range(4) for one in window(rooms, NOON + n * WINDOW)] == []


def test_few_places_prove_nothing() -> None:
    rooms = acquainted()
    assert [one for n in range(6) for one in window(rooms, NOON + n * WINDOW, places=NEW - 1)] == []


def test_a_lit_window_between_begins_anew() -> None:
    rooms = acquainted()
    found = window(rooms, NOON)
    found += window(rooms, NOON + WINDOW, dark=(), lit=5)
    for n in range(NEW):
        found += rooms.connect("dark", NOON + WINDOW + 100 + n, f"place {n}", looked_up=True)
    found += window(rooms, NOON + 2 * WINDOW)
    found += window(rooms, NOON + 3 * WINDOW)
    assert found == []


def test_a_clock_that_jumps_proves_nothing() -> None:
    rooms = acquainted()
    found = window(rooms, NOON)
    found += window(rooms, NOON + 50 * WINDOW)
    found += window(rooms, NOON - 50 * WINDOW)
    assert found == []


def test_floods_of_devices_and_places_stay_within_bounds() -> None:
    rooms = DarkRooms(devices=10)
    for n in range(1_000):
        rooms.connect(f"device {n % 25}", NOON, f"place {n}", looked_up=False)
    assert len(rooms) == 10 and rooms.evicted > 15
    for n in range(1_000):
        rooms.connect("one", NOON, f"place {n}", looked_up=False)
    assert len(rooms._windows["one"].places) == PLACES
