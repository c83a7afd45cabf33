"""Programs killed at random moments, over and over, while names come in and the head writes: `python -m tests.lab.kills`.

Ends with an error where a file is unsound, the chain of the record is broken, or a note is gone that the page had said was kept.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import sys
import time
from collections import Counter
from contextlib import suppress
from typing import Final

from appliance.edge.store import LASTING_FILE, RECENT_FILE

from .box import Box, Head
from .clients import ask
from .network import LabError
from .school import SMALL_SCHOOL, Host, open_school, why_not

VICTIMS: Final = ("guardian", "sensor", "page")
LONGEST: Final = 5.0  # seconds between a start and the next kill


class Record:
    """What the head wrote and was told had been kept."""

    def __init__(self, box: Box, head: Head) -> None:
        self._box, self._head = box, head
        self.kept: list[str] = []
        self.refused = 0

    def write(self) -> None:
        """Write a note on the newest incident; one that gets no answer may or may not be kept."""
        text = f"note {len(self.kept) + self.refused}"
        # Before the first name has become an incident there is nothing to write on.
        with suppress(LabError, IndexError):
            newest = self._box.incidents()[0].id
            if text in self._head.post(f"/to-look-at/{newest}/note", f"/to-look-at/{newest}", text=text):
                self.kept.append(text)
                return
        self.refused += 1
        time.sleep(0.1)

    def lost(self) -> list[str]:
        """The notes that were said to be kept and are not there."""
        with self._box.store(readonly=True) as store:
            found = {note.text for incident in store.incidents(limit=10_000) for note in store.notes(incident.id)}
        return [text for text in self.kept if text not in found]


def play(box: Box, host: Host, seconds: float, seed: int) -> dict[str, object]:
    """Kill and write for so long; what came of it."""
    chance, killed = random.Random(seed), Counter[str]()
    record = Record(box, box.head())
    end, number = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        ask(host.namespace, f"harm-{number}.example")
        number += 1
        wait = time.monotonic() + chance.uniform(0.1, LONGEST)
        while time.monotonic() < wait:
            record.write()
        victim = chance.choice(VICTIMS)
        box.kill(victim)
        killed[victim] += 1
        box.start_again(victim)
    box.wait_until_well()
    return {"killed": killed, "names": number, "kept": len(record.kept), "unanswered": record.refused, "lost": record.lost()}


def find_faults(box: Box) -> list[str]:
    """What is wrong with the files, in SQLite's words and ours."""
    faults = []
    for file in (box.data_dir / LASTING_FILE, box.recent_dir / RECENT_FILE):
        with sqlite3.connect(file) as raw:
            faults += [f"{file.name}: {said}" for (said,) in raw.execute("PRAGMA integrity_check") if said != "ok"]
    with box.store(readonly=True) as store:
        broken = store.verify_chain().broken
        faults += [store.recovered] if store.recovered else []
    return [*faults, str(broken)] if broken else faults


def main() -> None:
    """Read the command line, kill for a while, print what came of it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if reason := why_not():
        parser.error(reason)
    lists = {"self_harm": [f"harm-{number}.example" for number in range(10_000)]}
    with open_school(SMALL_SCHOOL[:1], switched_on=False) as school, Box(school.box, lists) as box:
        school.switch_on()
        result = play(box, next(iter(school.hosts.values())), options.seconds, options.seed)
        result["faults"] = find_faults(box)
    print(json.dumps(result))
    sys.exit(bool(result["lost"] or result["faults"]))


if __name__ == "__main__":
    main()
