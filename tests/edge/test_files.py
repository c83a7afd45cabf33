"""Capture files of every make, whole and damaged."""

from __future__ import annotations

import contextlib
import gzip
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.edge.capture_files import FileSource, PcapSource, open_capture
from appliance.edge.files import MAX_FRAME, CaptureError, read_frames
from appliance.edge.source import BATCH
from appliance.model import Frame

ONE, TWO = b"first frame", b"the second"


def pcap(*frames: tuple[int, int, bytes], order: str = "<", magic: int = 0xA1B2C3D4, link: int = 1) -> bytes:
    head = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, link)
    return head + b"".join(struct.pack(order + "IIII", s, f, len(d), len(d)) + d for s, f, d in frames)


class Pcapng:
    """Builds a pcapng file block by block."""

    def __init__(self, order: str = "<") -> None:
        self.order, self.data = order, b""
        self.block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))

    def block(self, kind: int, body: bytes) -> Pcapng:
        body += bytes(-len(body) % 4)
        total = struct.pack(self.order + "I", len(body) + 12)
        self.data += struct.pack(self.order + "I", kind) + total + body + total
        return self

    def interface(self, link: int = 1, options: bytes = b"") -> Pcapng:
        return self.block(1, struct.pack(self.order + "HHI", link, 0, 0) + options)

    def option(self, code: int, value: bytes) -> bytes:
        return struct.pack(self.order + "HH", code, len(value)) + value + bytes(-len(value) % 4)

    def packet(self, data: bytes, ticks: int = 0, interface: int = 0) -> Pcapng:
        numbers = (interface, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data))
        return self.block(6, struct.pack(self.order + "IIIII", *numbers) + data)


def frames_of(path: Path) -> list[Frame]:
    return list(read_frames(path))


def written(folder: Path, data: bytes, name: str = "capture") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("order", ["<", ">"])
def test_pcap_of_either_byte_order_gives_times_in_seconds(tmp_path: Path, order: str) -> None:
    path = written(tmp_path, pcap((7, 250_000, ONE), (8, 0, TWO), order=order))
    assert frames_of(path) == [Frame(7.25, ONE), Frame(8.0, TWO)]


def test_pcap_with_nanoseconds_is_told_by_its_magic(tmp_path: Path) -> None:
    assert frames_of(written(tmp_path, pcap((7, 500_000_000, ONE), magic=0xA1B23C4D))) == [Frame(7.5, ONE)]


@pytest.mark.parametrize("link", [12, 14, 101])
def test_raw_ip_has_one_number_whatever_the_file_calls_it(tmp_path: Path, link: int) -> None:
    assert frames_of(written(tmp_path, pcap((1, 0, ONE), link=link)))[0].link == 101


def test_checksum_flags_in_the_link_type_are_taken_off(tmp_path: Path) -> None:
    assert frames_of(written(tmp_path, pcap((1, 0, ONE), link=0x2400_0001)))[0].link == 1


@pytest.mark.parametrize("order", ["<", ">"])
def test_pcapng_with_two_interfaces_gives_each_its_link_type_and_clock(tmp_path: Path, order: str) -> None:
    file = Pcapng(order)
    file.interface(1).interface(101, file.option(9, b"\x09") + file.option(14, struct.pack(order + "q", 100)))
    file.packet(ONE, 3_500_000).packet(TWO, 2_500_000_000, interface=1)
    assert frames_of(written(tmp_path, file.data)) == [Frame(3.5, ONE, 1), Frame(102.5, TWO, 101)]


def test_pcapng_ticks_may_be_powers_of_two(tmp_path: Path) -> None:
    file = Pcapng()
    file.interface(1, file.option(9, b"\x8a")).packet(ONE, 1536)
    assert frames_of(written(tmp_path, file.data)) == [Frame(1.5, ONE)]


def test_pcapng_sections_start_their_interfaces_afresh(tmp_path: Path) -> None:
    both = Pcapng("<").interface(1).packet(ONE).data + Pcapng(">").interface(113).packet(TWO).data
    assert [(f.data, f.link) for f in frames_of(written(tmp_path, both))] == [(ONE, 1), (TWO, 113)]


def test_pcapng_simple_and_obsolete_packet_blocks_are_read(tmp_path: Path) -> None:
    file = Pcapng().interface(1)
    file.block(3, struct.pack("<I", len(ONE)) + ONE)
    file.block(2, struct.pack("<HHIIII", 0, 0, 0, 1_000_000, len(TWO), len(TWO)) + TWO)
    assert frames_of(written(tmp_path, file.data)) == [Frame(0.0, ONE), Frame(1.0, TWO)]


def test_pcapng_packet_of_an_interface_that_nobody_described_is_passed_over(tmp_path: Path) -> None:
    file = Pcapng().interface(1).packet(ONE, interface=5).packet(TWO)
    assert [f.data for f in frames_of(written(tmp_path, file.data))] == [TWO]


@pytest.mark.parametrize("data", [pcap((7, 0, ONE)), Pcapng().interface(1).packet(ONE, 7_000_000).data])
def test_gzip_is_unpacked_on_the_way(tmp_path: Path, data: bytes) -> None:
    source = open_capture(written(tmp_path, gzip.compress(data), "capture.gz"), filtered=False)
    assert source.read() == [Frame(7.0, ONE)]


