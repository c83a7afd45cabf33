"""The names of the last moments, counted by device, kind and minute, until they are taken to the memory of the last hours."""

from __future__ import annotations

from msgspec.structs import replace

from appliance.model import RecentName

WAITING = 50_000  # (device, kind, name) within one flush; seconds of the busiest school


class RecentNames:
    """Names that wait to be taken. `dropped` counts those that found no room."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str, str, int], RecentName] = {}
        self.dropped = 0

    def note(self, device: str, time: float, kind: str, name: str) -> None:
        """Keep a name for the hour around an incident, once a minute with its count."""
        row = (device, kind, name, int(time // 60))
        known = self._rows.get(row)
        if known is not None:
            self._rows[row] = replace(known, count=known.count + 1)
        elif len(self._rows) < WAITING:
            self._rows[row] = RecentName(time=time, mac=device, kind=kind, name=name)
        else:
            self.dropped += 1

    def take(self) -> list[RecentName]:
        """The names since the last call."""
        rows, self._rows = self._rows, {}
        return list(rows.values())
