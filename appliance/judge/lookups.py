"""What each device has looked up in the clear, so that a connection can be told to lead where the box saw the device ask.

Names and addresses of the last day, in two generations of bounded size: what is in use stays, what is old goes.
"""

from __future__ import annotations

from typing import Generic, TypeVar

from appliance.model import DnsAnswer

V = TypeVar("V")

ADDRESSES = 20_000  # (device, address) in one generation; a school's half day
NAMES = 20_000  # (device, name)
DEVICES = 1_000
DAY = 86_400.0
SEEING = 20  # look-ups of a day after which a device counts as one whose look-ups are in sight


class Generations(Generic[V]):
    """A memory that never grows beyond twice `size` and forgets first what was not used for longest. `turned` counts."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._young: dict[tuple[str, str], V] = {}
        self._old: dict[tuple[str, str], V] = {}
        self.turned = 0

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def put(self, key: tuple[str, str], value: V) -> None:
        """Remember a value."""
        if len(self._young) >= self._size and key not in self._young:
            self._old, self._young = self._young, {}
            self.turned += 1
        self._young[key] = value

    def get(self, key: tuple[str, str]) -> V | None:
        """The value remembered last, or None."""
        value = self._young.get(key)
        if value is None and self._old:
            value = self._old.get(key)
            if value is not None:
                self.put(key, value)
        return value


class Lookups:
    """The clear look-ups of all devices. `forgotten` counts how often a full memory let its older half go."""

    def __init__(self, *, addresses: int = ADDRESSES, names: int = NAMES) -> None:
        self._addresses: Generations[tuple[float, str]] = Generations(addresses)
        self._names: Generations[float] = Generations(names)
        self._counts: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._addresses) + len(self._names)

    @property
    def forgotten(self) -> int:
        """How often either memory was full."""
        return self._addresses.turned + self._names.turned

    def asked(self, key: str, time: float, name: str) -> None:
        """A device asked for a name."""
        self._names.put((key, name), time)
        count = self._counts.get(key)
        if count is None and len(self._counts) >= DEVICES:
            del self._counts[next(iter(self._counts))]
        self._counts[key] = (count or 0) + 1

    def answered(self, key: str, answer: DnsAnswer) -> None:
        """A device learnt where a name is. Some answers are all there is to see, so they count as a question too."""
        self._names.put((key, answer.name), answer.time)
        for address in answer.addresses:
            self._addresses.put((key, address), (answer.time, answer.name))

    def has_asked(self, key: str, name: str, time: float) -> bool:
        """Whether the device asked for this name within the last day."""
        when = self._names.get((key, name))
        return when is not None and time - when <= DAY

    def name_at(self, key: str, address: str, time: float) -> str:
        """The name that led the device to an address within the last day; empty where none did."""
        found = self._addresses.get((key, address))
        return found[1] if found is not None and time - found[0] <= DAY else ""

    def sees(self, key: str) -> bool:
        """Whether enough look-ups of the device were in sight to make anything of one that was not."""
        return self._counts.get(key, 0) >= SEEING
