from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import appliance.cli.doctor as doctor
from appliance.cli import main
from appliance.cli.doctor import Finding, look_over
from appliance.edge.store import Store
from appliance.judge.health import PROBLEMS
from appliance.model import Health


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with Store.open(tmp_path / "data") as store:
        yield store


def finding(data_dir: Path, check: str, settings: Path | None = None) -> Finding:
    return next(one for one in look_over(data_dir, settings) if one.check == check)


def test_a_box_that_was_never_started_is_bad_and_says_what_to_do(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["doctor", "--data-dir", str(tmp_path / "none"), "--format", "jsonl"])
    records = [json.loads(line) for line in result.output.splitlines()]
    assert result.exit_code == 1
    assert set(records[0]) == {"check", "state", "found", "remedy"}
    assert next(one["remedy"] for one in records if one["check"] == "records").startswith("Start the box")


def test_whatever_is_not_good_has_a_remedy(tmp_path: Path) -> None:
    assert all(one.remedy for one in look_over(tmp_path / "none") if one.state != "good")


def test_a_watching_box_is_good(tmp_path: Path, store: Store) -> None:
    now = time.time()
    store.save_health(Health(time=now, started=now, source="eth1", packets=5))
    assert finding(tmp_path / "data", "watching").state == "good"
    assert finding(tmp_path / "data", "records").state == "good"


def test_records_that_were_damaged_are_said_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/safespan.db").write_bytes(b"rubbish" * 1000)
    Store.open(tmp_path / "data").close()
    found = finding(tmp_path / "data", "records")
    assert found.state == "look" and "were damaged" in found.found and found.remedy


def test_a_silent_guardian_is_bad(tmp_path: Path, store: Store) -> None:
    assert "never" in finding(tmp_path / "data", "watching").found
    store.save_health(Health(time=time.time() - 600, started=0.0))
    assert (finding(tmp_path / "data", "watching").state, finding(tmp_path / "data", "watching").found) == (
        "bad",
        "the guardian was last heard 10 minutes ago",
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"demonstration": True, "source": "d.pcap"}, "the demonstration"),
        ({"source": "m.pcap"}, "a replay of m.pcap"),
    ],
)
def test_what_was_played_and_has_ended_is_no_fault_of_the_box(
    tmp_path: Path, store: Store, changes: dict[str, object], said: str
) -> None:
    store.save_health(Health(time=time.time() - 600, started=0.0, **changes))  # type: ignore[arg-type]
    found = finding(tmp_path / "data", "watching")
    assert found.state == "look" and said in found.found and "systemctl" not in found.remedy
    store.save_health(Health(time=time.time() - 600, started=0.0, live=True, source="eth1"))
    assert finding(tmp_path / "data", "watching").state == "bad"


def test_the_guardians_own_complaints_are_passed_on(tmp_path: Path, store: Store) -> None:
    now = time.time()
    store.save_health(Health(time=now, started=now, problems=("no-mirror",)))
    assert finding(tmp_path / "data", "health").found == PROBLEMS["no-mirror"]
    assert finding(tmp_path / "data", "watching").state == "good"


def test_a_box_without_its_sensor_is_not_called_watching(tmp_path: Path, store: Store) -> None:
    now = time.time()
    store.save_health(Health(time=now, started=now, problems=("no-sensor",)))
    assert finding(tmp_path / "data", "watching").state == "bad"


def test_the_first_run_code_is_told_to_who_may_read_it(tmp_path: Path, store: Store) -> None:
    code = store.first_run_code(time.time())
    assert code in finding(tmp_path / "data", "account").found
    store.add_account("head", "A Head", "head", "x", now=time.time())
    assert finding(tmp_path / "data", "account").state == "good"


def test_settings_that_cannot_be_used_are_bad_and_the_rest_is_looked_at_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("[page]\nport = 0\n")
    findings = list(look_over(tmp_path, tmp_path / "bad.toml"))
    assert findings[0].state == "bad"
    assert "page.port" in findings[0].found
    assert len(findings) > 4


def test_a_missing_interface_is_named(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text('[sensor]\ninterface = "nix0"\n')
    assert "'nix0'" in finding(tmp_path, "mirror port", tmp_path / "one.toml").found


def test_pins_that_may_not_be_used_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gpiochip0").touch()
    monkeypatch.setattr(doctor, "CHIPS", tmp_path)
    assert finding(tmp_path, "lamp").state == "good"
    monkeypatch.setattr(doctor.os, "access", lambda path, mode: False)
    assert "group gpio" in finding(tmp_path, "lamp").remedy


def test_a_full_card_is_bad(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "ROOM_NEEDED", 10**18)
    assert finding(tmp_path / "not" / "there", "room").state == "bad"
