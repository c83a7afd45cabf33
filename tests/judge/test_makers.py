from __future__ import annotations

import pytest

from appliance.judge.makers import is_private, maker_of


@pytest.mark.parametrize(
    ("mac", "maker"),
    [
        ("b8:27:eb:01:02:03", "Raspberry Pi"),
        ("f0:18:98:00:07:07", "Apple"),
        ("3c:52:82:00:02:04", "HP"),
        ("f8:b1:56:00:09:03", "Dell"),
        ("02:00:00:00:00:01", None),
        ("00:00:5e:00:01:01", None),
        ("192.168.7.9", None),
        ("", None),
    ],
)
def test_maker_comes_from_the_prefix(mac: str, maker: str | None) -> None:
    assert maker_of(mac) == maker


@pytest.mark.parametrize("digit", "26ae")
def test_second_digit_of_two_six_a_or_e_is_a_private_address(digit: str) -> None:
    assert is_private(f"d{digit}:a1:19:00:00:01")


@pytest.mark.parametrize("other", ["dc:a6:32:00:00:01", "172.16.0.1", "", "fe80::1"])
def test_others_are_not_private(other: str) -> None:
    assert not is_private(other)
