from __future__ import annotations

import pytest

from appliance.wire.dns_names import read_name, skip_name, text_of
from appliance.wire.reader import Malformed
from tests.wire.rubbish import survives


def test_labels_are_joined_by_dots_in_lower_case() -> None:
    assert read_name(b"\x03WwW\x07Example\x03ORG\0rest", 0) == ("www.example.org", 17)


def test_root_is_the_empty_name() -> None:
    assert read_name(b"\0", 0) == ("", 1)


def test_pointer_leads_back_and_reading_goes_on_after_it() -> None:
    data = b"\x07example\x03org\0" + b"\x03www\xc0\x00" + b"after"
    name, after = read_name(data, 13)
    assert (name, data[after:]) == ("www.example.org", b"after")


def test_pointer_to_itself_is_refused() -> None:
    with pytest.raises(Malformed):
        read_name(b"\xc0\x00", 0)


def test_pointers_that_chase_each_other_are_refused() -> None:
    with pytest.raises(Malformed):
        read_name(b"\xc0\x02\xc0\x00", 2)


def test_pointer_forwards_is_refused() -> None:
    with pytest.raises(Malformed):
        read_name(b"\xc0\x02\x01a\0", 0)


def test_pointer_into_the_name_it_belongs_to_is_refused() -> None:
    with pytest.raises(Malformed):
        read_name(b"\x01a\xc0\x00", 0)


def test_sixteen_hops_are_followed_and_seventeen_are_not() -> None:
    chain = b"\x01a\0" + b"".join(b"\x01b" + (0xC000 | at).to_bytes(2, "big") for at in [0, *range(3, 3 + 4 * 16, 4)])
    assert read_name(chain, 3 + 4 * 15)[0] == ".".join("b" * 16) + ".a"
    with pytest.raises(Malformed):
        read_name(chain, 3 + 4 * 16)


@pytest.mark.parametrize("kind", [0x40, 0x80])
def test_label_types_that_never_came_into_use_are_refused(kind: int) -> None:
    with pytest.raises(Malformed):
        read_name(bytes((kind | 1,)) + b"a\0", 0)
    with pytest.raises(Malformed):
        skip_name(bytes((kind | 1,)) + b"a\0", 0)


def test_reverse_names_of_ipv6_are_not_too_long() -> None:
    labels = [*"0123456789abcdef" * 2, "ip6", "arpa"]
    wire = b"".join(bytes((len(label),)) + label.encode() for label in labels) + b"\0"
    assert read_name(wire, 0)[0] == ".".join(labels)


def test_name_of_255_bytes_is_read_and_of_256_refused() -> None:
    longest = b"\x3f" + b"a" * 63 + b"\x3f" + b"b" * 63 + b"\x3f" + b"c" * 63 + b"\x3d" + b"d" * 61 + b"\0"
    assert len(longest) == 255
    assert len(read_name(longest, 0)[0]) == 253
    with pytest.raises(Malformed):
        read_name(longest[:192] + b"\x3e" + b"d" * 62 + b"\0", 0)


@pytest.mark.parametrize("data", [b"", b"\x03ww", b"\x03www", b"\xc0", b"\x01a\xc0"])
def test_name_cut_short_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        read_name(data, 0)


def test_skipping_stops_where_reading_does() -> None:
    for data in (b"\0", b"\x03www\0", b"\x01a\0\x03www\xc0\x00"):
        at = data.find(b"\x03") if b"\x03" in data else 0
        assert skip_name(data, at) == read_name(data, at)[1]


def test_odd_bytes_are_spelt_out_as_the_peers_do() -> None:
    assert text_of(b"all\x04\x05") == "all\\\\004\\\\005"
    assert text_of(b"a\nb\x7f") == "a\\\\nb\\\\177"


def test_words_in_utf8_stay_words() -> None:
    assert text_of("John’s iMac._device-info._tcp.local".encode()) == "john’s imac._device-info._tcp.local"


def test_bytes_that_are_no_text_and_invisible_marks_cannot_disguise_a_name() -> None:
    assert text_of(b"j\xe4ger.com") == "j\ufffdger.com"
    assert text_of("a\u202eb".encode()) == "a\\\\u202eb"


def test_any_bytes_are_a_name_or_malformed() -> None:
    survives(lambda data: read_name(data, 0), b"\x03www\x07example\x03org\0")
    survives(lambda data: read_name(data, len(data) // 2), b"\x07example\x03org\0\x03www\xc0\x00" * 4)
    survives(lambda data: skip_name(data, 0), b"\x03www\x07example\x03org\0")
