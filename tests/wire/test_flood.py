"""A small flood: the tables fill, stay within their bounds and cost no more than when they were half full."""

from __future__ import annotations

from appliance.wire.limits import Limits
from tests.bench.flood import Flood

SMALL = Limits(flows=500, stream_bytes=100_000, datagrams=50, datagram_bytes=20_000, address_texts=200, quic_flows=100)


def test_flood_of_unfinished_things_stays_within_every_bound() -> None:
    flood = Flood(SMALL)
    for _ in flood.run(30_000):
        assert flood.broken_bounds() == []
    counters = flood.dissector.counters
    assert counters.get("streams-evicted", 0) + counters.get("stream-bytes-evicted", 0) > 1_000
    assert counters["quic-undecryptable"] > 1_000
    assert len(flood.dissector._segments) > 100


def test_full_tables_cost_no_more_than_filling_ones() -> None:
    costs = [row.microseconds for row in Flood(SMALL).run(30_000)]
    assert min(costs[6:]) < 3 * min(costs[:4])
