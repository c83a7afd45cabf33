"""The vectors of RFC 9001 appendix A and RFC 9369 appendix A, under the names that they have there."""

from __future__ import annotations

import pytest
from aioquic.quic.crypto import INITIAL_CIPHER_SUITE, derive_key_iv_hp
from aioquic.tls import cipher_suite_hash, hkdf_expand_label, hkdf_extract

from appliance.wire import quic_crypto
from appliance.wire.quic_crypto import VERSIONS, client_keys, server_keys
from tests.wire.initials import DRAFT_29, RFC_CRYPTO_FRAME, V1, V2, expand, seal

DCID = bytes.fromhex("8394c8f03e515708")
NUMBER_AT = 18

SERVER_V1 = bytes.fromhex(
    "cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100f37a1c69797554780bb38cc5a99f5ede4cf73c3ec2493a1839b3"
    "dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84022f8ef4cdd93795d77d06edbb7aaf2f58891850abbdca3d20398c276456cbc4"
    "2158407dd074ee"
)
SERVER_V2 = bytes.fromhex(
    "dc6b3343cf0008f067a5502a4262b5004075d92faaf16f05d8a4398c47089698baeea26b91eb761d9b89237bbf87263017915358230035f7fd3945d88965cf17"
    "f9af6e16886c61bfc703106fbaf3cb4cfa52382dd16a393e42757507698075b2c984c707f0a0812d8cd5a6881eaf21ceda98f4bd23f6fe1a3e2c43edd9ce7ca8"
    "4bed8521e2e140"
)
SERVER_PAYLOAD = bytes.fromhex(
    "02000000000600405a020000560303eefce7f7b37ba1d1632e96677825ddf73988cfc79825df566dc5430b9a045a1200130100002e00330024001d00209d3c94"
    "0d89690b84d08a60993c144eca684d1081287c834d5311bcf32bb9da1a002b00020304"
)
# Appendix A.1 of each: client key, iv, hp; server key, iv, hp.
KEYS = {
    V1: (
        "1f369613dd76d5467730efcbe3b1a22d fa044b2f42a3fd3b46fb255c 9f50449e04a0e810283a1e9933adedd2",
        "cf3a5331653c364c88f0f379b6067e37 0ac1493ca1905853b0bba03e c206b8d9b9f0f37644430b490eeaa314",
    ),
    V2: (
        "8b1a0bc121284290a29e0971b5cd045d 91f73e2351d8fa91660e909f 45b95e15235d6f45a6b19cbcb0294ba9",
        "82db637861d55e1d011f19ea71d5d2a7 dd13c276499c0249d3310652 edf6d05c83121201b436e16877593c3a",
    ),
}


class Recorder:
    """Stands in for the keys to see what they were made of."""

    def __init__(self, *parts: bytes) -> None:
        self.text = " ".join(part.hex() for part in parts)


@pytest.mark.parametrize("version", [V1, V2], ids=["rfc9001", "rfc9369"])
def test_a1_keys(version: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quic_crypto, "InitialKeys", Recorder)
    derived = [derive(VERSIONS[version], DCID) for derive in (client_keys, server_keys)]
    assert tuple(keys.text for keys in derived if isinstance(keys, Recorder)) == KEYS[version]


@pytest.mark.parametrize(
    ("version", "begins", "ends"),
    [
        (V1, "c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11", "e221af44860018ab0856972e194cd934"),
        (V2, "d76b3343cf088394c8f03e5157080000449ea0c95e82ffe67b6abcdb4298b485", "a18b2faa745b6fe189cf772a9f84cbfc"),
    ],
    ids=["rfc9001", "rfc9369"],
)
def test_a2_client_initial(version: int, begins: str, ends: str) -> None:
    packet = seal(RFC_CRYPTO_FRAME, DCID, version=version, number=2)
    # Sealing is deterministic and the tag covers every byte: with these two ends the packet is the RFC's.
    assert (packet[:32].hex(), packet[-16:].hex()) == (begins, ends)
    payload = client_keys(VERSIONS[version], DCID).open(packet, 0, NUMBER_AT, len(packet))
    assert payload == RFC_CRYPTO_FRAME.ljust(1162, b"\0")


@pytest.mark.parametrize(("version", "packet"), [(V1, SERVER_V1), (V2, SERVER_V2)], ids=["rfc9001", "rfc9369"])
def test_a3_server_initial(version: int, packet: bytes) -> None:
    assert server_keys(VERSIONS[version], DCID).open(packet, 0, NUMBER_AT, len(packet)) == SERVER_PAYLOAD
    assert client_keys(VERSIONS[version], DCID).open(packet, 0, NUMBER_AT, len(packet)) is None


def test_one_changed_bit_anywhere_opens_nothing() -> None:
    packet = seal(RFC_CRYPTO_FRAME, DCID, number=2)
    keys = client_keys(VERSIONS[V1], DCID)
    for at in (0, 1, 5, 17, 18, 22, 600, 1199):
        changed = bytearray(packet)
        changed[at] ^= 4
        assert keys.open(bytes(changed), 0, NUMBER_AT, len(packet)) is None


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_packet_numbers_of_every_length_open(size: int) -> None:
    packet = seal(RFC_CRYPTO_FRAME, DCID, number=7, number_size=size)
    assert client_keys(VERSIONS[V1], DCID).open(packet, 0, NUMBER_AT, len(packet)) is not None


def test_aioquic_derives_the_same_secret_from_every_salt() -> None:
    algorithm = cipher_suite_hash(INITIAL_CIPHER_SUITE)
    for version in (V1, DRAFT_29, 0xFF000017, 0xFF000016):
        theirs = hkdf_expand_label(algorithm, hkdf_extract(algorithm, VERSIONS[version].salt, DCID), b"client in", b"", 32)
        key, _, _ = derive_key_iv_hp(cipher_suite=INITIAL_CIPHER_SUITE, secret=theirs, version=V1)
        assert key == expand(theirs, "quic key", 16)
        packet = seal(RFC_CRYPTO_FRAME, DCID, version=version)
        assert client_keys(VERSIONS[version], DCID).open(packet, 0, NUMBER_AT, len(packet)) is not None


def test_drafts_and_their_relatives_share_salts_as_published() -> None:
    salts = {number: style.salt[:4].hex() for number, style in VERSIONS.items()}
    assert {salts[number] for number in range(0xFF000017, 0xFF00001D)} == {"c3eef712"}
    assert {salts[number] for number in range(0xFF00001D, 0xFF000021)} == {"afbfec28"}
    assert salts[0xFACEB001] == salts[0xFF000016] == "7fbcdb0e"
    assert salts[0xFACEB002] == salts[0xFACEB00E] == "c3eef712"
    assert all(len(style.salt) == 20 for style in VERSIONS.values())
