from __future__ import annotations

from pathlib import Path

import pytest

from appliance.config import School, Settings, SettingsError
from appliance.edge import clock


def test_answer_of_a_time_server_counts_as_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "synchronized"
    file.touch()
    monkeypatch.setattr(clock, "SYNCHRONISED", file)
    assert clock.is_synced() is True


@pytest.mark.parametrize(("status", "answer"), [(0, True), (0x2001, True), (0x40, False), (0x2041, False), (None, None)])
def test_kernel_says_whether_the_clock_is_set(
    status: int | None, answer: bool | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(clock, "SYNCHRONISED", tmp_path / "none")
    monkeypatch.setattr(clock, "_kernel_status", lambda: status)
    assert clock.is_synced() is answer


def test_kernel_of_this_machine_answers() -> None:
    assert clock._kernel_status() is not None


def test_boot_is_empty_where_the_kernel_does_not_say(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert len(clock.boot_id()) == 36
    monkeypatch.setattr(clock, "BOOT_ID", tmp_path / "none")
    assert clock.boot_id() == ""


def test_time_zone_that_does_not_exist_is_one_sentence() -> None:
    assert clock.zone_of(Settings()).key == "Europe/London"
    for name in ("Mars/Base", "", "../../etc/passwd", "\x00"):
        with pytest.raises(SettingsError, match="no time zone; write one such as Europe/London"):
            clock.zone_of(Settings(school=School(time_zone=name)))
