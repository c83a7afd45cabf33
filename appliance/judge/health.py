"""Is it working, and what can't it see: counters become a list of problems, each with a sentence and what to do.

Problems are judged on what the sensor reported within a window, never on one report. Nothing in here looks at names.
"""

from __future__ import annotations

from msgspec import Struct

from appliance.model import SensorReport

SILENT_SECONDS = 60.0  # no packet at all on a live port
MIRROR_SECONDS = 60.0  # from the start: only our own switch's chatter
MIRROR_LOST_SECONDS = 1800.0  # after a mirror was seen: nights are quiet, a quiet half hour with packets is not
DROPS_SHARE = 0.01
DROPS_WINDOW = 60.0
SENSOR_SECONDS = 5.0
STALE_LISTS_SECONDS = 30 * 86_400.0  # since a fetched list was last known to be its maker's newest

# What is wrong -> one sentence for the page and the lamp, with what to do first. In the order of telling.
PROBLEMS: dict[str, str] = {
    "no-sensor": "The part of the box that listens has stopped. It starts again by itself; if not, switch the box off and on.",
    "store": "The box can't write its records. It goes on watching; ask IT support to look at its memory card.",
    "interface-down": "The listening cable is unplugged, or the switch is off. Check the cable between the box and the switch.",
    "no-packets": "The box has heard nothing for a minute. Check the cable and the mirror setting of the switch.",
    "no-mirror": "The box hears nothing but its own switch. Ask IT support to check the mirror setting of the switch.",
    "one-mac": "Devices seem to sit behind one router and are told apart by address only. Ask IT support to move the mirror.",
    "forwarder": "Nearly all look-ups come from one machine that asks for the others, so it is hard to say which device asked. "
    "Ask IT support to mirror the network before that machine.",
    "drops": "The box could not keep up and missed some of what devices asked for.",
    "sight-fell": "The box can tell of far fewer connections than usual where they go. Ask IT support what has changed.",
    "no-lookups": "The box sees connections but hardly any look-ups. Ask IT support to mirror the look-up server's port as well.",
    "one-way": "The box hears only one direction of the traffic. Ask IT support to mirror both directions.",
    "no-lists": "The box has no lists of names, so it can't tell what matters. Ask IT support to update the lists.",
    "lists-stale": "A list of names has not been brought up to date for a month. Ask IT support to let the box fetch its lists.",
    "incidents-capped": "So many new things came up within an hour that some were only counted.",
    "records-recovered": "The box's records were damaged and have been put aside; what could be read was taken over.",
    "clock": "The box's clock has not been set, so times may be wrong. Ask IT support to let it reach a time server.",
}
# With one of these the box is not watching as it should: the lamp says so.
BLINDING = frozenset(("no-sensor", "store", "interface-down", "no-packets", "no-mirror", "drops", "sight-fell", "no-lists"))


class Moment(Struct, frozen=True, kw_only=True):
    """What the guardian knows at one moment beside the sensor's report. `routers`: MACs that speak for many addresses.

    `forwarder`: one device asks for nearly all names while others are there.
    """

    now: float
    list_entries: int
    clock_synced: bool | None
    store_fails: bool = False
    recovered: bool = False
    capped: int = 0
    routers: int = 0
    forwarder: bool = False
    devices: int = 0
    sensor_connected: bool = True
    sight_fell: bool = False
    one_way: bool = False
    lists_stale: bool = False
    no_lookups: bool = False


class Watch:
    """Follows the sensor's reports and says what is wrong. Times are the guardian's own, so a clock set back does no harm."""

    def __init__(self, started: float) -> None:
        self._started = started
        self._report: SensorReport | None = None
        self._heard = started  # when a report came
        self._packets_at = started  # when the packet counter last rose
        self._foreign_at: float | None = None  # when a frame between two others was last counted
        self._window: list[tuple[float, int, int]] = []  # (time, packets, dropped), one a second

    def report(self, report: SensorReport, now: float) -> None:
        """Take a report in, at the guardian's time."""
        before = self._report
        if before is None or report.packets < before.packets:
            # A sensor that has started anew counts from nothing.
            self._window.clear()
            self._packets_at = now
        elif report.packets > before.packets:
            self._packets_at = now
        if report.foreign_unicast and (before is None or report.foreign_unicast != before.foreign_unicast):
            self._foreign_at = now
        self._heard = now
        self._report = report
        self._window.append((now, report.packets, report.dropped))
        while now - self._window[0][0] > DROPS_WINDOW or len(self._window) > 4 * DROPS_WINDOW:
            self._window.pop(0)

    def problems(self, moment: Moment) -> tuple[str, ...]:
        """The ids of everything that is wrong now, in the order of PROBLEMS."""
        found = {
            "no-sensor": self._sensor_is_gone(moment),
            "store": moment.store_fails,
            "interface-down": self._is_live() and not self._last().interface_up,
            "no-packets": self._is_live() and moment.now - self._packets_at > SILENT_SECONDS,
            "no-mirror": self._is_live() and self._has_no_mirror(moment.now),
            "one-mac": bool(moment.routers) and moment.devices > 10 * moment.routers,
            "forwarder": moment.forwarder,
            "drops": self._drops(),
            "sight-fell": moment.sight_fell,
            "no-lookups": moment.no_lookups,
            "one-way": moment.one_way,
            "no-lists": not moment.list_entries,
            "lists-stale": moment.lists_stale,
            "incidents-capped": bool(moment.capped),
            "records-recovered": moment.recovered,
            "clock": moment.clock_synced is False,
        }
        return tuple(problem for problem in PROBLEMS if found.get(problem))

    def _last(self) -> SensorReport:
        return self._report or SensorReport(time=self._started)

    def _is_live(self) -> bool:
        return self._last().live

    def _sensor_is_gone(self, moment: Moment) -> bool:
        """No sensor for some seconds, save after a capture that was read to its end."""
        if self._last().finished and not self._is_live():
            return False
        silent = moment.now - self._heard
        return silent > (SENSOR_SECONDS if moment.sensor_connected else 1.0)

    def _has_no_mirror(self, now: float) -> bool:
        """Packets come, but none between two other machines."""
        if now - self._packets_at > SILENT_SECONDS or not self._last().packets:
            return False
        if self._foreign_at is None:
            return now - self._started > MIRROR_SECONDS
        return now - self._foreign_at > MIRROR_LOST_SECONDS

    def _drops(self) -> bool:
        """More than one in a hundred packets lost within the window."""
        if not self._window:
            return False
        (_, packets, dropped), (_, packets_now, dropped_now) = self._window[0], self._window[-1]
        lost, passed = dropped_now - dropped, packets_now - packets
        return lost > DROPS_SHARE * (lost + passed)
