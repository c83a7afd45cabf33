from __future__ import annotations

import struct

from appliance.wire import fingerprint as fingerprint_module
from appliance.wire.fingerprint import HelloShape, fingerprint

# The worked example of FoxIO's specification (JA4, technical details): Chrome's hello.
CIPHERS = "1301 1302 1303 c02b c02f c02c c030 cca9 cca8 c013 c014 009c 009d 002f 0035"
EXTENSIONS = "001b 0000 0033 0010 4469 0017 002d 000d 0005 0023 0012 002b ff01 000b 000a 0015"
SIGNATURES = "0403 0804 0401 0503 0805 0501 0806 0601"


def words(text: str) -> bytes:
    return bytes.fromhex(text.replace(" ", ""))


def chrome(grease: int = 0x1A1A) -> HelloShape:
    shape = HelloShape()
    shape.version = 0x0303
    shape.versions = b"\6" + struct.pack("!HHH", grease, 0x0304, 0x0303)
    shape.ciphers = struct.pack("!H", grease) + words(CIPHERS)
    shape.signatures = b"\0\x10" + words(SIGNATURES)
    shape.extensions = [grease, *struct.unpack("!16H", words(EXTENSIONS)), grease]
    return shape


def test_the_worked_example_of_the_specification() -> None:
    assert fingerprint(chrome(), "t", True, ("h2", "http/1.1")) == "t13d1516h2_8daaf6152771_e5627efa2ab1"


def test_neither_grease_nor_the_order_of_extensions_matters() -> None:
    shuffled = chrome(0xFAFA)
    shuffled.extensions.reverse()
    assert fingerprint(shuffled, "t", True, ("h2",)) == fingerprint(chrome(), "t", True, ("h2",))


def test_no_name_no_protocol_and_quic_show() -> None:
    assert fingerprint(chrome(), "q", False, ()).startswith("q13i151600_")


def test_an_empty_hello_has_a_fingerprint_too() -> None:
    assert fingerprint(HelloShape(), "t", False, ()) == "t00i000000_000000000000_000000000000"


def test_endless_lists_are_not_remembered() -> None:
    before = fingerprint_module._fingerprint.cache_info().currsize
    for number in range(20):
        shape = HelloShape()
        shape.ciphers = number.to_bytes(2, "big") * 2_000
        assert fingerprint_module.fingerprint(shape, "t", True, ()).startswith("t00d99")
    assert fingerprint_module._fingerprint.cache_info().currsize == before
