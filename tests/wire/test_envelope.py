from __future__ import annotations

from appliance.wire.envelope import Envelope, Texts, address_text, mac_text


def test_addresses_are_written_in_their_shortest_form() -> None:
    assert address_text(b"\x0a\1\2\3") == "10.1.2.3"
    assert address_text(bytes.fromhex("20010db8000000000000000000000005")) == "2001:db8::5"
    assert address_text(b"abc") == ""
    assert mac_text(b"\2\xaa\xbb\xcc\xdd\1") == "02:aa:bb:cc:dd:01"


def test_texts_are_remembered_within_their_bound() -> None:
    made: list[bytes] = []

    def make(packed: bytes) -> str:
        made.append(packed)
        return packed.hex()

    texts = Texts(make, 10)
    assert texts[b"a"] == texts[b"a"] == "61"
    assert made == [b"a"]
    for number in range(1_000):
        assert texts[number.to_bytes(2, "big")]
        assert len(texts) <= 10


def test_no_address_has_no_text() -> None:
    assert Texts(address_text, 10)[b""] == ""


def test_the_client_is_the_sender_outward_and_the_target_homeward() -> None:
    envelope = Envelope()
    envelope.reset(1.5, 7)
    envelope.sender, envelope.target, envelope.sender_port, envelope.port = b"\x0a\0\0\1", b"\x08\x08\x08\x08", 4_000, 53
    envelope.mac_from, envelope.mac_to = b"\2\0\0\0\0\1", b"\2\0\0\0\0\2"
    out, home = envelope.outward(), envelope.homeward()
    assert (out["client"], out["server"], out["port"], out["mac"]) == ("10.0.0.1", "8.8.8.8", 53, "02:00:00:00:00:01")
    assert (home["client"], home["server"], home["port"], home["mac"]) == ("8.8.8.8", "10.0.0.1", 4_000, "02:00:00:00:00:02")
    assert out["time"] == 1.5 and out["vlan"] == 7


def test_the_next_frame_begins_with_nothing() -> None:
    envelope = Envelope()
    envelope.mac_from = envelope.sender = b"x"
    envelope.reset(2.0, None)
    assert envelope.outward() == {"time": 2.0, "mac": "", "vlan": None, "client": "", "server": "", "port": 0}
