from __future__ import annotations

import pytest

from appliance.judge.addresses import is_outside


@pytest.mark.parametrize(
    ("address", "client", "outside"),
    [
        ("8.8.8.8", "192.168.1.2", True),
        ("192.168.1.1", "192.168.1.2", False),
        ("10.3.2.1", "192.168.1.2", False),
        ("224.0.0.251", "192.168.1.2", False),
        ("255.255.255.255", "192.168.1.2", False),
        ("2001:4860:4860::8888", "2a00:23c4:1:2::5", True),
        ("2a00:23c4:1:9::1", "2a00:23c4:1:2::5", False),
        ("fe80::1", "fe80::2", False),
        ("fd00::1", "fd00::2", False),
        ("2606:4700:4700::1111", "not an address", True),
        ("100.64.1.1", "192.168.1.2", False),
        ("172.31.0.1", "192.168.1.2", False),
        ("172.32.0.1", "192.168.1.2", True),
        ("127.0.0.1", "192.168.1.2", False),
        ("1.2.3", "192.168.1.2", False),
        ("1.2.3.x", "192.168.1.2", False),
        ("", "192.168.1.2", False),
        ("nonsense", "192.168.1.2", False),
    ],
)
def test_outside_is_what_is_neither_local_nor_of_the_same_site(address: str, client: str, outside: bool) -> None:
    assert is_outside(address, client) is outside