@pytest.mark.parametrize("cut", range(1, len(ONE) + 16))
def test_capture_cut_short_counts_up_to_the_cut_and_says_so(tmp_path: Path, cut: int) -> None:
    path = written(tmp_path, pcap((7, 0, TWO), (7, 0, ONE))[:-cut])
    source = FileSource(str(path), read_frames(path))
    assert source.read() == [Frame(7.0, TWO)]
    assert "cut short" in source.problem
    assert source.read() is None


def test_pcapng_cut_short_anywhere_counts_up_to_the_cut(tmp_path: Path) -> None:
    whole = Pcapng().interface(1).packet(TWO)
    start = len(whole.data)
    whole.packet(ONE)
    for length in range(start + 1, len(whole.data)):
        path = written(tmp_path, whole.data[:length])
        source = FileSource(str(path), read_frames(path))
        assert source.read() == [Frame(0.0, TWO)]
        assert "cut short" in source.problem


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "it is empty"),
        (b"hello, world", "neither pcap nor pcapng"),
        (b"\xd4\xc3\xb2\xa1\x02\x00", "cut short"),
        (gzip.compress(pcap((7, 0, ONE)), mtime=0)[:-20], "damaged in its compression"),
        (b"\x0a\x0d\x0d\x0a" + bytes(24), "header is broken"),
        (b"\x1f\x8b but not really", "damaged in its compression"),
    ],
)
def test_what_is_no_capture_is_one_sentence(tmp_path: Path, data: bytes, words: str) -> None:
    path = written(tmp_path, data)
    with pytest.raises(CaptureError, match=words):
        frames_of(path)


def test_lying_length_is_refused_before_anything_is_allocated(tmp_path: Path) -> None:
    path = written(tmp_path, pcap((7, 0, ONE)) + struct.pack("<IIII", 8, 0, MAX_FRAME + 1, 60))
    source = FileSource(str(path), read_frames(path))
    assert source.read() == [Frame(7.0, ONE)]
    assert "broken at packet 2" in source.problem


@pytest.mark.parametrize("length", [0, 4, 8, 11, 0xFFFFFFFC])
def test_pcapng_block_with_a_lying_length_is_refused(tmp_path: Path, length: int) -> None:
    path = written(tmp_path, Pcapng().data + struct.pack("<II", 6, length) + bytes(64))
    with pytest.raises(CaptureError, match="a block says"):
        frames_of(path)


def test_missing_file_and_folder_are_one_sentence(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.pcap", tmp_path):
        with pytest.raises(CaptureError, match="can't be read"):
            open_capture(path)


def test_libpcap_and_our_reader_give_the_same_frames(tmp_path: Path) -> None:
    frames = [(n, n * 10, bytes([n % 256]) * (n % 90)) for n in range(BATCH * 2 + 3)]
    path = written(tmp_path, pcap(*frames))
    source = open_capture(path, filtered=False)
    if not isinstance(source, PcapSource):
        pytest.skip("this machine has no libpcap")
    found = []
    while (batch := source.read()) is not None:
        found += batch
    assert found == frames_of(path)
    assert (source.packets, source.bytes) == (len(frames), sum(len(data) for _, _, data in frames))


def test_libpcap_reads_a_cut_capture_up_to_the_cut(tmp_path: Path) -> None:
    source = open_capture(written(tmp_path, pcap((7, 0, TWO), (7, 0, ONE))[:-3]), filtered=False)
    assert source.read() == [Frame(7.0, TWO)]
    assert source.problem
    assert source.read() is None


SAMPLES = [
    pcap((7, 0, ONE), (8, 0, TWO)),
    Pcapng().interface(1, b"\x09\0\x01\0\x09\0\0\0").packet(ONE).packet(TWO).data,
    gzip.compress(pcap((7, 0, ONE))),
]


@settings(max_examples=300, deadline=None)
@given(
    sample=st.sampled_from(SAMPLES),
    changes=st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=6),
    data=st.data(),
)
def test_any_bytes_are_frames_or_one_of_our_errors(
    tmp_path_factory: pytest.TempPathFactory, sample: bytes, changes: list[tuple[int, int]], data: st.DataObject
) -> None:
    mangled = bytearray(sample)
    for at, value in changes:
        mangled[at % len(mangled)] = value
    path = tmp_path_factory.getbasetemp() / "mangled"
    path.write_bytes(mangled[: data.draw(st.integers(0, len(mangled)))] + data.draw(st.binary(max_size=20)))
    with contextlib.suppress(CaptureError):
        assert all(isinstance(frame, Frame) for frame in read_frames(path))
    with contextlib.suppress(CaptureError):
        source_of_libpcap = open_capture(path)
        while source_of_libpcap.read() is not None:
            pass


def test_old_pcap_with_longer_records_is_read_by_libpcap(tmp_path: Path) -> None:
    head = struct.pack("<IHHiIII", 0xA1B2CD34, 2, 4, 0, 0, 65_535, 1)
    records = [struct.pack("<IIIIIHBB", 7, 500_000, len(data), len(data), 1, 0, 0, 0) + data for data in (ONE, TWO)]
    source = open_capture(written(tmp_path, head + b"".join(records)), filtered=False)
    if not isinstance(source, PcapSource):
        pytest.skip("this machine has no libpcap")
    assert [(frame.time, frame.data) for frame in source.read() or ()] == [(7.5, ONE), (7.5, TWO)]
