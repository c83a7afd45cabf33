"""How long from a packet to the lamp and to the page: `python -m tests.lab.latency --runs 20`."""

from __future__ import annotations

import argparse
import json
import statistics
import threading
import time
from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec import Struct

from .box import Box, Head
from .clients import fetch
from .network import LabError
from .school import Host, open_school, why_not
from .screen import Screen
from .wire import Tap

PATIENCE: Final = 10.0
POLL: Final = 0.02
KINDS: Final = ("lamp", "page", "screen")
SCREEN_PAUSE: Final = 2.5  # longer than the page takes to look again
QUIET: Final = 3.5  # longer than a rhythm of the lamp, and than the guardian takes to write what is not urgent
URGENT_CARD: Final = "item--urgent"


class Latency(Struct, frozen=True):
    """One run, in seconds from the arrival of the first packet that bears the name.

    `lamp` is the red pin; `page` the page as it is served; `screen` as an open browser shows it, None where none was open.
    """

    lamp: float
    page: float
    screen: float | None = None


class PageWatch(threading.Thread):
    """Looks at the live part of the first screen again and again until an urgent incident stands on it."""

    def __init__(self, head: Head) -> None:
        super().__init__(daemon=True)
        self._head = head
        self.seen: float | None = None
        self.start()

    def run(self) -> None:
        """Every 20 ms; `seen` is the time since the epoch at which the page had come."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if URGENT_CARD in self._head.get("/today/now"):
                self.seen = time.time()
                return
            time.sleep(POLL)


def as_asked(name: str) -> bytes:
    """A name as it stands in a DNS question."""
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))


def measure(box: Box, head: Head, host: Host, name: str, *, browser: bool, screen: Screen | None = None) -> Latency:
    """Let a pupil open an urgent name, and wait for the lamp's red and for the page; raises `LabError` where one stays away."""
    with Tap(box.namespace) as tap:
        watch = PageWatch(head)
        opening = threading.Thread(target=_open, args=(host, name, browser))
        opening.start()
        packet = tap.first_with(as_asked(name), PATIENCE)
        watch.join()
        opening.join()
    lamp = _lit(box, packet) if packet else None
    shown = screen.look(PATIENCE) if screen else None
    if packet is None or lamp is None or watch.seen is None or (screen and shown is None):
        raise LabError(f"{name}: packet {packet}, lamp {lamp}, page {watch.seen}, screen {shown}\n{box.said()}")
    return Latency(lamp=lamp - packet, page=watch.seen - packet, screen=shown - packet if shown else None)


def _open(host: Host, name: str, browser: bool) -> None:
    if browser:
        host.browser.open(f"https://{name}/")
    else:
        fetch(host.namespace, f"https://{name}/")


def _lit(box: Box, since: float) -> float | None:
    end = time.monotonic() + PATIENCE
    while (lit := box.lit_since(box.settings.lights.red, since)) is None and time.monotonic() < end:
        time.sleep(POLL)
    return lit


def settle(box: Box, head: Head) -> None:
    """Decide every open incident, and wait until nothing is red any more: the next packet finds the box at rest."""
    end = time.monotonic() + PATIENCE
    quiet_since = time.monotonic()
    # The red lamp blinks: it is out when it has been dark for long.
    while time.monotonic() - quiet_since < QUIET:
        if time.monotonic() > end:
            raise LabError(f"the box stays red after every incident was decided: {box.incidents()}")
        lit = len(box.pin_changes())
        _decide(box, head)
        time.sleep(POLL)
        if _is_red(box) or any(change.pin == box.settings.lights.red for change in box.pin_changes()[lit:]):
            quiet_since = time.monotonic()


def _decide(box: Box, head: Head) -> None:
    for incident in box.incidents():
        if incident.decision is None:
            head.post(f"/to-look-at/{incident.id}/decision", f"/to-look-at/{incident.id}", decision="exercise", text="")


def _is_red(box: Box) -> bool:
    with box.store(readonly=True) as store:
        lamp = store.lamp()
    return lamp is not None and lamp.colour == "red"


def repeat(runs: int, *, browser: bool) -> list[Latency]:
    """So many runs in one school with one box, each with a name of its own."""
    names = [f"urgent-{number}.example" for number in range(runs)]
    measured = []
    with open_school(switched_on=False) as school, Box(school.box, {"self_harm": names}) as box:
        school.switch_on()
        head = box.head()
        with Screen(box, head) as screen:
            for number, name in enumerate(names):
                host = list(school.hosts.values())[number % len(school.hosts)]
                measured.append(measure(box, head, host, name, browser=browser, screen=screen))
                settle(box, head)
                time.sleep(SCREEN_PAUSE)
                screen.look_away()
    return measured


def describe(values: Sequence[float]) -> dict[str, int]:
    """The distribution, in milliseconds."""
    ordered = sorted(values)
    place = {"least": 0, "median": len(ordered) // 2, "p95": int(len(ordered) * 0.95), "most": len(ordered) - 1}
    told = {name: round(1000 * ordered[min(at, len(ordered) - 1)]) for name, at in place.items()}
    return told | {"mean": round(1000 * statistics.fmean(ordered))}


def main() -> None:
    """Read the command line, measure, print a table and a line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--curl", action="store_true", help="open the names with curl instead of Chromium")
    options = parser.parse_args()
    if reason := why_not("chromium"):
        parser.error(reason)
    measured = repeat(options.runs, browser=not options.curl)
    runs = [msgspec.structs.asdict(one) for one in measured]
    print("milliseconds from the packet to    lamp    page  screen")
    for number, run in enumerate(runs, 1):
        print(f"run {number:3}" + " " * 25 + "".join(f"{1000 * run[key]:8.0f}" for key in KINDS))
    print(json.dumps({"runs": len(runs), "unit": "ms"} | {key: describe([run[key] for run in runs]) for key in KINDS}))


if __name__ == "__main__":
    main()
