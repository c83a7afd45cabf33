"""DNS stamps: the host that they name, and nothing where they are cut or made up."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.edge.stamps import host_of

from .stamps import stamp

# As published for Cloudflare by the DNSCrypt project.
CLOUDFLARE = "sdns://AgcAAAAAAAAABzEuMC4wLjEAEmRucy5jbG91ZGZsYXJlLmNvbQovZG5zLXF1ZXJ5"


def test_a_published_stamp_names_its_host() -> None:
    assert host_of(CLOUDFLARE) == "dns.cloudflare.com"


@pytest.mark.parametrize("protocol", [0, 1, 0x81])
def test_a_resolver_reached_by_number_has_no_host(protocol: int) -> None:
    assert host_of(stamp(protocol, "192.0.2.1", None)) == ""


@pytest.mark.parametrize("length", range(1, 37))
def test_a_stamp_cut_short_names_no_wrong_host(length: int) -> None:
    data = base64.urlsafe_b64decode(CLOUDFLARE.removeprefix("sdns://") + "==")[:length]
    cut = "sdns://" + base64.urlsafe_b64encode(data).decode().rstrip("=")
    assert host_of(cut) is None


@pytest.mark.parametrize(
    "text", ["", "sdns://", "sdns://!!!!", "https://example.com", stamp(9, "", None), "sdns://" + "A" * 9_000]
)
def test_what_is_no_stamp_is_told_as_such(text: str) -> None:
    assert host_of(text) is None


@given(st.binary(max_size=80))
def test_no_bytes_break_it(data: bytes) -> None:
    host_of("sdns://" + base64.urlsafe_b64encode(data).decode().rstrip("="))
