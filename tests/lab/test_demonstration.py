"""The recorded demonstration: small, closed to the world, and telling the whole story. Needs no root."""

from __future__ import annotations

from . import day, pcap
from .record import DEMONSTRATION, LARGEST, strangers


def test_the_recording_is_small_and_speaks_to_nobody_outside_the_lab() -> None:
    assert DEMONSTRATION.stat().st_size <= LARGEST
    assert strangers(pcap.read(DEMONSTRATION)) == set()


def test_the_recording_keeps_the_day_in_order_and_at_its_length() -> None:
    times = [packet.time for packet in pcap.read(DEMONSTRATION)]
    assert times == sorted(times)
    assert day.SECONDS - 10 <= times[-1] - times[0] <= day.SECONDS + 20


def test_every_machine_and_every_name_of_the_day_is_in_the_recording() -> None:
    whole = b"".join(packet.data for packet in pcap.read(DEMONSTRATION)).lower()
    missing = [machine.name for machine in day.MACHINES if machine.name.lower().encode() not in whole]
    missing += [act.name for act in day.ACTS if "._" not in act.name and _as_asked(act.name) not in whole]
    assert missing == []


def test_thinning_keeps_openings_whole_and_cuts_what_servers_say_later() -> None:
    flow = b"\xc6\x33\x64\x01\xcb\x00\x71\x01"
    packets = [_tcp(flow, 40_000, 443, b"x" * 1400)] * 3 + [_tcp(flow[4:] + flow[:4], 443, 40_000, b"y" * 1400)] * 100
    kept = list(pcap.thin(packets))
    assert [len(packet.data) for packet in kept[:3]] == [1454] * 3
    assert {len(packet.data) for packet in kept[3:]} == {pcap.SERVER_BYTES}
    assert {packet.length for packet in kept} == {1454}
    assert len(kept) < 12


def _as_asked(name: str) -> bytes:
    """A name as it stands in a DNS question."""
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))


def _tcp(addresses: bytes, source: int, target: int, payload: bytes) -> pcap.Packet:
    total = 40 + len(payload)
    ip = b"\x45\x00" + total.to_bytes(2) + bytes(4) + b"\x40\x06\x00\x00" + addresses
    tcp = source.to_bytes(2) + target.to_bytes(2) + bytes(8) + b"\x50\x10" + bytes(6)
    data = bytes(12) + b"\x08\x00" + ip + tcp + payload
    return pcap.Packet(1.0, data, len(data))
