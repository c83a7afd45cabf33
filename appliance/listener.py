"""The sensor's loop: frames from a source, sightings to the guardian, once a second a word of how it goes.

What concerns a help line is dropped here and leaves no trace, not even a count.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from appliance.edge.channel import ChannelError, ChannelWriter
from appliance.edge.memory import peak_megabytes
from appliance.edge.source import Source
from appliance.edge.systemd import Notifier
from appliance.model import DnsAnswer, Frame, SensorMessage, SensorReport, Sighting

# How often the sensor says how it is, expires what it waits for, and tries a lost guardian again.
TICK = 1.0
# Longer than anything in the dissector waits for the rest of a message.
PATIENCE = 10.0
ETHERNET = 1


class Reader(Protocol):
    """What turns frames into sightings: the Dissector, or a fake of it."""

    counters: dict[str, int]

    def feed(self, frame: Frame) -> Sequence[Sighting]:
        """The sightings of one frame, mostly none."""

    def flush(self, now: float) -> Sequence[Sighting]:
        """What is told only after a while: things that stayed without a name."""


class Listener:
    """One source on its way to one guardian. `step` does a batch; `run` goes on until the source ends or `stop` is called."""

    def __init__(
        self,
        source: Source,
        reader: Reader,
        writer: ChannelWriter,
        *,
        help_names: Collection[str] = frozenset(),
        own_macs: Collection[bytes] = frozenset(),
        clock: Callable[[], float] = time.time,
        beat: Callable[[], float] = time.monotonic,
        reconnect: Callable[[], socket.socket | None] | None = None,
        wall_time: bool = True,
    ) -> None:
        self.source, self.reader, self.writer = source, reader, writer
        self._help_names, self._own_macs = help_names, own_macs
        self._clock, self._beat, self._reconnect, self._wall_time = clock, beat, reconnect, wall_time
        self._stopped = False
        self._next_tick = 0.0
        self._recent = Recent()
        self.sightings = self.foreign_unicast = 0
        self.last_packet = 0.0

    def stop(self) -> None:
        """Finish after the batch at hand."""
        self._stopped = True

    def run(self, notifier: Notifier) -> None:
        """Read to the end; the last message is a report with `finished` set. Raises ChannelError where nobody listens."""
        while not self._stopped and self.step():
            # By a clock that nobody sets: a box without a battery wakes in the past, and is put right later.
            if self._beat() >= self._next_tick:
                self._tick()
                notifier.alive()
        # What still waits for its other half is told now, as if that had not come in time.
        rest = self.reader.flush(self._now() + PATIENCE)
        self._hand_over([*self._listen(rest), self.report(finished=True)])

    def step(self) -> bool:
        """Read one batch and hand over what it says; False at the source's end."""
        frames = self.source.read()
        if frames is None:
            return False
        if frames:
            self._read(frames)
        elif self.writer.waiting:
            self.writer.post(())
        return True

    def report(self, *, finished: bool = False) -> SensorReport:
        """How the sensor is doing at this moment."""
        source = self.source
        lost = {"guardian-away": self.writer.lost, "unsendable": self.writer.unsendable, "duplicate": self.duplicates}
        return SensorReport(
            time=self._now(),
            source=source.name,
            live=source.live,
            finished=finished,
            interface_up=source.interface_up,
            packets=source.packets,
            offered=source.offered,
            bytes=source.bytes,
            dropped=source.dropped,
            foreign_unicast=self.foreign_unicast,
            sightings=self.sightings,
            last_packet=self.last_packet,
            peak_megabytes=peak_megabytes(),
            reasons={**source.reasons, **self.reader.counters, **{reason: count for reason, count in lost.items() if count}},
        )

    @property
    def duplicates(self) -> int:
        """Frames that the mirror sent twice."""
        return self._recent.repeated

    def _now(self) -> float:
        """The time of this moment; a recording read as fast as it goes lives in its own time."""
        return self._clock() if self._wall_time else self.last_packet

    def _read(self, frames: list[Frame]) -> None:
        """Feed a batch of frames, count the foreign ones, hand over what was seen."""
        feed, own, is_new = self.reader.feed, self._own_macs, self._recent.is_new
        batch: list[SensorMessage] = []
        foreign = 0
        for frame in frames:
            data = frame.data
            if not is_new(frame):
                continue
            found = feed(frame)
            if found:
                batch.extend(found)
            if frame.link == ETHERNET and len(data) >= 12 and not data[0] & 1 and data[:6] not in own and data[6:12] not in own:
                foreign += 1
        self.foreign_unicast += foreign
        self.last_packet = max(self.last_packet, frames[-1].time)
        if batch:
            self._hand_over(self._listen(batch))

    def _listen(self, found: Sequence[SensorMessage]) -> list[SensorMessage]:
        """The sightings without those that concern a help line."""
        kept = without_help_lines(found, self._help_names)
        self.sightings += len(kept)
        return kept

    def _hand_over(self, batch: Sequence[SensorMessage]) -> None:
        """Live never waits for the guardian; a file does, so that nothing of it is lost."""
        if self.source.live:
            self.writer.post(batch)
        else:
            self.writer.send(batch)

    def _tick(self) -> None:
        """Once a second: expire, report, look for a guardian that went away."""
        self._next_tick = self._beat() + TICK
        if not self.writer.connected and self._reconnect is not None and (sock := self._reconnect()) is not None:
            self.writer.attach(sock)
        elif not self.writer.connected and self._reconnect is None:
            raise ChannelError("The guardian went away.")
        self._hand_over([*self._listen(self.reader.flush(self._now())), self.report()])


class Recent:
    """The frames of the last moment: a mirror that copies both directions of a port sends many of them twice.

    Remembers at most `MOST` frames by their hash; `repeated` counts those that came again within `WINDOW`.
    """

    MOST = 256
    WINDOW = 0.005

    def __init__(self) -> None:
        self._times: dict[int, float] = {}
        self.repeated = 0

    def is_new(self, frame: Frame) -> bool:
        """Whether this frame has not just been here, byte for byte and in the same VLAN."""
        times, time = self._times, frame.time
        key = hash((frame.data, frame.vlan))
        before = times.get(key)
        if before is not None and 0 <= time - before < self.WINDOW:
            self.repeated += 1
            return False
        if len(times) >= self.MOST:
            times.clear()
        times[key] = time
        return True


def without_help_lines(found: Sequence[SensorMessage], help_names: Collection[str]) -> list[SensorMessage]:
    """The messages that name no help line, nor anything beneath one or an alias of one."""
    if not help_names:
        return list(found)
    return [message for message in found if not _concerns(message, help_names)]


def _concerns(message: SensorMessage, help_names: Collection[str]) -> bool:
    """Whether a message names one of the help lines."""
    name = getattr(message, "name", "")
    if name and is_beneath(name, help_names):
        return True
    return isinstance(message, DnsAnswer) and any(is_beneath(alias, help_names) for alias in message.aliases)


def is_beneath(name: str, parents: Collection[str]) -> bool:
    """Whether `name` or one of the names above it, label by label, is among `parents`."""
    while name not in parents:
        dot = name.find(".")
        if dot < 0:
            return False
        name = name[dot + 1 :]
    return bool(name)
