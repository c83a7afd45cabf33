"""The school mix: right sums, right shares, other clients; and every name in it can be read again."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from . import pcap
from .bulk import BURST, MODULUS, TcpBulk, UdpBulk, checksum
from .listening import read_file
from .pcap import Packet
from .school import why_not
from .school_mix import bears_name, compose, for_other_clients, live_part, machines, write_mix

CLIENT_4 = bytes.fromhex("18e829100001 3c5282002401 0800".replace(" ", ""))
CLIENT_6 = bytes.fromhex("18e829100001 3c5282002402 86dd".replace(" ", ""))


def _hello(version: int) -> Packet:
    """A client's segment with the start of a ClientHello, and right checksums."""
    payload = b"\x16\x03\x01" + bytes(97)
    tcp = b"\xc3\x50\x01\xbb" + bytes([0, 0, 1, 0, 0, 0, 2, 0]) + b"\x50\x18\x01\xf5\x00\x00\x00\x00" + payload
    if version == 4:
        addresses = bytes([192, 168, 7, 101, 203, 0, 113, 10])
        head = b"\x45\x00" + (20 + len(tcp)).to_bytes(2) + bytes(4) + b"\x40\x06"
        ip = head + (MODULUS - checksum(head + addresses)).to_bytes(2) + addresses
    else:
        addresses = bytes.fromhex("20010db8000700000000000000000101 20010db8cafe00000000000000000010".replace(" ", ""))
        ip = b"\x60\x00\x00\x00" + len(tcp).to_bytes(2) + b"\x06\x40" + addresses
    total = MODULUS - checksum(addresses + b"\x00\x06" + len(tcp).to_bytes(2) + tcp)
    data = (CLIENT_4 if version == 4 else CLIENT_6) + ip + tcp[:16] + total.to_bytes(2) + tcp[18:]
    return Packet(1.0, data, len(data))


def _sums(frame: bytes) -> list[int]:
    """What must be zero, or all ones: the IPv4 header's sum and the transport's."""
    version_4 = frame[12:14] == b"\x08\x00"
    start, addresses, protocol = (34, frame[26:34], frame[23]) if version_4 else (54, frame[22:54], frame[20])
    pseudo = addresses + bytes([0, protocol]) + (len(frame) - start).to_bytes(2)
    sums = [checksum(pseudo + frame[start:])]
    return [*sums, checksum(frame[14:34])] if version_4 else sums


@pytest.mark.parametrize("version", [4, 6])
def test_bulk_has_right_checksums_and_lengths(version: int) -> None:
    for bulk in (TcpBulk(_hello(version)), UdpBulk(_as_udp(_hello(version)))):
        frames = [frame for _ in range(3) for frame in bulk.burst()]
        assert len(frames) == 3 * BURST
        assert {total for frame in frames for total in _sums(frame)} == {0}
        assert max(map(len, frames)) <= 1514


@pytest.mark.parametrize("version", [4, 6])
def test_another_client_has_other_addresses_and_right_checksums(version: int) -> None:
    mine = _hello(version)
    other = for_other_clients(mine, 3)
    assert other.data[6:12] != mine.data[6:12]
    assert pcap.segment(other.data).flow != pcap.segment(mine.data).flow
    assert set(_sums(other.data)) == {0}
    assert for_other_clients(mine, 0) is mine


def test_a_hello_bears_a_name_and_what_follows_it_does_not() -> None:
    hello = _hello(4)
    assert bears_name(hello)
    assert not any(bears_name(Packet(1.0, frame, len(frame))) for frame in TcpBulk(hello).burst())


def test_the_mix_has_its_share_of_names_and_its_length() -> None:
    counts: Counter[str] = Counter()
    frames = list(compose([_hello(4), _hello(6)] * 10, 10_000, counts))
    assert 10_000 - BURST <= len(frames) <= 10_000 + BURST
    assert counts["names"] == 150
    assert len(set(frames)) > 1_000


@pytest.mark.lab
@pytest.mark.skipif(bool(why_not("chromium", "tcpdump")), reason=why_not("chromium", "tcpdump"))
def test_every_name_that_was_opened_is_read_from_the_mix(tmp_path: Path) -> None:
    log: dict[str, list[str]] = {"tls": [], "quic": []}
    live = live_part(tmp_path, machines()[:3], 10_000, log)
    counts: Counter[str] = Counter()
    made = write_mix(tmp_path / "mix.pcap", compose(live, 10_000, counts), 10_000, counts)
    assert made.packets == 10_000
    found = {(one["kind"], one.get("name")) for one in read_file(tmp_path / "mix.pcap")}
    assert [name for kind, names in log.items() for name in names if (kind, name) not in found] == []
    assert {kind for kind, names in log.items() if names} == {"tls", "quic"}


def _as_udp(packet: Packet) -> Packet:
    """The same client's frame as UDP, as far as bulk looks at it."""
    data = bytearray(packet.data)
    data[23 if data[12] == 8 else 20] = pcap.UDP
    return Packet(packet.time, bytes(data), packet.length)
