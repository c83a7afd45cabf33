"""Whether cost and memory stay flat (`python -m tests.bench.flood --packets 10000000`).

Feeds a dissector with packets of 50,000 clients of which one in five hundred ends anything: half-open ClientHellos, names that
are never asked twice, QUIC Initials that nobody can open, first fragments. Prints a row for each tenth: CPU microseconds a packet
(making the packets is not counted), resident memory, what is held. Ends with status 1 where a bound is broken.
"""

from __future__ import annotations

import argparse
import gc
import struct
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from appliance.model import Frame
from appliance.wire.dissector import Dissector
from appliance.wire.limits import Limits
from tests.wire.packets import SYN, TCP, UDP, client_hello, dns_answer, dns_query, ethernet, ip4, tcp, udp

CLIENTS: Final = 50_000
A_SECOND: Final = 20_000  # packets, by their times: a school at its busiest passes a tenth of that
BATCH: Final = 2_000
# What the tables may take beyond an empty dissector, in MiB: the bytes that `Limits` allows and twice that for the objects.
MEMORY_BOUND: Final = 80
# The last tenth may cost so much more a packet than the second; a busy machine alone makes a tenth or two.
SLOWER_BOUND: Final = 1.5

_HELLO: Final = client_hello("www.example.com", padding=400)[:-9]
_QUESTION: Final = dns_query("0123456789ab.example.org")
_NAME_AT: Final = 14 + 20 + 8 + 12 + 1
_INITIAL: Final = b"\xc3\0\0\0\x01\x08" + bytes(8) + b"\0\0\x44\x9e" + bytes(range(256)) * 5


class Row(Struct, frozen=True):
    """One tenth of the run."""

    packets: int
    microseconds: float
    resident_mib: float
    streams: int
    stream_bytes: int
    quic: int
    fragments: int
    given_up: int


def frames(packets: int) -> Iterator[Frame]:
    """So many packets; of ten one opens a connection and one begins a hello that never ends."""
    for number in range(packets):
        turn, client = number // 10, number % CLIENTS
        yield Frame(1_000.0 + number / A_SECOND, _MAKERS[number % 10](turn, client))


def _from(template: bytes, turn: int, client: int) -> bytearray:
    """A frame with the client's MAC and address, and a port that changes with every turn."""
    data = bytearray(template)
    data[8:12] = client.to_bytes(4, "big")
    data[26:30] = struct.pack("!I", 0x0A000000 + client)
    data[34:36] = struct.pack("!H", 1_024 + turn % 60_000)
    return data


_SYN_FRAME: Final = ethernet(ip4(tcp(seq=0, flags=SYN), TCP))
_HELLO_FRAME: Final = ethernet(ip4(tcp(_HELLO), TCP))
_QUESTION_FRAME: Final = ethernet(ip4(udp(_QUESTION), UDP))
_INITIAL_FRAME: Final = ethernet(ip4(udp(_INITIAL, 443), UDP))
_FRAGMENT_FRAME: Final = ethernet(ip4(bytes(600), UDP, where=0x2000))
_ANSWER_FRAME: Final = ethernet(ip4(udp(dns_answer(), 40_000, 53), UDP))


def _syn(turn: int, client: int) -> bytes:
    # The hello comes from the same client two packets later.
    return bytes(_from(_SYN_FRAME, turn, client + 2))


def _hello(turn: int, client: int) -> bytes:
    return bytes(_from(_HELLO_FRAME, turn, client))


def _question(turn: int, client: int) -> bytes:
    data = _from(_QUESTION_FRAME, turn, client)
    data[_NAME_AT : _NAME_AT + 12] = b"%08x%04x" % (turn, client & 0xFFFF)
    return bytes(data)


def _initial(turn: int, client: int) -> bytes:
    data = _from(_INITIAL_FRAME, turn, client)
    data[48:52] = turn.to_bytes(4, "big")
    return bytes(data)


def _fragment(turn: int, client: int) -> bytes:
    data = _from(_FRAGMENT_FRAME, turn, client)
    data[18:20] = (turn & 0xFFFF).to_bytes(2, "big")
    return bytes(data)


def _answer(turn: int, client: int) -> bytes:
    data = bytearray(_ANSWER_FRAME)
    data[2:6] = client.to_bytes(4, "big")
    data[30:34] = struct.pack("!I", 0x0A000000 + client)
    return bytes(data)


_MAKERS: Final = (_syn, _question, _hello, _question, _answer, _question, _answer, _initial, _answer, _fragment)


class Flood:
    """A dissector under water."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.dissector = Dissector(self.limits)
        self.fed = 0

    def run(self, packets: int, tenths: int = 10) -> Iterator[Row]:
        """Feed so many packets; a row for each tenth."""
        source = frames(packets)
        while self.fed < packets:
            goal = min(packets, self.fed + -(-packets // tenths))
            before, cost = self.fed, 0.0
            while self.fed < goal:
                cost += self._feed(list(islice(source, min(BATCH, goal - self.fed))))
            yield self._row(cost / (self.fed - before))

    def broken_bounds(self) -> list[str]:
        """The bounds that do not hold at this moment."""
        limits, dissector = self.limits, self.dissector
        held = {
            "flows": (len(dissector._segments), limits.flows),
            "stream_bytes": (dissector._segments.held, limits.stream_bytes),
            "quic_flows": (len(dissector._datagrams._quic), limits.quic_flows),
            "datagrams": (len(dissector._fragments), limits.datagrams),
            "address_texts": (len(dissector._envelope.addresses), limits.address_texts),
        }
        return [f"{name}: {have} of {most}" for name, (have, most) in held.items() if have > most]

    def _feed(self, batch: list[Frame]) -> float:
        """CPU seconds that a batch takes, with the flush that follows it once in a while."""
        feed = self.dissector.feed
        began = time.process_time()
        for frame in batch:
            feed(frame)
        self.fed += len(batch)
        if self.fed % A_SECOND < BATCH:
            self.dissector.flush(batch[-1].time)
        return time.process_time() - began

    def _row(self, cost: float) -> Row:
        dissector = self.dissector
        return Row(
            self.fed,
            round(cost * 1e6, 2),
            resident(),
            len(dissector._segments),
            dissector._segments.held,
            len(dissector._datagrams._quic),
            len(dissector._fragments),
            sum(dissector.counters.values()),
        )


def resident() -> float:
    """This process's memory in MiB."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * 4096 / 2**20, 1)


def main() -> int:
    """Read the command line, run, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packets", type=int, default=10_000_000)
    options = parser.parse_args()
    flood, empty = Flood(), resident()
    rows, broken = [], []
    for row in flood.run(options.packets):
        print(msgspec.json.encode(row).decode(), flush=True)
        rows.append(row)
        broken += flood.broken_bounds()
    grown, slower = max(row.resident_mib for row in rows) - empty, rows[-1].microseconds / rows[1].microseconds
    print(json_line(grown, slower, flood.dissector.counters))
    return 1 if broken or grown > MEMORY_BOUND or slower > SLOWER_BOUND else 0


def json_line(grown: float, slower: float, counters: dict[str, int]) -> str:
    """The verdict's figures."""
    return msgspec.json.encode({"grown_mib": round(grown, 1), "slower": round(slower, 2), "counters": counters}).decode()


if __name__ == "__main__":
    sys.exit(main())
